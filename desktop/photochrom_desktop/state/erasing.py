"""Which strokes an eraser meets."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from photochrom.hints.strokes import Stroke
from photochrom.hints.way import Place


def met(
    strokes: Sequence[Stroke], way: Sequence[Place], radius: float, size: tuple[int, int]
) -> set[int]:
    """The strokes under a way, by their numbers.

    Args:
        strokes: in the order of painting.
        way: of the eraser: x and y, fractions of the picture's width and height.
        radius: of the eraser, over the picture's long side.
        size: width and height of the picture, in any unit.
    """
    long = max(size)
    across, down = size[0] / long, size[1] / long
    places = [(x * across, y * down) for x, y in way]
    return {
        number
        for number, stroke in enumerate(strokes)
        if _near(places, [(x * across, y * down) for x, y in stroke.points], stroke.radius + radius)
    }


def _near(first: Sequence[Place], second: Sequence[Place], reach: float) -> bool:
    ends = list(pairwise(second)) or [(second[0], second[0])]
    return any(_distance(place, *pair) <= reach for place in first for pair in ends)


def _distance(place: Place, start: Place, end: Place) -> float:
    """From a place to the segment between two others."""
    along = end[0] - start[0], end[1] - start[1]
    length = max(along[0] ** 2 + along[1] ** 2, 1e-18)
    share = ((place[0] - start[0]) * along[0] + (place[1] - start[1]) * along[1]) / length
    share = min(1.0, max(0.0, share))
    return math.hypot(
        place[0] - start[0] - share * along[0], place[1] - start[1] - share * along[1]
    )
