"""The first pass over a film: when its frames are shown, where its shots begin, where it breaks.

Everything after it is decided by what it finds, so that a film that is worked on again later is cut
into the same pieces.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from photochrom import limits
from photochrom.color.ycbcr import Codes
from photochrom.errors import InputError
from photochrom.video.container import reading
from photochrom.video.container.layouts import chroma_spread
from photochrom.video.painting import reduced
from photochrom.video.shots.choice import thumbnail
from photochrom.video.shots.finding import ShotFinder, Start

if TYPE_CHECKING:
    from photochrom.files.pulling import Watch
    from photochrom.video.container.info import VideoInfo

SIZE = (96, 54)
"""Columns and rows of the small frames by which shots are told apart."""
FEW = 100
"""Frames after which their number is looked at again."""
SPREAD = 3.0
"""Standard deviation of Cb or Cr inside a frame, in codes of 8 bits, from which it has colours: a
tinted film has one colour everywhere, and noise of coding stays below."""
COLORED = 0.1
"""Share of frames with colours from which a film has colour."""


@dataclass(frozen=True)
class Gap:
    """A place at which a film can't be decoded."""

    seconds: float
    """After the film's first frame, of the last frame before it."""
    reason: str
    after: int | None = None
    """Time stamp of that frame; None: there is none before it."""


@dataclass(frozen=True, eq=False)
class Survey:
    """What was found."""

    pts: NDArray[np.int64]
    """Time stamps of all frames that can be decoded, rising."""
    starts: tuple[Start, ...]
    """Where shots begin."""
    thumbnails: NDArray[np.uint8]
    """Frames x rows x columns: what `photochrom.video.shots.choice` compares."""
    colored: float
    """Share of the frames that have colours, 0..1."""
    gaps: tuple[Gap, ...]
    """Where it can't be decoded."""

    @property
    def has_color(self) -> bool:
        """Whether it is a colour film already."""
        return self.colored > COLORED

    def save(self, path: Path) -> None:
        """Write it as .npz to a path that the caller makes whole."""
        words = {
            "starts": [asdict(start) for start in self.starts],
            "gaps": [asdict(gap) for gap in self.gaps],
            "colored": self.colored,
        }
        with path.open("wb") as file:
            np.savez(file, pts=self.pts, thumbnails=self.thumbnails, words=json.dumps(words))

    @classmethod
    def load(cls, path: Path) -> Survey:
        """Read what `save` wrote.

        Raises:
            InputError: if it can't be read.
        """
        try:
            with np.load(path, allow_pickle=False) as kept:
                words = json.loads(str(kept["words"]))
                starts = tuple(Start(**start) for start in words["starts"])
                gaps = tuple(Gap(**gap) for gap in words["gaps"])
                return cls(kept["pts"], starts, kept["thumbnails"], words["colored"], gaps)
        except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
            raise InputError(f"can't read {path} ({error}); remove it to look again") from error


def survey(info: VideoInfo, watch: Watch) -> Survey:
    """Decode a film once.

    Args:
        info: of the film.
        watch: told of the stage ``survey``.

    Raises:
        InputError: if no frame of it can be decoded.
        CancelledError: if the person asked for it.
    """
    times: list[int] = []
    gaps: list[Gap] = []
    finder, thumbnails, colors = ShotFinder(), bytearray(), 0
    shape = None
    watch("survey", 0.0)
    for frame in _good(info, times, gaps):
        small = _small(reading.luma(reading.as_read(frame, info)), info.bits)
        finder.add(small)
        tiny = thumbnail(small)
        thumbnails += tiny.tobytes()
        shape = tiny.shape
        colors += chroma_spread(frame, info) > SPREAD
        if len(times) % 25 == 0:
            watch("survey", _share(info, times))
    if shape is None:
        raise InputError(f"no frame of {info.path} can be decoded; is it a whole film?")
    watch("survey", 1.0)
    return Survey(
        np.array(times, np.int64),
        tuple(finder.starts()),
        np.frombuffer(thumbnails, np.uint8).reshape(-1, *shape),
        colors / len(times),
        tuple(gaps),
    )


def thumbnail_of(luma: Codes, bits: int) -> NDArray[np.uint8]:
    """What `Survey.thumbnails` has of a frame with this Y', as codes of so many bits."""
    return thumbnail(_small(luma, bits))


def _good(info: VideoInfo, times: list[int], gaps: list[Gap]) -> Iterator[VideoFrame]:
    """Whole frames of rising time; `times` and `gaps` grow with them."""
    for frame, reason in reading.everything(info):
        if frame is None:
            _tell(gaps, info, times, reason)
        elif frame.pts is None or (times and frame.pts <= times[-1]):
            _tell(gaps, info, times, "a frame without a time of its own")
        else:
            times.append(frame.pts)
            if len(times) % FEW == 0:  # a header may tell of fewer
                limits.check(info.path, "frames", len(times))
            if frame.is_corrupt:
                _tell(gaps, info, times, "a damaged frame")
            yield frame


def _tell(gaps: list[Gap], info: VideoInfo, times: list[int], reason: str) -> None:
    """Add a gap, unless the last one is at the same place."""
    seconds = float((times[-1] - times[0]) * info.time_base) if times else 0.0
    if not gaps or gaps[-1].seconds != seconds:
        gaps.append(Gap(seconds, reason, times[-1] if times else None))


def _small(luma: Codes, bits: int) -> NDArray[np.uint8]:
    height, width = luma.shape
    small = reduced(luma, (min(SIZE[0], width), min(SIZE[1], height)))
    return (small >> (bits - 8)).astype(np.uint8)


def _share(info: VideoInfo, times: list[int]) -> float:
    if not info.seconds:
        return 0.0
    return min(float((times[-1] - times[0]) * info.time_base) / info.seconds, 1.0)
