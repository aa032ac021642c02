"""Colour that holds still inside a shot: means along flow, of what came before and comes after.

Each frame's chroma is the mean of what the network said of the same things in the frames around
it. One recursion runs forward through the shot, another backward from a few frames ahead; where
flow fails, what was carried counts for nothing and the frame's own colours stand. The network need
not see every frame: between those it sees, the two recursions meet. A mean of colours is duller
than they are, so their strength is averaged beside them. docs/film-stability.md has what was
measured, of this and of what was tried instead.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np

from photochrom.color.arrays import FloatImage
from photochrom.errors import InputError, UsageError
from photochrom.files.whole import whole_file
from photochrom.video import flow
from photochrom.video.flow import Flow

BLOCK = 10
"""Frames that are finished together. A shot that is split at multiples of it stays as it was."""
LOOKAHEAD = 10
"""Frames after a block that have a say in its colours."""
MEMORY = 12.0
"""Frames that what was carried counts for at most, against one that the network sees."""
EVERY = 3
"""The network sees one frame of so many."""
LOST = 0.5
"""Mean agreement below which the network sees a frame out of turn."""
FAINT = 1e-3
"""What is carried without agreement counts so much: it shows where nothing better is known."""

Ask: TypeAlias = Callable[[FloatImage, FloatImage], FloatImage]
"""The network: lightness (H x W, L* 0..100, at working size) and hints (3 x H x W: a*, b* and
confidence) to 2 x h x w float32: a*, b* at its own size."""
DULLED = 1.3
"""Means are made stronger by this factor at most: colours that contradict each other stay dull."""
_Carried: TypeAlias = tuple[FloatImage, FloatImage]
"""Chroma and its strength, 3 x h x w, and how many answers of the network are in it, h x w."""


@dataclass(frozen=True, eq=False)
class State:
    """What the next part of a shot must know of the frames before it."""

    frames: int
    """How many of the shot's frames came before; they keep the network's turn."""
    lightness: FloatImage
    """h x w float32, L* of the last of them, as small as chroma."""
    chroma: FloatImage
    """3 x h x w float32: a*, b* and chroma (their distance from grey) carried so far."""
    count: FloatImage
    """h x w float32: how many answers of the network are in it."""

    def save(self, target: Path) -> None:
        """Write it as .npz, bit for bit, whole or not at all.

        Raises:
            OutputError: if it can't be written.
        """
        with whole_file(target) as temporary, temporary.open("wb") as file:
            np.savez(
                file,
                frames=self.frames,
                lightness=self.lightness,
                chroma=self.chroma,
                count=self.count,
            )

    @classmethod
    def load(cls, source: Path) -> State:
        """Read what `save` wrote.

        Raises:
            InputError: if it can't be read, or is not a state.
        """
        try:
            with np.load(source, allow_pickle=False) as kept:
                planes = [kept[name] for name in ("lightness", "chroma", "count")]
                return cls(int(kept["frames"]), *planes)
        except (OSError, ValueError, KeyError, EOFError) as error:
            raise InputError(
                f"can't read {source}, the state of a shot ({error}); remove it to start the shot "
                "again"
            ) from error


@dataclass(frozen=True, eq=False)
class _Frame:
    """One that waits for those after it."""

    forward: _Carried
    """What it and those before it say of its colours."""
    answer: FloatImage | None
    """3 x h x w: what the network said, and its strength; None if it was not asked."""
    from_before: Flow | None
    """From the frame before to this one; None for a shot's first."""


