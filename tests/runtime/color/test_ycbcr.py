"""Y'CbCr: wanted colours come out at the Y' that was given."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage import color as reference

from photochrom.color import lab, srgb
from photochrom.color.arrays import FloatImage
from photochrom.color.ycbcr import WEIGHTS, Matrix, Primaries, YCbCr

SPACES: list[tuple[Matrix, Primaries]] = [
    ("bt709", "bt709"),
    ("bt601", "bt601-525"),
    ("bt601", "bt601-625"),
    ("bt2020", "bt2020"),
]
every_space = pytest.mark.parametrize(("matrix", "primaries"), SPACES)


def random_colors(space: YCbCr, seed: int = 0) -> tuple[FloatImage, FloatImage]:
    """Y' (48 x 64) and Cb, Cr (2 x 48 x 64) of random R'G'B'."""
    rgb = np.random.default_rng(seed).random((3, 48, 64), np.float32)
    kr, kb = WEIGHTS[space.matrix]
    luma = kr * rgb[0] + (1 - kr - kb) * rgb[1] + kb * rgb[2]
    chroma = np.stack(((rgb[2] - luma) / (2 * (1 - kb)), (rgb[0] - luma) / (2 * (1 - kr))))
    return luma.astype(np.float32), chroma.astype(np.float32)


@every_space
def test_a_wanted_color_comes_out_at_the_luma_that_was_given(
    matrix: Matrix, primaries: Primaries
) -> None:
    space = YCbCr(matrix, primaries)
    luma, chroma = random_colors(space)
    wanted = space.lab(luma, chroma)[..., 1:]
    found = space.chroma(luma, np.moveaxis(wanted, -1, 0))
    np.testing.assert_allclose(space.lab(luma, found)[..., 1:], wanted, atol=0.25)


def test_lab_of_bt709_is_that_of_srgb() -> None:
    luma, chroma = random_colors(YCbCr())
    rgb = YCbCr().encoded(luma, chroma)
    np.testing.assert_allclose(
        YCbCr().lab(luma, chroma), reference.rgb2lab(np.clip(rgb, 0, 1)), atol=0.02
    )


@every_space
def test_greys_are_neutral(matrix: Matrix, primaries: Primaries) -> None:
    space = YCbCr(matrix, primaries)
    luma = np.linspace(0, 1, 64, dtype=np.float32)[None]
    nothing = np.zeros((2, *luma.shape), np.float32)
    assert np.abs(space.lab(luma, nothing)[..., 1:]).max() < 0.01
    assert np.abs(space.chroma(luma, nothing)).max() < 1e-4


@every_space
def test_colors_outside_lose_chroma_and_keep_their_luma(
    matrix: Matrix, primaries: Primaries
) -> None:
    space = YCbCr(matrix, primaries)
    luma, chroma = random_colors(space, seed=1)
    inside = space.within(luma, 3 * chroma)
    rgb = space.encoded(luma, inside)
    assert rgb.min() > -1e-5
    assert rgb.max() < 1 + 1e-5
    kr, kb = WEIGHTS[matrix]
    np.testing.assert_allclose(rgb @ np.array([kr, 1 - kr - kb, kb], np.float32), luma, atol=1e-5)
    np.testing.assert_allclose(inside[0] * chroma[1], inside[1] * chroma[0], atol=1e-5)


def test_colors_inside_stay_exactly() -> None:
    luma, chroma = random_colors(YCbCr(), seed=2)
    np.testing.assert_array_equal(YCbCr().within(luma, 0.9 * chroma), 0.9 * chroma)


@pytest.mark.parametrize("bits", [8, 10])
@pytest.mark.parametrize("full_range", [False, True])
@given(value=st.floats(-0.45, 0.45))
def test_chroma_codes_are_the_nearest(bits: int, full_range: bool, value: float) -> None:
    space = YCbCr(full_range=full_range, bits=bits)
    code = space.chroma_codes(np.array([[value]], np.float32))
    half = 0.5 / ((1 << bits) - 1 if full_range else 224 << (bits - 8))
    assert abs(space.chroma_of(code)[0, 0] - value) <= half + 1e-6


@pytest.mark.parametrize(
    ("bits", "full_range", "black", "white"),
    [(8, False, 16, 235), (10, False, 64, 940), (8, True, 0, 255), (10, True, 0, 1023)],
)
def test_codes_of_black_and_white(bits: int, full_range: bool, black: int, white: int) -> None:
    space = YCbCr(full_range=full_range, bits=bits)
    np.testing.assert_allclose(space.luma(np.array([black, white], np.uint16)), [0, 1], atol=1e-6)
    np.testing.assert_allclose(space.lightness[[black, white]], [0, 100], atol=1e-3)
    assert len(space.lightness) == 1 << bits
    assert space.lightness[-1] == pytest.approx(100, abs=1e-3)


def test_lightness_is_that_of_a_grey_picture() -> None:
    grey = np.arange(256, dtype=np.float32) / 255
    expected = lab.from_linear(srgb.decode(np.repeat(grey[:, None], 3, axis=1)))[:, 0]
    np.testing.assert_allclose(YCbCr(full_range=True).lightness, expected, atol=1e-3)
