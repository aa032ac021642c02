"""L*u*v* against published values and scikit-image, and there and back."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from skimage.color.colorconv import rgb2luv

from photochrom.color import lab, luv, srgb

Floats = NDArray[np.float32]

RGB = arrays(
    np.float32, st.tuples(st.integers(1, 40), st.just(3)), elements=st.floats(0, 1, width=32)
)
LIGHTNESS = st.floats(0, 100, width=32)
CHROMA = st.floats(-1e4, 1e4, width=32)


def noise(count: int, seed: int = 0) -> Floats:
    return np.random.default_rng(seed).random((count, 3), np.float32)


def faces(side: int = 129) -> Floats:
    """The surface of the RGB cube."""
    plane = np.stack(np.meshgrid(*[np.linspace(0, 1, side)] * 2), axis=-1).reshape(-1, 2)
    sides = [np.insert(plane, axis, end, axis=1) for axis in range(3) for end in (0, 1)]
    return np.concatenate(sides).astype(np.float32)


def dark() -> Floats:
    """Black, and the darkest codes of 16 bits in every channel alone and together."""
    steps = np.arange(40, dtype=np.float32)[:, None, None] / 65535
    return (steps * np.concatenate((np.eye(3), np.ones((1, 3))))).astype(np.float32).reshape(-1, 3)


def of(colors: Floats) -> Floats:
    return luv.from_linear(srgb.decode(colors)).astype(np.float32)


def greys(count: int = 65536) -> Floats:
    return np.repeat(np.linspace(0, 1, count, dtype=np.float32)[:, None], 3, axis=1)


class TestPublished:
    @pytest.mark.parametrize(
        ("color", "expected"),
        [
            ((1, 0, 0), (53.24, 175.0, 37.8)),
            ((0, 1, 0), (87.73, -83.1, 107.4)),
            ((0, 0, 1), (32.30, -9.4, -130.3)),
            ((1, 1, 0), (97.14, 7.7, 106.8)),
            ((0, 1, 1), (91.11, -70.5, -15.2)),
            ((1, 0, 1), (60.32, 84.1, -108.7)),
            ((1, 1, 1), (100, 0, 0)),
            ((0, 0, 0), (0, 0, 0)),
        ],
    )
    def test_corners(self, color: tuple[int, ...], expected: tuple[float, ...]) -> None:
        np.testing.assert_allclose(of(np.array([color], np.float32))[0], expected, atol=0.06)

    def test_white(self) -> None:
        np.testing.assert_allclose(luv.WHITE_PRIME, (0.1978, 0.4683), atol=5e-5)

    def test_bounds_of_srgb(self) -> None:
        values = of(faces())[:, 1:]
        np.testing.assert_allclose(values.min(axis=0), (-83.1, -134.1), atol=0.05)
        np.testing.assert_allclose(values.max(axis=0), (175.0, 107.4), atol=0.05)


@pytest.mark.parametrize(
    "colors", [noise(100_000), faces(33), dark()], ids=["noise", "faces", "dark"]
)
def test_against_scikit_image(colors: Floats) -> None:
    # scikit-image's white is rounded to five digits and not the sum of its primaries: a grey of
    # its has a v* of 0.007, which is most of what is left.
    np.testing.assert_allclose(of(colors), rgb2luv(colors.astype(float)), atol=0.01)


class TestThereAndBack:
    @settings(deadline=None)
    @given(linear=RGB)
    def test_linear(self, linear: Floats) -> None:
        np.testing.assert_allclose(luv.to_linear(luv.from_linear(linear)), linear, atol=2e-6)

    def test_noise_and_surface(self) -> None:
        for colors in (noise(100_000), faces(), dark()):
            linear = srgb.decode(colors)
            back = luv.to_linear(luv.from_linear(linear))
            np.testing.assert_allclose(back, linear, atol=2e-6)
            assert back.dtype == np.float32

    def test_lightness_is_that_of_lab(self) -> None:
        colors = noise(1000)
        np.testing.assert_array_equal(of(colors)[:, 0], lab.from_srgb(colors)[:, 0])


class TestNeutral:
    def test_equal_channels_are_exactly_neutral(self) -> None:
        assert not of(greys())[:, 1:].any()

    def test_neutral_has_exactly_equal_channels(self) -> None:
        values = of(greys())
        linear = luv.to_linear(values)
        assert (linear == linear[:, 1:2]).all()
        np.testing.assert_allclose(linear[:, 1], lab.luminance(values[:, 0]), rtol=1e-6)

    def test_black_of_any_chroma_is_black(self) -> None:
        values = np.array([[0, 176, -176], [0, -5, 0], [0, 0, 0]], np.float32)
        np.testing.assert_array_equal(luv.to_linear(values), 0)


class TestOutOfGamut:
    @settings(deadline=None)
    @given(lightness=LIGHTNESS, u=CHROMA, v=CHROMA)
    def test_finite_and_of_its_lightness(self, lightness: float, u: float, v: float) -> None:
        linear = luv.to_linear(np.array([[lightness, u, v]], np.float32))[0].astype(float)
        expected = lab.luminance(np.array([lightness], np.float32))[0]
        luminance = linear @ srgb.RGB_TO_XYZ[1]
        np.testing.assert_allclose(luminance, expected, atol=1e-6 * max(1, np.abs(linear).max()))

    @settings(deadline=None)
    @given(lightness=st.floats(1, 100, width=32), u=CHROMA, v=CHROMA)
    def test_hue_is_kept(self, lightness: float, u: float, v: float) -> None:
        x, y, z = srgb.RGB_TO_XYZ @ luv.to_linear(np.array([lightness, u, v], np.float32))
        prime = np.array([4 * x, 9 * y]) / (x + 15 * y + 3 * z)
        assert prime[1] > 0.99 * luv.LOWEST_V
        ours, asked = prime - luv.WHITE_PRIME, np.array([u, v]) / (13 * lightness)
        share = np.hypot(*ours) / max(np.hypot(*asked), 1e-5)
        assert share < 1.01
        np.testing.assert_allclose(ours, share * asked, atol=1e-4 * max(1, np.abs(ours).max()))

    @pytest.mark.parametrize("value", [-1.0, -1e-9, 2.0, 1e6])
    def test_light_outside_0_to_1(self, value: float) -> None:
        linear = np.array([[value, 0, 0], [0, value, 0], [0, 0, value]], np.float32)
        assert np.isfinite(luv.from_linear(linear)).all()


class TestLuminance:
    def test_of_known_lightness(self) -> None:
        lightness = np.array([0, 8, 50, 100], np.float32)
        expected = [0, 0.008856, 0.184187, 1]
        np.testing.assert_allclose(lab.luminance(lightness), expected, atol=1e-6)

    def test_is_what_neutral_lab_has(self) -> None:
        values = np.zeros((1001, 3), np.float32)
        values[:, 0] = np.linspace(0, 100, 1001)
        luminance = lab.luminance(values[:, 0])
        np.testing.assert_allclose(lab.to_linear(values)[:, 1], luminance, atol=1e-6)
        grey = np.repeat(luminance[:, None], 3, axis=1)
        np.testing.assert_allclose(lab.from_linear(grey)[:, 0], values[:, 0], atol=2e-5)
