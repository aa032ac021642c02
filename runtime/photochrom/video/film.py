"""A film that was looked through: its shots, and the frames of each."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from av.video.frame import VideoFrame

from photochrom.errors import InputError
from photochrom.video import segments
from photochrom.video.container import reading
from photochrom.video.segments import Segment
from photochrom.video.shots import shotlist
from photochrom.video.shots.shotlist import Shot
from photochrom.video.survey import Survey, thumbnail_of

if TYPE_CHECKING:
    from photochrom.video.container.info import VideoInfo


@dataclass(frozen=True, eq=False)
class Film:
    """A film, what the first pass found, and how it is cut."""

    info: VideoInfo
    survey: Survey
    shots: tuple[Shot, ...]
    """Each frame is in exactly one."""

    @cached_property
    def pts(self) -> list[int]:
        """Time stamp of every frame, in the stream's time base."""
        return [int(stamp) for stamp in self.survey.pts]

    @cached_property
    def ranges(self) -> list[range]:
        """The frames of each shot, counted from 0."""
        return shotlist.ranges(self.shots, self.pts)

    def segments(
        self, preview: float | None = None, longest: int = segments.LONGEST
    ) -> list[Segment]:
        """Pieces of work.

        Args:
            preview: seconds of every shot's beginning that are wanted; None: all of it.
            longest: frames of a piece at most.
        """
        if preview is None:
            return segments.cut(self.ranges, longest)
        ticks = preview / float(self.info.time_base)
        return segments.first_seconds(self.ranges, self.pts, ticks, longest)

    def shot_of(self, frame: int) -> int:
        """Which shot a frame belongs to, from 0."""
        return bisect_right([frames.start for frames in self.ranges], frame) - 1

    def alone(self, frame: int) -> Segment:
        """A frame as a piece of work of its own."""
        shot = self.shot_of(frame)
        return Segment(0, shot, frame, frame + 1, frame, frame + 1)

    def seconds(self, frame: int) -> float:
        """When a frame is shown, after the film's first."""
        return float((self.pts[frame] - self.pts[0]) * self.info.time_base)

    def frames(self, start: int, end: int) -> Generator[VideoFrame]:
        """Frames from one number to before another, laid out as `VideoInfo.planar` says.

        Raises:
            InputError: if they are not those that the survey saw.
        """
        wanted = iter(self.pts[start:end])
        for frame in self._read(start, end):
            if frame.pts != next(wanted, None):
                raise self._changed()
            yield frame
        if next(wanted, None) is not None:
            raise self._changed()

    def _read(self, start: int, end: int) -> Iterator[VideoFrame]:
        """From a key frame near the start, or from the beginning where that gives other pictures.

        A film that is damaged, or coded without true key frames, decodes otherwise from a place in
        the middle.
        """
        span = self.pts[start], self.pts[end - 1] + 1
        seek = start > 0 and not self.survey.gaps
        frames = reading.frames(self.info, *span, seek=seek)
        first = next(frames, None)
        if first is not None and (not seek or self._is(start, first)):
            yield first
            yield from frames
        elif seek:
            yield from reading.frames(self.info, *span, seek=False)

    def _is(self, number: int, frame: VideoFrame) -> bool:
        """Whether a frame looks as it did in the survey."""
        seen = thumbnail_of(reading.luma(frame), self.info.bits)
        return frame.pts == self.pts[number] and np.array_equal(
            seen, self.survey.thumbnails[number]
        )

    def _changed(self) -> InputError:
        return InputError(
            f"{self.info.path} does not give the same frames twice; has it changed? "
            "If not, copy it into another container first"
        )


def from_survey(info: VideoInfo, survey: Survey, shots: Path | None = None) -> Film:
    """A film with the shots that were found, or those of a list.

    Args:
        info: of the film.
        survey: what the first pass found.
        shots: a list that a person edited; None: what was found.

    Raises:
        InputError: if the list can't be read, or is not of this film.
    """
    pts: Sequence[int] = [int(stamp) for stamp in survey.pts]
    if shots is None:
        return Film(info, survey, tuple(shotlist.from_starts(survey.starts, pts)))
    return Film(info, survey, tuple(shotlist.load(shots, pts)))
