"""Where a scan keeps what infrared light saw of the film: a band, a page, or a file of its own.

Dyes let infrared through and dirt does not, so that it shows dust alone (on colour film and on
chromogenic black-and-white film; silver stops it like dirt).
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyvips

from photochrom.errors import InputError
from photochrom.files import tiff_directory
from photochrom.files.source import PictureFile, Source, is_tiff, open_source

EXTRA_SAMPLES, UNSPECIFIED = 338, 0
"""TIFF 6.0, section 18: what bands beyond the colours are; 0 is none of the kinds of alpha."""


@dataclass(frozen=True)
class Infrared:
    """An infrared picture of the film."""

    where: str
    """In words."""
    open: Callable[[], pyvips.Image]
    """One band of uchar or ushort, as a pipeline for one pass."""
    is_band: bool = False
    """Whether it is what was taken for the picture's transparency."""


def locate(file: PictureFile, page: int, source: Source, asked: str) -> Infrared | None:
    """The infrared picture that was asked for; None if there is none and none has to be.

    Args:
        file: the scan.
        page: which of its pictures, from 0.
        source: that picture, opened.
        asked: see `photochrom.restoration.options.Restoration.infrared`.

    Raises:
        InputError: if there is none where the person says, or it has another size.
    """
    kind, _, number = asked.partition(":")
    if asked == "none":
        return None
    if asked == "auto":
        return _automatic(file, page, source)
    if kind == "band" and number.isdigit():
        return _band(file, page, source, int(number))
    if kind == "page" and number.isdigit():
        return _page(file, source, int(number))
    return _file(Path(asked), source)


def _automatic(file: PictureFile, page: int, source: Source) -> Infrared | None:
    """A fourth band that is not said to be alpha, or a grey page of the same size behind this."""
    if source.alpha is not None and _is_unspecified(file.path, source):
        return _band(file, page, source, source.image.bands)
    pages = source.image.get("n-pages") if source.image.get_typeof("n-pages") else 1
    if page + 1 >= pages or not is_tiff(source.image) or source.color.bands == 1:
        return None
    following = open_source(file, page=page + 1)
    same = (following.image.width, following.image.height) == _size(source)
    return _page(file, source, page + 2) if same and following.image.bands == 1 else None


def _band(file: PictureFile, page: int, source: Source, number: int) -> Infrared:
    if source.alpha is None or number != source.image.bands:
        raise InputError(
            f"{file.path} has no band {number} beside its colours; bands in it: "
            f"{source.image.bands}"
        )

    def opened() -> pyvips.Image:
        alpha = open_source(file, page=page).alpha
        assert alpha is not None  # it was there a moment ago
        return alpha

    return Infrared(f"band {number}", opened, is_band=True)


def _page(file: PictureFile, source: Source, number: int) -> Infrared:
    pages = source.image.get("n-pages") if source.image.get_typeof("n-pages") else 1
    if number > pages:
        raise InputError(f"there is no page {number} in {file.path}; pages in it: {pages}")
    _check_size(f"page {number} of {file.path}", open_source(file, page=number - 1), source)
    return Infrared(f"page {number}", lambda: open_source(file, page=number - 1).color[0])


def _file(path: Path, source: Source) -> Infrared:
    _check_size(str(path), open_source(path), source)
    return Infrared(path.name, lambda: open_source(path).color[0])


def _check_size(name: str, infrared: Source, source: Source) -> None:
    if _size(infrared) != _size(source):
        raise InputError(
            "the infrared picture {} is {} x {} and the scan {} x {}; both must come from one "
            "scan".format(name, *_size(infrared), *_size(source))
        )


def _size(source: Source) -> tuple[int, int]:
    return source.image.width, source.image.height


def _is_unspecified(path: Path, source: Source) -> bool:
    """Whether a TIFF says of its last band that it is no transparency."""
    if not is_tiff(source.image):
        return False
    with open(os.fspath(path), "rb") as file:
        try:
            order, offsets = tiff_directory.pages(file)
            tags = tiff_directory.directory(file, order, offsets[source.page])
            return EXTRA_SAMPLES in tags and tags[EXTRA_SAMPLES].numbers[-1] == UNSPECIFIED
        except (struct.error, ValueError, IndexError):
            return False
