"""What libvips does not read from PNG files, or writes otherwise than the standards say.

libpng drops a profile in which it finds a fault, and a profile for RGB in a grey picture, and
tells nobody but a log. libvips 8.18 writes XMP as compressed Latin-1 text (zTXt), where other
programs look for a chunk iTXt of UTF-8 (XMP Specification Part 3, 1.1.5).
"""

import base64
import hashlib
import os
import struct
import zlib
from pathlib import Path

from photochrom.errors import OutputError

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


XMP_KEY = "XML:com.adobe.xmp"
TEXTS = (b"tEXt", b"zTXt", b"iTXt")
_XMP_HEAD = XMP_KEY.encode() + bytes(5)
"""End of the name, not compressed, no language, no translated name."""


def room_for_xmp(xmp: bytes) -> str:
    """Text that, given to libvips as a comment `XMP_KEY`, becomes a chunk that `put_xmp` can fill.

    It looks random, so that libvips' compression can't make it shorter than the packet, and is the
    same for the same packet, so that a picture comes out alike twice.
    """
    noise = hashlib.shake_256(xmp).digest(len(_XMP_HEAD) + len(xmp) + 64)
    return base64.urlsafe_b64encode(noise).decode()


def put_xmp(path: Path, xmp: bytes) -> None:
    """Turn the chunk of `room_for_xmp` into a chunk iTXt with the packet, padded with spaces.

    Raises:
        OutputError: if the chunk isn't there or is too short.
    """
    with path.open("r+b") as file:
        start = file.seek(len(SIGNATURE))
        while len(head := file.read(8)) == 8:
            length, name = struct.unpack(">I4s", head)
            if name in TEXTS and file.read(len(XMP_KEY)) == XMP_KEY.encode():
                break
            start = file.seek(start + 12 + length)
        body = b"iTXt" + (_XMP_HEAD + xmp).ljust(length)
        if len(head) < 8 or len(body) != length + 4:
            raise OutputError(f"can't put XMP into {path}; save it as .tif")
        file.seek(start + 4)
        file.write(body + struct.pack(">I", zlib.crc32(body)))


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
