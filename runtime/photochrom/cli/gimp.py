"""``photochrom gimp``: the plug-in for GIMP 3."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from photochrom.cli.photo import JsonOption
from photochrom.cli.reporting import printable
from photochrom.errors import SomeFailedError

if TYPE_CHECKING:
    from photochrom.gimp.folders import GimpFolder
    from photochrom.gimp.plugin import Installed

app = typer.Typer(help="Colorize inside of GIMP 3.", no_args_is_help=True)
FoldersOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--gimp-dir",
        metavar="FOLDER",
        help="GIMP's configuration folder, which holds plug-ins; repeatable. "
        "Default: all that are found.",
    ),
]
FLATPAK = (
    "GIMP is a Flatpak here: let it start programs outside, once, with "
    "flatpak override --user --talk-name=org.freedesktop.Flatpak org.gimp.GIMP"
)
SNAP = "GIMP is a Snap here, which may forbid the plug-in to start photochrom"
REMEDIES = {"Flatpak": FLATPAK, "Snap": SNAP}


@app.command()
def install(gimp_dir: FoldersOption = None) -> None:
    """Put the plug-in into every GIMP 3 and prove that it can start photochrom."""
    from photochrom.gimp import plugin

    for folder in _folders(gimp_dir):
        _say(f"installed {plugin.install(folder)}")
        _advise(folder)
        _say(f"works: {_proven(plugin.look(folder))}")
    _say("In GIMP: Filters > Colorize... (start GIMP again if it is open)")


@app.command()
def uninstall(gimp_dir: FoldersOption = None) -> None:
    """Take the plug-in out of every GIMP 3."""
    from photochrom.gimp import plugin

    for folder in _folders(gimp_dir):
        removed = plugin.uninstall(folder)
        _say(f"removed {removed}" if removed else f"nothing to remove in {folder.plug_ins}")


@app.command()
def status(gimp_dir: FoldersOption = None, json: JsonOption = False) -> None:
    """Show where the plug-in is, of which version, and what it starts."""
    from photochrom import __version__
    from photochrom.gimp import plugin

    found = [(folder, plugin.look(folder)) for folder in _folders(gimp_dir)]
    if json:
        _say_json(found)
        return
    for folder, one in found:
        if one.version is None:
            _say(f"{folder.path}: not installed; run: photochrom gimp install")
            continue
        old = "" if one.version == __version__ else f"; this is {__version__}: install it again"
        _say(f"{folder.path}: version {one.version}{old}; starts {' '.join(one.argv)}")


@app.command()
def doctor(gimp_dir: FoldersOption = None) -> None:
    """Check every installed plug-in: its run bit, its version, that the worker starts; exits with 7
    if something is wrong."""
    from photochrom.gimp import checks, plugin

    wrong = 0
    for folder in _folders(gimp_dir):
        problems = checks.problems(folder)
        for problem in problems:
            _say(f"{folder.path}: WRONG: {problem}")
        _advise(folder)
        if not problems:
            _say(f"{folder.path}: works: {_proven(plugin.look(folder))}")
        wrong += len(problems)
    if wrong:
        raise SomeFailedError(f"{wrong} things are wrong; see above")


def _folders(given: list[Path] | None) -> list[GimpFolder]:
    from photochrom.gimp import folders

    return folders.named(given or [])


def _proven(installed: Installed) -> str:
    from photochrom.errors import DeviceError
    from photochrom.gimp import plugin
    from photochrom.worker.client import WorkerError

    try:
        return plugin.prove(installed)
    except WorkerError as error:
        words = " ".join(str(error).split())
        raise DeviceError(
            f"the plug-in is in place, but the worker does not start: {words}; "
            "see: photochrom doctor"
        ) from error


def _advise(folder: GimpFolder) -> None:
    if folder.kind in REMEDIES:
        _say(REMEDIES[folder.kind])


def _say_json(found: list[tuple[GimpFolder, Installed]]) -> None:
    import json
    from dataclasses import asdict

    rows = [
        {"folder": str(folder.path), "kind": folder.kind, **asdict(one)} for folder, one in found
    ]
    typer.echo(json.dumps(rows, indent=2, default=str))


def _say(text: str) -> None:
    typer.echo(printable(text))
