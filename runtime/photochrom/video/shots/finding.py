"""Where shots begin, found while a film is decoded once, small.

A cut lies where no frame just before is like any frame just after (`unlikeness`): a flash, a
scratch or a single strange frame is over soon, and what follows is like what was before. Frames
that show nothing (black, white) are passed over, so that a fade is judged by its two ends. A
dissolve is told by its frames, which are mixtures of its two ends (`dissolves`).
docs/decisions/0014-finding-shots.md has the measurements.
"""

from array import array
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from photochrom.video.shots.dissolves import DissolveFinder
from photochrom.video.shots.unlikeness import Small, difference, prepare, unlikeness

AROUND = 4
"""Frames looked at on each side; fewer strange ones inside the same view are no shot."""
MOVED = 0.25
"""`difference` of neighbours below which there is no cut between them."""
UNLIKE = 0.23
"""`unlikeness` from which on two views are two shots."""
OUTSTANDING = 2.0
"""How many times as unlike as neighbouring frames usually are around it a cut must be."""
USUAL = 5
"""Frames each way that count as around it."""
FADING = 0.6
"""Contrast beside plain frames, as a share of that `AROUND` frames away, below which it fades."""

FADED = 0.4
"""Share of the highest contrast near it below which a frame is passed over."""


@dataclass(frozen=True)
class Start:
    """The first frame of a shot."""

    index: int
    """Number of the frame, from 0 in the order of showing."""
    kind: str
    """How the shot begins: ``first``, ``cut``, ``fade`` or ``dissolve``."""


@dataclass(frozen=True, eq=False)
class _Seen:
    index: int
    small: Small


class ShotFinder:
    """Shown each frame in order, it tells where shots begin; it keeps one number a frame."""

    def __init__(self) -> None:
        self._seen: deque[_Seen] = deque(maxlen=2 * AROUND)  # without plain frames
        self._near = array("f")  # unlikeness to the frame before; 0 where nothing moved
        self._candidates: list[tuple[Start, float]] = []
        self._last = 0  # first frame of the last candidate that shows something
        self._dissolves = DissolveFinder()

    def add(self, luminance: NDArray[np.uint8]) -> None:
        """Show the next frame.

        Args:
            luminance: uint8, H x W, all frames of one size; 96 x 54 is best, others are resized.
        """
        small = prepare(luminance)
        self._near.append(0.0)
        self._dissolves.add(small)
        if not small.plain:
            self._seen.append(_Seen(len(self._near) - 1, small))
            if len(self._seen) > AROUND:
                self._judge(len(self._seen) - AROUND)

    def starts(self) -> list[Start]:
        """Where shots begin, in order; the first frame always does. To be called once, at the end.

        Returns:
            Nothing if no frame was shown.
        """
        if not self._near:
            return []
        for place in range(max(1, len(self._seen) - AROUND + 1), len(self._seen)):
            self._judge(place)
        found = [start for start, score in self._candidates if self._stands_out(start, score)]
        mixed = self._dissolves.middles([start.index for start in found])
        found += [Start(index, "dissolve") for index in mixed]
        return [Start(0, "first"), *sorted(found, key=lambda start: start.index)]

    def _judge(self, place: int) -> None:
        """Whether a shot begins at a place among the frames that are kept."""
        seen = list(self._seen)
        before, after = seen[place - 1], seen[place]
        if difference(before.small, after.small) < MOVED:
            return
        near = unlikeness(before.small, after.small)
        self._near[after.index] = near
        if near >= UNLIKE or after.index - before.index > 1:
            earlier = _telling(seen[max(0, place - AROUND) : place])
            score = _least(earlier, _telling(seen[place : place + AROUND]))
            # without a telling frame since the last start it is still the same fade
            if score >= UNLIKE and earlier[-1].index >= self._last:
                self._candidates.append((_begin(seen, place), score))
                self._last = after.index

    def _stands_out(self, start: Start, score: float) -> bool:
        """More unlike than what is usual around it, be it for grain or for motion."""
        before = self._near[max(0, start.index - USUAL) : start.index]
        after = self._near[start.index + 1 : start.index + USUAL + 1]
        return score >= OUTSTANDING * float(np.median(before + after))


def _telling(seen: Sequence[_Seen]) -> list[_Seen]:
    """Those that have not faded so far that little can be seen."""
    least = FADED * max(one.small.contrast for one in seen)
    return [one for one in seen if one.small.contrast >= least]


def _least(before: Sequence[_Seen], after: Sequence[_Seen]) -> float:
    """The least unlikeness of a frame before and one after; nothing below `UNLIKE` matters."""
    least = 1.0
    for first in reversed(before):
        for second in after:
            least = min(least, unlikeness(first.small, second.small))
            if least < UNLIKE:
                return least
    return least


def _begin(seen: Sequence[_Seen], place: int) -> Start:
    """Where and how a shot begins whose first telling frame is at a place."""
    before, after = seen[place - 1], seen[place]
    if after.index - before.index == 1:
        return Start(after.index, "cut")
    out = before.small.contrast / seen[max(0, place - AROUND)].small.contrast
    into = after.small.contrast / seen[min(len(seen), place + AROUND) - 1].small.contrast
    if min(out, into) < FADING:
        return Start((before.index + after.index + 1) // 2, "fade")
    return Start(after.index, "cut")
