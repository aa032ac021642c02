"""Weak points of models whose faults are known."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from helpers.known_models import constant
from photochrom.color import gamut, srgb
from photochrom_trainer.evaluation.intervals import draw
from photochrom_trainer.evaluation.weak_points import (
    COLORED,
    SECTORS,
    _rank_correlation,
    regions,
    sector,
    to_markdown,
    weak_points,
)

SIDE = 224


def flat(lightness: float, a: float, b: float) -> np.ndarray:
    """One Lab colour as a uint8 sRGB picture."""
    color = gamut.lab_to_srgb(np.array([[[lightness, a, b]]], np.float32))
    return srgb.from_float(np.tile(color, (SIDE, SIDE, 1)), np.dtype(np.uint8))


def of_hue(degrees: float, chroma: float = 30) -> np.ndarray:
    """A picture of one Lab hue."""
    angle = np.deg2rad(degrees)
    return flat(60, chroma * np.cos(angle), chroma * np.sin(angle))


@pytest.mark.parametrize(
    ("color", "name"),
    [
        ((255, 0, 0), "red"),
        ((255, 255, 0), "yellow"),
        ((0, 255, 0), "green"),
        ((0, 255, 255), "blue"),
        ((0, 0, 255), "blue"),
        ((255, 0, 255), "purple"),
        ((224, 172, 130), "orange"),  # skin
        ((70, 100, 40), "green"),  # leaves
        ((120, 160, 210), "blue"),  # sky
    ],
)
def test_colours_lie_in_sectors_of_their_names(color: tuple[int, int, int], name: str) -> None:
    from photochrom.color import lab

    values = lab.from_srgb(np.array(color, np.float32) / 255)
    assert list(SECTORS)[int(sector(values))] == name


def test_sectors_go_round() -> None:
    degrees = np.arange(0, 360, 0.5)
    angle = np.deg2rad(degrees)
    lab = np.stack((np.full_like(angle, 50), np.cos(angle), np.sin(angle)), axis=-1)
    found = np.array(list(SECTORS))[sector(lab)]
    assert found[(degrees >= 105) & (degrees < 185)].tolist() == ["green"] * 160
    assert found[0] == found[-1] == "red"
    assert set(found) == set(SECTORS)


def test_a_model_that_paints_all_blue(tmp_path: Path) -> None:
    """Two thirds of the coloured pixels are green, one third blue; all come out blue."""
    for name, degrees in (("a", 140), ("b", 150), ("c", 260)):
        Image.fromarray(of_hue(degrees)).save(tmp_path / f"{name}.png")
    found = weak_points(constant(-5, -25), tmp_path)
    assert found.green_as_blue.value == 1
    assert found.blue_as_green.value == 0
    assert found.confusion["green"]["blue"] == found.confusion["blue"]["blue"] == 1
    assert found.colored_pixels["green"] == pytest.approx(2 / 3)
    assert np.isnan(found.confusion["red"]["red"])


def test_a_grey_model_confuses_nothing(tmp_path: Path) -> None:
    Image.fromarray(of_hue(140)).save(tmp_path / "a.png")
    found = weak_points(constant(0, 0), tmp_path)
    assert found.confusion["green"] == {**dict.fromkeys(SECTORS, 0.0), "grey": 1.0}
    assert found.green_as_blue.value == 0


def test_grey_things_that_are_given_colour(tmp_path: Path) -> None:
    """Half the picture is grey, and gets the same chroma of 13 as all else."""
    picture = of_hue(40)
    picture[:, : SIDE // 2] = flat(60, 0, 0)[:, : SIDE // 2]
    Image.fromarray(picture).save(tmp_path / "a.png")
    found = weak_points(constant(5, 12), tmp_path)
    assert found.grey_pixels == pytest.approx(0.5)
    assert found.grey_chroma.value == pytest.approx(13, abs=0.5)
    assert found.grey_colored.value == 1
    mild = weak_points(constant(3, COLORED - 4), tmp_path)
    assert mild.grey_colored.value == 0


def test_regions_are_counted() -> None:
    picture = of_hue(40)
    assert regions(picture) == 1
    picture[:, 112:] = of_hue(260)[:, 112:]
    picture[112:, :] = of_hue(140)[112:, :]
    assert regions(picture) == 3


def test_error_that_grows_with_regions(tmp_path: Path) -> None:
    """Pictures of 1 to 5 stripes; the more stripes, the farther from what the model paints."""
    for count in range(1, 6):
        picture = of_hue(0, 8 * count)
        for stripe in range(1, count):
            picture[:, stripe * 40 :] = of_hue(100 * stripe, 8 * count)[:, stripe * 40 :]
        Image.fromarray(picture).save(tmp_path / f"{count}.png")
    found = weak_points(constant(0, 0), tmp_path, threads=2)
    assert found.regions_correlation.value == pytest.approx(1)
    assert [group.pictures for group in found.regions] == [2, 1, 1, 1]
    assert (found.regions[0].fewest, found.regions[-1].most) == (1, 5)
    errors = [group.delta_e.value for group in found.regions]
    assert errors == sorted(errors)
    assert "rank correlation 1.00" in to_markdown(found)


def test_rank_correlation_is_scipy_s() -> None:
    from scipy.stats import spearmanr

    rng = np.random.default_rng(0)
    first, second = rng.integers(0, 9, 30).astype(float), rng.normal(size=30)
    draws = draw(30, 0)
    found = _rank_correlation(first, second, draws)
    for place in (0, 1, 700):
        expected = spearmanr(first[draws[place]], second[draws[place]]).statistic
        assert found[place] == pytest.approx(expected)
