"""Dissolves: frames that are mixtures of what is before them and what is after them."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from photochrom.color.arrays import FloatImage
from photochrom.video.shots.unlikeness import Small, unlikeness

LENGTHS = 16, 32, 64
"""Distances of the two ends that are tried, in frames."""
STEP = 4
"""Every so many frames dissolves are looked for."""
EXPLAINED = 0.85
"""Share of the frames' variance that mixtures of the two ends must account for."""
STEADY = 0.95
"""Correlation of the second end's share with time."""
UNLIKE = 0.25
"""Least `unlikeness` of the two ends."""
_SIZE = 32, 18


@dataclass(frozen=True, eq=False)
class _Kept:
    small: Small
    tiny: FloatImage


@dataclass(frozen=True)
class _Dissolve:
    first: int
    last: int
    middle: int
    explained: float


class DissolveFinder:
    """Shown each frame in order, it tells the middles of dissolves."""

    def __init__(self) -> None:
        self._count = 0
        self._kept: deque[_Kept] = deque(maxlen=LENGTHS[-1] + 1)
        self._dissolves: list[_Dissolve] = []

    def add(self, small: Small) -> None:
        """Show the next frame."""
        tiny = cv2.resize(small.light, _SIZE, interpolation=cv2.INTER_AREA).ravel()
        self._kept.append(_Kept(small, tiny - tiny.mean()))
        self._count += 1
        if self._count % STEP == 0:
            for length in LENGTHS:
                if len(self._kept) > length:
                    self._look(list(self._kept)[-length - 1 :])

    def middles(self, starts: Sequence[int]) -> list[int]:
        """Middle frames of dissolves, in order, none of which holds one of the other starts."""
        found: list[_Dissolve] = []
        for one in sorted(self._dissolves, key=lambda one: -one.explained):
            alone = all(one.last <= other.first or other.last <= one.first for other in found)
            if alone and not any(one.first < start <= one.last for start in starts):
                found.append(one)
        return sorted(one.middle for one in found)

    def _look(self, kept: Sequence[_Kept]) -> None:
        """Keep it if the frames dissolve from the first to the last one."""
        if kept[0].small.plain or kept[-1].small.plain:
            return
        shares, explained = _mixture(np.stack([one.tiny for one in kept]))
        if explained < EXPLAINED or _correlation(shares) < STEADY:
            return
        if _ends_unlike(kept):
            first = self._count - len(kept)
            middle = first + int(np.argmax(shares >= 0.5))
            self._dissolves.append(_Dissolve(first, self._count - 1, middle, explained))


def _ends_unlike(kept: Sequence[_Kept]) -> bool:
    """Of two frames at either end each pair, so that a flash is no end."""
    return all(
        unlikeness(first.small, last.small) >= UNLIKE
        for first in (kept[0], kept[2])
        for last in (kept[-1], kept[-3])
    )


def _mixture(frames: FloatImage) -> tuple[FloatImage, float]:
    """The last frame's share in each frame, and how much of what lies between is explained.

    Args:
        frames: N x P, each without its mean; each one is fitted as a mixture of first and last.
    """
    ends = frames[[0, -1]].T
    weights, *_ = np.linalg.lstsq(ends, frames.T, rcond=None)
    inner = frames[1:-1]
    left = np.sum((inner - (ends @ weights).T[1:-1]) ** 2)
    total = weights.sum(axis=0)
    shares = weights[1] / np.where(np.abs(total) < 0.1, 1.0, total)
    return shares, float(1 - left / max(float(np.sum(inner**2)), 1e-6))


def _correlation(shares: FloatImage) -> float:
    """Of shares with time, 0 if they do not change."""
    if np.ptp(shares) < 1e-3:
        return 0.0
    return float(np.corrcoef(shares, np.arange(len(shares)))[0, 1])
