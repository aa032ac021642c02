"""A person's corrections of a film's frames, as what the other frames of their shots are told."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from photochrom.color import warmth
from photochrom.color.arrays import FloatImage
from photochrom.files.mapped import mapped_bytes
from photochrom.models import after, hinted, predict
from photochrom.options import Options
from photochrom.tiles.answers import TileModel
from photochrom.video import carry, flow
from photochrom.video.carry import Carrier, Correction
from photochrom.video.film import Film
from photochrom.video.keyframes import Keyframe
from photochrom.video.painting import enlarged
from photochrom.video.segments import Segment

TRUST = 0.9
"""How far the network is asked to believe what was carried."""
EVERYWHERE = 0.999
"""Least confidence of a frame that was graded as a whole."""
FAINT = 0.05
"""Saturation below which what a person painted could only be matched by endless chroma."""

See = Callable[[VideoFrame], FloatImage]
"""L* of a frame, upright, at working size."""


@dataclass
class Repairs:
    """Of one film.

    Args:
        film: whose frames were corrected.
        model: what is told of it.
        options: how colours are graded after the model; corrections come out as they were painted.
        keyframes: by shots.
    """

    film: Film
    model: TileModel
    options: Options
    keyframes: Mapping[int, Sequence[Keyframe]]
    heed: Callable[[], None] = lambda: None
    """Called for every frame that is looked at; it may raise to stop that."""
    _carriers: dict[int, Carrier] = field(default_factory=dict, init=False)

    def digests(self, shot: int) -> list[str]:
        """Of what a person said of a shot's frames."""
        return [f"{one.frame} {one.digest}" for one in self.keyframes.get(shot, ())]

    def carried(self, segment: Segment, frames: int, see: See) -> list[FloatImage] | None:
        """What is known of a segment's first frames; None if nothing was said of its shot.

        Args:
            segment: whose shot was corrected.
            frames: how many, from the segment's first; they may go on into the next one.
            see: what the model sees of a frame.

        Returns:
            For each, 3 x h x w: a*, b* before grading, and how far they count.
        """
        if segment.shot not in self.keyframes:
            return None
        if segment.shot not in self._carriers:
            self._carriers = {segment.shot: self._carrier(segment.shot, see)}
        begin = segment.start - self.film.ranges[segment.shot].start
        return self._carriers[segment.shot].carried(begin, begin + frames)

    def told(self, carried: FloatImage, lightness: FloatImage) -> FloatImage | None:
        """What the network is told of a frame: hints at working size; None if it takes none."""
        if not predict.listens(self.model.manifest):
            return None
        hints = enlarged(carried, lightness.shape)
        hints[2] *= TRUST
        return hints

    def _carrier(self, shot: int, see: See) -> Carrier:
        corrections = [self._correction(one, see) for one in self.keyframes[shot]]
        rows, columns = corrections[0].planes.shape[1:]
        frames = self.film.ranges[shot]
        light = _on_disk(len(frames), rows, columns)
        for number, frame in enumerate(self.film.frames(frames.start, frames.stop)):
            self.heed()
            light[number] = carry.kept(flow.shrunk(see(frame), rows, columns))
        return Carrier(light, corrections)

    def _correction(self, keyframe: Keyframe, see: See) -> Correction:
        (frame,) = self.film.frames(keyframe.frame, keyframe.frame + 1)
        lightness = see(frame)
        manifest, session = self.model.manifest, self.model.session
        plain = self.model.plain(lightness)
        hints = self._ungraded(keyframe.hints(*lightness.shape), lightness)
        planes = hints
        if hints[2].min() < EVERYWHERE:
            chroma = hinted.predict_hinted(manifest, session, lightness, hints, plain=plain)
            reach = after.told(lightness, enlarged(plain, lightness.shape), hints)[2]
            planes = np.concatenate((chroma, reach[None]))
        small = np.stack([flow.shrunk(plane, *plain.shape[1:]) for plane in planes])
        start = self.film.ranges[self.film.shot_of(keyframe.frame)].start
        return Correction(keyframe.frame - start, small)

    def _ungraded(self, hints: FloatImage, lightness: FloatImage) -> FloatImage:
        """Hints that come out of grading as they were painted."""
        options = self.options
        chroma = hints[:2] / np.float32(max(options.saturation * options.strength, FAINT))
        if options.warmth:
            chroma = chroma - warmth.shift(lightness, options.warmth)
        return np.concatenate((chroma, hints[2:])).astype(np.float32)


def _on_disk(frames: int, rows: int, columns: int) -> NDArray[np.uint8]:
    """An array that takes no memory, however long the shot."""
    with tempfile.TemporaryFile() as file:
        return mapped_bytes(file, (frames, rows, columns))
