"""Luv models colour pictures as Lab models do.

The toys answer one chromaticity: linear light whose R : G : B is the same everywhere. In both
spaces its chroma is a straight line of L*, so both toys can say it, and what the picture must then
look like follows from the light alone.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.color import rgb2lab
from skimage.color.colorconv import rgb2xyz

from helpers.lightness import fractions
from helpers.pictures import deepened, photograph, write_png, write_tiff
from helpers.reading import pixels
from helpers.toy_model import Formula, write_toy
from photochrom import Colorizer, Options, Point
from photochrom.color import gamut, srgb

Pixels = NDArray[Any]
Floats = NDArray[np.floating[Any]]

BROWN = (182, 128, 92)
LUV: dict[str, Any] = {"color_space": "luv", "scale": 176.0}


def white() -> Floats:
    return np.asarray(rgb2xyz(np.ones((1, 3)))[0])


def xyz(color: tuple[int, ...]) -> Floats:
    """X, Y, Z over the white's, for Y = 1."""
    ratios = rgb2xyz(np.array([color]) / 255)[0] / white()
    return np.asarray(ratios / ratios[1])


def in_luv(color: tuple[int, ...]) -> Formula:
    """u* = 13 L* (u' - white's), and v* alike."""
    offset = _prime(xyz(color) * white()) - _prime(white())
    return Formula(light=(1300 * float(offset[0]), 1300 * float(offset[1])))


def _prime(values: Floats) -> Floats:
    x, y, z = values
    return np.array((4 * x, 9 * y)) / (x + 15 * y + 3 * z)


def in_lab(color: tuple[int, ...]) -> Formula:
    """a* = 500 (cbrt X - 1) (L* + 16) / 116, and b* alike; for L* above 8."""
    x, _, z = np.cbrt(xyz(color))
    a, b = 500 * float(x - 1), 200 * float(1 - z)
    return Formula(constant=(a * 16 / 116, b * 16 / 116), light=(a * 100 / 116, b * 100 / 116))


@pytest.fixture(scope="module")
def luv(tmp_path_factory: pytest.TempPathFactory) -> Colorizer:
    path = tmp_path_factory.mktemp("luv") / "brown.onnx"
    return Colorizer(str(write_toy(path, in_luv(BROWN), **LUV)), "cpu")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Colorizer:
    path = tmp_path_factory.mktemp("lab") / "brown.onnx"
    return Colorizer(str(write_toy(path, in_lab(BROWN))), "cpu")


def lab_of(picture: Pixels) -> Floats:
    values = fractions(picture)
    return np.asarray(rgb2lab(np.dstack([values] * 3) if values.ndim == 2 else values[..., :3]))


LOW, HIGH = 0.25, 0.75
"""sRGB tones in which the brown is in gamut, and none of its X, Y, Z on the cube root's straight
part, so that both toys say the same."""


def ramp() -> Pixels:
    return np.tile(np.linspace(LOW, HIGH, 300, dtype=np.float32), (200, 1))


def ideal(picture: Pixels) -> Floats:
    """L*a*b* of the picture's luminance in the brown's chromaticity."""
    light = _decode(picture) @ np.array([0.2126729, 0.7151522, 0.0721750])
    brown = _decode(np.array(BROWN) / 255)
    linear = light[..., None] * brown / (brown @ np.array([0.2126729, 0.7151522, 0.0721750]))
    return lab_of(srgb.encode(gamut.limit(linear)))


def _decode(encoded: Floats) -> Floats:
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


