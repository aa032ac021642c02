"""A brush's way over a picture."""

from __future__ import annotations

from collections.abc import Sequence

from photochrom.errors import UsageError

Place = tuple[float, float]
"""x and y, fractions of the upright picture's width and height, 0..1."""


def check(what: str, points: Sequence[Place], radius: float) -> None:
    """Refuse a way that can't be meant.

    Args:
        what: what has it, for messages: ``stroke``.
        points: its places.
        radius: of the brush, over the upright picture's long side.

    Raises:
        UsageError: if there is no place, one lies outside, or the radius does.
    """
    if not points:
        raise UsageError(f"a {what} needs at least one place; leave it out")
    for place in points:
        if len(place) != 2 or not all(0 <= part <= 1 for part in place):
            raise UsageError(
                f"a {what}'s places are fractions of the picture's size, 0 to 1, not {place}"
            )
    if not 0 < radius <= 1:
        raise UsageError(
            f"a {what}'s radius is a fraction of the picture's long side, not {radius:g}"
        )
