"""The first promise: L* comes out as it went in, whatever colour the model asks for.

The levels are ARCHITECTURE.md's: 0.01 in 16 bits (and in floats), 0.4 in lossless 8 bits, where
rounding three codes alone changes L* by up to 0.3. L* is measured by scikit-image where there is
no profile, and by `helpers.lightness` where there is one.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pyvips
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from skimage.color import rgb2lab

from helpers import lightness
from helpers.lightness import LIMIT_8_BIT, LIMIT_16_BIT
from helpers.pictures import (
    PHOTOGRAPHS,
    Png,
    Tiff,
    deepened,
    every_code,
    photograph,
    with_alpha,
    write_png,
    write_tiff,
)
from helpers.profiles import (
    GREY_LINEAR,
    GREY_PROFILES,
    NO_PROFILE,
    RGB_PROFILES,
    Profile,
    held_luminance,
)
from photochrom import Colorizer

Pixels = NDArray[Any]

LIMITS = {"uint8": LIMIT_8_BIT, "uint16": LIMIT_16_BIT, "float32": LIMIT_16_BIT}


def lab_of(picture: Pixels) -> NDArray[np.float64]:
    """L*a*b* of an sRGB array by scikit-image."""
    values = lightness.fractions(picture)
    if values.ndim == 2:
        values = np.dstack([values] * 3)
    return np.asarray(rgb2lab(values[..., :3]))


def change(before: Pixels, after: Pixels) -> float:
    """Largest change of L* between sRGB arrays."""
    return float(np.abs(lab_of(after)[..., 0] - lab_of(before)[..., 0]).max())


@st.composite
def random_pictures(draw: st.DrawFn) -> Pixels:
    """Any picture array of up to 24 x 24, noise of every kind that hypothesis likes."""
    sides = st.integers(1, 24)
    bands = draw(st.sampled_from([(), (3,), (4,)]))
    shape = (draw(sides), draw(sides), *bands)
    dtype = draw(st.sampled_from(["uint8", "uint16", "float32"]))
    elements = st.floats(0, 1, width=32) if dtype == "float32" else None
    return draw(arrays(dtype, shape, elements=elements))


class TestArrays:
    @settings(
        max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(picture=random_pictures(), wild=st.booleans())
    def test_random(
        self, picture: Pixels, wild: bool, warm: Colorizer, saturated: Colorizer
    ) -> None:
        result = (saturated if wild else warm).colorize(picture)
        assert result.dtype == picture.dtype
        assert change(picture, result) <= LIMITS[picture.dtype.name]

    @pytest.mark.parametrize("name", PHOTOGRAPHS)
    @pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
    def test_photographs(self, name: str, dtype: str, warm: Colorizer) -> None:
        picture = photograph(name, 300)
        if dtype == "uint16":
            picture = deepened(picture)
        elif dtype == "float32":
            picture = (picture / np.float32(255)).astype(np.float32)
        assert change(picture, warm.colorize(picture)) <= LIMITS[dtype]

    @pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
    def test_every_code_under_wild_colour(
        self, dtype: type[np.unsignedinteger[Any]], saturated: Colorizer
    ) -> None:
        picture = every_code(dtype)
        assert change(picture, saturated.colorize(picture)) <= LIMITS[picture.dtype.name]

    @pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
    @pytest.mark.parametrize("end", [0, 1])
    def test_black_and_white_stay(
        self, dtype: type[Any], end: int, saturated: Colorizer, warm: Colorizer
    ) -> None:
        top = 1 if dtype is np.float32 else np.iinfo(dtype).max
        picture = np.full((20, 30), end * top, dtype)
        for colorizer in (warm, saturated):
            result = colorizer.colorize(picture)
            np.testing.assert_allclose(result, end * top, atol=1e-4 if top == 1 else 0)

    def test_it_does_colour(self, warm: Colorizer) -> None:
        """Else every test above would pass with nothing done."""
        colored = lab_of(warm.colorize(photograph("camera.png", 200)))
        assert np.hypot(colored[..., 1], colored[..., 2]).mean() > 8


def write(path: Path, picture: Pixels, profile: Profile) -> Path:
    if path.suffix == ".png":
        return write_png(path, picture, Png(icc=profile.icc))
    return write_tiff(path, picture, Tiff(icc=profile.icc))


def read(path: Path) -> Pixels:
    pixels = pyvips.Image.new_from_file(str(path)).numpy()
    return np.asarray(pixels)


def result_profile(profile: Profile, path: Path) -> Profile:
    """What an output's codes mean: the source's curve, and the primaries that littleCMS reads."""
    icc = pyvips.Image.new_from_file(str(path)).get("icc-profile-data") if profile.icc else None
    if icc is None:
        return NO_PROFILE
    return Profile(profile.name, icc, profile.decode, held_luminance(icc))


def file_change(
    folder: Path, ending: str, picture: Pixels, profile: Profile, colorizer: Colorizer
) -> NDArray[np.float64]:
    """|dL*| of every pixel on the way through files."""
    source, target = folder / f"in{ending}", folder / f"out{ending}"
    write(source, picture, profile)
    colorizer.colorize_file(source, target)
    after = read(target)
    assert after.dtype == picture.dtype
    assert after.shape == (*picture.shape[:2], 3)
    measured = lightness.lightness(after, result_profile(profile, target))
    return np.abs(measured - lightness.lightness(picture, profile))


def gradient(dtype: type[np.unsignedinteger[Any]], bands: int) -> Pixels:
    """Random codes, dark ones as often as bright ones of the eye, and all of the darkest."""
    chance = np.random.default_rng(3)
    top = np.iinfo(dtype).max
    codes = chance.random((96, 128, bands)) ** 2 * top
    codes[0] = np.arange(128)[:, None]
    codes[1] = top - np.arange(128)[:, None]
    codes[2:10] = codes[2:10, :, :1]  # greys
    return codes.astype(dtype).squeeze()


SPACES = [*((1, grey) for grey in GREY_PROFILES), *((3, rgb) for rgb in RGB_PROFILES)]
FILES = [(".tif", np.uint16), (".png", np.uint16), (".tif", np.uint8), (".png", np.uint8)]


class TestFiles:
    @pytest.mark.parametrize(("ending", "dtype"), FILES)
    @pytest.mark.parametrize(("bands", "profile"), SPACES, ids=lambda p: getattr(p, "name", p))
    def test_every_code(
        self,
        ending: str,
        dtype: type[np.unsignedinteger[Any]],
        bands: int,
        profile: Profile,
        saturated: Colorizer,
        tmp_path: Path,
    ) -> None:
        moved = file_change(tmp_path, ending, gradient(dtype, bands), profile, saturated)
        assert moved.max() <= limit(dtype, profile)

    @pytest.mark.parametrize("profile", [*GREY_PROFILES, *RGB_PROFILES[1:]], ids=lambda p: p.name)
    def test_photograph(self, profile: Profile, warm: Colorizer, tmp_path: Path) -> None:
        name = "camera.png" if profile in GREY_PROFILES else "coffee.png"
        picture = deepened(photograph(name, 240))
        moved = file_change(tmp_path, ".tif", picture, profile, warm)
        assert moved.max() <= LIMIT_16_BIT

    @pytest.mark.parametrize("profile", RGB_PROFILES[1:], ids=lambda p: p.name)
    def test_littlecms_agrees(self, profile: Profile, warm: Colorizer, tmp_path: Path) -> None:
        """By littleCMS too L* stays, within its own noise in tones that are not dark."""
        picture = deepened(photograph("coffee.png", 240))
        file_change(tmp_path, ".tif", picture, profile, warm)
        before = lightness.by_lcms(tmp_path / "in.tif")
        after = lightness.by_lcms(tmp_path / "out.tif")
        light = before > 20
        noise = np.abs(before - lightness.lightness(picture, profile))[light].max()
        assert noise < 0.2
        assert np.abs(after - before)[light].max() <= LIMIT_16_BIT + 2 * noise
        assert np.abs(after - before)[light].mean() <= 0.01

    def test_alpha_changes_nothing(self, saturated: Colorizer, tmp_path: Path) -> None:
        picture = with_alpha(gradient(np.uint16, 3))
        write_tiff(tmp_path / "in.tif", picture)
        saturated.colorize_file(tmp_path / "in.tif", tmp_path / "out.tif")
        moved = lightness.largest_change(picture, read(tmp_path / "out.tif"), NO_PROFILE)
        assert moved <= LIMIT_16_BIT

    def test_jpeg_stays_near(self, warm: Colorizer, tmp_path: Path) -> None:
        """JPEG is lossy: its own noise at quality 95 is all that may be added."""
        picture = photograph("camera.png", 300)
        write_png(tmp_path / "in.png", picture)
        warm.colorize_file(tmp_path / "in.png", tmp_path / "out.jpg")
        moved = np.abs(
            lightness.lightness(read(tmp_path / "out.jpg"), NO_PROFILE)
            - lightness.lightness(picture, NO_PROFILE)
        )
        assert moved.mean() < 0.8


def limit(dtype: type[np.unsignedinteger[Any]], profile: Profile) -> float:
    """The level, or what rounding one linear 8-bit code means in the dark (903.3 / 255 / 2)."""
    if dtype is np.uint16:
        return LIMIT_16_BIT
    return 1.8 if profile is GREY_LINEAR else LIMIT_8_BIT
