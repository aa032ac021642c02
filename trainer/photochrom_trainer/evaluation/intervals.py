"""How sure a mean over pictures is: percentile bootstrap, pictures resampled.

Every statistic is computed once on all pictures and once on each of `RESAMPLES` draws of as many
pictures with replacement; its interval holds the middle 95 % of the draws (Efron and Tibshirani,
"An Introduction to the Bootstrap", 1993, chapter 13). All statistics of one report share the draws,
so differences between its rows are paired.
"""

import math
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

LEVEL = 0.95
"""Share of the draws inside an interval."""
RESAMPLES = 1000

Draws: TypeAlias = NDArray[np.integer[Any]]
"""(1 + RESAMPLES) x pictures: indices of pictures; the first row is every picture once."""
Spread: TypeAlias = NDArray[np.floating[Any]]
"""1 + RESAMPLES values of a statistic; the first is that of all pictures."""


@dataclass(frozen=True)
class Interval:
    """A number and its 95 % bootstrap interval."""

    value: float
    """Of all pictures."""
    low: float
    high: float

    def apart(self, other: "Interval") -> bool:
        """Whether the two intervals have no number in common."""
        return self.high < other.low or other.high < self.low


def draw(pictures: int, seed: int) -> Draws:
    """Draws of that many pictures; the same for the same count and seed."""
    chosen = np.random.default_rng(seed).integers(0, pictures, (RESAMPLES, pictures))
    return np.vstack([np.arange(pictures), chosen])


def means(values: NDArray[Any], draws: Draws) -> Spread:
    """Mean over the pictures of each draw, of one value a picture."""
    return values[draws].mean(axis=1)


def weights(draws: Draws) -> NDArray[np.float64]:
    """How often each picture is in each draw, (1 + RESAMPLES) x pictures."""
    pictures = draws.shape[1]
    return np.stack([np.bincount(row, minlength=pictures) for row in draws]).astype(np.float64)


def interval(spread: Spread) -> Interval:
    """The first value with the middle `LEVEL` of the others; draws without a value are left out."""
    drawn = spread[1:][~np.isnan(spread[1:])]
    if not len(drawn):
        return Interval(float(spread[0]), math.nan, math.nan)
    tail = 50 * (1 - LEVEL)
    # This method picks a draw instead of interpolating, which infinite PSNRs would not survive.
    low, high = np.percentile(drawn, (tail, 100 - tail), method="inverted_cdf")
    return Interval(float(spread[0]), float(low), float(high))
