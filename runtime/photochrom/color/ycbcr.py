"""Y'CbCr of film: what its codes mean, and the Cb and Cr that give a wanted a*, b* at a given Y'.

Formulas: ITU-R BT.601-7, BT.709-6 and BT.2020-2 (non-constant luminance) for matrices and codes;
Lindbloom for RGB to XYZ from chromaticities. R'G'B' are taken to be encoded with sRGB's curve, as
players show film of standard dynamic range on a screen. a*, b* are relative to the white D65.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from photochrom.color import gamut, lab, srgb
from photochrom.color.arrays import FloatImage

Matrix = Literal["bt601", "bt709", "bt2020"]
Primaries = Literal["bt601-525", "bt601-625", "bt709", "bt2020"]
Codes = NDArray[np.unsignedinteger[Any]]
"""uint8 for 8 bits, uint16 for more."""

WEIGHTS: dict[Matrix, tuple[float, float]] = {
    "bt601": (0.299, 0.114),
    "bt709": (0.2126, 0.0722),
    "bt2020": (0.2627, 0.0593),
}
"""Shares of R' and B' in Y'."""

CHROMATICITIES: dict[Primaries, tuple[tuple[float, float], ...]] = {
    "bt601-525": ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070)),
    "bt601-625": ((0.640, 0.330), (0.290, 0.600), (0.150, 0.060)),
    "bt709": ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060)),
    "bt2020": ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),
}
"""x, y of red, green and blue; the white is D65 in all of them."""

ROUNDS = 6
"""Corrections of L*, at most, until Y' is right."""
CLOSE = np.float32(1e-4)
"""Right enough: a fortieth of an 8-bit code."""
SLOPES = (np.float32(2e-3), np.float32(4e-2))
"""Least and most that Y' can gain for one unit of L*: a secant through two close points errs."""


