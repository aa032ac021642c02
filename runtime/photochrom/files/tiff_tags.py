"""EXIF and descriptive tags between TIFF files and EXIF blocks, which libvips does not carry.

An EXIF block is a small TIFF file behind the six bytes ``Exif\\0\\0``.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from photochrom.files import tiff_directory
from photochrom.files.tiff_directory import EXIF_IFD, GPS_IFD, Directory, Order, Tag

ORIENTATION = 274
# DocumentName, ImageDescription, Make, Model, PageName, Software, DateTime, Artist, HostComputer,
# Copyright: tags that describe the picture, not the way its pixels are stored.
DESCRIPTIVE = frozenset({269, 270, 271, 272, 285, 305, 306, 315, 316, 33432})


@dataclass(frozen=True)
class Tags:
    """What describes a picture."""

    main: Directory
    exif: Directory
    gps: Directory


def from_tiff(path: Path, page: int = 0) -> Tags:
    """Tags of a TIFF file's page; empty where the file's directories can't be followed."""
    with path.open("rb") as file:
        return _read(file, page)


def from_exif(block: bytes) -> Tags:
    """Tags of an EXIF block as libvips holds it (JPEG, PNG, WebP)."""
    return _read(BytesIO(block.removeprefix(b"Exif\0\0")), 0)


def to_exif(tags: Tags, orientation: int) -> bytes:
    """An EXIF block for JPEG, PNG and WebP."""
    main = {**tags.main, ORIENTATION: Tag(3, 1, struct.pack("<H", orientation))}
    entries = tiff_directory.raw_entries(main)
    body = tiff_directory.assemble(Order("<", big=False), entries, tags.exif, tags.gps, 8)
    return b"Exif\0\0" + struct.pack("<2sHI", b"II", 42, 8) + body


def add_to_tiff(path: Path, tags: Tags) -> None:
    """Give a little-endian TIFF file tags: a new directory at its end, then the pointer to it."""
    with path.open("r+b") as file:
        layout, first = tiff_directory.header(file)
        kept = {tag: (entry, b"") for tag, entry in tiff_directory.entries(file, layout, first)}
        start = file.seek(0, 2)
        start += -start % 16
        entries = kept | tiff_directory.raw_entries(tags.main)
        directory = tiff_directory.assemble(layout, entries, tags.exif, tags.gps, start)
        file.seek(start)
        file.write(directory)
        file.seek(8 if layout.big else 4)
        file.write(struct.pack(layout.word, start))


def _read(file: BinaryIO, page: int) -> Tags:
    try:
        layout, offsets = tiff_directory.pages(file)
        everything = tiff_directory.directory(file, layout, offsets[page])
        main = {tag: value for tag, value in everything.items() if tag in DESCRIPTIVE}
        exif, gps = (
            tiff_directory.sub_directory(file, layout, everything, tag)
            for tag in (EXIF_IFD, GPS_IFD)
        )
    except (struct.error, ValueError, IndexError):
        return Tags({}, {}, {})
    return Tags(main, exif, gps)
