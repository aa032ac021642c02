"""Chroma of one space as chroma of the other, under the same L*."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from photochrom.color import gamut, lab, luv, spaces, srgb
from photochrom.color.spaces import COLOR_SPACES, SCALES, ColorSpace

Floats = NDArray[np.float32]

RGB = arrays(np.float32, (6, 7, 3), elements=st.floats(0, 1, width=32))
LIGHTNESS = arrays(np.float32, (6, 7), elements=st.floats(0, 100, width=32))
OUTPUT = arrays(np.float32, (2, 6, 7), elements=st.floats(-1, 1, width=32))
"""What a generator with tanh can answer."""


def planes(colors: Floats, space: ColorSpace) -> tuple[Floats, Floats]:
    """L* (H x W) and chroma (2 x H x W) of encoded sRGB (H x W x 3)."""
    values = np.moveaxis(spaces.from_srgb(colors, space), -1, 0).astype(np.float32)
    return values[0], values[1:]


def noise() -> Floats:
    return np.random.default_rng(0).random((300, 300, 3), np.float32)


def linear_of(lightness: Floats, chroma: Floats) -> Floats:
    """Linear sRGB of L* and a*, b*."""
    return lab.to_linear(np.stack((lightness, *chroma), axis=-1)).astype(np.float32)


class TestLab:
    def test_is_left_alone(self) -> None:
        lightness, chroma = planes(noise(), "lab")
        wild = chroma * 100
        assert spaces.chroma_to_lab(lightness, wild, "lab") is wild
        assert spaces.chroma_from_lab(lightness, wild, "lab") is wild


class TestScales:
    @pytest.mark.parametrize("space", COLOR_SPACES)
    def test_hold_every_color_of_srgb_and_little_more(self, space: ColorSpace) -> None:
        corners = np.array(np.meshgrid(*[[0, 1]] * 3), np.float32).reshape(3, 8).T
        largest = np.abs(spaces.from_srgb(corners, space)[:, 1:]).max() / SCALES[space]
        assert 0.97 < largest <= 1


class TestThereAndBack:
    # The last digits of float32: 2e-3 only on the gamut's surface beside white, 1e-4 inside.

    @settings(deadline=None)
    @given(colors=RGB)
    def test_both_spaces_say_the_same(self, colors: Floats) -> None:
        (lightness, ab), (same, uv) = planes(colors, "lab"), planes(colors, "luv")
        np.testing.assert_array_equal(lightness, same)
        np.testing.assert_allclose(spaces.chroma_to_lab(lightness, uv, "luv"), ab, atol=3e-3)
        np.testing.assert_allclose(spaces.chroma_from_lab(lightness, ab, "luv"), uv, atol=3e-3)

    @pytest.mark.parametrize("factor", [1, 0.1, 0.01, 0.001], ids=str)
    def test_noise(self, factor: float) -> None:
        lightness, ab = planes(noise() * np.float32(factor), "lab")
        uv = spaces.chroma_from_lab(lightness, ab, "luv")
        back = spaces.chroma_to_lab(lightness, uv, "luv")
        np.testing.assert_allclose(back, ab, atol=2e-4)
        assert uv.dtype == back.dtype == np.float32


class TestNeutral:
    @settings(deadline=None)
    @given(lightness=LIGHTNESS)
    def test_stays_exactly_neutral(self, lightness: Floats) -> None:
        neutral = np.zeros((2, *lightness.shape), np.float32)
        assert not spaces.chroma_to_lab(lightness, neutral, "luv").any()
        assert not spaces.chroma_from_lab(lightness, neutral, "luv").any()

    def test_one_channel_at_0_is_not_neutral(self) -> None:
        lightness, chroma = np.full((1, 1), 60, np.float32), np.array([[[0]], [[40]]], np.float32)
        assert np.abs(spaces.chroma_to_lab(lightness, chroma, "luv")).min() > 1


class TestAnyOutput:
    @settings(deadline=None)
    @given(lightness=LIGHTNESS, output=OUTPUT, factor=st.sampled_from([1, 2, 100]))
    def test_is_in_gamut(self, lightness: Floats, output: Floats, factor: int) -> None:
        for convert, back in (
            (spaces.chroma_to_lab, False),
            (spaces.chroma_from_lab, True),
        ):
            chroma = convert(lightness, output * np.float32(factor * SCALES["luv"]), "luv")
            assert np.isfinite(chroma).all()
            ab = spaces.chroma_to_lab(lightness, chroma, "luv") if back else chroma
            linear = linear_of(lightness, ab)
            assert linear.min() > -1e-4
            assert linear.max() < 1 + 1e-4

    @settings(deadline=None)
    @given(lightness=LIGHTNESS, output=OUTPUT)
    def test_keeps_its_hue(self, lightness: Floats, output: Floats) -> None:
        asked = output * np.float32(SCALES["luv"])
        ab = spaces.chroma_to_lab(lightness, asked, "luv")
        given_ = spaces.chroma_from_lab(lightness, ab, "luv")
        lengths = np.hypot(*asked), np.hypot(*given_)
        turned = np.abs(asked[0] * given_[1] - asked[1] * given_[0]) / np.maximum(lengths[0], 1)
        assert (turned < 0.01).all()
        assert (lengths[1] < lengths[0] + 0.01).all()

    def test_is_what_the_written_picture_would_show_anyway(self) -> None:
        """Less chroma here, or less chroma when the file is written: the same colours."""
        rng = np.random.default_rng(0)
        lightness = rng.uniform(0, 100, (100, 100)).astype(np.float32)
        chroma = rng.uniform(-176, 176, (2, 100, 100)).astype(np.float32)
        early = linear_of(lightness, spaces.chroma_to_lab(lightness, chroma, "luv"))
        late = gamut.limit(luv.to_linear(np.stack((lightness, *chroma), axis=-1)))
        np.testing.assert_allclose(early, late, atol=1e-5)


class TestNearBlack:
    def test_small_errors_stay_small(self) -> None:
        """5 units of u*v* are nothing to see at L* 0.5, and must not weigh in what is around."""
        lightness = np.array([[0, 1e-6, 1e-3, 0.1, 0.5, 1]], np.float32)
        for u, v in ((0, -5), (5, 0), (-5, 5), (-176, -176)):
            chroma = np.stack([np.full_like(lightness, part) for part in (u, v)])
            answer = np.hypot(*spaces.chroma_to_lab(lightness, chroma, "luv"))
            assert (answer <= 18 * lightness[0] + 1e-4).all()

    def test_hints_that_are_brighter_than_their_place(self) -> None:
        """Yellow (b* 94) told to a dark spot would have a negative Z; it stays yellow, but less."""
        lightness = np.array([[0, 0.01, 1, 5, 20]], np.float32)
        told = np.broadcast_to(np.array([-21, 94], np.float32)[:, None, None], (2, 1, 5)).copy()
        u, v = spaces.chroma_from_lab(lightness, told, "luv")[:, 0]
        assert v[0] == 0
        assert (v[1:] > 0).all()
        assert (np.diff(v) > 0).all()
        assert (np.abs(u) < 0.5 * v + 1e-6).all()


def test_decoding_is_done_once() -> None:
    colors = noise()[:2]
    expected = luv.from_linear(srgb.decode(colors))
    np.testing.assert_array_equal(spaces.from_srgb(colors, "luv"), expected)
    np.testing.assert_array_equal(spaces.from_srgb(colors, "lab"), lab.from_srgb(colors))
