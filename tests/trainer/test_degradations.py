"""Simulated damage stays within luminance and never reaches what is learned."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.training import write_pictures
from photochrom.color.arrays import FloatImage
from photochrom_trainer.data.degradations import DEGRADATIONS, degrade
from photochrom_trainer.data.pictures import Crops, DataConfig

seeds = st.integers(0, 2**32 - 1)
sides = st.integers(1, 96)
ALWAYS = dict.fromkeys(DEGRADATIONS, 1.0)


def picture(seed: int, height: int = 48, width: int = 64) -> FloatImage:
    """Luminance with black and white in it: the ends are where powers and noise go wrong."""
    values = np.random.default_rng(seed).random((height, width), np.float32)
    values[0, 0], values[-1, -1] = 0, 1
    return values


@given(seeds, sides, sides)
def test_damaged_luminance_is_luminance(seed: int, height: int, width: int) -> None:
    seen = degrade(picture(seed, height, width), ALWAYS, np.random.default_rng(seed))
    assert seen.shape == (height, width)
    assert seen.dtype == np.float32
    assert np.isfinite(seen).all()
    assert seen.min() >= 0
    assert seen.max() <= 1


@given(st.sampled_from(sorted(DEGRADATIONS)), seeds)
def test_each_is_repeatable_and_leaves_its_input(name: str, seed: int) -> None:
    luminance = picture(seed)
    before = luminance.copy()
    first, second = (DEGRADATIONS[name](luminance, np.random.default_rng(seed)) for _ in range(2))
    assert np.array_equal(first, second)
    assert np.array_equal(luminance, before)
    assert first.dtype == np.float32


@given(seeds, sides, sides)
def test_no_chance_no_damage(seed: int, height: int, width: int) -> None:
    luminance = picture(seed, height, width)
    for chances in ({}, dict.fromkeys(DEGRADATIONS, 0.0)):
        seen = degrade(luminance, chances, np.random.default_rng(seed))
        assert seen.dtype == luminance.dtype
        assert np.array_equal(seen, luminance)


@given(st.sampled_from(sorted(DEGRADATIONS)), seeds)
def test_one_without_a_chance_does_not_change_the_others(name: str, seed: int) -> None:
    """So a degradation that is added later leaves older configurations their pictures."""
    luminance = picture(seed)
    without = {other: 0.5 for other in DEGRADATIONS if other != name}
    first, second = (
        degrade(luminance, chances, np.random.default_rng(seed))
        for chances in (without, without | {name: 0.0})
    )
    assert np.array_equal(first, second)


@given(seeds)
def test_fading_lowers_contrast(seed: int) -> None:
    luminance = picture(seed)
    faded = DEGRADATIONS["fade"](luminance, np.random.default_rng(seed))
    assert np.ptp(faded) <= np.ptp(luminance)


@given(seeds)
def test_blurring_keeps_the_mean(seed: int) -> None:
    luminance = picture(seed)
    blurred = DEGRADATIONS["blur"](luminance, np.random.default_rng(seed))
    assert blurred.mean() == pytest.approx(luminance.mean(), abs=0.02)
    assert blurred.std() < luminance.std()


@given(seeds)
def test_a_toned_print_keeps_the_order_of_tones_and_loses_range(seed: int) -> None:
    """On a wedge from black to white; unevenness is too smooth to turn neighbours round."""
    wedge = np.repeat(np.linspace(0, 1, 16, dtype=np.float32), 4)[None].repeat(8, axis=0)
    toned = DEGRADATIONS["sepia"](wedge, np.random.default_rng(seed))
    means = toned.reshape(8, 16, 4).mean((0, 2))
    assert (np.diff(means[1:]) > 0).all()  # a print's black is not L* 0
    assert 0.02 < means[0] < 0.3
    assert 0.75 < means[-1] <= 1


def test_toning_and_age_are_uneven_by_little() -> None:
    flat = np.full((96, 96), 0.9, np.float32)
    toned = [DEGRADATIONS["sepia"](flat, np.random.default_rng(seed)) for seed in range(40)]
    assert max(np.ptp(values) for values in toned) > 0.01
    assert max(np.abs(np.diff(values, axis=1)).max() for values in toned) < 0.01


def test_scratches_are_thin_bright_and_dark_and_mostly_upright() -> None:
    flat = np.full((96, 96), 0.5, np.float32)
    damaged = [DEGRADATIONS["scratches"](flat, np.random.default_rng(seed)) for seed in range(60)]
    assert 0.005 < np.mean([(values != flat).mean() for values in damaged]) < 0.1
    assert min(values.min() for values in damaged) < 0.1
    assert max(values.max() for values in damaged) > 0.9
    along, across = (np.mean([np.abs(np.diff(v, axis=axis)) for v in damaged]) for axis in (0, 1))
    assert along < 0.7 * across


def test_targets_and_hints_stay_as_they_were(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path)
    shares = {"points": 1.0}
    clean = Crops(folder, DataConfig(hint_shares=shares), 64, 110.0, seed=0)
    damaged = Crops(
        folder, DataConfig(hint_shares=shares, degradation_chances=ALWAYS), 64, 110.0, 0
    )
    for index in range(16):
        luminance, hints, chroma = clean[index]
        seen, same_hints, same_chroma = damaged[index]
        assert not luminance.equal(seen)
        assert hints.equal(same_hints)
        assert chroma.equal(same_chroma)
