"""``photochrom photo``: hints, sidecars, warmth, protection, confidence and variants."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from helpers.command import run, run_process
from helpers.pictures import photograph, write_jpeg, write_png
from helpers.reading import pixels
from helpers.toy_model import WARM, write_toy
from photochrom.color import lab, srgb
from photochrom.color.arrays import FloatImage
from photochrom.hints.strokes import chroma_of

BLUE = (60, 80, 180)
POINT = "--point=0.2,0.3=#3c50b4"
SIDECAR = "in.jpg.photochrom.json"
STROKE = {"points": [[0.7, 0.6], [0.8, 0.6]], "radius": 0.05, "color": "#3c50b4", "by": "me"}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def chroma_at(path: Path, x: float, y: float) -> FloatImage:
    colored = lab.from_srgb(srgb.to_float(pixels(path)))[..., 1:]
    return colored[int(y * colored.shape[0]), int(x * colored.shape[1])]


def write_layer(path: Path, width: int, height: int, alpha: int = 255) -> None:
    """Blue on the lower left."""
    rgba = np.zeros((height, width, 4), np.uint8)
    rgba[height // 2 :, : width // 2] = (*BLUE, alpha)
    Image.fromarray(rgba).save(path)


def say(**said: object) -> None:
    Path(SIDECAR).write_text(json.dumps({"photochrom": 1, **said}))


@pytest.fixture(autouse=True)
def plain(folder: Path) -> None:
    """A picture of one thing, on which colours spread and nothing gets out of gamut."""
    write_jpeg(folder / "in.jpg", np.full((90, 90), 100, np.uint8))


class TestLayers:
    def test_its_colour_is_where_it_was_painted(self, folder: Path, toy: Path) -> None:
        write_layer(folder / "h.png", 45, 45)
        result = run("photo", "in.jpg", "-o", "a.png", "--hints", "h.png", "--model", toy)
        assert (result.code, result.err) == (0, "")
        np.testing.assert_allclose(chroma_at(folder / "a.png", 0.2, 0.8), chroma_of(BLUE), atol=3)
        assert np.abs(chroma_at(folder / "a.png", 0.95, 0.05) - chroma_of(BLUE)).max() > 20

    def test_points_lie_on_top(self, folder: Path) -> None:
        write_layer(folder / "h.png", 90, 90)
        fine = write_toy(folder / "fine.onnx", WARM, native_size=256)  # a point of several pixels
        arguments = ["--hints", "h.png", "--point", "0.25,0.75=#a04040", "--model", fine]
        assert run("photo", "in.jpg", "-o", "a.png", *arguments).code == 0
        red = chroma_of((160, 64, 64))
        np.testing.assert_allclose(chroma_at(folder / "a.png", 0.25, 0.75), red, atol=4)

    def test_an_empty_one_is_told_and_changes_nothing(self, folder: Path, toy: Path) -> None:
        write_layer(folder / "h.png", 90, 90, alpha=0)
        told = run("photo", "in.jpg", "-o", "a.png", "--hints", "h.png", "--model", toy)
        assert told.code == run("photo", "in.jpg", "-o", "b.png", "--model", toy).code == 0
        assert "note: nothing is painted on h.png" in told.out
        np.testing.assert_array_equal(pixels(folder / "a.png"), pixels(folder / "b.png"))

    @pytest.mark.parametrize(
        ("kind", "words"),
        [
            ("another aspect", "has an aspect of 2.00 and the upright picture one of 1.00"),
            ("no picture", "can't read the hint layer h.png"),
            ("no transparency", "has no transparency"),
            ("missing", "no such file: h.png"),
            ("folder", "h.png is a folder"),
        ],
    )
    def test_files_that_are_no_layer(self, kind: str, words: str, folder: Path, toy: Path) -> None:
        path = folder / "h.png"
        if kind == "another aspect":
            write_layer(path, 120, 60)
        elif kind == "no picture":
            path.write_text("blue, please\n" * 20)
        elif kind == "no transparency":
            write_png(path, photograph("coffee.png", 90))
        elif kind == "folder":
            path.mkdir()
        before = names(folder)
        result = run("photo", "in.jpg", "--hints", "h.png", "--model", toy)
        assert result.code == 3
        assert words in result.error_line
        assert names(folder) == before

    def test_one_picture_only(self, folder: Path, toy: Path) -> None:
        write_layer(folder / "h.png", 90, 90)
        result = run("photo", "in.jpg", "in.jpg", "--hints", "h.png", "--model", toy)
        assert result.code == 2
        assert "--hints is about one picture" in result.error_line


class TestSidecars:
    def test_what_it_says_is_done(self, folder: Path, toy: Path) -> None:
        say(strokes=[STROKE], points=[{"x": 0.2, "y": 0.3, "color": "#a04040"}])
        result = run("photo", "in.jpg", "-o", "a.png", "--model", toy)
        assert f"note: read {SIDECAR}: 1 stroke, 1 point" in result.out
        np.testing.assert_allclose(chroma_at(folder / "a.png", 0.75, 0.6), chroma_of(BLUE), atol=3)
        red = chroma_of((160, 64, 64))
        np.testing.assert_allclose(chroma_at(folder / "a.png", 0.2, 0.3), red, atol=4)

    def test_the_command_line_wins(self, folder: Path, toy: Path) -> None:
        say(
            settings={"saturation": 0, "zoom": 2}, points=[{"x": 0.2, "y": 0.3, "color": "#a04040"}]
        )
        told = ["photo", "in.jpg", "--model", toy]
        assert run(*told, "-o", "a.png").code == 0
        assert run(*told, "-o", "b.png", "--saturation", 1, POINT).code == 0
        assert np.ptp(pixels(folder / "a.png").astype(int), axis=-1).max() <= 2
        np.testing.assert_allclose(chroma_at(folder / "b.png", 0.2, 0.3), chroma_of(BLUE), atol=3)

    def test_left_aside(self, folder: Path, toy: Path) -> None:
        told = ["photo", "in.jpg", "--model", toy]
        assert run(*told, "-o", "a.png").code == 0
        (folder / SIDECAR).write_text("nonsense")
        assert run(*told, "-o", "b.png", "--no-sidecar").code == 0
        np.testing.assert_array_equal(pixels(folder / "a.png"), pixels(folder / "b.png"))

    def test_each_picture_has_its_own(self, folder: Path, toy: Path) -> None:
        write_png(folder / "b.png", np.full((60, 60), 100, np.uint8))
        say(settings={"saturation": 0})
        result = run("photo", "in.jpg", "b.png", "-o", "out/", "--model", toy)
        assert result.out.count("note: read") == 1
        assert np.ptp(pixels(folder / "out/in.color.jpg").astype(int), axis=-1).max() <= 2
        assert np.ptp(pixels(folder / "out/b.color.png").astype(int), axis=-1).max() > 10

    def test_saved(self, folder: Path, toy: Path) -> None:
        """What was said comes to what was there; all else in the file stays."""
        say(strokes=[STROKE], settings={"zoom": 2, "saturation": 0.5}, later={"a": 1})
        arguments = ["--warmth", 0.2, "--detail", "auto", POINT, "--save-sidecar", "--json"]
        result = run("photo", "in.jpg", "-o", "a.png", *arguments, "--model", toy)
        done = json.loads(result.out.splitlines()[-2])
        assert done["beside"] == [SIDECAR]
        assert json.loads((folder / SIDECAR).read_text()) == {
            "photochrom": 1,
            "strokes": [{**STROKE, "strength": 1.0}],
            "points": [{"x": 0.2, "y": 0.3, "color": "#3c50b4"}],
            "settings": {"zoom": 2, "saturation": 0.5, "warmth": 0.2},
            "later": {"a": 1},
        }
        assert run("photo", "in.jpg", "-o", "b.png", "--model", toy).code == 0
        np.testing.assert_array_equal(pixels(folder / "a.png"), pixels(folder / "b.png"))

    def test_saved_where_there_was_none(self, folder: Path, toy: Path) -> None:
        assert run("photo", "in.jpg", POINT, "--save-sidecar", "--model", toy).code == 0
        assert names(folder) == ["in.color.jpg", "in.jpg", SIDECAR]

    def test_no_room_for_its_name(self, folder: Path, toy: Path) -> None:
        name = "n" * 245 + ".jpg"
        (folder / "in.jpg").rename(folder / name)
        result = run("photo", name, "-o", "a.jpg", "--save-sidecar", "--model", toy)
        assert result.code == 4
        assert ".photochrom.json" in result.error_line
        assert names(folder) == ["a.jpg", name]

    def test_not_saved_when_the_picture_failed(self, folder: Path, toy: Path) -> None:
        told = ["photo", "in.jpg", "--model", toy]
        assert run(*told).code == 0
        assert run(*told, POINT, "--save-sidecar").code == 4
        assert SIDECAR not in names(folder)

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ('{"photochrom": 2}', "was written in version 2"),
            ('{"photochrom": 1, "settings": {"warmth": 2}}', "settings: warmth lies between"),
            ('{"photochrom": 1, "points": [{"x": 2, "y": 0, "color": "#000000"}]}', "point 1:"),
            ("{", "is no valid JSON"),
            ("[]", "is no sidecar"),
        ],
    )
    def test_files_that_are_none(self, text: str, words: str, folder: Path, toy: Path) -> None:
        (folder / SIDECAR).write_text(text)
        result = run("photo", "in.jpg", "--save-sidecar", "--model", toy)
        assert result.code == 3
        assert words in result.error_line
        assert names(folder) == ["in.jpg", SIDECAR]
        assert (folder / SIDECAR).read_text() == text

    def test_a_bad_one_does_not_stop_the_others(self, folder: Path, toy: Path) -> None:
        write_png(folder / "b.png", photograph("camera.png", 40))
        (folder / SIDECAR).write_text("{")
        result = run("photo", "in.jpg", "b.png", "--model", toy)
        assert result.code == 7
        assert (folder / "b.color.png").exists()

    def test_saving_needs_reading(self, folder: Path, toy: Path) -> None:
        result = run("photo", "in.jpg", "--no-sidecar", "--save-sidecar", "--model", toy)
        assert result.code == 2
        assert "leave out --no-sidecar" in result.error_line


class TestNumbers:
    @pytest.mark.parametrize(
        ("option", "words"),
        [
            ("--warmth=1.1", "warmth lies between -1 and 1"),
            ("--warmth=nan", "warmth lies between -1 and 1"),
            ("--protect=-0.1", "protect lies between 0 and 1"),
            ("--variant=-1", "variants are numbered from 0"),
            ("--variants=1", "variants are 2 to 16"),
            ("--variants=17", "variants are 2 to 16"),
        ],
    )
    def test_out_of_range(self, option: str, words: str, folder: Path, toy: Path) -> None:
        result = run("photo", "in.jpg", option, "--model", toy)
        assert result.code == 2
        assert words in result.error_line
        assert names(folder) == ["in.jpg"]

    def test_warmth(self, folder: Path, toy: Path) -> None:
        for name, warmth in (("cool", -1), ("warm", 1)):
            arguments = [f"--warmth={warmth}", "-o", f"{name}.png", "--model", toy]
            assert run("photo", "in.jpg", *arguments).code == 0
        cool, warm = (chroma_at(folder / f"{name}.png", 0.5, 0.5) for name in ("cool", "warm"))
        assert warm[1] > cool[1] + 15


class TestConfidence:
    def test_map_beside_the_picture(self, folder: Path, toy: Path) -> None:
        arguments = ["--confidence", "map.png", "--protect", "0.5", "--model", toy]
        result = run("photo", "in.jpg", *arguments)
        assert result.code == 0
        assert "  beside it: map.png\n" in result.out
        with Image.open(folder / "map.png") as image:
            assert (image.mode, image.size) == ("L", (64, 64))
            assert np.asarray(image).mean() > 200  # the toy says the same to all that it is asked

    @pytest.mark.parametrize(
        ("path", "code", "words"),
        [
            ("map.jpg", 2, "let map.jpg end in .png"),
            ("map", 2, "end in .png"),
            ("no/map.png", 4, "no such folder"),
            ("in.color.png", 2, "would go to the same file"),
            ("in.png", 4, "is a source"),
        ],
    )
    def test_places_that_cannot_be(
        self, path: str, code: int, words: str, folder: Path, toy: Path
    ) -> None:
        (folder / "in.jpg").unlink()
        write_png(folder / "in.png", photograph("camera.png", 60))
        result = run("photo", "in.png", "--confidence", path, "--overwrite", "--model", toy)
        assert result.code == code
        assert words in result.error_line
        assert names(folder) == ["in.png"]

    def test_one_picture_only(self, folder: Path, toy: Path) -> None:
        result = run("photo", "in.jpg", "in.jpg", "--confidence", "m.png", "--model", toy)
        assert result.code == 2
        assert "--confidence is about one picture" in result.error_line


class TestVariants:
    def test_only_a_sheet(self, folder: Path, toy: Path) -> None:
        result = run("photo", "in.jpg", "--variants", 3, "--json", "--model", toy)
        assert result.code == 0
        assert names(folder) == ["in.jpg", "in.variants.png"]
        done = json.loads(result.out.splitlines()[-2])
        assert (done["event"], done["output"], done["beside"]) == ("done", "in.variants.png", [])
        assert (len(done["variants"]), done["variants"][0]) == (3, 0)

    def test_sheet_to_a_file_of_another_name(self, folder: Path, toy: Path) -> None:
        assert run("photo", "in.jpg", "--variants", 2, "-o", "s.png", "--model", toy).code == 0
        assert names(folder) == ["in.jpg", "s.png"]
        result = run("photo", "in.jpg", "--variants", 2, "-o", "s.jpg", "--model", toy)
        assert result.code == 2
        assert "let s.jpg end in .png" in result.error_line

    def test_one_of_them(self, folder: Path, toy: Path) -> None:
        told = ["photo", "in.jpg", "--model", toy]
        for name, number in (("a.png", 0), ("b.png", 5), ("c.png", 5)):
            assert run(*told, "-o", name, "--variant", number).code == 0
        assert run(*told, "-o", "d.png").code == 0
        first, second, again, plain = (pixels(folder / f"{name}.png") for name in "abcd")
        np.testing.assert_array_equal(first, plain)
        np.testing.assert_array_equal(second, again)
        assert np.abs(first.astype(int) - second).max() > 8

    def test_sheet_and_one_of_them(self, folder: Path, toy: Path) -> None:
        arguments = ["--variants", 2, "--variant", 1, "-o", "out/", "--model", toy]
        write_png(folder / "b.png", photograph("camera.png", 40))
        result = run("photo", "in.jpg", "b.png", *arguments)
        assert result.code == 0
        expected = ["b.color.png", "b.variants.png", "in.color.jpg", "in.variants.png"]
        assert names(folder / "out") == expected

    def test_two_sheets_of_one_name(self, folder: Path, toy: Path) -> None:
        write_png(folder / "in.png", photograph("camera.png", 40))
        result = run("photo", "in.jpg", "in.png", "--variants", 2, "--variant", 1, "--model", toy)
        assert result.code == 2
        assert "would go to the same file" in result.error_line
        assert names(folder) == ["in.jpg", "in.png"]

    def test_models_without(self, folder: Path) -> None:
        deaf = write_toy(folder / "deaf.onnx", WARM, hints=False)
        for arguments in (["--variants", 2], ["--variant", 1]):
            result = run("photo", "in.jpg", *arguments, "--model", deaf)
            assert result.code == 2
            assert "has no variants" in result.error_line


def test_as_a_process(folder: Path, toy: Path) -> None:
    """No traceback at the end either."""
    write_layer(folder / "h.png", 120, 60)
    result = run_process("photo", "in.jpg", "--hints", "h.png", "--model", toy, cwd=folder)
    assert result.code == 3
    assert "has an aspect of" in result.error_line
