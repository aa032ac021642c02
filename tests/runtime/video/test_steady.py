"""Colour that holds still: what moves keeps its colours, and a cut shot stays as it was."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photochrom.color.arrays import FloatImage
from photochrom.errors import InputError, UsageError
from photochrom.video import flow
from photochrom.video.steady import BLOCK, LOOKAHEAD, State, Steadier

HEIGHT, WIDTH = 48, 64


def scene(shift: float, light: float = 0.0) -> FloatImage:
    """L* of a texture that is moved to the right."""
    rows, columns = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    x = columns - shift
    texture = 22 * np.sin(x / 4) * np.cos(rows / 6) + 8 * np.sin((x + 2 * rows) / 9)
    return (50 + light + texture).astype(np.float32)


def noisy(seed: int) -> FloatImage:
    """What a network answers that can't make up its mind: the same colours, and noise."""
    rows, columns = np.mgrid[: HEIGHT // 2, : WIDTH // 2].astype(np.float32)
    steady = np.stack((20 + 0.3 * columns, -15 + 0.4 * rows))
    return (steady + np.random.default_rng(seed).normal(0, 6, (2, 1, 1))).astype(np.float32)


class Asked:
    """Answers by the number of the frame that it sees, and counts."""

    def __init__(self, frames: Sequence[FloatImage]) -> None:
        self.numbers = {frame.tobytes(): number for number, frame in enumerate(frames)}
        self.count = 0

    def __call__(self, lightness: FloatImage, hints: FloatImage) -> FloatImage:
        self.count += 1
        return noisy(self.numbers[lightness.tobytes()])


def steadied(
    frames: Sequence[FloatImage], own: int, state: State | None, ask: Asked
) -> tuple[list[FloatImage], State]:
    """The first frames' chroma, and the state after them."""
    steadier, done = Steadier(ask, state), []
    for number, frame in enumerate(frames):
        done += steadier.push(frame)
        if number == own - 1:
            after = steadier.state
    done += steadier.finish()
    return done[:own], after


def apart(chroma: Sequence[FloatImage]) -> float:
    """Mean difference of neighbours."""
    return float(np.mean([abs(b - a).mean() for a, b in pairwise(chroma)]))


def test_colours_hold_still() -> None:
    frames = [scene(0, light) for light in np.random.default_rng(0).normal(0, 1, 40)]
    still, _ = steadied(frames, 40, None, Asked(frames))
    assert apart(still) < 0.1 * apart([noisy(number) for number in range(40)])


def test_colours_are_as_strong_as_the_networks() -> None:
    frames = [scene(0.3 * number) for number in range(40)]
    still, _ = steadied(frames, 40, None, Asked(frames))
    own = np.mean([np.hypot(*noisy(number)).mean() for number in range(40)])
    assert np.mean([np.hypot(*one).mean() for one in still]) == pytest.approx(own, rel=0.06)


def test_the_network_sees_every_third_frame() -> None:
    frames = [scene(0.2 * number) for number in range(30)]
    ask = Asked(frames)
    steadied(frames, 30, None, ask)
    assert ask.count == 10


def test_the_network_sees_what_flow_does_not_lead_to() -> None:
    """A cut that nobody found."""
    frames = [scene(0) for _ in range(10)] + [90 - scene(17)[::-1] for _ in range(5)]
    ask = Asked([frames[0], frames[10]])
    ask.numbers = {frames[0].tobytes(): 0, frames[10].tobytes(): 1}
    chroma, _ = steadied(frames, 15, None, ask)
    assert abs(chroma[0] - noisy(0)).mean() < 1
    assert abs(chroma[14] - noisy(1)).mean() < 2


@settings(max_examples=8, deadline=None)
@given(length=st.integers(21, 60), at=st.integers(1, 5))
def test_a_shot_in_parts_is_the_same(length: int, at: int) -> None:
    frames = [scene(0.3 * number, number % 3) for number in range(length)]
    border = min(at * BLOCK, length - 1) // BLOCK * BLOCK
    whole, _ = steadied(frames, length, None, Asked(frames))
    ask = Asked(frames)
    first, state = steadied(frames[: border + LOOKAHEAD], border, None, ask)
    rest, _ = steadied(frames[border:], length - border, state, ask)
    for one, other in zip(whole, first + rest, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_state_is_kept_bit_for_bit(tmp_path: Path) -> None:
    frames = [scene(0.3 * number) for number in range(12)]
    _, state = steadied(frames, 10, None, Asked(frames))
    state.save(tmp_path / "state.npz")
    kept = State.load(tmp_path / "state.npz")
    assert kept.frames == state.frames
    for name in ("lightness", "chroma", "count"):
        np.testing.assert_array_equal(getattr(kept, name), getattr(state, name))


def test_a_state_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "state.npz").write_bytes(b"no state")
    with pytest.raises(InputError, match="remove it to start the shot again"):
        State.load(tmp_path / "state.npz")


def test_every_frame_or_one_of_several() -> None:
    with pytest.raises(UsageError, match="not of 0"):
        Steadier(Asked([]), every=0)


@given(shift=st.floats(-4, 4))
@settings(max_examples=12, deadline=None)
def test_flow_leads_to_the_same_thing(shift: float) -> None:
    here, there = scene(shift), scene(0)
    to_there, _ = flow.between(here, there)
    carried = flow.carry(there[None], to_there.place)[0]
    inner = np.s_[8:-8, 8:-8]
    assert abs(carried - here)[inner].mean() < 1.5
    assert to_there.agreement[inner].mean() > 0.8


def test_flow_is_not_believed_where_light_is_another() -> None:
    there = scene(0)
    here = there.copy()
    here[10:30, 20:40] = 95
    to_there, _ = flow.between(here, there)
    assert to_there.agreement[14:26, 24:36].mean() < 0.2
    assert to_there.agreement[36:, :16].mean() > 0.4


def test_pumping_light_does_not_hinder_flow() -> None:
    to_there, _ = flow.between(scene(1, 8), scene(0))
    assert to_there.agreement[8:-8, 8:-8].mean() > 0.8
