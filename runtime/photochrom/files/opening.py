"""How libvips is given a file: by its content alone, within limits, with damage as an error."""

from __future__ import annotations

import os
from pathlib import Path

import pyvips

from photochrom import limits
from photochrom.errors import InputError

REFUSED = ("svg", "matrix", "csv", "vips", "pdf", "magick", "openslide")
"""Loaders of what is no photograph: programs in a picture's coat, and formats without checks."""


def open_picture(path: Path, **options: object) -> pyvips.Image:
    """A picture as it is in its file now; libvips may give an older one that it kept.

    Nothing but its header is decoded yet.

    Args:
        path: of a file from anywhere.
        options: of libvips' loader; JPEG's ``shrink`` is left out for other kinds.

    Raises:
        pyvips.Error: if it can't be opened.
        InputError: if it is of a kind that is no photograph.
        LimitError: if it has more pixels or pages than a file may have.
    """
    # a Source, since libvips would take brackets at the end of a file's name for options
    source = pyvips.Source.new_from_file(os.fsencode(path))
    loader = pyvips.vips_lib.vips_foreign_find_load_source(source.pointer)
    name = pyvips.ffi.string(loader).decode() if loader != pyvips.ffi.NULL else ""
    kind = name.removeprefix("VipsForeignLoad").removesuffix("Source").lower()
    if kind in REFUSED:
        raise InputError(f"{path} is no photograph ({kind}); save it as TIFF, PNG or JPEG first")
    if kind != "jpeg":
        options.pop("shrink", None)
    image = pyvips.Image.new_from_source(source, "", **{"fail_on": "error", **options})
    shrink = options.get("shrink", 1)
    assert isinstance(shrink, int)
    limits.check_picture(path, image.width * shrink, image.height * shrink)
    pages = image.get("n-pages") if image.get_typeof("n-pages") else 1
    limits.check(path, "pages", pages)
    return image


def open_scratch(path: Path) -> pyvips.Image:
    """What photochrom itself stored as libvips stores pixels, for one pass."""
    return pyvips.Image.vipsload(os.fsencode(path), access="sequential", fail_on="error")
