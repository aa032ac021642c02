"""Bringing colours into the gamut of an RGB space without touching their luminance."""

import numpy as np

from photochrom.color import lab, srgb
from photochrom.color.arrays import FloatImage

TINY = np.float32(1e-30)
"""Keeps black and white, which have no room for colour, from dividing 0 by 0."""


def limit(linear: FloatImage) -> FloatImage:
    """Linear sRGB (... x 3), any values, to 0..1 with each pixel's luminance Y unchanged.

    A pixel outside moves along the straight line to the grey of its own Y, just to the gamut's
    surface: it loses chroma, keeps L*, and keeps its hue in u'v' (a line through the white point).
    """
    y = np.clip(linear @ srgb.RGB_TO_XYZ[1].astype(np.float32), 0, 1)[..., None]
    away = linear - y
    share = room(y, away.max(axis=-1, keepdims=True), away.min(axis=-1, keepdims=True))
    return np.clip(y + share * away, 0, 1).astype(np.float32)


def room(y: FloatImage, high: FloatImage, low: FloatImage) -> FloatImage:
    """The share 0..1 of a colour's way from its grey for which there is room in the gamut.

    Args:
        y: luminance, 0..1.
        high: by how much the colour's largest linear channel exceeds y; at least 0.
        low: by how much its smallest one does; at most 0.
    """
    above = 1 - y
    below = np.maximum(-low, y)
    share = above / np.maximum(np.maximum(high, above), TINY)
    return np.minimum(share, y / np.maximum(below, TINY))


def lab_to_srgb(values: FloatImage) -> FloatImage:
    """L*a*b* (... x 3) to encoded sRGB (float32, 0..1), chroma lowered where out of gamut."""
    return srgb.encode(limit(lab.to_linear(values)))
