"""The plug-in in a folder of GIMP's: put there, taken away, looked at."""

from __future__ import annotations

import importlib.util
import json
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from photochrom import __version__
from photochrom.errors import OutputError
from photochrom.files.whole import make_folder
from photochrom.gimp.folders import GimpFolder
from photochrom.worker import client, frames

NAME = "photochrom_gimp"
"""Of the folder and, as GIMP wants it, of the program in it."""
RUNTIME = "runtime.json"
"""Says how the worker is started."""
CARRIED = "photochrom_worker"
"""Package of the plug-in that the worker's near end is copied into."""
PROTOCOL = 1
"""Version of `RUNTIME`."""


@dataclass(frozen=True)
class Installed:
    """What is in a folder of GIMP's."""

    path: Path
    version: str | None
    """Of photochrom; None: the plug-in is not there."""
    argv: tuple[str, ...] = ()
    """How it starts the worker."""


def source_folder() -> Path:
    """Where the plug-in lies in this installation.

    Raises:
        OutputError: if it lacks it.
    """
    found = importlib.util.find_spec(NAME)
    places = list(found.submodule_search_locations or []) if found is not None else []
    for place in map(Path, places):
        if (place / f"{NAME}.py").is_file():
            return place
    raise OutputError(
        "this installation of photochrom has no plug-in for GIMP; install photochrom again"
    )


def argv() -> list[str]:
    """How GIMP starts the worker: by this Python, whichever folder GIMP was started in."""
    program, *words = client.own_argv()
    return [program, "-P", *words] if "-m" in words else [program, *words]


def install(folder: GimpFolder) -> Path:
    """Put the plug-in into a folder of GIMP's; one that is there is replaced.

    Returns:
        The plug-in's folder.

    Raises:
        OutputError: if it can't be written, or if what is there is not photochrom's.
    """
    target = folder.plug_ins / NAME
    if os.path.lexists(target) and look(folder).version is None:
        raise OutputError(f"{target} is not photochrom's; move it away first")
    make_folder(folder.plug_ins)
    # beside plug-ins: in it GIMP would take the half written one for a plug-in
    new, old = (folder.path / f".{NAME}-{word}-{secrets.token_hex(4)}" for word in ("new", "old"))
    try:
        _write(new)
        if target.exists():
            target.rename(old)
        new.rename(target)
    except OSError as error:
        raise OutputError(f"can't write {target}: {error.strerror or error}") from error
    finally:
        for left in (new, old):
            shutil.rmtree(left, ignore_errors=True)
    return target


def _write(folder: Path) -> None:
    shutil.copytree(
        source_folder(),
        folder,
        ignore=shutil.ignore_patterns("__pycache__", "*.pyi", "__init__.py"),
    )
    carried = folder / CARRIED
    carried.mkdir(exist_ok=True)
    (carried / "__init__.py").write_text('"""From photochrom.worker."""\n', "utf-8")
    for module in (client, frames):
        shutil.copy(Path(str(module.__file__)).with_suffix(".py"), carried)  # a bundle says .pyc
    told = {"protocol": PROTOCOL, "version": __version__, "argv": argv()}
    (folder / RUNTIME).write_text(json.dumps(told, indent=1) + "\n", "utf-8")
    (folder / f"{NAME}.py").chmod(0o755)


def uninstall(folder: GimpFolder) -> Path | None:
    """Take the plug-in out of a folder of GIMP's.

    Returns:
        Where it was; None if it was not there.

    Raises:
        OutputError: if it can't be removed.
    """
    if look(folder).version is None:
        return None
    target = folder.plug_ins / NAME
    try:
        shutil.rmtree(target)
    except OSError as error:
        raise OutputError(f"can't remove {target}: {error.strerror or error}") from error
    return target


def look(folder: GimpFolder) -> Installed:
    """What of photochrom is in a folder of GIMP's."""
    path = folder.plug_ins / NAME
    try:
        told: Any = json.loads((path / RUNTIME).read_text("utf-8"))
        return Installed(path, str(told["version"]), tuple(map(str, told["argv"])))
    except (OSError, ValueError, KeyError, TypeError):
        return Installed(path, None)


def prove(installed: Installed) -> str:
    """Start the worker as GIMP will, and load the model; returns what ran.

    Raises:
        WorkerError: if it does not start, or can't load the model.
    """
    with client.Worker(installed.argv) as worker:
        version = worker.hello()["version"]
        head, _ = worker.call("load")
    return f"photochrom {version}, model {head['model']} on {head['device']}"
