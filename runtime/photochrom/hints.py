"""Hints: what is known of a picture's chroma before the model is asked."""

from collections.abc import Sequence

import numpy as np

from photochrom.color import lab, srgb
from photochrom.color.arrays import FloatImage
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
        hints[:, disc] = np.array([*_chroma(point), 1], np.float32)[:, None]
    return hints


def _chroma(point: Point) -> FloatImage:
    rgb = srgb.to_float(np.array(point.color, np.uint8))
    return lab.from_srgb(rgb)[1:]