class Steadier:
    """Takes the frames of one shot in order and gives their chroma back later, held still.

    It holds `BLOCK` + `LOOKAHEAD` frames of the network's own size at most, whatever the shot's
    length. The same frames, state and answers give the same chroma, bit for bit.
    """

    def __init__(self, ask: Ask, state: State | None = None, every: int = EVERY) -> None:
        """Begin a shot, or go on in it.

        Args:
            ask: the network.
            state: after the frame before the first that is pushed; None at a shot's start.
            every: the network sees one frame of so many, and those to which flow does not lead.

        Raises:
            UsageError: if `every` is less than 1.
            ModelError: from any method, if the network fails.
        """
        if every < 1:
            raise UsageError(f"the network sees every frame or one of several, not of {every}")
        self._ask, self._every = ask, every
        self._state = state
        self._waiting: list[_Frame] = []

    @property
    def state(self) -> State:
        """After the last frame that was pushed.

        Raises:
            ValueError: if there was none.
        """
        if self._state is None:
            raise ValueError("no frame was pushed yet, so there is no state")
        return self._state

    def push(self, lightness: FloatImage, hints: FloatImage | None = None) -> list[FloatImage]:
        """Take the next frame.

        Args:
            lightness: H x W float32, L* 0..100, at working size; all frames have one size.
            hints: 3 x H x W, what the network is told: a*, b* and confidence; None: nothing.

        Returns:
            For each frame that is finished by it, in order: 2 x h x w float32, a*, b* at the
            network's size.
        """
        told = np.zeros((3, *lightness.shape), np.float32) if hints is None else hints
        frame = self._first(lightness, told) if self._state is None else self._next(lightness, told)
        self._waiting.append(frame)
        return self._finish(BLOCK) if len(self._waiting) == BLOCK + LOOKAHEAD else []

    def finish(self) -> list[FloatImage]:
        """The chroma of all frames that still wait: no more will come."""
        return self._finish(len(self._waiting))

    def _first(self, lightness: FloatImage, hints: FloatImage) -> _Frame:
        answer = _with_strength(self._ask(lightness, hints))
        sides = answer.shape[1:]
        forward = answer, np.ones(sides, np.float32)
        self._state = State(1, flow.shrunk(lightness, *sides), *forward)
        return _Frame(forward, answer, None)

    def _next(self, lightness: FloatImage, hints: FloatImage) -> _Frame:
        before = self.state
        small = flow.shrunk(lightness, *before.count.shape)
        to_before, from_before = flow.between(small, before.lightness)
        turn = before.frames % self._every == 0 or to_before.agreement.mean() < LOST
        answer = _with_strength(self._ask(lightness, hints)) if turn else None
        forward = self._joined(_carried((before.chroma, before.count), to_before), answer)
        self._state = State(before.frames + 1, small, *forward)
        return _Frame(forward, answer, from_before)

    def _finish(self, count: int) -> list[FloatImage]:
        """The first waiting frames, now that those after them are known as far as needed."""
        finished: list[FloatImage] = []
        later: _Carried | None = None
        for place in reversed(range(len(self._waiting))):
            frame = self._waiting[place]
            if later is None:
                later = _nothing(frame.forward)
            else:
                from_before = self._waiting[place + 1].from_before
                assert from_before is not None  # only a shot's first frame has none
                later = _carried(later, from_before)
            if place < count:
                finished.append(_as_strong(_mean(frame.forward, later)[0]))
            later = self._joined(later, frame.answer)
        del self._waiting[:count]
        return finished[::-1]

    def _joined(self, carried: _Carried, answer: FloatImage | None) -> _Carried:
        """With the network's answer as one more, and what is old forgotten."""
        if answer is None:
            return carried
        chroma, count = _mean(carried, (answer, np.ones_like(carried[1])))
        return chroma, np.minimum(count, np.float32(MEMORY / self._every))


def _with_strength(ab: FloatImage) -> FloatImage:
    return np.concatenate((ab, np.hypot(*ab)[None]))


def _as_strong(chroma: FloatImage) -> FloatImage:
    """a*, b* (2 x h x w) of a mean, with the mean strength of what is in it."""
    factor = chroma[2] / np.maximum(np.hypot(*chroma[:2]), np.float32(FAINT))
    return chroma[:2] * np.clip(factor, 1, np.float32(DULLED))


def _nothing(like: _Carried) -> _Carried:
    chroma, count = like
    return np.zeros_like(chroma), np.zeros_like(count)


def _carried(known: _Carried, along: Flow) -> _Carried:
    """Into the frame that a flow starts from; what does not agree hardly counts any more."""
    *chroma, count = flow.carry(np.concatenate((known[0], known[1][None])), along.place)
    return np.stack(chroma), count * np.maximum(along.agreement, np.float32(FAINT))


def _mean(first: _Carried, second: _Carried) -> _Carried:
    """By counts; one of the two holds something everywhere."""
    count = first[1] + second[1]
    share = second[1] / np.maximum(count, np.float32(np.finfo(np.float32).tiny))
    return first[0] + share * (second[0] - first[0]), count
