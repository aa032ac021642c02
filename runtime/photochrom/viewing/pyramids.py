"""The cache of pyramids: large pictures stored so that any part of them is near."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from photochrom.errors import OutputError
from photochrom.files.whole import make_folder, whole_file
from photochrom.folders import cache_folder

CAP = 8 << 30
"""Bytes that all pyramids may take; the longest unused go first."""
ENDING = ".tif"


def folder() -> Path:
    """Where they lie."""
    return cache_folder() / "pyramids"


def obtain(key: str, size: int, write: Callable[[Path], None], cap: int = CAP) -> Path:
    """A pyramid's file, written unless it is there.

    Args:
        key: what it is of: letters and digits.
        size: bytes that it takes, about.
        write: fills a file.
        cap: bytes that all of them may take.

    Raises:
        OutputError: if the disk has too little room, or nobody may write there.
    """
    home = make_folder(folder())
    with suppress(OSError):  # pictures are private
        home.chmod(0o700)
    path = home / f"{key}{ENDING}"
    if not path.exists():
        make_room(size, cap)
        if shutil.disk_usage(home).free < size:
            raise OutputError(f"{home} has too little room for the picture; free some")
        with whole_file(path) as temporary:
            write(temporary)
    with suppress(OSError):
        os.utime(path)  # used just now
    return path


def make_room(size: int, cap: int = CAP) -> None:
    """Remove the longest unused pyramids until there is room for so many bytes under the cap."""
    kept = []
    for path in folder().glob(f"*{ENDING}"):
        with suppress(OSError):  # another process removed it
            status = path.stat()
            kept.append((status.st_mtime_ns, status.st_size, path))
    total = size + sum(one[1] for one in kept)
    for _, taken, path in sorted(kept):
        if total <= cap:
            return
        with suppress(OSError):
            path.unlink()
            total -= taken
