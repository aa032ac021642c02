"""EXIF and descriptive tags between TIFF files and EXIF blocks, which libvips does not carry.

Tags travel as raw values, never decoded, so that nothing of them changes. An EXIF block is a small
TIFF file behind the six bytes ``Exif\\0\\0``. Layouts: TIFF 6.0, section 2, and libtiff's BigTIFF.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

EXIF_IFD, GPS_IFD, ORIENTATION, COMPRESSION = 0x8769, 0x8825, 274, 259
COMPRESSIONS = {1: "none", 5: "lzw", 8: "deflate", 32946: "deflate"}
"""TIFF's codes for the lossless compressions that a TIFF made from a TIFF keeps."""
# DocumentName, ImageDescription, Make, Model, PageName, Software, DateTime, Artist, HostComputer,
# Copyright: tags that describe the picture, not the way its pixels are stored.
DESCRIPTIVE = frozenset({269, 270, 271, 272, 285, 305, 306, 315, 316, 33432})
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8}
"""Bytes of one value of each TIFF type."""
LONGEST = 1 << 20
"""Longer tags are left out: they are no description, or the file is damaged."""


@dataclass(frozen=True)
class Tag:
    """A raw value, in little-endian order."""

    kind: int
    count: int
    data: bytes


Directory = dict[int, Tag]


@dataclass(frozen=True)
class Tags:
    """What describes a picture."""

    main: Directory
    exif: Directory
    gps: Directory
    compression: str | None = None
    """Of the TIFF file that they come from, if it is lossless."""


@dataclass(frozen=True)
class _Layout:
    """Byte order and field widths of classic TIFF or BigTIFF."""

    order: str
    big: bool

    @property
    def word(self) -> str:
        """Format of offsets and of an entry's value field."""
        return self.order + ("Q" if self.big else "I")

    @property
    def width(self) -> int:
        return 8 if self.big else 4

    @property
    def count(self) -> str:
        """Format of the number of entries."""
        return self.order + ("Q" if self.big else "H")

    @property
    def entry(self) -> str:
        return self.order + ("HHQ8s" if self.big else "HHI4s")


def from_tiff(path: Path) -> Tags:
    """Tags of a TIFF file's first page; empty where the file's directory can't be followed."""
    with path.open("rb") as file:
        return _read(file)


def from_exif(block: bytes) -> Tags:
    """Tags of an EXIF block as libvips holds it (JPEG, PNG, WebP)."""
    return _read(BytesIO(block.removeprefix(b"Exif\0\0")))


def to_exif(tags: Tags, orientation: int) -> bytes:
    """An EXIF block for JPEG and PNG."""
    layout = _Layout("<", big=False)
    main = {**tags.main, ORIENTATION: Tag(3, 1, struct.pack("<H", orientation))}
    body = _assemble(layout, _raw_entries(main), tags, 8)
    return b"Exif\0\0" + struct.pack("<2sHI", b"II", 42, 8) + body


def add_to_tiff(path: Path, tags: Tags) -> None:
    """Give a little-endian TIFF file tags: a new directory at its end, then the pointer to it."""
    with path.open("r+b") as file:
        layout, first = _header(file)
        kept = {tag: (entry, b"") for tag, entry in _entries(file, layout, first)}
        start = file.seek(0, 2)
        start += -start % 16
        directory = _assemble(layout, kept | _raw_entries(tags.main), tags, start)
        file.seek(start)
        file.write(directory)
        file.seek(8 if layout.big else 4)
        file.write(struct.pack(layout.word, start))


def _read(file: BinaryIO) -> Tags:
    try:
        layout, first = _header(file)
        everything = _directory(file, layout, first)
        main = {tag: value for tag, value in everything.items() if tag in DESCRIPTIVE}
        exif, gps = (_sub_directory(file, layout, everything, tag) for tag in (EXIF_IFD, GPS_IFD))
    except (struct.error, ValueError):
        return Tags({}, {}, {})
    code = everything.get(COMPRESSION)
    compression = COMPRESSIONS.get(int.from_bytes(code.data, "little")) if code else None
    return Tags(main, exif, gps, compression)