@dataclass(frozen=True)
class YCbCr:
    """How a film's codes stand for colours."""

    matrix: Matrix = "bt709"
    primaries: Primaries = "bt709"
    full_range: bool = False
    bits: int = 8

    @property
    def step(self) -> int:
        """Codes for one of 8 bits."""
        return 1 << (self.bits - 8)

    def luma(self, codes: Codes) -> FloatImage:
        """Codes of Y' (any shape) as float32: black 0, white 1; headroom lies outside."""
        black, white = (0, (256 << (self.bits - 8)) - 1) if self.full_range else (16, 235)
        if not self.full_range:
            black, white = black * self.step, white * self.step
        return (codes.astype(np.float32) - np.float32(black)) / np.float32(white - black)

    @cached_property
    def lightness(self) -> FloatImage:
        """L* of a grey of each code of Y', 0..100, float32."""
        codes = np.arange(1 << self.bits, dtype=np.uint16)
        linear = srgb.decode(np.clip(self.luma(codes), 0, 1))
        return np.clip(116 * lab.forward(linear) - 16, 0, 100)

    def chroma(self, luma: FloatImage, ab: FloatImage) -> FloatImage:
        """Cb and Cr of a colour with a given Y', a* and b*.

        L* is what it has to be for that Y', which depends on the colour too.

        Args:
            luma: Y', H x W, 0..1.
            ab: 2 x H x W.

        Returns:
            2 x H x W float32, around 0; outside the gamut too (`within` brings it in).
        """
        wanted = np.clip(luma, 0, 1)
        light = _lightness(wanted)
        colors = self._encoded(light, ab)
        error = self._luma_of(colors) - wanted
        slope = _slope(wanted)
        for _ in range(ROUNDS):
            far = np.abs(error) > CLOSE
            if not far.any():
                break
            move = np.where(far, -error / slope, 0)
            colors = self._encoded(light + move, ab)
            before, error = error, self._luma_of(colors) - wanted
            light = light + move
            with np.errstate(divide="ignore", invalid="ignore"):
                secant = (error - before) / move
            slope = np.where(np.isfinite(secant), np.clip(secant, *SLOPES), slope)
        return self._difference(colors, self._luma_of(colors))

    def within(self, luma: FloatImage, chroma: FloatImage) -> FloatImage:
        """Cb and Cr moved towards grey, at the same Y', until R'G'B' lies in 0..1.

        Args:
            luma: Y', H x W.
            chroma: Cb and Cr, 2 x H x W.
        """
        red, green, blue = self._away(chroma)
        high = np.maximum(np.maximum(red, blue), green)
        low = np.minimum(np.minimum(red, blue), green)
        share: FloatImage = gamut.room(np.clip(luma, 0, 1), high, low)
        return chroma * share

    def chroma_codes(self, chroma: FloatImage) -> Codes:
        """Cb or Cr (any shape, around 0) as codes, rounded to nearest."""
        high = (1 << self.bits) - 1
        scale = np.float32(high if self.full_range else 224 * self.step)
        codes = np.rint(chroma * scale + np.float32(128 * self.step))
        return np.clip(codes, 0, high).astype(np.uint8 if self.bits == 8 else np.uint16)

    def chroma_of(self, codes: Codes) -> FloatImage:
        """Codes of Cb or Cr (any shape) as float32 around 0."""
        scale = (1 << self.bits) - 1 if self.full_range else 224 * self.step
        return (codes.astype(np.float32) - np.float32(128 * self.step)) / np.float32(scale)

    def encoded(self, luma: FloatImage, chroma: FloatImage) -> FloatImage:
        """R'G'B' (H x W x 3 float32) of Y' (H x W) and Cb, Cr (2 x H x W); the film's primaries."""
        return np.stack([luma + away for away in self._away(chroma)], axis=-1)

    def lab(self, luma: FloatImage, chroma: FloatImage) -> FloatImage:
        """L*a*b* (H x W x 3 float32) of Y' (H x W) and Cb, Cr (2 x H x W)."""
        linear = srgb.decode(np.clip(self.encoded(luma, chroma), 0, 1))
        return lab.from_linear(linear @ self._to_srgb.T)

    def _away(self, chroma: FloatImage) -> tuple[FloatImage, FloatImage, FloatImage]:
        """By how much R', G' and B' differ from Y'."""
        kr, kb = (np.float32(weight) for weight in WEIGHTS[self.matrix])
        red, blue = chroma[1] * (2 * (1 - kr)), chroma[0] * (2 * (1 - kb))
        return red, -(kr * red + kb * blue) / (1 - kr - kb), blue

    def _encoded(self, lightness: FloatImage, ab: FloatImage) -> FloatImage:
        """R'G'B' (3 x H x W) of L*, a*, b*; out of gamut too, continued by the curve's mirror."""
        linear = lab.to_linear(np.stack((lightness, *ab), axis=-1)) @ self._from_srgb.T
        return np.moveaxis(np.sign(linear) * srgb.encode(np.abs(linear)), -1, 0)

    def _luma_of(self, colors: FloatImage) -> FloatImage:
        kr, kb = (np.float32(weight) for weight in WEIGHTS[self.matrix])
        return kr * colors[0] + (1 - kr - kb) * colors[1] + kb * colors[2]

    def _difference(self, colors: FloatImage, luma: FloatImage) -> FloatImage:
        kr, kb = (np.float32(weight) for weight in WEIGHTS[self.matrix])
        return np.stack(((colors[2] - luma) / (2 * (1 - kb)), (colors[0] - luma) / (2 * (1 - kr))))

    @cached_property
    def _to_srgb(self) -> FloatImage:
        if self.primaries == "bt709":
            return np.eye(3, dtype=np.float32)
        return (srgb.XYZ_TO_RGB @ _rgb_to_xyz(self.primaries)).astype(np.float32)

    @cached_property
    def _from_srgb(self) -> FloatImage:
        return np.linalg.inv(self._to_srgb).astype(np.float32)


def _lightness(luma: FloatImage) -> FloatImage:
    """L* of a grey of Y' (any shape, 0..1)."""
    return 116 * lab.forward(srgb.decode(luma)) - 16


def _slope(luma: FloatImage) -> FloatImage:
    """Y' that a grey of Y' (any shape) gains for one unit of L*."""
    step = np.float32(1e-3)
    return 2 * step / (_lightness(luma + step) - _lightness(np.maximum(luma - step, 0)))


def _rgb_to_xyz(primaries: Primaries) -> NDArray[np.float64]:
    """Linear RGB to XYZ; white comes out exactly as sRGB's, so that greys stay neutral."""
    columns = np.array([(x / y, 1, (1 - x - y) / y) for x, y in CHROMATICITIES[primaries]]).T
    return columns * np.linalg.solve(columns, srgb.WHITE)
