"""Limiting to the gamut: luminance and hue stay, chroma falls just as far as it must."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from skimage.color import rgb2lab

from photochrom.color import gamut, lab, srgb

Y = srgb.RGB_TO_XYZ[1]
LINEAR = arrays(
    np.float32, st.tuples(st.integers(1, 30), st.just(3)), elements=st.floats(-3, 4, width=32)
)
INSIDE = arrays(
    np.float32, st.tuples(st.integers(1, 30), st.just(3)), elements=st.floats(0, 1, width=32)
)


def uv(linear: NDArray[np.floating]) -> NDArray[np.float64]:
    """CIE 1976 u'v' of linear sRGB."""
    x, y, z = np.moveaxis(linear.astype(np.float64) @ srgb.RGB_TO_XYZ.T, -1, 0)
    total = x + 15 * y + 3 * z
    return np.stack((4 * x / total, 9 * y / total), axis=-1)


def wild_lab(count: int = 20_000) -> NDArray[np.float32]:
    chance = np.random.default_rng(2)
    lightness = chance.uniform(1, 99, count)
    chroma = chance.uniform(-180, 180, (2, count))
    return np.stack((lightness, *chroma), axis=-1).astype(np.float32)


class TestLimit:
    @settings(deadline=None)
    @given(linear=LINEAR)
    def test_result_is_inside(self, linear: NDArray[np.float32]) -> None:
        limited = gamut.limit(linear)
        assert limited.dtype == np.float32
        assert ((limited >= 0) & (limited <= 1)).all()

    @settings(deadline=None)
    @given(linear=LINEAR)
    def test_luminance_stays(self, linear: NDArray[np.float32]) -> None:
        wanted = np.clip(linear.astype(float) @ Y, 0, 1)
        np.testing.assert_allclose(gamut.limit(linear).astype(float) @ Y, wanted, atol=2e-6)

    @settings(deadline=None)
    @given(linear=INSIDE)
    def test_colours_inside_stay(self, linear: NDArray[np.float32]) -> None:
        np.testing.assert_allclose(gamut.limit(linear), linear, atol=1e-6)

    @settings(deadline=None)
    @given(linear=LINEAR)
    def test_twice_is_once(self, linear: NDArray[np.float32]) -> None:
        once = gamut.limit(linear)
        np.testing.assert_allclose(gamut.limit(once), once, atol=2e-6)

    def test_it_ends_on_the_surface(self) -> None:
        linear = lab.to_linear(wild_lab())
        outside = (linear.min(axis=-1) < -0.01) | (linear.max(axis=-1) > 1.01)
        limited = gamut.limit(linear[outside])
        distance = np.minimum(limited.min(axis=-1), 1 - limited.max(axis=-1))
        np.testing.assert_allclose(distance, 0, atol=1e-5)

    def test_hue_stays_on_a_line_through_white(self) -> None:
        linear = lab.to_linear(wild_lab())
        total = linear.astype(float) @ srgb.RGB_TO_XYZ.T @ np.array([1, 15, 3])
        real = linear[total > 0.02]  # u'v' of what no light can be means nothing
        white = uv(np.ones(3))
        before, after = uv(real) - white, uv(gamut.limit(real)) - white
        cross = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
        length = np.hypot(*before.T) * np.hypot(*after.T)
        np.testing.assert_allclose(cross, 0, atol=1e-4)
        forward = (before * after).sum(axis=-1)[length > 1e-4]
        assert (forward > 0).all()


class TestLabToSrgb:
    def test_lightness_stays(self) -> None:
        values = wild_lab()
        measured = rgb2lab(gamut.lab_to_srgb(values).astype(float))
        np.testing.assert_allclose(measured[:, 0], values[:, 0], atol=2e-3)

    def test_chroma_never_grows(self) -> None:
        values = wild_lab()
        encoded = gamut.lab_to_srgb(values)
        after, before = (np.hypot(*lab_[:, 1:].T) for lab_ in (lab.from_srgb(encoded), values))
        assert (after <= before + 0.05).all()

    def test_black_and_white_have_no_colour(self) -> None:
        ends = np.array([[0, 80, 80], [100, 80, 80]], np.float32)
        np.testing.assert_allclose(gamut.lab_to_srgb(ends), [[0] * 3, [1] * 3], atol=1e-5)
