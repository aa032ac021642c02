"""A picture's own light joined with new chroma, for pixels of any depth.

L*a*b* is a difference of cube roots: a* = 500 (f(x) - f(y)) and b* = 200 (f(y) - f(z)), where x, y
and z are XYZ over white's (CIE 15:2004, section 8.2.1). Chroma that is a straight line of lightness
therefore makes f(x) and f(z) straight lines of f(y), and the picture's own y is taken as it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from photochrom.color import gamut, lab, srgb
from photochrom.color.arrays import FloatImage, PictureArray
from photochrom.color.profile import CODES, ToneProfile

ROOTS = (1 << 18) - 1
"""Last index of the tables of light, which are read at its square root: the dark has as many steps
as the eye sees in it, and a code of 16 bits is never more than half a step away."""
INSIDE = 1 - 1e-6
"""Keeps rounding from crossing the gamut's border."""


@dataclass(frozen=True)
class Lines:
    """f(x) and f(z) as straight lines of f(y)."""

    slope: FloatImage
    """2 x ..., float32: first of x, then of z."""
    offset: FloatImage
    """As `slope`."""


def lines(slope: FloatImage, offset: FloatImage) -> Lines:
    """From a* and b* as straight lines of L*: both 2 x ..., float32."""
    parts = np.array([500, -200], np.float32).reshape(2, *[1] * (slope.ndim - 1))
    return Lines(1 + 116 * slope / parts, (offset - 16 * slope) / parts)


class Recombination:
    """New chroma for the codes of one picture, with the same L*. Safe to use from many threads.

    Args:
        profile: tone curves and primaries, of the codes that come and of those that go. float32
            codes are sRGB-encoded 0..1 and go with sRGB's profile.
        dtype: uint8, uint16 or float32; of the codes that go.
        own: the share of the picture's own chroma that is added to the new one, 0..1.
    """

    def __init__(self, profile: ToneProfile, dtype: np.dtype[Any], own: float = 0.0) -> None:
        self._curves, self._own, self.dtype = profile.curves, np.float32(own), dtype
        matrix = profile.matrix / profile.white[:, None]
        self._to_xyz = matrix.astype(np.float32)
        self._to_rgb = np.linalg.inv(matrix).astype(np.float32)
        light = np.minimum(((np.arange(ROOTS + 1) + 0.5) / ROOTS) ** 2, 1)
        self._f_of_root = lab.forward(light)
        self._f_of_grey = lab.forward(profile.curves[0])
        self._codes_of_root = _code_tables(profile, light, dtype)

    def join(self, codes: PictureArray, chroma: Lines, out: PictureArray) -> None:
        """Write the R, G, B codes of pixels into `out`.

        Args:
            codes: ... x 1 or ... x 3 of uint8, uint16 or float32.
            chroma: 2 x ..., or what broadcasts to that.
            out: ... x 3 of the wanted type.
        """
        y, f_of = self._measure(codes)
        x_and_z = [self._add_chroma(f_of, chroma, part) for part in (0, 1)]
        for value in x_and_z:
            value -= y
        away = [_weighted(x_and_z, row[[0, 2]]) for row in self._to_rgb]
        share = _room(y, away)
        write = self._write_floats if self.dtype == np.float32 else self._write_codes
        write(y, share, away, out)

    def _measure(self, codes: PictureArray) -> tuple[FloatImage, list[FloatImage]]:
        """y, and f of x, y and z; f of y only if the own chroma does not count."""
        linear = [self._decode(codes[..., band], band) for band in range(codes.shape[-1])]
        if len(linear) == 1:
            y = linear[0]
            exact = codes.dtype == np.float32
            return y, [lab.forward(y) if exact else _look_up(self._f_of_grey, codes[..., 0])]
        rows = self._to_xyz if self._own else self._to_xyz[1:2]
        ratios = [_weighted(linear, row) for row in rows]
        return ratios[len(ratios) // 2], [self._f(ratio) for ratio in ratios]

    def _decode(self, codes: PictureArray, band: int) -> FloatImage:
        """Linear light of a band."""
        is_float = codes.dtype == np.float32
        return srgb.decode(codes) if is_float else _look_up(self._curves[band], codes)

    def _f(self, ratio: FloatImage) -> FloatImage:
        if self._own:  # what a table rounds, pure colours would lose at the gamut's border
            return lab.forward(ratio)
        return self._f_of_root.take((np.sqrt(ratio) * ROOTS).astype(np.intp), mode="clip")

    def _add_chroma(self, f_of: list[FloatImage], chroma: Lines, part: int) -> FloatImage:
        """x (part 0) or z (part 1) with the new chroma."""
        f_y = f_of[len(f_of) // 2]
        f = chroma.slope[part] * f_y
        f += chroma.offset[part]
        if len(f_of) > 1:
            f += (f_of[2 * part] - f_y) * self._own
        return lab.inverse(f)

    def _write_codes(
        self, y: FloatImage, share: FloatImage, away: list[FloatImage], out: PictureArray
    ) -> None:
        share *= np.float32(INSIDE * ROOTS**2)
        y = y * np.float32(ROOTS**2)
        for band, value in enumerate(away):
            value *= share
            value += y
            root = np.sqrt(value, out=value).astype(np.intp)
            out[..., band] = self._codes_of_root[band].take(root, mode="clip")

    def _write_floats(
        self, y: FloatImage, share: FloatImage, away: list[FloatImage], out: PictureArray
    ) -> None:
        for band, value in enumerate(away):
            out[..., band] = srgb.encode(np.clip(y + value * share, 0, 1))


def _room(y: FloatImage, away: list[FloatImage]) -> FloatImage:
    red, green, blue = away
    high = np.maximum(red, green)
    low = np.minimum(red, green)
    return gamut.room(y, np.maximum(high, blue, out=high), np.minimum(low, blue, out=low))


def _weighted(planes: Sequence[FloatImage], weights: FloatImage) -> FloatImage:
    total = planes[0] * weights[0]
    for plane, weight in zip(planes[1:], weights[1:], strict=True):
        total += plane * weight
    return total


def _look_up(table: FloatImage, codes: PictureArray) -> FloatImage:
    """Values of a table for codes of 16 bits, thinned for codes of 8."""
    return (table[::257] if codes.dtype == np.uint8 else table).take(codes)


def _code_tables(
    profile: ToneProfile, light: FloatImage, dtype: np.dtype[Any]
) -> list[PictureArray]:
    """For each band, the nearest code of some linear light; none for floats."""
    if dtype == np.float32:
        return []
    top, steps = np.iinfo(dtype).max, np.linspace(0, 1, CODES)
    return [np.rint(np.interp(light, curve, steps) * top).astype(dtype) for curve in profile.curves]
