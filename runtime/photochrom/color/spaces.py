"""The spaces that generators give chroma in: one lightness, two kinds of chroma.

Between them, chroma outside the sRGB gamut under its L* gets less, as `photochrom.color.gamut` does
it. Here already, because u* and v* are divided by L*: an error of 5 near black, which nobody sees,
would be an a* of 77, and a filter would spread that over what is around it.
"""

from typing import Literal, TypeAlias

import numpy as np

from photochrom.color import gamut, lab, luv, srgb
from photochrom.color.arrays import FloatImage

ColorSpace: TypeAlias = Literal["lab", "luv"]
"""``lab``: chroma is a*, b*. ``luv``: chroma is u*, v*. L* is the same in both."""
COLOR_SPACES: tuple[ColorSpace, ...] = ("lab", "luv")
SCALES: dict[ColorSpace, float] = {"lab": 110.0, "luv": 176.0}
"""Chroma that a generator's output 1 stands for, so that every sRGB colour lies within -1..1."""


def from_srgb(rgb: FloatImage, space: ColorSpace) -> FloatImage:
    """Encoded sRGB (... x 3, 0..1) to L* and the space's chroma (... x 3, float32)."""
    linear = srgb.decode(rgb)
    return lab.from_linear(linear) if space == "lab" else luv.from_linear(linear)


def chroma_to_lab(lightness: FloatImage, chroma: FloatImage, space: ColorSpace) -> FloatImage:
    """A space's chroma (2 x H x W) under L* (H x W, 0..100) as a*, b* (2 x H x W, float32).

    a*, b* come back as they are. Of u*, v* outside the sRGB gamut comes what is inside, in the
    same hue of u'v'. Finite chroma gives finite chroma, neutral exactly neutral.
    """
    if space == "lab":
        return chroma
    linear = luv.to_linear(np.stack((lightness, *chroma), axis=-1))
    return _chroma(lab.from_linear(gamut.limit(linear)), chroma)


def chroma_from_lab(lightness: FloatImage, chroma: FloatImage, space: ColorSpace) -> FloatImage:
    """a*, b* (2 x H x W) under L* (H x W, 0..100) as a space's chroma (2 x H x W, float32).

    The inverse of `chroma_to_lab`, with the same care of the gamut: u*, v* lie in its bounds.
    """
    if space == "lab":
        return chroma
    linear = lab.to_linear(np.stack((lightness, *chroma), axis=-1))
    return _chroma(luv.from_linear(gamut.limit(linear)), chroma)


def _chroma(values: FloatImage, before: FloatImage) -> FloatImage:
    """Both chroma channels first; 0 where they were 0 before, free of rounding."""
    return np.where(before.any(axis=0), np.moveaxis(values, -1, 0)[1:], np.float32(0))
