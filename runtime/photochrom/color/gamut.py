"""Bringing colours into the gamut of an RGB space without touching their luminance."""

import numpy as np

from photochrom.color import lab, srgb
from photochrom.color.arrays import FloatImage


def limit(linear: FloatImage) -> FloatImage:
    """Linear sRGB (... x 3), any values, to 0..1 with each pixel's luminance Y unchanged.

    A pixel outside moves along the straight line to the grey of its own Y, just to the gamut's
    surface: it loses chroma, keeps L*, and keeps its hue in u'v' (a line through the white point).
    """
    y = np.clip(linear @ srgb.RGB_TO_XYZ[1].astype(np.float32), 0, 1)[..., None]
    high = linear.max(axis=-1, keepdims=True)
    low = linear.min(axis=-1, keepdims=True)
    room_above = np.where(high > 1, (1 - y) / np.maximum(high - y, 1e-9), 1)
    room_below = np.where(low < 0, y / np.maximum(y - low, 1e-9), 1)
    return np.clip(y + np.minimum(room_above, room_below) * (linear - y), 0, 1).astype(np.float32)


def lab_to_srgb(values: FloatImage) -> FloatImage:
    """L*a*b* (... x 3) to encoded sRGB (float32, 0..1), chroma lowered where out of gamut."""
    return srgb.encode(limit(lab.to_linear(values)))
