"""Hints: what is known of a picture's chroma before the model is asked.

Everywhere they are 3 x H x W float32: a*, b* and confidence 0..1; a*b* is 0 where confidence is.
Points, strokes and layers are drawn at any size, later ones over earlier ones, mixed as paint is:
premultiplied by confidence (Porter and Duff, "Compositing Digital Images", SIGGRAPH 1984).
"""

from collections.abc import Sequence

import numpy as np

from photochrom.color.arrays import FloatImage
from photochrom.hints.strokes import Stroke, chroma_of, cover
from photochrom.options import Point

POINT_RADIUS = 3.5 / 224
"""A point's radius over the working picture's short side: the 7 pixels of 224 seen in training."""


def from_points(points: Sequence[Point], height: int, width: int) -> FloatImage:
    """Draw points into hints, later ones on top.

    Returns:
        3 x height x width float32: a*, b* and confidence 0..1.
    """
    hints = np.zeros((3, height, width), np.float32)
    rows, columns = np.mgrid[:height, :width]
    radius = max(POINT_RADIUS * min(height, width), 0.75)
    for point in points:
        far = np.hypot(columns + 0.5 - point.x * width, rows + 0.5 - point.y * height)
        disc = (far <= radius) | (far == far.min())
        hints[:, disc] = np.array([*chroma_of(point.color), 1], np.float32)[:, None]
    return hints


def from_strokes(strokes: Sequence[Stroke], height: int, width: int) -> FloatImage:
    """Draw strokes into hints, later ones on top.

    Returns:
        3 x height x width float32: a*, b* and confidence 0..1, the cover times the strength.
    """
    paint = np.zeros((3, height, width), np.float32)
    for stroke in strokes:
        opaque = np.float32(stroke.strength) * cover(stroke, height, width)
        paint *= 1 - opaque
        paint += opaque * np.array([*chroma_of(stroke.color), 1], np.float32)[:, None, None]
    return straight(paint)


def over(upper: FloatImage, lower: FloatImage) -> FloatImage:
    """Hints on top of other hints of the same size."""
    return straight(premultiplied(upper) + (1 - upper[2]) * premultiplied(lower))


def premultiplied(hints: FloatImage) -> FloatImage:
    """Hints with chroma times confidence, as they may be averaged and resized."""
    return np.concatenate((hints[:2] * hints[2], hints[2:]))


def straight(paint: FloatImage) -> FloatImage:
    """The inverse of `premultiplied`; chroma is 0 where confidence is."""
    chroma = paint[:2] / np.maximum(paint[2], 1e-6)
    return np.concatenate((chroma, np.clip(paint[2:], 0, 1))).astype(np.float32)
