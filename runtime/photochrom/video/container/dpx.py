"""DPX files: R'G'B' encoded by FFmpeg, under what the source's header tells of the film.

Places in the header: SMPTE ST 268-1, tables 1 to 5.
"""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from photochrom.color.arrays import FloatImage

GENERIC, HEADER = 1664, 2048
"""Bytes of what every file tells, and of that with what film and television tell."""
DEPTHS = {8: "rgb24", 10: "gbrp10", 12: "gbrp12", 16: "rgb48"}
CREATOR = slice(160, 260)
PROJECT = slice(260, 660)
"""Project and copyright."""
MEANING = slice(801, 803)
"""Transfer characteristic and colorimetry of the first element."""
ORIENTATION = slice(1408, 1664)
LITTLE = b"XPDS"


def encoded(colors: FloatImage, bits: int, creator: str, source: Path | None) -> bytes:
    """A DPX file.

    Args:
        colors: R'G'B', H x W x 3, 0..1.
        bits: of a sample: 8, 10, 12 or 16.
        creator: who made it, at most 99 letters.
        source: a DPX file whose key code, time code, project and meaning of codes it gets; None:
            it tells of none.
    """
    header = b"" if source is None else _header(source)
    little = header.startswith(LITTLE)
    body = bytearray(_encoded(colors, bits, little))
    body[CREATOR] = creator.encode()[:99].ljust(100, b"\0")
    return bytes(body) if len(header) < HEADER else _with_header(body, header, little)


def _header(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEADER)


def _encoded(colors: FloatImage, bits: int, little: bool) -> bytes:
    height, width = colors.shape[:2]
    codes = np.rint(np.clip(colors, 0, 1) * ((1 << bits) - 1))
    layout = DEPTHS[bits] if bits == 8 else DEPTHS[bits] + ("le" if little else "be")
    data = np.ascontiguousarray(codes.astype(np.uint8 if bits == 8 else np.uint16))
    frame = av.VideoFrame.from_ndarray(data, format=layout)
    coder = av.CodecContext.create("dpx", "w")
    assert isinstance(coder, av.VideoCodecContext)
    coder.width, coder.height, coder.pix_fmt = width, height, layout
    coder.time_base = Fraction(1, 24)
    return b"".join(bytes(packet) for packet in [*coder.encode(frame), *coder.encode(None)])


def _with_header(body: bytearray, header: bytes, little: bool) -> bytes:
    """The encoder writes no more than the generic part; the source's others come behind it."""
    order = "<" if little else ">"
    for part in (PROJECT, MEANING, ORIENTATION):
        body[part] = header[part]
    size = len(body) + HEADER - GENERIC
    for place, value in (
        (4, HEADER),
        (16, size),
        (24, GENERIC),
        (28, HEADER - GENERIC),
        (808, HEADER),
    ):
        struct.pack_into(f"{order}I", body, place, value)
    return bytes(body[:GENERIC]) + header[GENERIC:HEADER] + bytes(body[GENERIC:])
