"""Filling damage: nearer to the truth than a median filter, with the grain of what is around."""

from pathlib import Path

import numpy as np
import pytest
import pyvips
from scipy import ndimage

from helpers.damage import dusty, grainy
from helpers.pictures import Pixels, photograph
from photochrom.restoration import grain, repair
from photochrom.restoration.masks import MaskFile


def psnr_of(picture: Pixels, truth: Pixels, mask: Pixels) -> float:
    error = (picture[mask].astype(float) - truth[mask]) ** 2
    return float(10 * np.log10(255**2 / error.mean()))


@pytest.mark.parametrize("name", ["camera.png", "astronaut.png", "brick.png", "moon.png"])
def test_repair_beats_nothing_and_a_median_filter(name: str) -> None:
    clean = photograph(name)
    clean = clean[::2, ::2, :2] if clean.ndim == 3 else clean[..., None]
    what = dusty(clean)
    mask = ndimage.binary_dilation(what.truth)
    repaired = psnr_of(repair.fill(what.picture, mask), clean, what.truth)
    medians = [
        psnr_of(ndimage.median_filter(what.picture, (side, side, 1)), clean, what.truth)
        for side in (3, 5, 9)
    ]
    assert repaired > psnr_of(what.picture, clean, what.truth) + 8
    assert repaired > max(medians) + 1.5


def test_nothing_else_changes() -> None:
    what = dusty(photograph("astronaut.png"))
    repaired = repair.fill(what.picture, what.truth)
    assert (repaired[~what.truth] == what.picture[~what.truth]).all()


def test_repaired_places_have_the_grain_of_their_surroundings() -> None:
    sky = np.tile(np.linspace(90, 160, 300).astype(np.uint8), (300, 1))
    grainy_sky = grainy(sky, 8)
    mask = np.zeros(sky.shape, bool)
    for x in range(20, 300, 40):
        mask[20:280, x : x + 6] = True
    repaired = repair.fill(grainy_sky[..., None], mask)[..., 0]
    around, there = (
        (picture.astype(float) - sky)[mask].std() for picture in (grainy_sky, repaired)
    )
    assert there == pytest.approx(around, rel=0.25)


def test_16_bits_are_repaired_as_8_are() -> None:
    what = dusty(grainy(photograph("camera.png"), 4))
    eight = repair.fill(what.picture[..., None], what.truth)
    deep = repair.fill(what.picture[..., None].astype(np.uint16) * 257, what.truth)
    difference = np.abs(deep / 257 - eight)[what.truth]
    assert difference.mean() < 0.7
    assert np.quantile(difference, 0.99) < 4


def test_windows_and_tiles_leave_no_trace(tmp_path: Path) -> None:
    """A picture of many windows and tiles against the same one filled in one piece."""
    clean = np.tile(photograph("camera.png")[:450, :], (2, 2))[:700, :900]
    what = dusty(clean, spots=150)
    (tmp_path / "mask").touch()
    mask = MaskFile(tmp_path / "mask", 900, 700)
    mask.put(slice(0, 700), what.truth)
    streamed = repair.repaired(pyvips.Image.new_from_array(what.picture), mask).numpy()
    whole = repair.fill(what.picture[..., None], what.truth)[..., 0]
    difference = np.abs(streamed.reshape(700, 900).astype(int) - whole)
    assert (difference > 20).sum() < 0.03 * what.truth.sum()
    assert (difference[~what.truth] == 0).all()


def test_a_picture_that_is_all_damage_comes_back_without_an_error() -> None:
    assert repair.fill(photograph("camera.png")[:40, :40, None], np.ones((40, 40), bool)).size


@pytest.mark.parametrize("deviation", [0.0, 3.0, 8.0])
def test_grain_is_measured(deviation: float) -> None:
    noise = np.random.default_rng(0).normal(0, deviation, (300, 300, 1)) + 120
    assert grain.measure(noise / 255) == pytest.approx(deviation / 255, rel=0.1, abs=1e-4)


@pytest.mark.parametrize("times", [1, 257])
def test_denoising_takes_grain_and_leaves_edges(times: int) -> None:
    clean = np.full((120, 120), 80, np.uint8)
    clean[:, 60:] = 170
    noise = np.random.default_rng(0).normal(0, 6, clean.shape)
    noisy = np.rint(clean + noise).astype(np.uint16 if times > 1 else np.uint8) * times
    image = pyvips.Image.new_from_array(noisy.astype(np.uint16 if times > 1 else np.uint8))
    result = grain.denoised(image, 6 / 255).numpy().reshape(120, 120) / times
    assert result[:, :55].std() < 3
    assert result[:, 65:].mean() - result[:, :55].mean() == pytest.approx(90, abs=2)
