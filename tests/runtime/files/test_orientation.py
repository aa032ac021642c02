"""Turned pictures: stored pixels stay as they are, and the model sees what a person sees."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageOps
from skimage.color import rgb2lab

from helpers.pictures import ORIENTATION, Tiff, write_tiff
from photochrom import Colorizer, Options, Point
from photochrom.errors import InputError
from photochrom.files import orientation
from photochrom.hints import layer
from photochrom.hints.strokes import chroma_of

Pixels = NDArray[Any]

every_orientation = pytest.mark.parametrize("turned", range(1, 9))


def upright_by_pillow(stored: Pixels, turned: int) -> Pixels:
    """What a viewer shows of stored pixels."""
    image = Image.fromarray(stored)
    image.getexif()[ORIENTATION] = turned
    return np.array(ImageOps.exif_transpose(image))


@every_orientation
class TestArrays:
    def test_upright_is_what_pillow_shows(self, turned: int) -> None:
        stored = np.arange(15, dtype=np.uint8).reshape(3, 5)
        upright = orientation.upright(stored.astype(np.float32), turned)
        np.testing.assert_array_equal(upright, upright_by_pillow(stored, turned))

    def test_stored_undoes_it(self, turned: int) -> None:
        planes = np.arange(30, dtype=np.float32).reshape(2, 3, 5)
        back = orientation.stored(orientation.upright(planes, turned), turned)
        np.testing.assert_array_equal(back, planes)


def write_turned(folder: Path, turned: int) -> Path:
    """A plain grey picture, 90 x 60 as stored."""
    return write_tiff(folder / "in.tif", np.full((60, 90), 140, np.uint8), Tiff(orientation=turned))


def chroma_as_seen(path: Path, turned: int) -> NDArray[np.float64]:
    """a* and b* (H x W x 2) of a TIFF, turned as a viewer would."""
    with Image.open(path) as image:
        stored = np.array(image.convert("RGB"))
        # Pillow turns a TIFF by itself as it decodes; turn it back to what is stored
        if image.size != (90, 60) or stored.shape[:2] != (60, 90):
            raise AssertionError(f"{path} is not stored as 90 x 60")
    return np.asarray(rgb2lab(upright_by_pillow(stored, turned))[..., 1:])


def result(source: Path, colorizer: Colorizer, options: Options | None = None) -> Path:
    """A PNG, which Pillow does not turn by itself."""
    target = source.with_name("out.png")
    colorizer.colorize_file(source, target, options, overwrite=True)
    return target


@every_orientation
class TestFiles:
    def test_the_model_sees_it_upright(
        self, turned: int, corners: Colorizer, tmp_path: Path
    ) -> None:
        path = result(write_turned(tmp_path, turned), corners)
        seen = chroma_as_seen(path, turned)
        left, right = seen[:, :8, 0].mean(), seen[:, -8:, 0].mean()
        upper, lower = seen[:8, :, 1].mean(), seen[-8:, :, 1].mean()
        assert left < -20 < 20 < right
        assert upper < -20 < 20 < lower

    def test_points_are_where_a_person_sees_them(
        self, turned: int, warm: Colorizer, tmp_path: Path
    ) -> None:
        source = write_turned(tmp_path, turned)
        said = {(0.2, 0.7): (70, 90, 190), (0.7, 0.3): (180, 70, 60), (0.8, 0.8): (60, 120, 60)}
        points = tuple(Point(*place, color) for place, color in said.items())
        seen = chroma_as_seen(result(source, warm, Options(points=points)), turned)
        height, width = seen.shape[:2]
        for (x, y), color in said.items():
            wanted = chroma_of(color)
            np.testing.assert_allclose(seen[int(y * height), int(x * width)], wanted, atol=5)

    def test_a_layer_lies_as_a_person_sees_it(
        self, turned: int, warm: Colorizer, tmp_path: Path
    ) -> None:
        source = write_turned(tmp_path, turned)
        plain = chroma_as_seen(result(source, warm), turned)
        height, width = plain.shape[:2]
        rgba = np.zeros((height, width, 4), np.uint8)
        painted = np.s_[int(0.65 * height) : int(0.75 * height), int(0.15 * width) : width // 4]
        rgba[painted] = (70, 90, 190, 255)
        options = Options(layer=layer.from_array(rgba))
        seen = chroma_as_seen(result(source, warm, options), turned)
        wanted = chroma_of((70, 90, 190))
        np.testing.assert_allclose(seen[painted].mean((0, 1)), wanted, atol=3)

    def test_a_layer_as_the_file_stores_it_is_refused(
        self, turned: int, warm: Colorizer, tmp_path: Path
    ) -> None:
        source = write_turned(tmp_path, turned)
        height, width = chroma_as_seen(result(source, warm), turned).shape[:2]
        across = Options(layer=layer.from_array(np.zeros((width, height, 4), np.uint8)))
        with pytest.raises(InputError, match="has an aspect of"):
            warm.colorize_file(source, tmp_path / "other.png", across)