def _header(file: BinaryIO) -> tuple[_Layout, int]:
    file.seek(0)
    head = file.read(16)
    order = {b"II": "<", b"MM": ">"}.get(head[:2])
    if order is None:
        raise ValueError("not a TIFF file")
    (magic,) = struct.unpack_from(order + "H", head, 2)
    layout = _Layout(order, big=magic == 43)
    (first,) = struct.unpack_from(layout.word, head, 8 if layout.big else 4)
    return layout, first


def _entries(file: BinaryIO, layout: _Layout, offset: int) -> list[tuple[int, bytes]]:
    """Tag and raw entry of one directory."""
    head = _at(file, offset, struct.calcsize(layout.count))
    (count,) = struct.unpack(layout.count, head)
    size = struct.calcsize(layout.entry)
    table = file.read(min(count, 4096) * size)
    raw = [table[start : start + size] for start in range(0, len(table) - size + 1, size)]
    return [(struct.unpack_from(layout.order + "H", entry)[0], entry) for entry in raw]


def _directory(file: BinaryIO, layout: _Layout, offset: int) -> Directory:
    found = {}
    for tag, entry in _entries(file, layout, offset):
        _, kind, count, value = struct.unpack(layout.entry, entry)
        size = SIZES.get(kind, 0) * count
        if not 0 < size <= LONGEST:
            continue
        if size > layout.width:
            value = _at(file, struct.unpack(layout.word, value)[0], size)
        if len(value) >= size:
            found[tag] = Tag(kind, count, _little_endian(value[:size], kind, layout.order))
    return found


def _at(file: BinaryIO, offset: int, size: int) -> bytes:
    """What lies at an offset; nothing where a file can't be that long."""
    try:
        file.seek(offset)
    except (OSError, OverflowError, ValueError):
        return b""
    return file.read(size)


def _sub_directory(file: BinaryIO, layout: _Layout, main: Directory, tag: int) -> Directory:
    """The directory that a tag points to; empty where it can't be followed."""
    if tag not in main:
        return {}
    try:
        return _directory(file, layout, int.from_bytes(main[tag].data, "little"))
    except struct.error:
        return {}


def _little_endian(value: bytes, kind: int, order: str) -> bytes:
    step = {5: 4, 10: 4}.get(kind, SIZES[kind])  # a rational is two numbers
    if order == "<" or step == 1:
        return value
    return b"".join(value[start : start + step][::-1] for start in range(0, len(value), step))


def _raw_entries(directory: Directory) -> dict[int, tuple[bytes, bytes]]:
    """Each tag as (type and count in the widest form, data); `_assemble` places the data."""
    return {
        tag: (struct.pack("<HQ", value.kind, value.count), value.data)
        for tag, value in directory.items()
    }


def _assemble(
    layout: _Layout, entries: dict[int, tuple[bytes, bytes]], tags: Tags, start: int
) -> bytes:
    """A directory with its EXIF and GPS directories behind it, to be written at `start`."""
    pointers = {EXIF_IFD: tags.exif, GPS_IFD: tags.gps}
    used = {tag: directory for tag, directory in pointers.items() if directory}
    blank = {tag: Tag(4, 1, bytes(4)) for tag in used}
    everything = entries | _raw_entries(blank)
    end = start + len(_place(layout, everything, start))
    bodies = b""
    for tag, directory in used.items():
        everything |= _raw_entries({tag: Tag(4, 1, struct.pack("<I", end + len(bodies)))})
        bodies += _place(layout, _raw_entries(directory), end + len(bodies))
    return _place(layout, everything, start) + bodies


def _place(layout: _Layout, entries: dict[int, tuple[bytes, bytes]], start: int) -> bytes:
    """Entry table in tag order, end mark, then the data that does not fit into entries."""
    size = struct.calcsize(layout.entry)
    data_start = start + struct.calcsize(layout.count) + len(entries) * size + layout.width
    table, data = b"", b""
    for tag, (entry, value) in sorted(entries.items()):
        if len(entry) == size:  # an entry of the file itself: its data stays where it is
            table += entry
            continue
        kind, count = struct.unpack("<HQ", entry)
        field = value
        if len(value) > layout.width:
            field = struct.pack(layout.word, data_start + len(data))
            data += value + b"\0" * (len(value) % 2)
        table += struct.pack(layout.entry, tag, kind, count, field)
    return struct.pack(layout.count, len(entries)) + table + bytes(layout.width) + data
