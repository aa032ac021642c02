"""sRGB and L*a*b* against scikit-image, and there and back."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from skimage.color import lab2rgb, rgb2lab

from photochrom.color import lab, srgb
from photochrom.errors import UsageError

RGB = arrays(
    np.float32, st.tuples(st.integers(1, 40), st.just(3)), elements=st.floats(0, 1, width=32)
)


def noise(count: int, seed: int = 0) -> NDArray[np.float32]:
    return np.random.default_rng(seed).random((count, 3), np.float32)


def axes_and_corners() -> NDArray[np.float32]:
    """The gamut's corners, its greys, and the darkest and brightest codes of each channel."""
    corners = np.array(np.meshgrid(*[[0, 1]] * 3), np.float32).reshape(3, 8).T
    greys = np.repeat(np.linspace(0, 1, 256, dtype=np.float32)[:, None], 3, axis=1)
    steps = np.tile(np.arange(12, dtype=np.float32) / 255, 3)[:, None]
    dark = np.eye(3, dtype=np.float32).repeat(12, axis=0) * steps
    return np.concatenate((corners, greys, dark, 1 - dark))


@pytest.mark.parametrize("colors", [noise(100_000), axes_and_corners()], ids=["noise", "corners"])
class TestAgainstScikitImage:
    def test_from_srgb(self, colors: NDArray[np.float32]) -> None:
        np.testing.assert_allclose(lab.from_srgb(colors), rgb2lab(colors.astype(float)), atol=0.006)

    def test_lightness_is_nearer_still(self, colors: NDArray[np.float32]) -> None:
        # what is left is scikit-image's other rounding of blue's Y, 0.072169 for 0.072175
        ours, theirs = lab.from_srgb(colors)[..., 0], rgb2lab(colors.astype(float))[..., 0]
        np.testing.assert_allclose(ours, theirs, atol=2e-3)

    def test_to_srgb(self, colors: NDArray[np.float32]) -> None:
        values = rgb2lab(colors.astype(float))
        ours = lab.to_srgb(values.astype(np.float32))
        np.testing.assert_allclose(ours, lab2rgb(values), atol=1.5e-4)


class TestThereAndBack:
    @settings(deadline=None)
    @given(colors=RGB)
    def test_lab(self, colors: NDArray[np.float32]) -> None:
        np.testing.assert_allclose(lab.to_srgb(lab.from_srgb(colors)), colors, atol=2e-5)

    @settings(deadline=None)
    @given(colors=RGB)
    def test_transfer_curve(self, colors: NDArray[np.float32]) -> None:
        np.testing.assert_allclose(srgb.encode(srgb.decode(colors)), colors, atol=1e-6)

    @pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
    def test_every_code(self, dtype: type[np.unsignedinteger]) -> None:
        codes = np.arange(np.iinfo(dtype).max + 1).astype(dtype)
        np.testing.assert_array_equal(srgb.from_float(srgb.to_float(codes), codes.dtype), codes)


class TestGreys:
    def test_equal_channels_are_neutral(self) -> None:
        greys = np.repeat(np.linspace(0, 1, 1000, dtype=np.float32)[:, None], 3, axis=1)
        np.testing.assert_allclose(lab.from_srgb(greys)[:, 1:], 0, atol=2e-4)

    def test_neutral_lab_has_equal_channels(self) -> None:
        values = np.zeros((101, 3), np.float32)
        values[:, 0] = np.arange(101)
        encoded = lab.to_srgb(values)
        np.testing.assert_allclose(encoded[:, 0], encoded[:, 1], atol=2e-6)
        np.testing.assert_allclose(encoded[:, 2], encoded[:, 1], atol=2e-6)

    def test_white_is_100_and_black_0(self) -> None:
        ends = np.array([[0, 0, 0], [1, 1, 1]], np.float32)
        np.testing.assert_allclose(lab.from_srgb(ends)[:, 0], [0, 100], atol=1e-5)

    def test_types_stay_float32(self) -> None:
        colors = noise(10)
        values = lab.from_srgb(colors)
        assert values.dtype == np.float32
        assert lab.to_srgb(values).dtype == np.float32


class TestCheck:
    @pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
    def test_accepts(self, dtype: type[np.generic]) -> None:
        srgb.check(np.ones((2, 2), dtype))

    @pytest.mark.parametrize("dtype", [np.int16, np.float64, np.float16, np.bool_, np.complex64])
    def test_refuses_other_types(self, dtype: type[np.generic]) -> None:
        with pytest.raises(UsageError, match="convert it first"):
            srgb.check(np.ones((2, 2), dtype))

    @pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, -0.01, 1.01])
    def test_refuses_values(self, value: float) -> None:
        picture = np.full((2, 2), 0.5, np.float32)
        picture[1, 1] = value
        with pytest.raises(UsageError, match=r"0\.\.1"):
            srgb.check(picture)

    def test_from_float_rounds_and_clips(self) -> None:
        values = np.array([-0.5, 0.4999 / 255, 0.5001 / 255, 1.5], np.float32)
        np.testing.assert_array_equal(srgb.from_float(values, np.dtype(np.uint8)), [0, 0, 1, 255])
