"""What a JPEG 2000 file says beside its pixels: depth, colour profile, XMP.

Layouts: ISO/IEC 15444-1, annex A.5.1 (marker SIZ) and annex I (boxes).
"""

import struct
from collections.abc import Iterator

CODESTREAM = b"\xff\x4f\xff\x51"
"""Markers SOC and SIZ, with which pixels begin."""
XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
RESTRICTED, ANY = 2, 3
"""Methods of a box colr that hold an ICC profile."""


def bits_of(data: bytes) -> int:
    """Bits of a sample of the first component.

    Raises:
        ValueError: if there are no pixels, or they have signs.
    """
    start = data.find(CODESTREAM)
    if start < 0 or len(data) < start + 43:
        raise ValueError("it holds no pixels")
    depth = data[start + 42]
    if depth & 0x80:
        raise ValueError("its samples have signs")
    return depth + 1


def size_of(data: bytes) -> tuple[int, int]:
    """Width and height in pixels, as told before they are decoded.

    Raises:
        ValueError: if there are no pixels.
    """
    start = data.find(CODESTREAM)
    if start < 0 or len(data) < start + 24:
        raise ValueError("it holds no pixels")
    right, bottom, left, top = struct.unpack_from(">4I", data, start + 8)
    return max(right - left, 0), max(bottom - top, 0)


def profile_of(data: bytes) -> bytes | None:
    """The embedded ICC profile."""
    for name, body in _boxes(data):
        if name == b"colr" and body[:1] and body[0] in (RESTRICTED, ANY):
            return body[3:]
    return None


def xmp_of(data: bytes) -> bytes | None:
    """The embedded XMP packet."""
    for name, body in _boxes(data):
        if name == b"uuid" and body.startswith(XMP_UUID):
            return body[len(XMP_UUID) :]
    return None


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Every box and those inside the header box; none in a bare codestream."""
    at = 0
    while at + 8 <= len(data) and not data.startswith(CODESTREAM):
        length, name = struct.unpack_from(">I4s", data, at)
        head = 16 if length == 1 else 8
        if length == 1 and at + 16 <= len(data):
            (length,) = struct.unpack_from(">Q", data, at + 8)
        end = at + length if length >= head else len(data)
        body = data[at + head : end]
        yield name, body
        if name == b"jp2h":
            yield from _boxes(body)
        at = end
