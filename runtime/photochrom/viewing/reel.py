"""One film that a person looks at: any frame, before and after, alone or one after another."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import islice, pairwise
from pathlib import Path
from typing import Literal

import numpy as np
import pyvips
from av.video.frame import VideoFrame

from photochrom.color.arrays import PictureArray
from photochrom.errors import UsageError
from photochrom.files import scaling
from photochrom.files.pulling import Watch
from photochrom.files.shelf import FILMS
from photochrom.tiles.answers import TileModel
from photochrom.video import film, opening, rendering
from photochrom.video.ahead import ahead
from photochrom.video.coloring import Colorist
from photochrom.video.container import codecs
from photochrom.video.container.info import VideoInfo
from photochrom.video.container.probe import probe
from photochrom.video.film import Film
from photochrom.video.job import of_gaps
from photochrom.video.options import FilmOptions
from photochrom.video.segments import Segment, later
from photochrom.video.shots.shotlist import Shot
from photochrom.video.steady import BLOCK, LOOKAHEAD
from photochrom.video.survey import Survey, survey

Side = Literal["before", "after"]
SURVEYED = 8 << 20
"""Bytes that the first pass over a film takes in the cache, about."""
RARELY = 9
"""While a film plays, the network sees one frame of so many."""
SLACK = 0.1
"""Seconds by which playing may lag and still catch up."""


@dataclass(eq=False)
class Reel:
    """A film that is open. Not for several threads at once."""

    film: Film
    notes: list[str]
    """What a person should know of it."""
    _model: TileModel
    _colorist: tuple[object, Colorist] | None = field(default=None, init=False)

    def frame(
        self, number: int, side: Side, options: FilmOptions, alone: bool, watch: Watch
    ) -> PictureArray:
        """A frame: upright uint8 sRGB with square pixels, h x w x 3.

        Args:
            number: in the film, from 0.
            side: before or after colouring.
            options: what the person asks for.
            alone: the frame is coloured by itself, with what was said of this very frame, which is
                quick; else with what is carried to it, and steadied by the frames around it.
            watch: asked whether to go on.

        Raises:
            UsageError: if there is no such frame.
            InputError: if it can't be read, or a correction can't.
            CancelledError: if the person asked for it.
        """
        self.check(number)
        if side == "before":
            (frame,) = self.film.frames(number, number + 1)
            return self._as_it_is(frame)
        seen = lonely(self.film, number) if alone else self.film
        block = _block(seen, number)
        frames = seen.frames(block.start, min(block.end + LOOKAHEAD, block.shot_end))
        with closing(frames):
            colorist = self._colored_by(seen, options, watch)
            colored = colorist.color(_heeded(frames, watch), block, None)
            found = next(islice(colored, number - block.start, None))
        return self._square(rendering.picture(found, seen.info))

    def play(
        self, start: int, side: Side, options: FilmOptions, longest: int, watch: Watch
    ) -> Iterator[tuple[int, PictureArray]]:
        """Frames and their numbers, from one on, not sooner than they are due.

        The network sees one frame of `RARELY`, so that a film plays about as fast as it should;
        `frame` is exact.

        Args:
            start: number of the first.
            side, options: as for `frame`.
            longest: pixels of a picture's long side at most.
            watch: told of the stage ``play``.
        """
        self.check(start)
        quiet = watch.quiet()
        pictures = self._before(start) if side == "before" else self._after(start, options, quiet)
        due, last = time.monotonic(), start
        with closing(ahead(_fitted(pictures, longest))) as fitted:
            for number, picture in enumerate(fitted, start):
                due += self.film.seconds(number) - self.film.seconds(last)
                watch("play", number / len(self.film.pts))
                watch.rest(due - time.monotonic())
                due, last = max(due, time.monotonic() - SLACK), number
                yield number, picture

    def check(self, number: int) -> None:
        """Refuse frames that are not there."""
        if not 0 <= number < len(self.film.pts):
            raise UsageError(f"the film has {len(self.film.pts)} frames, counted from 0")

    def _before(self, start: int) -> Iterator[PictureArray]:
        for frame in self.film.frames(start, len(self.film.pts)):
            yield self._as_it_is(frame)

    def _after(self, start: int, options: FilmOptions, watch: Watch) -> Iterator[PictureArray]:
        seen = self.film
        colorist = replace(self._colored_by(seen, options, watch), every=RARELY)
        for segment in later(seen.segments(longest=len(seen.pts)), start):
            with closing(ahead(seen.frames(segment.start, segment.end))) as frames:
                for colored in colorist.color(frames, segment, None):
                    yield self._square(rendering.glanced(colored, seen.info))

    def _as_it_is(self, frame: VideoFrame) -> PictureArray:
        turned = np.rot90(frame.to_ndarray(format="rgb24"), self.film.info.turns)
        return self._square(np.ascontiguousarray(turned))

    def _square(self, picture: PictureArray) -> PictureArray:
        return rendering.square(picture, self.film.info)

    def _colored_by(self, seen: Film, options: FilmOptions, watch: Watch) -> Colorist:
        """What colours the film; it stays while nothing else is asked, with what was carried."""
        colorist = Colorist.of(seen, self._model, options, codecs.fullest(seen.info))
        said = [colorist.corrections_of(shot) for shot in range(len(seen.shots))]
        key = seen.shots, options.colors, said
        if self._colorist is None or self._colorist[0] != key:
            self._colorist = key, colorist
        found = self._colorist[1]
        if found.repairs is not None:
            found.repairs.heed = lambda: watch("color", 0.0)
        return found


def open_reel(model: TileModel, path: Path, options: FilmOptions, watch: Watch) -> Reel:
    """A film to look at.

    Args:
        model: that colours it.
        path: of its file.
        options: its list of shots counts, and the rate of numbered pictures.
        watch: told of the stage ``survey``.

    Raises:
        InputError: if it can't be read.
    """
    info = probe(path, options.rate)
    key = opening.survey_name(info).removesuffix(FILMS.ending)
    kept = FILMS.obtain(key, SURVEYED, lambda target: survey(info, watch).save(target))
    found = Survey.load(kept)
    opening.check(info, found, options)
    seen = film.from_survey(info, found, options.shots)
    return Reel(seen, _notes(info, found), model)


def lonely(seen: Film, number: int) -> Film:
    """The film with a frame as a shot of its own: nothing is carried to it."""
    cuts = [0, *({number, number + 1} - {0, len(seen.pts)}), len(seen.pts)]
    stamps = [*seen.pts, seen.pts[-1] + 1]
    starts = sorted(stamps[cut] for cut in cuts)
    return replace(seen, shots=tuple(Shot(*pair, "cut") for pair in pairwise(starts)))


def _block(seen: Film, number: int) -> Segment:
    """The frames that are finished together with one, as in the whole film."""
    shot = seen.shot_of(number)
    frames = seen.ranges[shot]
    start = number - (number - frames.start) % BLOCK
    return Segment(0, shot, start, min(start + BLOCK, frames.stop), frames.start, frames.stop)


def _notes(info: VideoInfo, found: Survey) -> list[str]:
    colors = f"has colours already (in {100 * found.colored:.0f} % of its frames), left aside here"
    return [*info.notes, *([colors] * found.has_color), *of_gaps(info, found.gaps)]


def _heeded(frames: Iterator[VideoFrame], watch: Watch) -> Iterator[VideoFrame]:
    for frame in frames:
        watch("color", 0.0)
        yield frame


def _fitted(pictures: Iterator[PictureArray], longest: int) -> Iterator[PictureArray]:
    for picture in pictures:
        height, width = picture.shape[:2]
        scale = longest / max(width, height)
        if scale < 1:
            size = max(1, round(width * scale)), max(1, round(height * scale))
            picture = scaling.fit(pyvips.Image.new_from_array(picture), *size).numpy()
        yield picture
