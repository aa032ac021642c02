"""How a film is cut into pieces of work: a shot each, or several for a long shot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from photochrom.video.steady import BLOCK

LONGEST = 250
"""Frames of a segment at most; x264 sets key frames as far apart. A multiple of `BLOCK`."""


@dataclass(frozen=True)
class Segment:
    """Frames that are coloured and encoded together; numbers count the film's frames from 0."""

    number: int
    shot: int
    """Which shot it belongs to, from 0."""
    start: int
    end: int
    """The frame behind the last."""
    shot_start: int
    shot_end: int

    @property
    def frames(self) -> int:
        """How many frames."""
        return self.end - self.start

    @property
    def continues(self) -> bool:
        """Whether it goes on with the shot of the segment before it."""
        return self.start > self.shot_start

    @property
    def continued(self) -> bool:
        """Whether the next segment goes on with its shot."""
        return self.end < self.shot_end


def cut(shots: Sequence[range], longest: int = LONGEST) -> list[Segment]:
    """Segments of all shots, in order.

    A long shot's segments are about equally long; colours stay as they were where they join, as all
    but the last are multiples of `photochrom.video.steady.BLOCK`.

    Args:
        shots: each shot's frames, in order and without gaps.
        longest: frames of a segment at most, a multiple of `BLOCK`.
    """
    segments: list[Segment] = []
    for shot, frames in enumerate(shots):
        pieces = -(-len(frames) // longest)
        length = -(-len(frames) // (pieces * BLOCK)) * BLOCK
        for start in range(frames.start, frames.stop, length):
            end, number = min(start + length, frames.stop), len(segments)
            segments.append(Segment(number, shot, start, end, frames.start, frames.stop))
    return segments


def first_seconds(
    shots: Sequence[range], pts: Sequence[int], ticks: float, longest: int = LONGEST
) -> list[Segment]:
    """Segments of the beginning of every shot only.

    Args:
        shots: each shot's frames.
        pts: every frame's time stamp.
        ticks: how long a beginning is, in the units of `pts`; each has a frame at least.
        longest: as for `cut`.
    """
    shortened = []
    for frames in shots:
        begin = pts[frames.start]
        end = next((frame for frame in frames if pts[frame] >= begin + ticks), frames.stop)
        shortened.append(range(frames.start, max(end, frames.start + 1)))
    return cut(shortened, longest)


def later(segments: Sequence[Segment], start: int) -> list[Segment]:
    """What is left of segments from a frame on."""
    left = [segment for segment in segments if segment.end > start]
    return [replace(segment, start=max(segment.start, start)) for segment in left]
