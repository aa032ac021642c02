"""Small files that become huge when they are opened, or that say so."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

from helpers.clips import make_clip

SIDE = 60_000
"""Pixels that a bomb claims on each side: 3.6 thousand million in all."""


def png(path: Path, side: int = SIDE) -> Path:
    """Black, one bit a pixel; its header is sound, and of its rows there are few."""
    return _png(path, side, zlib.compress(bytes(1 << 16), 9), interlaced=False)


def interlaced(path: Path, side: int) -> Path:
    """Black, whole and sound, 16 bits a band, so a kilobyte a million bytes; held in memory."""
    # of every pass: rows with a byte for their filter before them
    places = ((8, 8), (8, 8), (4, 8), (4, 4), (2, 4), (2, 2), (1, 2))
    size = sum((side // across * 6 + 1) * (side // down) for across, down in places)
    packer = zlib.compressobj(1)
    parts = [packer.compress(bytes(1 << 20)) for _ in range(size >> 20)]
    parts += [packer.compress(bytes(size & ((1 << 20) - 1))), packer.flush()]
    return _png(path, side, b"".join(parts), interlaced=True, depth=16, kind=2)


def gif(path: Path) -> Path:
    """It claims a screen of 65,535 x 65,535 pixels, which its decoder would hold in memory."""
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00\x3b"
    screen = struct.pack("<HHBBB", 65535, 65535, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    path.write_bytes(b"GIF89a" + screen + frame)
    return path


def film(path: Path) -> Path:
    """An AVI film that claims frames of 40,000 x 40,000 pixels."""
    make_clip(path, codec="mpeg4", options={}, frames=2)
    true, claimed = struct.pack("<II", 64, 48), struct.pack("<II", 40_000, 40_000)
    data = path.read_bytes()
    assert data.count(true) == 2
    path.write_bytes(data.replace(true, claimed))
    return path


def _png(
    path: Path, side: int, data: bytes, interlaced: bool, depth: int = 1, kind: int = 0
) -> Path:
    head = struct.pack(">IIBBBBB", side, side, depth, kind, 0, 0, int(interlaced))
    chunks = ((b"IHDR", head), (b"IDAT", data), (b"IEND", b""))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks))
    return path


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
