"""Ways to hold a film's colour still, for `stability.py`; `photochrom.video.steady` is one."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from photochrom.color.arrays import FloatImage
from photochrom.video import flow
from photochrom.video.painting import enlarged
from photochrom.video.steady import EVERY, Ask, Steadier

Way = Callable[[Ask, Sequence[FloatImage]], list[FloatImage]]
"""Chroma (2 x h x w, at the network's size) of every frame of a shot, from lightness."""
TRUST = 0.5
"""Confidence of hints that are carried from the frame before."""


def per_frame(ask: Ask, frames: Sequence[FloatImage]) -> list[FloatImage]:
    """The network alone."""
    return [ask(frame, _nothing(frame)) for frame in frames]


def exponential(ask: Ask, frames: Sequence[FloatImage], share: float) -> list[FloatImage]:
    """A share of the frame before, place by place."""
    steady: list[FloatImage] = []
    for frame in frames:
        answer = ask(frame, _nothing(frame))
        steady.append(answer if not steady else share * steady[-1] + (1 - share) * answer)
    return steady


def running(ask: Ask, frames: Sequence[FloatImage], share: float) -> list[FloatImage]:
    """A share of the frame before carried along flow, as far as flow is believed: one-sided."""
    steady: list[FloatImage] = []
    for number, frame in enumerate(frames):
        answer = ask(frame, _nothing(frame))
        if steady:
            carried, believed = _carried(frames[number - 1], frame, steady[-1])
            answer = answer + share * believed * (carried - answer)
        steady.append(answer)
    return steady


def hints(ask: Ask, frames: Sequence[FloatImage]) -> list[FloatImage]:
    """The network is told the frame before, carried along flow."""
    told: list[FloatImage] = []
    for number, frame in enumerate(frames):
        hint = _nothing(frame)
        if told:
            hint = _as_hints(frames[number - 1], frame, told[-1])
        told.append(ask(frame, hint))
    return told


def two_sided(
    ask: Ask, frames: Sequence[FloatImage], every: int = EVERY, told: bool = False
) -> list[FloatImage]:
    """`Steadier`; `told`: with hints besides."""
    steadier, done = Steadier(ask, every=every), []
    for number, frame in enumerate(frames):
        hint = None
        if told and number:
            hint = _as_hints(frames[number - 1], frame, steadier.state.chroma[:2])
        done += steadier.push(frame, hint)
    return done + steadier.finish()


WAYS: dict[str, Way] = {
    "per frame": per_frame,
    "exponential 0.6": partial(exponential, share=0.6),
    "exponential 0.85": partial(exponential, share=0.85),
    "running mean along flow": partial(running, share=0.85),
    "hints only": hints,
    "two-sided only": partial(two_sided, every=1),
    "both": partial(two_sided, every=1, told=True),
    "two-sided, every 2nd": partial(two_sided, every=2),
    "two-sided, every 3rd": partial(two_sided, every=3),
    "two-sided, every 4th": partial(two_sided, every=4),
    "both, every 3rd": partial(two_sided, every=3, told=True),
}


def _nothing(frame: FloatImage) -> FloatImage:
    return np.zeros((3, *frame.shape), np.float32)


def _carried(
    before: FloatImage, frame: FloatImage, chroma: FloatImage
) -> tuple[FloatImage, FloatImage]:
    """Chroma of the frame before at this one's places, and how far it is believed."""
    small = [flow.shrunk(one, *chroma.shape[1:]) for one in (frame, before)]
    along, _ = flow.between(small[0], small[1])
    return flow.carry(chroma, along.place), along.agreement


def _as_hints(before: FloatImage, frame: FloatImage, chroma: FloatImage) -> FloatImage:
    carried, believed = _carried(before, frame, chroma)
    hint = np.concatenate((carried, TRUST * believed[None])).astype(np.float32)
    return enlarged(hint, frame.shape)
