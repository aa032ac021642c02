"""Making the pieces of a film that are not finished yet, one after the other."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from av.video.frame import VideoFrame

from photochrom.files.pulling import Watch
from photochrom.video.ahead import ahead
from photochrom.video.coloring import Colorist
from photochrom.video.container.codecs import Encoding
from photochrom.video.container.pieces import open_piece
from photochrom.video.film import Film
from photochrom.video.segments import Segment
from photochrom.video.steady import LOOKAHEAD, State
from photochrom.video.work import Work, key_of

STEP = 5
"""Frames between two reports."""


@dataclass(frozen=True)
class FilmProgress:
    """How far a film is."""

    frame: int
    """Frames that are finished, those of earlier runs included."""
    frames: int
    shot: int
    """The shot that is worked on, from 1."""
    shots: int
    rate: float | None
    """Frames a second of this run; None until that can be told."""


@dataclass
class Maker:
    """Makes pieces, each durable before the next one begins.

    Args:
        film: what is coloured.
        colorist: what colours it.
        encoding: of the pieces.
        work: where finished ones are.
        facts: what else decides how they come out: source, model, options.
        watch: told of the stage ``color``.
        tell: told in more detail.
    """

    film: Film
    colorist: Colorist
    encoding: Encoding
    work: Work
    facts: dict[str, Any]
    watch: Watch
    tell: Callable[[FilmProgress], None] | None = None
    made: int = field(default=0, init=False)
    """Frames that this run made."""

    def name(self, segment: Segment) -> str:
        """Of a segment's piece; it has another one as soon as anything about it is another."""
        film = self.film
        span = [segment.start, segment.end, segment.shot_start, segment.shot_end]
        about = {
            **self.facts,
            "encoding": self.encoding.facts(),
            "frames": span,
            "pts": [film.pts[at] for at in (segment.start, segment.end - 1)],
            "corrections": self.colorist.corrections_of(segment.shot),
        }
        return key_of(about) + self.encoding.piece_ending

    def state_name(self, segment: Segment) -> str:
        """Of the file that tells the segment after it how the colours stand."""
        return f"{self.name(segment)}.npz"

    def knows(self, segment: Segment) -> bool:
        """Whether it is known how the colours stand after a segment."""
        return self._state(segment).is_file()

    def missing(self, segments: Sequence[Segment]) -> list[Segment]:
        """Those that are to be made, in order."""
        wanted = {segment.number for segment in segments if not self._there(segment)}
        for before, segment in pairwise(segments):
            # its beginning is in the state after the one before
            if segment.number in wanted and segment.continues and not self.knows(before):
                wanted |= {
                    one.number
                    for one in segments
                    if one.shot == segment.shot and one.number < segment.number
                }
        return [segment for segment in segments if segment.number in wanted]

    def make(self, segments: Sequence[Segment]) -> None:
        """Make what is missing of a film's segments.

        Raises:
            InputError: if the film can't be read as the survey read it.
            OutputError: if a piece can't be written.
            ModelError, DeviceError: if the network fails.
            CancelledError: if the person asked for it.
        """
        self.make_some(segments, self.missing(segments))

    def make_some(self, segments: Sequence[Segment], missing: Sequence[Segment]) -> None:
        """Make some of a film's segments; errors as of `make`.

        Args:
            segments: all of the film.
            missing: those that are to be made; what each continues is finished or among them.
        """
        total = sum(segment.frames for segment in segments)
        done = total - sum(segment.frames for segment in missing)
        self._began = time.monotonic()
        by_number = {segment.number: segment for segment in segments}
        self.watch("color", done / total)
        for segment in missing:
            before = by_number.get(segment.number - 1) if segment.continues else None
            self._make(segment, before, done + self.made, total)

    def _make(self, segment: Segment, before: Segment | None, done: int, total: int) -> None:
        state = State.load(self._state(before)) if before else None
        name = self.name(segment)
        with (
            self.work.piece(name) as path,
            open_piece(path, self.film.info, self.encoding) as piece,
            closing(ahead(self._colored(segment, state))) as frames,
        ):
            for count, frame in enumerate(frames):
                piece.write(frame)
                self.made += 1
                if count % STEP == 0:
                    self._report(segment, done + count, total)
            if segment.continued:
                assert self.colorist.state is not None
                self.colorist.state.save(self._state(segment))
        if before is not None:
            self._state(before).unlink(missing_ok=True)

    def _colored(self, segment: Segment, state: State | None) -> Iterator[VideoFrame]:
        beyond = min(segment.end + LOOKAHEAD, segment.shot_end)
        with closing(ahead(self.film.frames(segment.start, beyond))) as frames:
            yield from self.colorist.color(frames, segment, state)

    def _there(self, segment: Segment) -> bool:
        return self.work.has(self.name(segment))

    def _state(self, segment: Segment) -> Path:
        return self.work.path(self.state_name(segment))

    def _report(self, segment: Segment, done: int, total: int) -> None:
        self.watch("color", done / total)
        if self.tell is not None:
            spent = time.monotonic() - self._began
            rate = self.made / spent if spent > 1 else None
            shots = len(self.film.shots)
            self.tell(FilmProgress(done, total, segment.shot + 1, shots, rate))
