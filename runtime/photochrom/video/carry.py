"""Hand repair: what a person corrected in some frames of a shot, carried to all others along flow.

From each corrected frame colours go forward and backward, frame by frame; where light does not
agree with what flow says, nothing is carried any further. Between two corrected frames the nearer
one counts for more. docs/film-stability.md has what was measured.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from photochrom.color.arrays import FloatImage
from photochrom.video import flow

DOUBTED, BELIEVED = 0.2, 0.6
"""Agreement of flow below which nothing is carried on, and from which all is."""
APART = 100
"""Frames between two places that are remembered, so that a part of a long shot is soon found."""


@dataclass(frozen=True, eq=False)
class Correction:
    """What a person said of one frame."""

    frame: int
    """Its number in the shot, from 0."""
    planes: FloatImage
    """3 x h x w float32: a*, b*, and how far they count, 0..1."""


@dataclass
class Carrier:
    """Carries corrections through one shot; memory does not grow with its length, but for one place
    in `APART` frames.

    Args:
        lightness: frames x h x w, uint8, L* times 2.55, at the size of the corrections' planes; it
            may lie on disk.
        corrections: in the order of showing, at least one.
    """

    lightness: NDArray[np.uint8]
    corrections: Sequence[Correction]
    _kept: dict[tuple[int, int], FloatImage] = field(default_factory=dict, init=False)

    def carried(self, start: int, end: int) -> list[FloatImage]:
        """What is known of frames.

        Args:
            start: number in the shot of the first.
            end: number behind the last.

        Returns:
            For each, 3 x h x w float32: a*, b*, and how far they count, 0..1.
        """
        forward = self._way(range(start, end), 1)
        backward = self._way(range(end - 1, start - 1, -1), -1)[::-1]
        return [
            self._together(frame, *both)
            for frame, both in enumerate(zip(forward, backward, strict=True), start)
        ]

    def _way(self, frames: range, step: int) -> list[FloatImage]:
        """What comes to frames from one side, in the order of a range."""
        if not frames:
            return []
        known = {place: planes for (place, way), planes in self._kept.items() if way == step}
        first = 0 if step == 1 else len(self.lightness) - 1
        # the nearest remembered place that lies before
        places = [place for place in known if (frames[0] - place) * step >= 0]
        begin = max(places, key=lambda place: place * step, default=first)
        planes = known.get(begin)
        found = []
        for frame, now in self._steps(begin, frames[-1], step, planes):
            if frame % APART == 0:
                self._kept[frame, step] = now
            if (frame - frames[0]) * step >= 0:
                found.append(now)
        return found

    def _steps(
        self, begin: int, last: int, step: int, planes: FloatImage | None
    ) -> Iterator[tuple[int, FloatImage]]:
        """Frame by frame from a place, whose planes are given if they are known."""
        given = {one.frame: one.planes for one in self.corrections}
        now = self._nothing() if planes is None else planes
        for frame in range(begin, last + step, step):
            if frame != begin:
                now = self._moved(now, frame, frame - step)
            if frame in given and (frame != begin or planes is None):
                now = _over(given[frame], now)
            yield frame, now

    def _moved(self, planes: FloatImage, frame: int, before: int) -> FloatImage:
        if not planes[2].any():
            return planes
        along, _ = flow.between(self._light(frame), self._light(before))
        moved = flow.carry(planes, along.place)
        moved[2] *= np.clip((along.agreement - DOUBTED) / (BELIEVED - DOUBTED), 0, 1)
        return moved

    def _together(self, frame: int, forward: FloatImage, backward: FloatImage) -> FloatImage:
        """Both sides by how near they come from."""
        before = [frame - one.frame for one in self.corrections if one.frame <= frame]
        after = [one.frame - frame for one in self.corrections if one.frame >= frame]
        if not before or not after:
            return forward if before else backward
        near = min(after) / max(min(before) + min(after), 1)
        weights = near * forward[2], (1 - near) * backward[2]
        total = np.maximum(weights[0] + weights[1], np.float32(np.finfo(np.float32).tiny))
        chroma = (weights[0] * forward[:2] + weights[1] * backward[:2]) / total
        sure = 1 - (1 - forward[2]) * (1 - backward[2])
        return np.concatenate((chroma, sure[None])).astype(np.float32)

    def _light(self, frame: int) -> FloatImage:
        return self.lightness[frame].astype(np.float32) / np.float32(2.55)

    def _nothing(self) -> FloatImage:
        return np.zeros((3, *self.lightness.shape[1:]), np.float32)


def kept(lightness: FloatImage) -> Any:
    """L* (h x w, 0..100) as `Carrier` wants it, uint8."""
    return np.rint(lightness * np.float32(2.55)).astype(np.uint8)


def _over(upper: FloatImage, lower: FloatImage) -> FloatImage:
    """A correction on what was carried to its frame; a*, b* are straight."""
    sure = upper[2] + (1 - upper[2]) * lower[2]
    share = upper[2] / np.maximum(sure, np.float32(np.finfo(np.float32).tiny))
    return np.concatenate((lower[:2] + share * (upper[:2] - lower[:2]), sure[None]))
