"""Pages of a TIFF file: how each is stored, and one file made of many that libvips wrote singly.

libvips writes several pages only if all have one size and one depth; scans of a box of prints have
not. So each page is written alone, as any picture is, and then joined here to those before it.
"""

from __future__ import annotations

import shutil
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from photochrom.files import tiff_directory
from photochrom.files.tiff_directory import EXIF_IFD, GPS_IFD, Order, Tag

SUBFILE, WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC = 254, 256, 257, 258, 259, 262
STRIPS, TILE_WIDTH, TILE_HEIGHT, TILES = 273, 322, 323, 324
COMPRESSIONS = {1: "none", 5: "lzw", 8: "deflate", 32773: "packbits", 32946: "deflate"}
"""TIFF's codes for the lossless compressions that a TIFF made from a TIFF keeps."""
PALETTE = 3
REDUCED_OR_MASK = 0b101
"""Bits of NewSubfileType: a smaller copy of another page, a transparency mask."""
LONGEST_TILE = 2048
"""Pixels a side; a row of higher ones would no longer fit into memory."""
COPIED_AT_ONCE = 1 << 20


@dataclass(frozen=True)
class Layout:
    """How a page's pixels are stored."""

    compression: str | None = None
    """A value of `COMPRESSIONS`; None for other kinds, which lose something or fit no colour."""
    tile: tuple[int, int] | None = None
    """Width and height of its tiles; None if it is in strips."""
    big: bool = False
    """Whether the file is BigTIFF."""
    palette: bool = False
    is_picture: bool = True
    """False for a smaller copy of another page and for a mask."""
    size: int = 0
    """Bytes of its pixels at most, with four bands."""


def layouts(path: Path) -> list[Layout]:
    """Of every page of a TIFF file, in order; empty for other files and damaged ones."""
    with path.open("rb") as file:
        try:
            order, offsets = tiff_directory.pages(file)
            return [_layout(file, order, offset) for offset in offsets]
        except (struct.error, ValueError):
            return []


def layout_of(path: Path, page: int) -> Layout:
    """Of one page, from 0; one that says nothing where the file's directories can't be followed."""
    with path.open("rb") as file:
        try:
            order, offsets = tiff_directory.pages(file)
            return _layout(file, order, offsets[page])
        except (struct.error, ValueError, IndexError):
            return Layout()


def _layout(file: BinaryIO, order: Order, offset: int) -> Layout:
    directory = tiff_directory.directory(file, order, offset)

    def first(tag: int, otherwise: int = 0) -> int:
        numbers = directory[tag].numbers if tag in directory else []
        return numbers[0] if numbers else otherwise

    tile = first(TILE_WIDTH), first(TILE_HEIGHT)
    bytes_a_sample = 2 if first(BITS, 1) > 8 else 1
    return Layout(
        compression=COMPRESSIONS.get(first(COMPRESSION, 1)),
        tile=tile if all(_is_usual(side) for side in tile) else None,
        big=order.big,
        palette=first(PHOTOMETRIC) == PALETTE,
        is_picture=not first(SUBFILE) & REDUCED_OR_MASK,
        size=first(WIDTH) * first(HEIGHT) * 4 * bytes_a_sample,
    )


def _is_usual(side: int) -> bool:
    return 0 < side <= LONGEST_TILE and side % 16 == 0


class PageJoiner:
    """Joins single-page TIFF files that libvips wrote, little-endian, into one file.

    Args:
        file: empty, open for reading and writing in binary.
        big: whether it becomes BigTIFF; the pages must be of the same kind.
    """

    def __init__(self, file: BinaryIO, big: bool) -> None:
        self._file, self._order = file, Order("<", big)
        head = (
            struct.pack("<2sHHHQ", b"II", 43, 8, 0, 0)
            if big
            else struct.pack("<2sHI", b"II", 42, 0)
        )
        file.write(head)
        self._pointer = 8 if big else 4

    def add(self, page: Path) -> None:
        """Append a page: its bytes, and behind them a directory that points to their new places."""
        moved = self._file.seek(0, 2)
        with page.open("rb") as source:
            shutil.copyfileobj(source, self._file, COPIED_AT_ONCE)
            start = self._file.tell()
            start += -start % 16
            directory = self._moved(source, moved, start)
        self._file.seek(start)
        self._file.write(directory)
        self._file.seek(self._pointer)
        self._file.write(struct.pack(self._order.word, start))
        (count,) = struct.unpack_from(self._order.count, directory)
        table = count * struct.calcsize(self._order.entry)
        self._pointer = start + struct.calcsize(self._order.count) + table

    def _moved(self, source: BinaryIO, by: int, start: int) -> bytes:
        """The page's directory, to be written at `start`, for pixels that lie `by` bytes later."""
        order, (offset,) = tiff_directory.pages(source)
        main = tiff_directory.directory(source, order, offset, longest=source.seek(0, 2))
        exif, gps = (
            tiff_directory.sub_directory(source, order, main, tag) for tag in (EXIF_IFD, GPS_IFD)
        )
        main = {tag: value for tag, value in main.items() if tag not in (EXIF_IFD, GPS_IFD)}
        for tag in {STRIPS, TILES} & main.keys():
            main[tag] = _shifted(main[tag], by, order)
        entries = tiff_directory.raw_entries(main)
        return tiff_directory.assemble(order, entries, exif, gps, start)


def _shifted(offsets: Tag, by: int, order: Order) -> Tag:
    letter, kind = ("Q", 16) if order.big else ("I", 4)
    moved = [number + by for number in offsets.numbers]
    return Tag(kind, len(moved), struct.pack(f"<{len(moved)}{letter}", *moved))
