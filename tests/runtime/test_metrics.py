"""Metrics against their formulas written out, and scikit-image."""

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.metrics import peak_signal_noise_ratio

from helpers.pictures import photograph
from photochrom import metrics


def hasler_suesstrunk(picture: NDArray[np.uint8], absolute: bool) -> float:
    """Pixel by pixel, as the paper says it."""
    opponents = []
    for red, green, blue in picture.reshape(-1, 3).tolist():
        pair = (red - green, 0.5 * (red + green) - blue)
        opponents.append(tuple(abs(part) for part in pair) if absolute else pair)
    count = len(opponents)
    means = [sum(pair[axis] for pair in opponents) / count for axis in (0, 1)]
    spread = [sum((pair[axis] - means[axis]) ** 2 for pair in opponents) / count for axis in (0, 1)]
    mean_part = (means[0] ** 2 + means[1] ** 2) ** 0.5
    return float((spread[0] + spread[1]) ** 0.5 + 0.3 * mean_part)


@pytest.fixture(params=["astronaut.png", "coffee.png", "chelsea.png"])
def picture(request: pytest.FixtureRequest) -> NDArray[np.uint8]:
    return photograph(request.param, 80)


class TestColourfulness:
    def test_signed(self, picture: NDArray[np.uint8]) -> None:
        expected = hasler_suesstrunk(picture, absolute=False)
        assert metrics.colorfulness(picture) == pytest.approx(expected, rel=1e-4)

    def test_absolute(self, picture: NDArray[np.uint8]) -> None:
        expected = hasler_suesstrunk(picture, absolute=True)
        assert metrics.colorfulness_absolute(picture) == pytest.approx(expected, rel=1e-4)

    def test_grey_has_none(self) -> None:
        grey = np.repeat(photograph("camera.png", 80)[..., None], 3, axis=-1)
        assert metrics.colorfulness(grey) == 0
        assert metrics.colorfulness_absolute(grey) == 0

    def test_opposite_colours_differ_in_the_two(self) -> None:
        halves = np.zeros((2, 2, 3), np.uint8)
        halves[0, :, 0] = halves[1, :, 1] = 255
        assert metrics.colorfulness(halves) > metrics.colorfulness_absolute(halves)


class TestPsnr:
    def test_as_scikit_image(self, picture: NDArray[np.uint8]) -> None:
        other = np.clip(picture + np.random.default_rng(0).integers(-9, 9, picture.shape), 0, 255)
        other = other.astype(np.uint8)
        expected = peak_signal_noise_ratio(picture, other)  # type: ignore[no-untyped-call]
        assert metrics.psnr(other, picture) == pytest.approx(expected)

    def test_equal_pictures(self, picture: NDArray[np.uint8]) -> None:
        assert metrics.psnr(picture, picture) == float("inf")

    def test_black_against_white(self) -> None:
        black = np.zeros((2, 2, 3), np.uint8)
        assert metrics.psnr(black, black + 255) == pytest.approx(0)
