"""The colour profile of a PNG file, read past libpng.

libpng drops a profile in which it finds a fault, and a profile for RGB in a grey picture, and
tells nobody but a log.
"""

import os
import struct
import zlib
from pathlib import Path

SIGNATURE = b"\x89PNG\r\n\x1a\n"
LONGEST = 1 << 24
"""Bytes of a profile that are read at most."""


def embedded_profile(path: Path) -> bytes | None:
    """The profile in a PNG file's chunk iCCP, damaged or not; None if there is no such chunk."""
    with path.open("rb") as file:
        if file.read(len(SIGNATURE)) != SIGNATURE:
            return None
        while len(head := file.read(8)) == 8:
            length, name = struct.unpack(">I4s", head)
            if name == b"iCCP":
                return _inflated(file.read(min(length, LONGEST)))
            if name == b"IDAT":
                break
            file.seek(length + 4, os.SEEK_CUR)
    return None


def _inflated(chunk: bytes) -> bytes:
    """What follows the profile's name, the mark of its end and the number of the method."""
    compressed = chunk.partition(b"\0")[2][1:]
    try:
        return zlib.decompressobj().decompress(compressed, LONGEST)
    except zlib.error:
        return b""


def acceptable(profile: bytes) -> bytes:
    """A profile that libpng writes: a length that 4 divides, an intent within 16 bits."""
    padded = profile + bytes(-len(profile) % 4)
    return struct.pack(">I", len(padded)) + padded[4:64] + bytes(2) + padded[66:]
