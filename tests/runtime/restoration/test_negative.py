"""Negatives of simulated film against the picture that was on it."""

import numpy as np
import pytest
import pyvips

from helpers.damage import GREY_BASE, ORANGE_BASE, negative
from helpers.pictures import Pixels, photograph
from photochrom.color.profile import default_profile
from photochrom.errors import InputError
from photochrom.restoration import negative as inversion
from photochrom.restoration.view import View

TOLERANCE = 12.0
"""Codes of 255 by which a positive may differ from the truth in the mean."""


def view(picture: Pixels) -> View:
    return View.of(pyvips.Image.new_from_array(picture), default_profile())


def positive(picture: Pixels, film: str = "auto") -> Pixels:
    """uint8, inside the rebate."""
    proposal = inversion.propose(view(picture), film)
    result = proposal.apply(pyvips.Image.new_from_array(picture)).numpy()
    scale = 257 if picture.dtype == np.uint16 else 1
    return np.asarray(result / scale)[25:-25, 25:-25]


def test_black_and_white() -> None:
    truth = photograph("camera.png")
    result = positive(negative(truth, GREY_BASE))
    assert (result.max(-1) - result.min(-1)).max() <= 1
    assert np.abs(result[..., 0] - truth[25:-25, 25:-25]).mean() < TOLERANCE


@pytest.mark.parametrize("name", ["astronaut.png", "coffee.png"])
def test_color(name: str) -> None:
    truth = photograph(name)
    result = positive(negative(truth, ORANGE_BASE))
    assert np.abs(result - truth[25:-25, 25:-25]).mean() < TOLERANCE


def test_tones_keep_their_order() -> None:
    truth = photograph("camera.png")
    result = positive(negative(truth))[..., 1]
    assert np.corrcoef(result.ravel(), truth[25:-25, 25:-25].ravel())[0, 1] > 0.98


def test_8_bits_as_16() -> None:
    deep = negative(photograph("astronaut.png"), ORANGE_BASE)
    shallow = np.rint(deep / 257).astype(np.uint8)
    assert np.abs(positive(deep) - positive(shallow)).mean() < 2


def test_one_band_stays_one_band() -> None:
    grey = np.ascontiguousarray(negative(photograph("camera.png"))[..., 1])
    result = positive(grey)
    assert result.reshape(*result.shape[:2], -1).shape[2] == 1


def test_rebate_and_orange_base_make_it_sure() -> None:
    found = inversion.propose(view(negative(photograph("astronaut.png"), ORANGE_BASE)))
    assert found.sure > 0.8
    assert "colour negative" in found.seen
    assert inversion.propose(view(negative(photograph("camera.png")))).sure == pytest.approx(0.6)


@pytest.mark.parametrize("name", ["camera.png", "astronaut.png", "coffee.png", "rocket.jpg"])
def test_positives_are_never_surely_negatives(name: str) -> None:
    assert inversion.propose(view(photograph(name))).sure < 0.8


def test_the_base_is_measured_at_the_rebate() -> None:
    film = inversion.measure(view(negative(photograph("coffee.png"), ORANGE_BASE)))
    assert film.rebate
    assert film.base == pytest.approx(ORANGE_BASE, abs=0.01)


def test_the_film_can_be_told() -> None:
    result = positive(negative(photograph("astronaut.png"), ORANGE_BASE), "bw")
    assert (result.max(-1) - result.min(-1)).max() <= 1


def test_an_even_picture_is_refused() -> None:
    with pytest.raises(InputError, match="hardly any range"):
        inversion.propose(view(np.full((60, 60, 3), 120, np.uint8)))
