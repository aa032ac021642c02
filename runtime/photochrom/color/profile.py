"""Tone curves and primaries of a picture, from its ICC profile or sRGB where it has none.

Reads matrix and grey profiles as ICC.1:2022 lays them out (sections 7.2, 7.3, 9.2, 10.6, 10.18).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

from photochrom.color import srgb
from photochrom.color.arrays import FloatImage
from photochrom.color.srgb import RGB_TO_XYZ

CODES = 65536
SRGB_IN_PCS = np.array(
    [[0.43607, 0.38515, 0.14307], [0.22249, 0.71687, 0.06061], [0.01392, 0.09708, 0.71410]]
)
"""sRGB's primaries adapted to the profile connection space's white D50 (from the ICC's profile)."""
D50 = (0.9642, 1.0, 0.8249)
NEWEST = 5
"""Major version of the newest profiles that colour management knows."""
CLASSES = (b"mntr", b"scnr", b"prtr", b"spac")
"""Profiles of a monitor, an input or an output device, or a colour space."""


class ProfileError(ValueError):
    """The bytes are no ICC profile, or a damaged one."""


class TableProfileError(ValueError):
    """A sound profile that is not made of tone curves and a matrix (CMYK, or look-up tables)."""


@dataclass(frozen=True)
class ToneProfile:
    """How a picture's codes become linear light, and that light becomes XYZ."""

    curves: FloatImage
    """3 x 65536: linear light 0..1 of each 16-bit code, for red, green and blue."""
    matrix: FloatImage
    """3 x 3: linear RGB to XYZ, white's Y = 1."""
    icc: bytes | None
    """The profile that an RGB picture of these curves and primaries should carry, if any."""

    @property
    def white(self) -> FloatImage:
        """XYZ of white: the matrix's row sums, so that equal R, G and B are exactly neutral."""
        total: FloatImage = self.matrix.sum(axis=1)
        return total


def default_profile() -> ToneProfile:
    """sRGB, for pictures that say nothing."""
    codes = np.linspace(0, 1, CODES, dtype=np.float32)
    return ToneProfile(np.tile(srgb.decode(codes), (3, 1)), RGB_TO_XYZ, None)


def parse_profile(icc: bytes) -> ToneProfile:
    """Read an RGB matrix profile, or a grey one (which becomes RGB with sRGB's primaries).

    Raises:
        ProfileError: if the bytes are no sound profile.
        TableProfileError: if the profile needs a colour management module to be applied.
    """
    icc = _whole(icc)
    tags = _tags(icc)
    space = icc[16:20]
    if space == b"GRAY" and "kTRC" in tags:
        tag = _luminance_curve(tags["kTRC"]) if icc[20:24] == b"Lab " else tags["kTRC"]
        return ToneProfile(np.tile(_curve(tag), (3, 1)), SRGB_IN_PCS, rgb_profile(tag))
    matrix_tags = {"rTRC", "gTRC", "bTRC", "rXYZ", "gXYZ", "bXYZ"}
    if space != b"RGB " or "A2B0" in tags or not matrix_tags <= tags.keys():
        raise TableProfileError(f"a profile of {_printed(space)} look-up tables")
    curves = np.stack([_curve(tags[f"{band}TRC"]) for band in "rgb"])
    matrix = np.stack([_xyz(tags[f"{band}XYZ"]) for band in "rgb"], axis=1)
    if abs(np.linalg.det(matrix)) < 1e-6 or (matrix[1] < 0).any() or matrix.sum(1).min() <= 0:
        raise ProfileError("its primaries do not span a colour space")
    return ToneProfile(curves, matrix, icc)


def rgb_profile(curve_tag: bytes) -> bytes:
    """An ICC profile (version 4.3, display) with sRGB's primaries and the given tone curve tag."""
    text = _text("RGB with the tone curve of a grey profile (photochrom)")
    columns = [_xyz_tag(SRGB_IN_PCS[:, band]) for band in range(3)]
    parts = {
        b"desc": text,
        b"cprt": _text("No copyright, use freely"),
        b"wtpt": _xyz_tag(np.array(D50)),
        **dict(zip((b"rXYZ", b"gXYZ", b"bXYZ"), columns, strict=True)),
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve_tag),
    }
    return _assemble(parts)


def _whole(icc: bytes) -> bytes:
    """The profile without the filling that some programs leave behind it."""
    if len(icc) < 132 or icc[36:40] != b"acsp":
        raise ProfileError("it does not have an ICC profile's signature")
    (size,) = struct.unpack_from(">I", icc)
    if not 132 <= size <= len(icc):
        raise ProfileError("it is cut off")
    if icc[8] > NEWEST or icc[12:16] not in CLASSES or icc[20:24] not in (b"XYZ ", b"Lab "):
        raise ProfileError("its header is none of a picture's profile")
    return icc[:size]


