"""Frames of one shot in, the same frames with colour out: Y' as it was, new Cb and Cr."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from av.video.frame import VideoFrame

from photochrom.color import warmth
from photochrom.color.arrays import FloatImage
from photochrom.color.ycbcr import Codes, YCbCr
from photochrom.models import native, predict
from photochrom.options import Options
from photochrom.tiles.answers import TileModel
from photochrom.video import keyframes
from photochrom.video.container import reading, writing
from photochrom.video.container.codecs import Look
from photochrom.video.container.info import VideoInfo
from photochrom.video.film import Film
from photochrom.video.options import FilmOptions
from photochrom.video.painting import Painter, enlarged, reduced
from photochrom.video.repair import Repairs
from photochrom.video.segments import Segment
from photochrom.video.steady import EVERY, LOOKAHEAD, State, Steadier


@dataclass(frozen=True, eq=False)
class _Waiting:
    """A frame whose colours are not decided yet."""

    frame: VideoFrame
    small: Codes
    """Y' at working size."""
    known: FloatImage | None
    """3 x h x w: what a person's corrections say of it."""


@dataclass
class Colorist:
    """Colours the frames of one film.

    Args:
        info: of the film.
        model: what sees it.
        options: strength, saturation, warmth and size are heeded.
        look: of the result.

    Raises:
        UsageError: if the model can't see pictures at the size asked for.
    """

    info: VideoInfo
    model: TileModel
    options: Options
    look: Look
    repairs: Repairs | None = None
    """What a person said of frames."""
    every: int = EVERY
    """The network sees one frame of so many."""
    state: State | None = field(default=None, init=False)
    """After the last frame that was coloured by itself: what the next piece of the shot needs."""

    @classmethod
    def of(cls, film: Film, model: TileModel, options: FilmOptions, look: Look) -> Colorist:
        """What colours a film as a person asks for it.

        Raises:
            InputError: if a corrected frame can't be read, or is of no frame of the film.
        """
        folder = options.keyframes
        repairs = None
        if folder is not None:
            repairs = Repairs(film, model, options.colors, keyframes.load(folder, film))
        return cls(film.info, model, options.colors, look, repairs)

    def corrections_of(self, shot: int) -> list[str]:
        """Digests of what a person said of a shot's frames."""
        return [] if self.repairs is None else self.repairs.digests(shot)

    def __post_init__(self) -> None:
        info, look = self.info, self.look
        predict.check_options(self.model.manifest, self.options)
        self._source = space_of(info, info.bits)
        self._space = space_of(info, look.bits)
        size = (info.width, info.height)
        self._painter = Painter(self._space, size, look.subsampling, info.interlaced)
        self._small = self._working_size()

    def color(
        self, frames: Iterable[VideoFrame], segment: Segment, state: State | None
    ) -> Iterator[VideoFrame]:
        """A segment's frames, coloured; later ones only have a say in their colours.

        Args:
            frames: of one shot, in order, from the segment's first on, and some of those after it.
            segment: what is wanted.
            state: after the frame before the first; None at the beginning of a shot.
        """
        steadier, own = Steadier(self._ask, state, self.every), segment.frames
        carried = self._carried(segment)
        waiting: deque[_Waiting] = deque()
        for index, frame in enumerate(frames):
            small = reduced(reading.luma(frame), self._small)
            known = None if carried is None else carried[index]
            if index < own:
                waiting.append(_Waiting(frame, small, known))
            done = steadier.push(*self._told(small, known))
            if index == own - 1:
                self.state = steadier.state
            yield from self._painted(waiting, done)
        yield from self._painted(waiting, steadier.finish())

    def _carried(self, segment: Segment) -> list[FloatImage] | None:
        if self.repairs is None:
            return None
        beyond = min(segment.end + LOOKAHEAD, segment.shot_end)
        return self.repairs.carried(segment, beyond - segment.start, self._seen)

    def _seen(self, frame: VideoFrame) -> FloatImage:
        return self._lightness(reduced(reading.luma(frame), self._small))

    def _told(self, small: Codes, known: FloatImage | None) -> tuple[FloatImage, FloatImage | None]:
        """Lightness and hints of a frame."""
        lightness = self._lightness(small)
        if known is None or self.repairs is None:
            return lightness, None
        return lightness, self.repairs.told(known, lightness)

    def _painted(self, waiting: deque[_Waiting], chroma: list[FloatImage]) -> Iterator[VideoFrame]:
        for ab in chroma[: len(waiting)]:
            one = waiting.popleft()
            if one.known is not None:
                ab = ab + one.known[2] * (one.known[:2] - ab)
            yield self._paint(one.frame, one.small, self._graded(ab, one.small))

    def _paint(self, frame: VideoFrame, small: Codes, ab: FloatImage) -> VideoFrame:
        luma = self._deepened(reading.luma(frame))
        planes = self._painter.paint(luma, self._source.luma(small), self._stored(ab))
        painted = writing.base(frame, self.look.pix_fmt, self.info)
        if painted is not frame:
            writing.write_plane(painted, 0, luma)
        for index, codes in enumerate(planes, 1):
            writing.write_plane(painted, index, codes)
        return painted

    def _ask(self, lightness: FloatImage, hints: FloatImage) -> FloatImage:
        return predict.predict(self.model.manifest, self.model.session, lightness, hints)

    def _graded(self, ab: FloatImage, small: Codes) -> FloatImage:
        """Warmth, saturation and strength; what was grey is between grey and the new colours."""
        options = self.options
        if options.warmth:
            light = enlarged(self._lightness(small)[None], ab.shape[1:])[0]
            ab = ab + warmth.shift(light, options.warmth)
        return ab * np.float32(options.saturation * options.strength)

    def _lightness(self, small: Codes) -> FloatImage:
        """L* of the upright picture at working size."""
        return np.ascontiguousarray(np.rot90(self._source.lightness[small], self.info.turns))

    def _stored(self, ab: FloatImage) -> FloatImage:
        """Upright chroma, turned as the frames are stored."""
        return np.ascontiguousarray(np.rot90(ab, -self.info.turns, axes=(1, 2)))

    def _deepened(self, luma: Codes) -> Codes:
        """Y' in the result's bits: each code times four from 8 to 10, rounded the other way."""
        more = self.look.bits - self.info.bits
        if more > 0:
            return (luma.astype(np.uint16) << more).astype(np.uint16)
        if more < 0:
            rounded = (luma.astype(np.uint32) + (1 << (-more - 1))) >> -more
            narrow = np.uint8 if self.look.bits == 8 else np.uint16
            return np.minimum(rounded, (1 << self.look.bits) - 1).astype(narrow)
        return luma

    def _working_size(self) -> tuple[int, int]:
        """Width and height, as stored, at which the model sees the film; samples become square."""
        side = predict.working_side(self.model.manifest, self.options)
        width = round(self.info.width * float(self.info.sample_aspect_ratio or 1))
        return native.working_size(width, self.info.height, side)


def space_of(info: VideoInfo, bits: int) -> YCbCr:
    """What a film's codes mean, in so many bits."""
    return YCbCr(info.matrix, info.primaries, info.full_range, bits)
