"""``photochrom desktop``: start the window, which is a package of its own."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from photochrom.cli.photo import DeviceOption, ModelOption
from photochrom.errors import UsageError
from photochrom.models.names import DEFAULT_MODEL


def desktop(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Pictures, films or folders to open.")
    ] = None,
    model: ModelOption = DEFAULT_MODEL,
    device: DeviceOption = "auto",
    menu: Annotated[
        str | None,
        typer.Option(
            metavar="add|remove", help='Only add an entry to the menu and "Open with" (Linux).'
        ),
    ] = None,
) -> None:
    """Open the window: see pictures coloured, correct them with a brush, export many."""
    for name in ("photochrom_desktop", "PySide6"):
        if importlib.util.find_spec(name) is None:
            raise UsageError("the window needs the extra: pip install 'photochrom[desktop]'")
    argv = [sys.executable, "-m", "photochrom_desktop", "--model", model, "--device", device]
    argv += ["--menu", menu] if menu else []
    argv += ["--", *map(str, paths or [])]
    if os.name == "posix":  # signals for this process are for the window
        os.execv(argv[0], argv)
    raise typer.Exit(subprocess.call(argv))
