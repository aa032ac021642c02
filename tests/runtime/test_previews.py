"""Previews: confidence and variants of arrays and files, and what their options do to them."""

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from helpers.pictures import Tiff, photograph, write_png, write_tiff
from helpers.reading import pixels
from helpers.toy_model import WARM, write_toy
from photochrom import Colorizer, Options, Point
from photochrom.color import lab, srgb
from photochrom.color.arrays import FloatImage, PictureArray
from photochrom.errors import CancelledError, InputError, OutputError, UsageError
from photochrom.hints import layer
from photochrom.hints.strokes import Stroke, chroma_of
from photochrom.previews import Previewer

RED = (180, 60, 60)
DAB = Stroke(((0.25, 0.5),), 0.1, RED)


@pytest.fixture(scope="module")
def shipped() -> Colorizer:
    return Colorizer(device="cpu")


@pytest.fixture(scope="module")
def picture() -> PictureArray:
    return photograph("coffee.png", 120)


def chroma(colored: PictureArray) -> FloatImage:
    return lab.from_srgb(srgb.to_float(colored))[..., 1:]


class TestConfidence:
    def test_of_an_array(self, shipped: Colorizer, picture: PictureArray) -> None:
        sure = Previewer(shipped).confidence(picture)
        assert sure.dtype == np.float32
        assert min(sure.shape) == shipped.manifest.native_size
        assert 0 < sure.min() < 0.9 < sure.max() <= 1

    def test_sure_where_a_person_is(self, shipped: Colorizer, picture: PictureArray) -> None:
        plain, told = (
            Previewer(shipped).confidence(picture, options)
            for options in (Options(), Options(strokes=(DAB,)))
        )
        rows, columns = plain.shape
        assert told[rows // 2, columns // 4] == pytest.approx(1)
        assert (told >= plain).all()

    @pytest.mark.parametrize("turned", [1, 6])
    def test_of_a_file_upright(self, turned: int, warm: Colorizer, tmp_path: Path) -> None:
        source = write_tiff(
            tmp_path / "in.tif", np.full((60, 90), 140, np.uint8), Tiff(orientation=turned)
        )
        Previewer(warm).confidence_file(source, tmp_path / "map.png")
        with Image.open(tmp_path / "map.png") as image:
            assert image.mode == "L"
            assert image.size == ((96, 64) if turned == 1 else (64, 96))

    @pytest.mark.parametrize(
        ("target", "error"),
        [
            ("map.jpg", UsageError),
            ("map", UsageError),
            ("no/map.png", OutputError),
            ("in.png", OutputError),
        ],
    )
    def test_places_that_cannot_be(
        self, target: str, error: type[Exception], warm: Colorizer, tmp_path: Path
    ) -> None:
        source = write_png(tmp_path / "in.png", photograph("camera.png", 40))
        with pytest.raises(error):
            Previewer(warm).confidence_file(source, tmp_path / target, overwrite=True)
        assert [path.name for path in tmp_path.iterdir()] == ["in.png"]


class TestProtection:
    def test_less_colour_where_unsure(self, shipped: Colorizer, picture: PictureArray) -> None:
        plain, half, full = (
            np.hypot(
                *np.moveaxis(chroma(shipped.colorize(picture, Options(protect=amount))), -1, 0)
            )
            for amount in (0.0, 0.5, 1.0)
        )
        assert plain.mean() > half.mean() + 0.5 > full.mean() + 1

    def test_painted_places_keep_their_colour(
        self, shipped: Colorizer, picture: PictureArray
    ) -> None:
        asked = Options(strokes=(DAB,), protect=1)
        height, width = picture.shape[:2]
        told = chroma(shipped.colorize(picture, asked))[height // 2, width // 4]
        np.testing.assert_allclose(told, chroma_of(RED), atol=5)


class TestWarmth:
    def test_greys_move_from_blue_to_orange(self, warm: Colorizer) -> None:
        grey = np.full((60, 90), 150, np.uint8)
        said = Options(points=(Point(0.5, 0.5, (128, 128, 128)),))
        cool, plain, hot = (
            chroma(warm.colorize(grey, replace(said, warmth=warmth)))[30, 45]
            for warmth in (-1.0, 0.0, 1.0)
        )
        assert cool[1] < plain[1] - 8
        assert hot[1] > plain[1] + 8

    def test_saturation_comes_after_it(self, warm: Colorizer) -> None:
        grey = warm.colorize(np.full((60, 90), 150, np.uint8), Options(warmth=1, saturation=0))
        assert np.abs(chroma(grey)).max() < 0.5


class TestVariants:
    def test_each_can_be_had_by_its_number(self, shipped: Colorizer, picture: PictureArray) -> None:
        """The coloured picture is the preview's, but for size and the guided filter."""
        found = Previewer(shipped).variants(picture, 3)
        assert next(iter(found)) == 0
        assert len(found) == 3
        for number, preview in found.items():
            options = Options(variant=number)
            full = chroma(shipped.colorize(picture, options)).mean((0, 1))
            np.testing.assert_allclose(full, chroma(preview).mean((0, 1)), atol=1.5)
        means = [chroma(preview) for preview in found.values()]
        assert np.abs(means[0] - means[1]).mean() > 2

    def test_all_obey_the_person(self, warm: Colorizer, picture: PictureArray) -> None:
        for preview in Previewer(warm).variants(picture, 2, Options(strokes=(DAB,))).values():
            height, width = preview.shape[:2]
            told = chroma(preview)[height // 2, width // 4]
            np.testing.assert_allclose(told, chroma_of(RED), atol=4)

    def test_the_sheet_has_their_look(self, warm: Colorizer, picture: PictureArray) -> None:
        for preview in Previewer(warm).variants(picture, 2, Options(saturation=0)).values():
            assert np.ptp(preview.astype(int), axis=-1).max() <= 2

    def test_of_a_file(self, warm: Colorizer, tmp_path: Path) -> None:
        source = write_png(tmp_path / "in.png", photograph("camera.png", 90))
        told: list[float] = []
        report = Previewer(warm).variants_file(
            source, tmp_path / "s.png", 4, progress=lambda _, part, __: told.append(part)
        )
        assert told == sorted(told)
        assert (len(report.variants), report.variants[0], report.notes) == (4, 0, ())
        assert pixels(tmp_path / "s.png").shape == (report.height, report.width, 3)

    def test_of_several_pages(self, warm: Colorizer, tmp_path: Path) -> None:
        grey = Image.fromarray(photograph("camera.png", 40))
        grey.save(tmp_path / "p.tif", save_all=True, append_images=[grey])
        report = Previewer(warm).variants_file(tmp_path / "p.tif", tmp_path / "s.png", 2)
        assert report.notes == ("it is of the first of 2 pages",)

    def test_cancelled(self, warm: Colorizer, tmp_path: Path) -> None:
        source, cancel = (
            write_png(tmp_path / "in.png", photograph("camera.png", 90)),
            threading.Event(),
        )
        with pytest.raises(CancelledError):
            Previewer(warm).variants_file(
                source, tmp_path / "s.png", 4, progress=lambda *_: cancel.set(), cancel=cancel
            )
        assert [path.name for path in tmp_path.iterdir()] == ["in.png"]

    def test_models_that_have_none(self, tmp_path: Path, picture: PictureArray) -> None:
        deaf = Colorizer(str(write_toy(tmp_path / "deaf.onnx", WARM, hints=False)), "cpu")
        with pytest.raises(UsageError, match="has no variants"):
            Previewer(deaf).variants(picture, 4)

    @pytest.mark.parametrize("count", [1, 17])
    def test_how_many(self, count: int, warm: Colorizer, picture: PictureArray) -> None:
        with pytest.raises(UsageError, match="2 to 16"):
            Previewer(warm).variants(picture, count)


class TestLayers:
    def test_another_aspect(self, warm: Colorizer, picture: PictureArray) -> None:
        wrong = Options(layer=layer.from_array(np.zeros((90, 90, 4), np.uint8)))
        with pytest.raises(InputError, match=r"has an aspect of 1\.00"):
            warm.colorize(picture, wrong)

    def test_an_empty_one_changes_nothing(self, warm: Colorizer, tmp_path: Path) -> None:
        source = write_png(tmp_path / "in.png", photograph("camera.png", 60))
        empty = Options(layer=layer.from_array(np.zeros((60, 60, 4), np.uint8)))
        report = warm.colorize_file(source, tmp_path / "out.png", empty)
        assert report.notes == ("nothing is painted on the hint layer",)
        np.testing.assert_array_equal(
            pixels(tmp_path / "out.png"), warm.colorize(photograph("camera.png", 60))
        )


class TestWorkingSize:
    def test_is_what_was_asked_for(self, shipped: Colorizer, picture: PictureArray) -> None:
        sure = Previewer(shipped).confidence(picture, Options(size=96))
        assert min(sure.shape) == 96

    def test_changes_the_colours_but_not_the_light(
        self, shipped: Colorizer, picture: PictureArray
    ) -> None:
        own, small = (shipped.colorize(picture, Options(size=size)) for size in (256, 96))
        assert np.array_equal(own, shipped.colorize(picture))
        assert np.abs(chroma(own) - chroma(small)).mean() > 1
        light = [lab.from_srgb(srgb.to_float(one))[..., 0] for one in (own, small)]
        assert np.abs(light[0] - light[1]).max() < 0.6
