"""Brush strokes: what a person painted to say a colour, and the pixels that they cover."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from photochrom.color import lab, srgb
from photochrom.color.arrays import FloatImage
from photochrom.errors import UsageError
from photochrom.hints import way
from photochrom.hints.way import Place

THINNEST = 1.25
"""Radius in pixels that every stroke has at least: at any working size it covers whole pixels."""


@dataclass(frozen=True)
class Stroke:
    """One line of a round brush."""

    points: tuple[Place, ...]
    """The brush's way: x and y, fractions of the upright picture's width and height, 0..1.
    A single one is a dab."""
    radius: float
    """The brush's radius over the upright picture's long side, above 0 and at most 1."""
    color: tuple[int, int, int]
    """sRGB, 0..255 each; only its chroma counts, and a neutral grey means "no colour here"."""
    strength: float = 1.0
    """How sure the person is, 0..1; 1 is obeyed to the letter."""
    unknown: Mapping[str, Any] = field(default_factory=dict)
    """What a sidecar said of it that this version does not know; kept as it is."""

    def __post_init__(self) -> None:
        way.check("stroke", self.points, self.radius)
        if len(self.color) != 3 or not all(0 <= part <= 255 for part in self.color):
            raise UsageError(f"a stroke's colour has three parts of 0 to 255, not {self.color}")
        if not 0 <= self.strength <= 1:
            raise UsageError(f"a stroke's strength lies between 0 and 1, not {self.strength:g}")


def chroma_of(color: tuple[int, int, int]) -> FloatImage:
    """a*, b* (2, float32) of an sRGB colour of 0..255."""
    rgb = srgb.to_float(np.array(color, np.uint8))
    return lab.from_srgb(rgb)[1:]


def cover(stroke: Stroke, height: int, width: int) -> FloatImage:
    """How much of each pixel a stroke covers, whatever its strength: H x W float32, 0..1.

    Caps and joins are round; rims are a pixel wide.
    """
    radius = max(stroke.radius * max(height, width), THINNEST)
    # places to where pixels' centres are whole numbers
    places = np.array(stroke.points, np.float64) * (width, height) - 0.5
    covered = np.zeros((height, width), np.float32)
    for start, end in zip(places, places[1:] if len(places) > 1 else places, strict=False):
        rows, columns = _box(start, end, radius + 1, (height, width))
        distance = _distance(start, end, rows, columns)
        part = covered[rows, columns]
        np.maximum(part, np.clip(radius + 0.5 - distance, 0, 1), out=part)
    return covered


def _box(
    start: FloatImage, end: FloatImage, margin: float, shape: tuple[int, int]
) -> tuple[slice, slice]:
    """Rows and columns near a segment."""
    low, high = np.minimum(start, end) - margin, np.maximum(start, end) + margin
    columns, rows = (
        slice(max(math.floor(first), 0), max(min(math.ceil(last) + 1, side), 0))
        for first, last, side in zip(low, high, shape[::-1], strict=True)
    )
    return rows, columns


def _distance(start: FloatImage, end: FloatImage, rows: slice, columns: slice) -> FloatImage:
    """Pixels from the segment between two places (x, y) to each pixel of a box."""
    y, x = np.ogrid[rows, columns]
    along = end - start
    length = max(float(along @ along), 1e-9)
    share = np.clip(((x - start[0]) * along[0] + (y - start[1]) * along[1]) / length, 0, 1)
    return np.hypot(x - start[0] - share * along[0], y - start[1] - share * along[1])
