"""The spaces that generators give chroma in: one lightness, two kinds of chroma."""

from typing import Literal, TypeAlias

import numpy as np

from photochrom.color import lab, luv, srgb
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
    """A space's chroma (2 x H x W) under L* (H x W, 0..100) as a*, b* (2 x H x W, float32)."""
    if space == "lab":
        return chroma
    linear = luv.to_linear(np.stack((lightness, *chroma), axis=-1))
    return np.moveaxis(lab.from_linear(linear), -1, 0)[1:]


def chroma_from_lab(lightness: FloatImage, chroma: FloatImage, space: ColorSpace) -> FloatImage:
    """a*, b* (2 x H x W) under L* (H x W, 0..100) as a space's chroma (2 x H x W, float32)."""
    if space == "lab":
        return chroma
    linear = lab.to_linear(np.stack((lightness, *chroma), axis=-1))
    return np.moveaxis(luv.from_linear(linear), -1, 0)[1:]