class TestOneColour:
    @pytest.mark.parametrize("level", [0.02, 0.1, 0.3, 0.5, 0.7])
    def test_flat(self, level: float, luv: Colorizer) -> None:
        picture = np.full((60, 80, 3), level, np.float32)
        np.testing.assert_allclose(lab_of(luv.colorize(picture)), ideal(picture), atol=0.05)

    def test_same_as_lab_on_a_ramp(self, luv: Colorizer, lab: Colorizer) -> None:
        ours, theirs = (lab_of(model.colorize(ramp())) for model in (luv, lab))
        np.testing.assert_allclose(ours, theirs, atol=0.05)
        right = ideal(np.dstack([ramp()] * 3))
        np.testing.assert_allclose(ours[:, 15:-15], right[:, 15:-15], atol=0.2)

    @pytest.mark.parametrize("name", ["camera.png", "coffee.png"])
    def test_same_as_lab_on_a_photograph(self, name: str, luv: Colorizer, lab: Colorizer) -> None:
        picture = LOW + (HIGH - LOW) * fractions(photograph(name, 200)).astype(np.float32)
        ours, theirs = (lab_of(model.colorize(picture)) for model in (luv, lab))
        np.testing.assert_allclose(ours, theirs, atol=0.05)

    @pytest.mark.parametrize("name", ["astronaut.png", "coffee.png"])
    def test_as_near_to_the_truth_as_lab(self, name: str, luv: Colorizer, lab: Colorizer) -> None:
        """With black and white in it, where the two are different functions of light."""
        picture = fractions(photograph(name, 200)).astype(np.float32)
        errors = [np.abs(lab_of(model.colorize(picture)) - ideal(picture)) for model in (luv, lab)]
        assert errors[0].mean() < 1.15 * errors[1].mean()
        dark = ideal(picture)[..., 0] < 16
        assert errors[0][dark].mean() < 1.15 * errors[1][dark].mean()

    @pytest.mark.parametrize("name", ["8.png", "16.tif"])
    def test_files(self, name: str, luv: Colorizer, tmp_path: Path) -> None:
        picture = photograph("camera.png", 150)
        picture = picture if name == "8.png" else deepened(picture)
        write = write_png if name == "8.png" else write_tiff
        write(tmp_path / name, picture)
        luv.colorize_file(tmp_path / name, tmp_path / f"out.{name}")
        difference = pixels(tmp_path / f"out.{name}").astype(int) - luv.colorize(picture)
        assert np.abs(difference).max() <= (1 if name == "8.png" else 2)


class TestBlack:
    def test_picture_of_black_only(self, luv: Colorizer) -> None:
        for value in (0, 1):
            result = luv.colorize(np.full((40, 60), value, np.uint8))
            assert result.max() <= 2 * value

    def test_black_areas_stay_black_and_the_rest_is_coloured(self, luv: Colorizer) -> None:
        picture = np.zeros((120, 160), np.uint16)
        picture[:, 80:] = 30000
        result = luv.colorize(picture)
        assert not result[:, :80].any()
        whole = luv.colorize(np.full_like(picture, 30000))
        np.testing.assert_allclose(result[:, 110:], whole[:, 110:], atol=20)

    def test_an_error_in_the_dark_stays_in_the_dark(self, tmp_path: Path) -> None:
        """v* = -5 is a trace of blue at L* 50, and at L* 0.5 no colour that exists."""
        model = write_toy(tmp_path / "blue.onnx", Formula(constant=(0, -5)), **LUV)
        picture = np.full((120, 160), 30000, np.uint16)
        picture[:, :80] = 50
        chroma = np.hypot(
            *np.moveaxis(lab_of(Colorizer(str(model), "cpu").colorize(picture)), -1, 0)[1:]
        )
        assert 3 < chroma[:, 120:].mean() < 4
        assert chroma.max() < 8

    def test_chroma_far_outside_of_every_gamut(self, tmp_path: Path) -> None:
        wild = Formula(constant=(500, -500), x=(-1000, 0), y=(0, 1000))
        model = Colorizer(str(write_toy(tmp_path / "wild.onnx", wild, **LUV)), "cpu")
        picture = np.tile(np.linspace(0, 1, 160, dtype=np.float32), (120, 1))
        result = model.colorize(picture)
        assert np.isfinite(result).all()
        np.testing.assert_allclose(lab_of(result)[..., 0], lab_of(picture)[..., 0], atol=0.01)
        assert np.hypot(*np.moveaxis(lab_of(result), -1, 0)[1:])[:, 20:-20].mean() > 30


class TestPoints:
    POINTS = (Point(0.3, 0.4, (196, 90, 60)), Point(0.7, 0.6, (60, 96, 170)))

    def both(self, folder: Path, picture: Pixels) -> list[Floats]:
        """L*a*b* of a picture with points, by toys that copy what they are told."""
        results = []
        for name, how in (("luv", LUV), ("lab", {})):
            path = write_toy(folder / f"{name}.onnx", Formula(), native_size=256, **how)
            model = Colorizer(str(path), "cpu")
            results.append(lab_of(model.colorize(picture, Options(points=self.POINTS))))
        return results

    def test_pass_through_unchanged(self, tmp_path: Path) -> None:
        luv, lab = self.both(tmp_path, np.full((256, 384), 0.5, np.float32))
        for point in self.POINTS:
            place = int(point.y * 256), int(point.x * 384)
            assert np.hypot(*lab[place][1:]) > 20
            np.testing.assert_allclose(luv[place], lab[place], atol=0.5)
        np.testing.assert_allclose(luv, lab, atol=4)  # at the points' edges

    def test_on_a_photograph(self, tmp_path: Path) -> None:
        luv, lab = self.both(tmp_path, photograph("camera.png", 256))
        assert np.abs(luv - lab).mean() < 0.1