def _tags(icc: bytes) -> dict[str, bytes]:
    (count,) = struct.unpack_from(">I", icc, 128)
    if 132 + 12 * count > len(icc):
        raise ProfileError("its tag table is cut off")
    tags = {}
    for index in range(count):
        name, offset, size = struct.unpack_from(">4sII", icc, 132 + 12 * index)
        if offset + size > len(icc):
            raise ProfileError(f"its tag {_printed(name)} lies outside the file")
        tags[name.decode("latin-1")] = icc[offset : offset + size]
    return tags


def _printed(signature: bytes) -> str:
    """A four-character signature for a message of one line."""
    text = signature.decode("latin-1").strip()
    return text if text.isascii() and text.isprintable() and text else signature.hex()


def _curve(tag: bytes) -> FloatImage:
    """A tone curve tag sampled at every 16-bit code."""
    codes = np.linspace(0, 1, CODES)
    try:
        with np.errstate(all="ignore"):  # what is not finite is refused below
            linear = _sampled_curve(tag, codes) if tag[:4] == b"curv" else _parametric(tag, codes)
    except (struct.error, IndexError, ValueError, ArithmeticError) as error:
        raise ProfileError("its tone curve is damaged") from error
    linear = np.clip(linear, 0, 1)
    if not np.isfinite(linear).all() or linear[-1] - linear[0] < 1 / 256:
        raise ProfileError("its tone curve does not rise")
    # an inverse is needed to write the picture again, so dips are levelled
    return np.maximum.accumulate(linear).astype(np.float32)


def _luminance_curve(tag: bytes) -> bytes:
    """The curve of a grey profile whose connection space is L*a*b*: it gives L*, not light."""
    samples = np.rint(np.linspace(0, CODES - 1, 4096)).astype(int)
    lightness = 100 * _curve(tag)[samples].astype(np.float64)
    light = np.where(lightness > 8, ((lightness + 16) / 116) ** 3, lightness * 27 / 24389)
    codes = np.rint(light * (CODES - 1)).astype(">u2")
    return b"curv\0\0\0\0" + struct.pack(">I", len(codes)) + codes.tobytes()


def _sampled_curve(tag: bytes, codes: FloatImage) -> FloatImage:
    (count,) = struct.unpack_from(">I", tag, 8)
    if count == 0:
        return codes
    values = np.array(struct.unpack_from(f">{count}H", tag, 12))
    if count == 1:
        return codes ** (values[0] / 256)
    return np.interp(codes, np.linspace(0, 1, count), values / 65535)


def _parametric(tag: bytes, codes: FloatImage) -> FloatImage:
    """ICC.1:2022, table 68: Y = (aX + b)^g + c from d on, and eX + f below it."""
    if tag[:4] != b"para":
        raise ValueError("unknown curve type")
    (kind,) = struct.unpack_from(">H", tag, 8)
    count = (1, 3, 4, 5, 7)[kind]
    g, *rest = (value / 65536 for value in struct.unpack_from(f">{count}i", tag, 12))
    a, b = rest[:2] if rest else (1.0, 0.0)
    c = rest[2] if kind == 2 else (rest[4] if kind == 4 else 0.0)
    d = rest[3] if kind >= 3 else (-b / a if rest else 0.0)
    e = rest[2] if kind >= 3 else 0.0
    f = rest[5] if kind == 4 else (c if kind == 2 else 0.0)
    power = np.maximum(a * codes + b, 0) ** g + c
    return np.where(codes >= d, power, e * codes + f)


def _xyz(tag: bytes) -> FloatImage:
    try:
        return np.array(struct.unpack_from(">3i", tag, 8)) / 65536
    except struct.error as error:
        raise ProfileError("a primary is damaged") from error


def _xyz_tag(xyz: FloatImage) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(float(value) * 65536) for value in xyz))


def _text(words: str) -> bytes:
    utf16 = words.encode("utf-16-be")
    return b"mluc\0\0\0\0" + struct.pack(">II4sII", 1, 12, b"enUS", len(utf16), 28) + utf16


def _assemble(parts: dict[bytes, bytes]) -> bytes:
    """Header, tag table and tags; equal tags share their bytes, each begins at a multiple of 4."""
    offsets: dict[bytes, int] = {}
    body = b""
    start = 132 + 12 * len(parts)
    for part in parts.values():
        if part not in offsets:
            offsets[part] = start + len(body)
            body += part + b"\0" * (-len(part) % 4)
    table = b"".join(
        struct.pack(">4sII", name, offsets[part], len(part)) for name, part in parts.items()
    )
    size = start + len(body)
    header = struct.pack(">I4sI4s4s4s", size, b"\0" * 4, 0x04300000, b"mntr", b"RGB ", b"XYZ ")
    header += struct.pack(">6H4s", 2026, 1, 1, 0, 0, 0, b"acsp")
    header = header.ljust(68, b"\0") + struct.pack(">3i", *(round(v * 65536) for v in D50))
    return header.ljust(128, b"\0") + struct.pack(">I", len(parts)) + table + body
