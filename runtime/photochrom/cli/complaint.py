"""The last error of a command, kept so that ``doctor --report`` can show it; and people's names
taken out of what is to be shown to others."""

from __future__ import annotations

import getpass
import os
import re
import time
from contextlib import suppress
from pathlib import Path

from photochrom.errors import PhotochromError, SomeFailedError
from photochrom.folders import cache_folder

NAME = "last-error.txt"
HIDDEN = "USER"
"""What stands for a person's name."""


def keep(error: PhotochromError) -> None:
    """Keep what a command failed with; where that can't be written it is let be.

    Errors that say no more than that others were reported are left out.
    """
    if isinstance(error, SomeFailedError) or not str(error):
        return
    told = f"{time.strftime('%Y-%m-%d %H:%M:%S%z')} {type(error).__name__}: {error}"
    with suppress(OSError):
        folder = cache_folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / NAME).write_text(told + "\n", "utf-8", errors="replace")


def last() -> str:
    """What was kept; ``none`` if nothing was."""
    try:
        return (cache_folder() / NAME).read_text("utf-8", errors="replace").strip() or "none"
    except OSError:
        return "none"


def redacted(text: str) -> str:
    """Text without the home folder and people's names, as far as folders and the system tell."""
    home = str(Path.home())
    if home != "/":
        text = text.replace(home, "~")
    text = re.sub(r"((?:/home|/Users|[A-Za-z]:\\Users)[/\\])[^/\\\s:]+", rf"\1{HIDDEN}", text)
    for name in _names():
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", HIDDEN, text, flags=re.IGNORECASE)
    return text


def _names() -> set[str]:
    """Of the user, as the system knows them; root is nobody's."""
    found = {os.environ.get(key, "") for key in ("USER", "USERNAME", "LOGNAME", "SUDO_USER")}
    with suppress(OSError, KeyError, ImportError):
        found.add(getpass.getuser())
    return {name for name in found if len(name) > 1 and name != "root"}
