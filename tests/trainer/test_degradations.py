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


@given(seeds)
def test_no_chance_no_damage(seed: int) -> None:
    luminance = picture(seed)
    assert np.array_equal(degrade(luminance, {}, np.random.default_rng(seed)), luminance)


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


def test_targets_and_hints_stay_as_they_were(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path)
    shares = {"points": 1.0}
    clean = Crops(folder, DataConfig(hint_shares=shares), 64, 110.0, seed=0)
    damaged = Crops(
        folder, DataConfig(hint_shares=shares, degradation_chances=ALWAYS), 64, 110.0, 0
    )
    for index in range(8):
        luminance, hints, chroma = clean[index]
        seen, same_hints, same_chroma = damaged[index]
        assert not luminance.equal(seen)
        assert hints.equal(same_hints)
        assert chroma.equal(same_chroma)
