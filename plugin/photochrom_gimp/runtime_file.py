"""How the worker is started: what `photochrom gimp install` wrote beside the plug-in. No gi."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, NamedTuple

NAME = "runtime.json"
VARIABLE = "PHOTOCHROM_GIMP_RUNTIME"
"""Names another file in its place."""
PROTOCOL = 1
SILENCE = 120.0
FLATPAK = Path("/.flatpak-info")
"""Exists inside of a Flatpak."""
TO_HOST = ["flatpak-spawn", "--host"]
"""Starts a program outside of it."""
AGAIN = "run: photochrom gimp install"


class SetUpError(Exception):
    """The plug-in does not know how to start photochrom; the message says what to do."""


class Runtime(NamedTuple):
    """How the worker is started."""

    argv: list[str]
    silence: float
    """Seconds without a word after which it counts as hung."""


def read(folder: Path) -> Runtime:
    """What lies in the plug-in's folder, or where the variable says.

    Raises:
        SetUpError: if there is nothing that can be used.
    """
    path = Path(os.environ.get(VARIABLE) or folder / NAME)
    try:
        told = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise SetUpError(f"photochrom is not set up for GIMP ({error}); {AGAIN}") from error
    return parse(told, path, FLATPAK.exists())


def parse(told: Any, path: Path, in_flatpak: bool) -> Runtime:
    """What the file says.

    Args:
        told: its JSON.
        path: where it lies, for messages.
        in_flatpak: whether GIMP is one, which can't see all of the system's programs.

    Raises:
        SetUpError: if it is of another version, or says nothing that can be used.
    """
    if not isinstance(told, dict) or told.get("protocol") != PROTOCOL:
        raise SetUpError(f"{path} is of another version of photochrom; {AGAIN}")
    argv: list[Any] = told["argv"] if isinstance(told.get("argv"), list) else []
    silence = told.get("silence", SILENCE)
    known = argv and all(isinstance(word, str) for word in argv)
    if not known or not isinstance(silence, (int, float)) or not silence > 0:
        raise SetUpError(f"{path} does not say how photochrom is started; {AGAIN}")
    return Runtime([*TO_HOST, *argv] if in_flatpak else list(argv), float(silence))
