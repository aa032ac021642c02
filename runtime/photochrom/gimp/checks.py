"""What can be wrong with a plug-in in a folder of GIMP's."""

from __future__ import annotations

import filecmp
import os

from photochrom import __version__
from photochrom.gimp import plugin
from photochrom.gimp.folders import GimpFolder
from photochrom.worker.client import WorkerError

AGAIN = "run: photochrom gimp install"


def problems(folder: GimpFolder) -> list[str]:
    """Each with what to do; none if all is well."""
    found = plugin.look(folder)
    if found.version is None:
        return [f"the plug-in is not installed; {AGAIN}"]
    told = []
    program = found.path / f"{plugin.NAME}.py"
    if found.version != __version__:
        told.append(f"it is of photochrom {found.version}, and this is {__version__}; {AGAIN}")
    if not program.is_file() or not filecmp.cmp(program, _own(), shallow=False):
        told.append(f"{program} is not what photochrom installs; {AGAIN}")
    elif not os.access(program, os.X_OK):
        told.append(f"{program} lacks its run bit, so GIMP passes over it; {AGAIN}")
    return told + _start(found)


def _own() -> str:
    return str(plugin.source_folder() / f"{plugin.NAME}.py")


def _start(found: plugin.Installed) -> list[str]:
    try:
        plugin.prove(found)
    except WorkerError as error:
        words = " ".join(str(error).split())
        return [f"the worker does not start ({words}); see: photochrom doctor, and {AGAIN}"]
    return []
