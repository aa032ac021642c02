"""Which frames of a shot are worth judging."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from helpers.shots import coded, joined, shot, view
from photochrom.video.shots.choice import DIFFERENT, HEIGHT, WIDTH, choose, thumbnail

Thumbnails = NDArray[np.uint8]
SHOTS = st.integers(1, 12).flatmap(lambda frames: arrays(np.uint8, (frames, 3, 4)))


def kept(frames: list[NDArray[np.uint8]]) -> Thumbnails:
    return np.stack([thumbnail(frame) for frame in frames])


def test_a_thumbnail_holds_means_of_equal_parts() -> None:
    parts = np.arange(HEIGHT * WIDTH, dtype=np.uint8).reshape(HEIGHT, WIDTH)
    np.testing.assert_array_equal(thumbnail(np.kron(parts, np.ones((6, 6), np.uint8))), parts)
    np.testing.assert_array_equal(thumbnail(parts), parts)


@given(arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 40))))
def test_a_thumbnail_of_any_size_stays_within_its_frame(frame: NDArray[np.uint8]) -> None:
    found = thumbnail(frame)
    assert found.shape == (HEIGHT, WIDTH)
    assert found.dtype == np.uint8
    assert frame.min() <= found.min() <= found.max() <= frame.max()


def test_a_still_shot_gives_one_frame() -> None:
    assert len(choose(kept(shot(1, 50, step=0)), 5)) == 1


def test_grain_and_flicker_do_not_make_frames_worth_judging() -> None:
    rng = np.random.default_rng(0)
    frames = [coded(view(1) + rng.normal(0, 10, view(1).shape) + rng.normal(0, 8)) for _ in "x" * 9]
    assert len(choose(kept(frames), 5)) == 1


def test_each_of_several_views_gives_one_frame_and_the_longest_comes_first() -> None:
    seen = kept(joined(shot(1, 10, 0), shot(2, 30, 0), shot(3, 5, 0)))
    assert choose(seen, 9)[0] == 10
    assert sorted(choose(seen, 9)) == [0, 10, 40]


def test_frames_of_a_pan_are_chosen_far_apart() -> None:
    chosen = sorted(choose(kept(shot(1, 190, step=0.5)), 3))
    assert len(chosen) == 3
    assert min(np.diff(chosen)) > 30


@given(SHOTS, st.integers(1, 8))
def test_fewer_are_the_first_of_more(thumbnails: Thumbnails, most: int) -> None:
    more = choose(thumbnails, most + 1)
    assert choose(thumbnails, most) == more[:most]
    assert len(set(more)) == len(more) <= len(thumbnails)


@given(SHOTS)
def test_what_is_chosen_differs_and_what_is_left_does_not(thumbnails: Thumbnails) -> None:
    even = thumbnails.reshape(len(thumbnails), -1).astype(np.float64)
    even -= even.mean(axis=1, keepdims=True)
    apart = np.sqrt(((even[:, None] - even[None]) ** 2).mean(-1))
    chosen = choose(thumbnails, len(thumbnails))
    among = apart[np.ix_(chosen, chosen)][~np.eye(len(chosen), dtype=bool)]
    assert (among >= DIFFERENT - 1e-3).all()
    assert (apart[:, chosen].min(axis=1) <= DIFFERENT + 1e-3).all()


@given(SHOTS, st.integers(0, 100))
def test_brightness_alone_changes_nothing(thumbnails: Thumbnails, more: int) -> None:
    dim = (thumbnails // 2).astype(np.uint8)
    assert choose(dim + np.uint8(more), 4) == choose(dim, 4)


def test_of_nothing_nothing_can_be_chosen() -> None:
    with pytest.raises(ValueError, match="can't choose 1 of 0"):
        choose(np.zeros((0, 9, 16), np.uint8), 1)
    with pytest.raises(ValueError, match="can't choose 0 of 1"):
        choose(np.zeros((1, 9, 16), np.uint8), 0)
