"""TIFF's directories: reading them from any file, and laying them out anew.

Values travel raw, never decoded, so that nothing of them changes. Layouts: TIFF 6.0, section 2, and
libtiff's BigTIFF.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

EXIF_IFD, GPS_IFD = 0x8769, 0x8825
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8}
"""Bytes of one value of each TIFF type."""
LONGEST = 1 << 20
"""Longer tags are left out: they are no description, or the file is damaged."""
MOST_PAGES = 1 << 16


@dataclass(frozen=True)
class Tag:
    """A raw value, in little-endian order."""

    kind: int
    count: int
    data: bytes

    @property
    def numbers(self) -> list[int]:
        """The values of whole, unsigned numbers."""
        letter = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q"}.get(self.kind)
        return list(struct.unpack(f"<{self.count}{letter}", self.data)) if letter else []


Directory = dict[int, Tag]


@dataclass(frozen=True)
class Order:
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


def header(file: BinaryIO) -> tuple[Order, int]:
    """Byte order, and where the first directory begins.

    Raises:
        ValueError, struct.error: if the file is no TIFF.
    """
    file.seek(0)
    head = file.read(16)
    order = {b"II": "<", b"MM": ">"}.get(head[:2])
    if order is None:
        raise ValueError("not a TIFF file")
    (magic,) = struct.unpack_from(order + "H", head, 2)
    layout = Order(order, big=magic == 43)
    (first,) = struct.unpack_from(layout.word, head, 8 if layout.big else 4)
    return layout, first


def entries(file: BinaryIO, layout: Order, offset: int) -> list[tuple[int, bytes]]:
    """Tag and raw entry of one directory."""
    head = at(file, offset, struct.calcsize(layout.count))
    (count,) = struct.unpack(layout.count, head)
    size = struct.calcsize(layout.entry)
    table = file.read(min(count, 4096) * size)
    raw = [table[start : start + size] for start in range(0, len(table) - size + 1, size)]
    return [(struct.unpack_from(layout.order + "H", entry)[0], entry) for entry in raw]


def pages(file: BinaryIO) -> tuple[Order, list[int]]:
    """Byte order, and where every page's directory begins.

    Raises:
        ValueError, struct.error: if the file is no TIFF or its first directory is not there.
    """
    layout, first = header(file)
    return layout, [first, *islice(_following(file, layout, first), MOST_PAGES)]


def _following(file: BinaryIO, layout: Order, offset: int) -> Iterator[int]:
    """Where the directories after the one at `offset` begin; ends where the chain is broken."""
    seen = {0, offset}
    while True:
        head = at(file, offset, struct.calcsize(layout.count))
        if len(head) < struct.calcsize(layout.count):
            return
        (count,) = struct.unpack(layout.count, head)
        end = offset + len(head) + count * struct.calcsize(layout.entry)
        word = at(file, end, layout.width)
        offset = struct.unpack(layout.word, word)[0] if len(word) == layout.width else 0
        if offset in seen:
            return
        seen.add(offset)
        yield offset


def directory(file: BinaryIO, layout: Order, offset: int, longest: int = LONGEST) -> Directory:
    """Every tag of the directory at `offset` whose value can be read.

    Raises:
        struct.error: if there is none.
    """
    found = {}
    for tag, entry in entries(file, layout, offset):
        _, kind, count, value = struct.unpack(layout.entry, entry)
        size = SIZES.get(kind, 0) * count
        if not 0 < size <= longest:
            continue
        if size > layout.width:
            value = at(file, struct.unpack(layout.word, value)[0], size)
        if len(value) >= size:
            found[tag] = Tag(kind, count, _little_endian(value[:size], kind, layout.order))
    return found


def at(file: BinaryIO, offset: int, size: int) -> bytes:
    """What lies at an offset; nothing where a file can't be that long."""
    try:
        file.seek(offset)
    except (OSError, OverflowError, ValueError):
        return b""
    return file.read(size)


def sub_directory(file: BinaryIO, layout: Order, main: Directory, tag: int) -> Directory:
    """The directory that a tag points to; empty where it can't be followed."""
    if tag not in main:
        return {}
    try:
        return directory(file, layout, int.from_bytes(main[tag].data, "little"))
    except struct.error:
        return {}


def _little_endian(value: bytes, kind: int, order: str) -> bytes:
    step = {5: 4, 10: 4}.get(kind, SIZES[kind])  # a rational is two numbers
    if order == "<" or step == 1:
        return value
    return b"".join(value[start : start + step][::-1] for start in range(0, len(value), step))


def raw_entries(directory: Directory) -> dict[int, tuple[bytes, bytes]]:
    """Each tag as (type and count in the widest form, data); `assemble` places the data."""
    return {
        tag: (struct.pack("<HQ", value.kind, value.count), value.data)
        for tag, value in directory.items()
    }


def assemble(
    layout: Order,
    entries: dict[int, tuple[bytes, bytes]],
    exif: Directory,
    gps: Directory,
    start: int,
) -> bytes:
    """A directory with its EXIF and GPS directories behind it, to be written at `start`."""
    pointers = {EXIF_IFD: exif, GPS_IFD: gps}
    used = {tag: directory for tag, directory in pointers.items() if directory}
    blank = {tag: Tag(4, 1, bytes(4)) for tag in used}
    everything = entries | raw_entries(blank)
    end = start + len(_place(layout, everything, start))
    bodies = b""
    for tag, directory in used.items():
        everything |= raw_entries({tag: Tag(4, 1, struct.pack("<I", end + len(bodies)))})
        bodies += _place(layout, raw_entries(directory), end + len(bodies))
    return _place(layout, everything, start) + bodies


def _place(layout: Order, entries: dict[int, tuple[bytes, bytes]], start: int) -> bytes:
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
