"""Light joined with chroma, against the way through L*a*b* in full and against scikit-image."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from skimage.color import rgb2lab

from helpers import profiles
from helpers.lightness import fractions
from photochrom.color import gamut, lab
from photochrom.color.profile import ToneProfile, default_profile, parse_profile
from photochrom.color.recombination import Lines, Recombination, lines

Pixels = NDArray[Any]
Floats = NDArray[np.float32]

DTYPES = ["uint8", "uint16", "float32"]
SHAPE = (64, 96)


def codes_of(values: NDArray[np.floating[Any]], dtype: str) -> Pixels:
    if dtype == "float32":
        return values.astype(np.float32)
    return np.rint(values * np.iinfo(dtype).max).astype(dtype)


def greys(dtype: str) -> Pixels:
    """Every tone from black to white, and noise."""
    values = np.random.default_rng(0).random((*SHAPE, 1))
    values[:8] = np.linspace(0, 1, 8 * SHAPE[1]).reshape(8, -1, 1)
    return codes_of(values, dtype)


def colors(dtype: str) -> Pixels:
    """Noise, the ends of every channel, and greys."""
    values = np.random.default_rng(0).random((*SHAPE, 3))
    values[0, :8] = np.array(np.meshgrid(*[[0, 1]] * 3)).reshape(3, 8).T
    values[1] = np.linspace(0, 1, SHAPE[1])[:, None]
    return codes_of(values, dtype)


def joined(
    codes: Pixels,
    chroma: Lines,
    dtype: str = "uint16",
    profile: ToneProfile | None = None,
    own: float = 0,
) -> Pixels:
    out = np.empty((*codes.shape[:-1], 3), dtype)
    Recombination(profile or default_profile(), np.dtype(dtype), own).join(codes, chroma, out)
    return out


def chroma_lines(reach: float) -> tuple[Floats, Floats]:
    """Slope and offset of a* and b*, another one for every pixel."""
    chance = np.random.default_rng(1)
    slope = chance.uniform(-reach / 100, reach / 100, (2, *SHAPE)).astype(np.float32)
    return slope, chance.uniform(-reach, reach, (2, *SHAPE)).astype(np.float32)


NEUTRAL = lines(np.zeros((2, 1, 1), np.float32), np.zeros((2, 1, 1), np.float32))


@pytest.mark.parametrize("reach", [20, 150])
class TestNewChroma:
    @pytest.mark.parametrize("dtype", DTYPES)
    @pytest.mark.parametrize("bands", [1, 3])
    def test_as_through_lab(self, dtype: str, bands: int, reach: float) -> None:
        codes = greys(dtype) if bands == 1 else colors(dtype)
        slope, offset = chroma_lines(reach)
        rgb = np.broadcast_to(fractions(codes), (*SHAPE, 3)).astype(np.float32)
        light = lab.from_srgb(rgb)[..., 0]
        chroma = np.moveaxis(slope * light + offset, 0, -1)
        pure = gamut.lab_to_srgb(np.concatenate((light[..., None], chroma), axis=-1))
        found = fractions(joined(codes, lines(slope, offset), dtype))
        steps = {"uint8": 0.5 / 255, "uint16": 2 / 65535, "float32": 0}[dtype]
        # What is left is float32's rounding, on both ways.
        np.testing.assert_allclose(found, pure, atol=steps + 1e-4)

    @pytest.mark.parametrize("profile", profiles.RGB_PROFILES, ids=lambda p: p.name)
    def test_luminance_stays_in_every_space(self, profile: profiles.Profile, reach: float) -> None:
        parsed = parse_profile(profile.icc) if profile.icc else default_profile()
        codes = colors("uint16")
        after = joined(codes, lines(*chroma_lines(reach)), profile=parsed)
        y = parsed.matrix[1] / parsed.white[1]
        before, now = (profile.decode(fractions(picture)) @ y for picture in (codes, after))
        np.testing.assert_allclose(now, before, atol=4e-5)


@pytest.mark.parametrize("dtype", DTYPES)
class TestEnds:
    def test_no_chroma_leaves_greys_neutral(self, dtype: str) -> None:
        codes = greys(dtype)
        after = fractions(joined(codes, NEUTRAL, dtype))
        np.testing.assert_allclose(after, np.repeat(fractions(codes), 3, axis=-1), atol=2e-5)

    def test_no_chroma_takes_the_colour_out(self, dtype: str) -> None:
        after = joined(colors(dtype), NEUTRAL, dtype)
        step = 1e-5 if dtype == "float32" else 1  # where a channel lies between two codes
        assert np.ptp(after.astype(float), axis=-1).max() <= step

    @pytest.mark.parametrize("end", [0.0, 1.0])
    def test_black_and_white_have_no_room(self, dtype: str, end: float) -> None:
        """0 would be divided by 0 on the way."""
        offset = np.array([[[80, 80, 0, 1e-3]], [[-80, 80, 0, -300]]], np.float32)
        ends = codes_of(np.full((1, 4, 1), end), dtype)
        after = fractions(joined(ends, lines(np.zeros_like(offset), offset), dtype))
        np.testing.assert_allclose(after, end, atol=1e-6)


class TestOwnChroma:
    @pytest.mark.parametrize("dtype", ["uint8", "uint16"])
    def test_alone_gives_the_picture_back(self, dtype: str) -> None:
        codes = colors(dtype)
        after = joined(codes, NEUTRAL, dtype, own=1)
        assert np.abs(after.astype(int) - codes).max() <= (0 if dtype == "uint8" else 8)

    def test_alone_gives_floats_back(self) -> None:
        codes = colors("float32")
        np.testing.assert_allclose(joined(codes, NEUTRAL, "float32", own=1), codes, atol=2e-4)

    def test_alone_gives_a_wide_space_back(self) -> None:
        """In light: its pure yellow is all but white, and float32's last digit counts there."""
        assert profiles.PROPHOTO.icc is not None
        decode, codes = profiles.PROPHOTO.decode, colors("uint16")
        after = joined(codes, NEUTRAL, profile=parse_profile(profiles.PROPHOTO.icc), own=1)
        np.testing.assert_allclose(decode(fractions(after)), decode(fractions(codes)), atol=2e-3)

    @settings(max_examples=20, deadline=None)
    @given(own=st.floats(0.01, 1))
    def test_share(self, own: float) -> None:
        """Soft colours, which nothing pushes out of the gamut."""
        codes = codes_of(0.4 + 0.2 * np.random.default_rng(2).random((*SHAPE, 3)), "uint16")
        before = rgb2lab(fractions(codes))
        after = rgb2lab(fractions(joined(codes, NEUTRAL, own=own)))
        np.testing.assert_allclose(after[..., 1:], before[..., 1:] * own, atol=0.02)


def test_depths_may_differ() -> None:
    deep, flat = joined(greys("uint16"), NEUTRAL), joined(greys("uint16"), NEUTRAL, "uint8")
    assert np.abs(deep / 257 - flat).max() <= 0.51


def test_lines_are_lab() -> None:
    """The slope and offset of f say the same as those of a* and b*."""
    light = np.linspace(0, 100, 50)
    found = lines(*(np.array(pair, np.float32) for pair in ([[0.5], [-0.2]], [[10], [30]])))
    f_y = (light + 16) / 116
    f_x, f_z = found.slope * f_y + found.offset
    np.testing.assert_allclose(500 * (f_x - f_y), 0.5 * light + 10, atol=1e-4)
    np.testing.assert_allclose(200 * (f_y - f_z), -0.2 * light + 30, atol=1e-4)
