"""Simulated hints keep the model's contract whatever picture and chance they meet."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from photochrom.color.arrays import FloatImage
from photochrom_trainer.data.hints import SIMULATORS, draw, recolor

names = st.sampled_from(sorted(SIMULATORS))
seeds = st.integers(0, 2**32 - 1)
sides = st.integers(32, 96)
GAMUT = 1.0
"""Chroma over the scale stays within this in sRGB."""


def picture(seed: int, height: int, width: int) -> FloatImage:
    rng = np.random.default_rng(seed)
    return rng.uniform(-GAMUT, GAMUT, (2, height, width)).astype(np.float32)


@given(names, seeds, sides, sides)
def test_every_form_keeps_the_contract(name: str, seed: int, height: int, width: int) -> None:
    hints = SIMULATORS[name](picture(seed, height, width), np.random.default_rng(seed))
    assert hints.shape == (3, height, width)
    assert hints.dtype == np.float32
    assert np.isfinite(hints).all()
    assert hints[2].min() >= 0
    assert hints[2].max() <= 1
    assert np.abs(hints[:2]).max() <= 2 * GAMUT


@given(names, seeds)
def test_the_same_chance_gives_the_same_hints(name: str, seed: int) -> None:
    chroma = picture(seed, 48, 64)
    first, second = (SIMULATORS[name](chroma, np.random.default_rng(seed)) for _ in range(2))
    assert np.array_equal(first, second)


@given(names, seeds)
def test_the_truth_is_left_alone(name: str, seed: int) -> None:
    chroma = picture(seed, 48, 64)
    before = chroma.copy()
    SIMULATORS[name](chroma, np.random.default_rng(seed))
    assert np.array_equal(chroma, before)


@given(seeds)
def test_points_and_strokes_tell_nothing_elsewhere(seed: int) -> None:
    for name in ("points", "strokes"):
        hints = SIMULATORS[name](picture(seed, 64, 64), np.random.default_rng(seed))
        assert not hints[:2, hints[2] == 0].any()


@given(seeds)
def test_sure_points_tell_the_truth(seed: int) -> None:
    """On a picture of one colour, a hint of confidence 1 is that colour."""
    chroma = np.full((2, 64, 64), [[[0.3]], [[-0.2]]], np.float32)
    hints = SIMULATORS["points"](chroma, np.random.default_rng(seed))
    sure = hints[2] == 1
    np.testing.assert_allclose(hints[:2, sure], chroma[:, sure], atol=1e-6)


@given(seeds)
def test_low_pass_is_smooth_and_everywhere(seed: int) -> None:
    hints = SIMULATORS["low_pass"](picture(seed, 64, 64), np.random.default_rng(seed))
    assert (hints[2] > 0).all()
    assert np.abs(np.diff(hints[:2], axis=2)).max() < GAMUT


@pytest.mark.parametrize("name", sorted(SIMULATORS))
def test_shares_choose_the_form(name: str) -> None:
    shares = dict.fromkeys(SIMULATORS, 0.0) | {name: 2.0}
    assert draw(shares, np.random.default_rng(1)) == name


@given(seeds)
def test_recolored_pictures_keep_their_chroma_and_differences_of_hue(seed: int) -> None:
    before = picture(seed, 32, 40)
    after = recolor(before, np.random.default_rng(seed))
    first, second = (values[0] + 1j * values[1] for values in (before, after))
    assert np.allclose(np.abs(first), np.abs(second), atol=1e-5)
    assert np.allclose(first * np.conj(first[0, 0]), second * np.conj(second[0, 0]), atol=1e-5)
