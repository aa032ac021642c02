"""Codes to L*a*b* and back in libvips, against scikit-image and photochrom's own NumPy module."""

from typing import Any

import numpy as np
import pytest
import pyvips
from numpy.typing import NDArray
from skimage.color import rgb2lab

from helpers import profiles
from helpers.lightness import fractions, lightness
from photochrom.color import gamut, lab
from photochrom.color.profile import ToneProfile, default_profile, parse_profile
from photochrom.files import tone

Pixels = NDArray[Any]

FORMATS = {"uint8": "uchar", "uint16": "ushort", "float32": "float"}


def noise(dtype: str, bands: int = 3) -> Pixels:
    """Random colours, the ends of every channel, and greys."""
    values = np.random.default_rng(0).random((64, 96, bands))
    values[0, :8] = np.array(np.meshgrid(*[[0, 1]] * 3)).reshape(3, 8).T[:, :bands]
    values[1] = np.linspace(0, 1, 96)[:, None]
    if dtype == "float32":
        return values.astype(np.float32)
    return np.rint(values * np.iinfo(dtype).max).astype(dtype)


def vips(picture: Pixels) -> pyvips.Image:
    return pyvips.Image.new_from_array(np.ascontiguousarray(picture))


def wide() -> ToneProfile:
    assert profiles.PROPHOTO.icc is not None
    return parse_profile(profiles.PROPHOTO.icc)


@pytest.mark.parametrize("dtype", FORMATS)
class TestMeasure:
    def test_as_scikit_image(self, dtype: str) -> None:
        picture = noise(dtype)
        ours = tone.measure(vips(picture), default_profile()).numpy()
        theirs = rgb2lab(fractions(picture))
        np.testing.assert_allclose(ours[..., 0], theirs[..., 0], atol=3e-3)
        np.testing.assert_allclose(ours, theirs, atol=0.02)

    def test_as_the_pure_module(self, dtype: str) -> None:
        picture = noise(dtype)
        ours = tone.measure(vips(picture), default_profile()).numpy()
        pure = lab.from_srgb(fractions(picture).astype(np.float32))
        np.testing.assert_allclose(ours, pure, atol=0.01)

    def test_grey_gives_lightness_alone(self, dtype: str) -> None:
        picture = noise(dtype, 1)[..., 0]
        measured = tone.lightness(vips(picture), default_profile()).numpy()
        np.testing.assert_allclose(measured, lightness(picture, profiles.NO_PROFILE), atol=1e-3)

    def test_neutral_has_no_chroma(self, dtype: str) -> None:
        greys = np.repeat(noise(dtype, 1), 3, axis=-1)
        measured = tone.measure(vips(greys), default_profile()).numpy()
        np.testing.assert_allclose(measured[..., 1:], 0, atol=5e-3)


class TestProfiles:
    @pytest.mark.parametrize("profile", profiles.RGB_PROFILES, ids=lambda p: p.name)
    @pytest.mark.parametrize("dtype", ["uint8", "uint16"])
    def test_lightness(self, profile: profiles.Profile, dtype: str) -> None:
        parsed = parse_profile(profile.icc) if profile.icc else default_profile()
        picture = noise(dtype)
        measured = tone.lightness(vips(picture), parsed).numpy()
        np.testing.assert_allclose(measured, lightness(picture, profile), atol=3e-3)

    def test_greys_of_a_wide_space_are_neutral(self) -> None:
        greys = np.repeat(noise("uint16", 1), 3, axis=-1)
        measured = tone.measure(vips(greys), wide()).numpy()
        np.testing.assert_allclose(measured[..., 1:], 0, atol=5e-3)


def wild_lab() -> NDArray[np.float32]:
    chance = np.random.default_rng(1)
    values = chance.uniform([0, -150, -150], [100, 150, 150], (64, 96, 3)).astype(np.float32)
    values[0] = np.linspace(0, 100, 96)[:, None] * [1, 0, 0]
    return values


def encoded(values: NDArray[np.float32], band_format: str) -> Pixels:
    pixels: Pixels = tone.encode(vips(values), default_profile(), band_format).numpy()
    return pixels


def there_and_back(picture: Pixels, profile: ToneProfile) -> Pixels:
    measured = tone.measure(vips(picture), profile)
    pixels: Pixels = tone.encode(measured, profile, FORMATS[picture.dtype.name]).numpy()
    return pixels


class TestEncode:
    @pytest.mark.parametrize(("dtype", "codes"), [("uint8", 1), ("uint16", 3)])
    def test_as_the_pure_module(self, dtype: str, codes: int) -> None:
        result = encoded(wild_lab(), FORMATS[dtype])
        assert result.dtype == dtype
        pure = gamut.lab_to_srgb(wild_lab()) * np.iinfo(dtype).max
        # The gamut's surface is an edge: a hair's difference of the matrix moves a code or two.
        assert np.abs(result - pure).max() <= codes + 0.5

    def test_floats_as_the_pure_module(self) -> None:
        pure = gamut.lab_to_srgb(wild_lab())
        np.testing.assert_allclose(encoded(wild_lab(), "float"), pure, atol=1e-4)

    @pytest.mark.parametrize("dtype", ["uint8", "uint16"])
    def test_there_and_back(self, dtype: str) -> None:
        picture = noise(dtype)
        back = there_and_back(picture, default_profile())
        assert np.abs(back.astype(int) - picture).max() <= (0 if dtype == "uint8" else 2)

    @pytest.mark.parametrize("dtype", ["uint8", "uint16"])
    def test_there_and_back_in_a_wide_space(self, dtype: str) -> None:
        """In light, as near 0 one of its codes is less light than float32 holds beside 1."""
        picture = noise(dtype)
        decode = profiles.PROPHOTO.decode
        before, after = fractions(picture), fractions(there_and_back(picture, wide()))
        np.testing.assert_allclose(decode(after), decode(before), atol=5e-5)

    def test_floats_there_and_back(self) -> None:
        picture = noise("float32")
        measured = tone.measure(vips(picture), default_profile())
        back = tone.encode(measured, default_profile(), "float").numpy()
        np.testing.assert_allclose(back, picture, atol=1e-4)

    @pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
    def test_black_and_white_are_grey(self, dtype: str) -> None:
        """Where there is no room for chroma, 0 is divided by 0 on the way."""
        ends = np.zeros((2, 4, 3), np.float32)
        ends[1, :, 0] = 100
        ends[:, :, 1:] = np.array([[80, 80], [-80, 80], [0, 0], [1e-3, -300]])
        top = 1 if dtype == "float32" else np.iinfo(dtype).max
        result = encoded(ends, FORMATS[dtype])
        np.testing.assert_allclose(result[0], 0, atol=1e-5)
        np.testing.assert_allclose(result[1], top, atol=1e-4 if top == 1 else 0)

    @pytest.mark.parametrize("lightness_", [-5.0, 105.0])
    def test_beyond_black_and_white(self, lightness_: float) -> None:
        values = np.full((2, 2, 3), [lightness_, 40, 40], np.float32)
        assert set(np.unique(encoded(values, "uchar"))) == {0 if lightness_ < 0 else 255}
