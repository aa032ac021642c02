"""ICC profiles for tests, put together from published primaries, and the light they stand for.

Nothing here uses photochrom: it is the other side of the comparison.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyvips
from numpy.typing import NDArray
from PIL import ImageCms

Floats = NDArray[np.floating[Any]]

D50 = np.array([0.9642, 1.0, 0.8249])
D65 = (0.3127, 0.3290)
BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)


@dataclass(frozen=True)
class Profile:
    """A profile and what its codes mean."""

    name: str
    icc: bytes | None
    decode: Callable[[Floats], Floats]
    """Codes 0..1 to linear light 0..1."""
    luminance: Floats
    """Y of full red, green and blue as the file holds it; their sum is white's Y."""


def tag(kind: bytes, body: bytes) -> bytes:
    """A tag's data: its type, four reserved bytes, its body."""
    return kind + bytes(4) + body


def gamma_curve(exponent: float) -> bytes:
    """``curv`` with one entry: u8Fixed8."""
    return tag(b"curv", struct.pack(">IH", 1, round(exponent * 256)))


def identity_curve() -> bytes:
    """``curv`` without entries: linear."""
    return tag(b"curv", struct.pack(">I", 0))


def sampled_curve(values: Floats) -> bytes:
    """``curv`` of many entries, 0..1."""
    entries = np.rint(values * 65535).astype(">u2")
    return tag(b"curv", struct.pack(">I", len(entries)) + entries.tobytes())


def parametric_curve(kind: int, *numbers: float) -> bytes:
    """``para`` of function type 0..4."""
    fixed = [round(number * 65536) for number in numbers]
    return tag(b"para", struct.pack(f">HH{len(fixed)}i", kind, 0, *fixed))


def xyz(values: Floats) -> bytes:
    return tag(b"XYZ ", struct.pack(">3i", *(round(float(v) * 65536) for v in values)))


