"""L* of codes in libvips, against scikit-image and littleCMS' reading of profiles."""

from typing import Any

import numpy as np
import pytest
import pyvips
from numpy.typing import NDArray
from skimage.color import rgb2lab

from helpers import profiles
from helpers.lightness import fractions, lightness
from photochrom.color.profile import default_profile, parse_profile
from photochrom.files import tone

Pixels = NDArray[Any]

DTYPES = ["uint8", "uint16", "float32"]


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


@pytest.mark.parametrize("dtype", DTYPES)
class TestLightness:
    def test_as_scikit_image(self, dtype: str) -> None:
        picture = noise(dtype)
        measured = tone.lightness(vips(picture), default_profile()).numpy()
        np.testing.assert_allclose(measured, rgb2lab(fractions(picture))[..., 0], atol=3e-3)

    def test_of_grey(self, dtype: str) -> None:
        picture = noise(dtype, 1)[..., 0]
        measured = tone.lightness(vips(picture), default_profile()).numpy()
        np.testing.assert_allclose(measured, lightness(picture, profiles.NO_PROFILE), atol=1e-3)


@pytest.mark.parametrize("profile", profiles.RGB_PROFILES, ids=lambda p: p.name)
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_lightness_in_profiles(profile: profiles.Profile, dtype: str) -> None:
    parsed = parse_profile(profile.icc) if profile.icc else default_profile()
    picture = noise(dtype)
    measured = tone.lightness(vips(picture), parsed).numpy()
    np.testing.assert_allclose(measured, lightness(picture, profile), atol=3e-3)
