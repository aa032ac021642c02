"""Chroma of full-size frames: the wanted colours, at the right places, in the gamut."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from photochrom.color.arrays import FloatImage
from photochrom.color.ycbcr import Codes, YCbCr
from photochrom.video.painting import Painter, mean_of, reduced

WIDTH, HEIGHT = 320, 192
SMALL = (160, 96)
SUBSAMPLINGS = [(1, 1), (2, 1), (2, 2)]


def picture(seed: int = 0) -> NDArray[np.uint8]:
    """Smooth Y' in the middle of the range, where there is room for colour."""
    rng = np.random.default_rng(seed)
    noise = rng.integers(90, 170, (12, 20), np.uint8)
    return np.asarray(cv2.resize(noise, (WIDTH, HEIGHT)), np.uint8)


def small_of(luma: Codes) -> FloatImage:
    return YCbCr().luma(reduced(luma, SMALL))


def constant(a: float, b: float) -> FloatImage:
    return np.full((48, 80, 2), (a, b), np.float32).transpose(2, 0, 1).copy()


@pytest.mark.parametrize("subsampling", SUBSAMPLINGS)
@pytest.mark.parametrize("interlaced", [False, True])
def test_a_wanted_color_comes_out_everywhere(
    subsampling: tuple[int, int], interlaced: bool
) -> None:
    luma, space = picture(), YCbCr()
    painter = Painter(space, (WIDTH, HEIGHT), subsampling, interlaced)
    codes = painter.paint(luma, small_of(luma), constant(15, -12))
    across, down = subsampling
    assert codes[0].shape == codes[1].shape == (HEIGHT // down, WIDTH // across)
    chroma = np.stack([space.chroma_of(plane).repeat(down, 0).repeat(across, 1) for plane in codes])
    found = space.lab(space.luma(luma), chroma)[..., 1:]
    assert np.abs(found.mean((0, 1)) - [15, -12]).max() < 0.3
    assert np.abs(found - [15, -12]).max() < 3  # of rounding to 8 bits, mostly


@pytest.mark.parametrize("subsampling", SUBSAMPLINGS)
def test_samples_lie_where_mpeg_2_has_them(subsampling: tuple[int, int]) -> None:
    """A ramp over the columns, and one over the rows, is read off at the samples' own places."""
    luma, space = np.full((HEIGHT, WIDTH), 504, np.uint16), YCbCr(bits=10)
    painter = Painter(space, (WIDTH, HEIGHT), subsampling)
    small = np.full(SMALL[::-1], space.luma(luma)[0, 0], np.float32)
    across, down = subsampling
    ramp = (np.arange(80, dtype=np.float32) + 0.5) / 80  # 0..1 over the picture
    ab = np.zeros((2, 48, 80), np.float32)
    ab[1] = 10 * ramp
    u, _ = painter.paint(luma, small, ab)
    steps = space.chroma_of(u)[HEIGHT // down // 2]
    at = (np.arange(len(steps)) * across + 0.5) / WIDTH
    inner = slice(len(at) // 4, -len(at) // 4)
    wanted = space.chroma(
        np.full((1, len(at)), small[0, 0]), np.stack((0 * at, 10 * at))[:, None].astype(np.float32)
    )[0, 0]
    assert np.abs((steps - wanted)[inner].mean()) < 1e-4


def test_bright_and_dark_places_stay_in_the_gamut() -> None:
    luma = np.repeat(np.linspace(16, 235, WIDTH).astype(np.uint8)[None], HEIGHT, axis=0)
    space = YCbCr()
    codes = Painter(space, (WIDTH, HEIGHT), (1, 1)).paint(luma, small_of(luma), constant(60, 70))
    rgb = space.encoded(space.luma(luma), np.stack([space.chroma_of(plane) for plane in codes]))
    assert rgb.min() > -0.01
    assert rgb.max() < 1.01
    assert codes[0][0, 0] == codes[0][0, -1] == 128


def test_color_stops_at_the_edge_of_light() -> None:
    """The model's answer is coarse; a step of light in the middle of one of its cells is sharp."""
    luma = np.full((HEIGHT, WIDTH), 80, np.uint8)
    edge = WIDTH // 2 + 2
    luma[:, edge:] = 170
    ab = constant(0, 0)
    ab[1, :, 40:] = 30  # the edge at the nearest border of the model's cells
    codes = Painter(YCbCr(), (WIDTH, HEIGHT), (1, 1)).paint(luma, small_of(luma), ab)
    row = codes[0][HEIGHT // 2].astype(int)
    assert np.abs(np.diff(row))[edge - 1] > 0.5 * abs(row[-1] - row[0])


def test_fields_of_different_light_get_different_chroma() -> None:
    luma = picture()
    luma[1::2] = luma[1::2] // 2
    ab = constant(10, 25)
    painter = Painter(YCbCr(), (WIDTH, HEIGHT), (2, 2), interlaced=True)
    u, _ = painter.paint(luma, small_of(luma), ab)
    assert np.abs(u[0::2].astype(int) - u[1::2]).mean() > 1


@pytest.mark.parametrize("height", [97, 98])
@pytest.mark.parametrize("interlaced", [False, True])
def test_odd_sizes(height: int, interlaced: bool) -> None:
    luma = np.full((height, 33), 120, np.uint8)
    small = np.full((32, 11), 0.5, np.float32)
    painter = Painter(YCbCr(), (33, height), (2, 2), interlaced)
    u, v = painter.paint(luma, small, constant(5, 5))
    assert u.shape == v.shape == ((height + 1) // 2, 17)


def test_means_are_over_squares() -> None:
    image = np.random.default_rng(0).random((2, 20, 30), np.float32)
    expected = image[:, 5:10, 8:13].mean((1, 2))
    np.testing.assert_allclose(mean_of(image, 2)[:, 7, 10], expected, rtol=1e-5)