def assemble(space: bytes, tags: dict[bytes, bytes], connection: bytes = b"XYZ ") -> bytes:
    """A monitor profile, version 2.4."""
    described = tag(b"desc", struct.pack(">I", 5) + b"test\0" + bytes(78))
    everything = {b"desc": described, b"cprt": tag(b"text", b"none\0"), b"wtpt": xyz(D50), **tags}
    start, table, body = 132 + 12 * len(everything), b"", b""
    for name, data in everything.items():
        table += struct.pack(">4sII", name, start + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    size = start + len(body)
    head = struct.pack(">I4sI4s4s4s", size, bytes(4), 0x02400000, b"mntr", space, connection)
    head += struct.pack(">6H4s", 2000, 1, 1, 0, 0, 0, b"acsp")
    head = head.ljust(68, b"\0") + xyz(D50)[8:]
    return head.ljust(128, b"\0") + struct.pack(">I", len(everything)) + table + body


def rgb_icc(columns: Floats, curve: bytes) -> bytes:
    """An RGB matrix profile; `columns` is linear RGB to XYZ under D50."""
    primaries = {name: xyz(columns[:, band]) for band, name in enumerate(_BANDS["XYZ"])}
    return assemble(b"RGB ", {**primaries, **dict.fromkeys(_BANDS["TRC"], curve)})


_BANDS = {kind: [f"{band}{kind}".encode() for band in "rgb"] for kind in ("XYZ", "TRC")}


def grey_icc(curve: bytes) -> bytes:
    """A grey profile."""
    return assemble(b"GRAY", {b"kTRC": curve})


def columns_of(primaries: list[tuple[float, float]], white: tuple[float, float]) -> Floats:
    """Linear RGB to XYZ under D50, from chromaticities, by Bradford's adaptation."""
    rays = np.array([[x / y, 1, (1 - x - y) / y] for x, y in primaries]).T
    white_xyz = np.array([white[0] / white[1], 1, (1 - white[0] - white[1]) / white[1]])
    native = rays * np.linalg.solve(rays, white_xyz)
    gain = np.diag((BRADFORD @ D50) / (BRADFORD @ white_xyz))
    adapted: Floats = np.linalg.inv(BRADFORD) @ gain @ BRADFORD @ native
    return adapted


def held_luminance(icc: bytes) -> Floats:
    """Y of an RGB profile's primaries, as littleCMS reads it out of the bytes."""
    read = ImageCms.ImageCmsProfile(io.BytesIO(icc)).profile
    colorants = (read.red_colorant, read.green_colorant, read.blue_colorant)
    return np.array([colorant[0][1] for colorant in colorants if colorant is not None])


def _rgb(name: str, icc: bytes, decode: Callable[[Floats], Floats]) -> Profile:
    return Profile(name, icc, decode, held_luminance(icc))


def _power(exponent: float) -> Callable[[Floats], Floats]:
    return lambda codes: codes ** (round(exponent * 256) / 256)


def _from_libvips(name: str) -> bytes:
    """A profile that is built into libvips."""
    pixel = pyvips.Image.black(1, 1, bands=3).copy(interpretation="srgb")
    return bytes(pixel.icc_transform(name).get("icc-profile-data"))


def _srgb_curve(codes: Floats) -> Floats:
    return np.where(codes <= 0.04045, codes / 12.92, ((codes + 0.055) / 1.055) ** 2.4)


ADOBE_COLUMNS = columns_of([(0.64, 0.33), (0.21, 0.71), (0.15, 0.06)], D65)
PROPHOTO_COLUMNS = columns_of(
    [(0.7347, 0.2653), (0.1596, 0.8404), (0.0366, 0.0001)], (0.345704, 0.358540)
)
SRGB_COLUMNS = columns_of([(0.64, 0.33), (0.30, 0.60), (0.15, 0.06)], D65)

DOT_GAIN = np.linspace(0, 1, 257) ** 1.75 * 0.985 + 0.015 * np.linspace(0, 1, 257)
"""A grey curve given by samples, near the 20 % dot gain of print."""


def _sampled(codes: Floats) -> Floats:
    return np.interp(codes, np.linspace(0, 1, 257), np.rint(DOT_GAIN * 65535) / 65535)


NO_PROFILE = Profile("none", None, _srgb_curve, np.array([0.2126729, 0.7151522, 0.0721750]))
SRGB = _rgb("sRGB", ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(), _srgb_curve)
ADOBE = _rgb("Adobe-like", rgb_icc(ADOBE_COLUMNS, gamma_curve(2.2)), _power(2.2))
PROPHOTO = _rgb("ProPhoto-like", rgb_icc(PROPHOTO_COLUMNS, gamma_curve(1.8)), _power(1.8))
P3 = _rgb("libvips' p3", _from_libvips("p3"), _srgb_curve)
GREY_GAMMA = Profile("grey 2.2", grey_icc(gamma_curve(2.2)), _power(2.2), np.array([1.0]))
GREY_LINEAR = Profile("grey linear", grey_icc(identity_curve()), lambda c: c, np.array([1.0]))
GREY_SAMPLED = Profile("grey sampled", grey_icc(sampled_curve(DOT_GAIN)), _sampled, np.array([1.0]))

RGB_PROFILES = (NO_PROFILE, SRGB, ADOBE, PROPHOTO, P3)
GREY_PROFILES = (NO_PROFILE, GREY_GAMMA, GREY_LINEAR, GREY_SAMPLED)


def table_icc() -> bytes:
    """An RGB profile of look-up tables: gamma 1.0, and PCS XYZ reached through a 2-point grid."""
    grid = np.stack(np.meshgrid([0, 1], [0, 1], [0, 1], indexing="ij"), axis=-1).reshape(-1, 3)
    entries = np.rint(grid @ SRGB_COLUMNS.T / (1 + 32767 / 32768) * 65535).clip(0, 65535)
    identity = np.array([65536, 0, 0, 0, 65536, 0, 0, 0, 65536], ">i4").tobytes()
    ends = np.array([0, 65535] * 3, ">u2").tobytes()
    body = struct.pack(">4B", 3, 3, 2, 0) + identity + struct.pack(">HH", 2, 2)
    body += ends + entries.astype(">u2").tobytes() + ends
    return assemble(b"RGB ", {b"A2B0": tag(b"mft2", body)})
