"""The pictures that are at hand."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from photochrom.files.kinds import RAW_ENDINGS
from photochrom.viewing.endings import FILMS

PICTURES = frozenset(
    f".{ending}"
    for ending in [
        "jpg",
        "jpeg",
        "png",
        "tif",
        "tiff",
        "webp",
        "heic",
        "heif",
        "jp2",
        "j2k",
        "bmp",
        "ppm",
        "pgm",
        "avif",
    ]
)
"""How names of pictures end, raw files aside."""


def is_film(path: Path) -> bool:
    """By its name."""
    return path.suffix.lower() in FILMS


def is_shown(path: Path) -> bool:
    """Whether a file found in a folder is taken in."""
    ending = path.suffix.lower()
    known = ending in PICTURES or ending in FILMS or ending in RAW_ENDINGS
    return known and not path.name.startswith(".") and path.stem[-6:] != ".color"


def found(paths: Iterable[Path]) -> Iterator[Path]:
    """Files that are named, whatever they are, and those in folders that are, by name.

    What photochrom wrote (``NAME.color.EXT``) is left out of folders, unless it is named itself.
    """
    for path in paths:
        if path.is_dir():
            yield from _inside(path)
        else:
            yield path


def _inside(folder: Path) -> Iterator[Path]:
    for home, folders, names in os.walk(folder):
        folders[:] = sorted((name for name in folders if not name.startswith(".")), key=_counted)
        paths = (Path(home, name) for name in sorted(names, key=_counted))
        yield from (path for path in paths if is_shown(path))


def _counted(name: str) -> list[tuple[int, str]]:
    """Sorts as people count: scan2 before scan10."""
    parts = re.split(r"(\d+)", name.casefold())
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]
