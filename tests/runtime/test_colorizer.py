"""What the colorizer does with colour: the model's, the person's and the picture's own."""

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.color import rgb2lab

from helpers.lightness import fractions
from helpers.pictures import deepened, photograph, with_alpha, write_png, write_tiff
from helpers.reading import pixels
from helpers.toy_model import CORNERS, WARM, predicted
from photochrom import Colorizer, Options, Point
from photochrom.color import lab
from photochrom.errors import CancelledError, InputError, UsageError
from photochrom.files import sink

Pixels = NDArray[Any]


def lab_of(picture: Pixels) -> NDArray[np.float64]:
    values = fractions(picture)
    return np.asarray(rgb2lab(np.dstack([values] * 3) if values.ndim == 2 else values[..., :3]))


def tinted(lightness: NDArray[np.floating], tint: tuple[float, float]) -> Pixels:
    """A uint16 picture of this L* (0..100) with one a* and b* everywhere."""
    values = np.dstack([lightness, *(np.full_like(lightness, part) for part in tint)])
    encoded = lab.to_srgb(values.astype(np.float32))
    return np.asarray(np.rint(encoded * 65535), np.uint16)


def tones(height: int = 60, width: int = 90) -> NDArray[np.floating]:
    """Mid-tone L* with soft structure: room for a tint everywhere."""
    rows, columns = np.mgrid[:height, :width]
    return np.asarray(55 + 20 * np.sin(rows / 9) * np.cos(columns / 7))


class TestPrediction:
    def test_plain_grey_gets_the_models_chroma(self, warm: Colorizer) -> None:
        result = lab_of(warm.colorize(np.full((50, 70), 0.5, np.float32)))
        expected = predicted(WARM, result[..., 0])
        np.testing.assert_allclose(result[..., 1:], expected, atol=0.2)

    @pytest.mark.parametrize("size", [(128, 192), (64, 64), (300, 200), (513, 770), (1031, 1030)])
    def test_place(self, size: tuple[int, int], corners: Colorizer) -> None:
        """Enlarged with centres aligned, at any factor: no shift to any side, no steps."""
        # else the corners lie outside the gamut, and tiles would have corners of their own
        half = Options(saturation=0.5, detail=0)
        result = lab_of(corners.colorize(np.full(size, 36000, np.uint16), half))
        y, x = (np.indices(size) + 0.5) / np.array(size)[:, None, None]
        expected = predicted(CORNERS, result[..., 0], x, y) / 2
        inside = tuple(slice(side // 6, -side // 6) for side in size)
        off = (result[..., 1:] - expected)[inside]
        assert np.abs(off).max() < 0.3
        assert np.abs(off.mean(axis=(0, 1))).max() < 0.03

    def test_chroma_that_follows_light(self, warm: Colorizer) -> None:
        result = lab_of(warm.colorize(tinted(tones(), (0, 0))))
        expected = predicted(WARM, result[..., 0])
        assert np.abs(result[..., 1:] - expected).mean() < 0.3

    def test_deterministic(self, corners: Colorizer) -> None:
        picture = photograph("camera.png", 120)
        np.testing.assert_array_equal(corners.colorize(picture), corners.colorize(picture))

    def test_input_is_not_changed(self, warm: Colorizer) -> None:
        picture = photograph("coffee.png", 120)
        before = picture.copy()
        warm.colorize(picture)
        np.testing.assert_array_equal(picture, before)

    def test_views_with_any_strides(self, warm: Colorizer) -> None:
        picture = photograph("coffee.png", 120)
        for view in (
            picture[::-1],
            picture[:, ::2],
            picture.transpose(1, 0, 2),
            picture[..., ::-1],
        ):
            expected = warm.colorize(np.ascontiguousarray(view))
            np.testing.assert_array_equal(warm.colorize(view), expected)

    def test_arrays_as_files(self, warm: Colorizer, tmp_path: Path) -> None:
        for name, picture in (
            ("8.png", photograph("coffee.png", 100)),
            ("16.png", deepened(photograph("camera.png", 100))),
            ("alpha.png", with_alpha(photograph("coffee.png", 100))),
        ):
            write_png(tmp_path / name, picture)
            warm.colorize_file(tmp_path / name, tmp_path / f"out.{name}")
            difference = pixels(tmp_path / f"out.{name}").astype(int) - warm.colorize(picture)
            assert np.abs(difference).max() <= (2 if picture.dtype == np.uint16 else 1)

    def test_threads_share_a_colorizer(self, corners: Colorizer) -> None:
        pictures = [photograph(name, 100) for name in ("camera.png", "coffee.png", "rocket.jpg")]
        expected = [corners.colorize(picture) for picture in pictures]
        results: dict[int, Pixels] = {}

        def work(index: int) -> None:
            results[index] = corners.colorize(pictures[index % 3])

        threads = [threading.Thread(target=work, args=(index,)) for index in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for index in range(6):
            np.testing.assert_array_equal(results[index], expected[index % 3])


class TestOwnColour:
    def test_tint_is_dropped_before_the_model_looks(self, corners: Colorizer) -> None:
        neutral = corners.colorize(tinted(tones(), (0, 0)))
        sepia = corners.colorize(tinted(tones(), (6, 22)))
        np.testing.assert_allclose(lab_of(sepia), lab_of(neutral), atol=0.05)

    def test_tint_of_a_file_is_dropped(self, corners: Colorizer, tmp_path: Path) -> None:
        results = []
        for name, tint in (("neutral", (0.0, 0.0)), ("sepia", (6.0, 22.0))):
            write_tiff(tmp_path / f"{name}.tif", tinted(tones(), tint))
            corners.colorize_file(tmp_path / f"{name}.tif", tmp_path / f"{name}.out.tif")
            results.append(lab_of(pixels(tmp_path / f"{name}.out.tif")))
        np.testing.assert_allclose(results[0], results[1], atol=0.05)

    def test_colour_picture_as_its_own_light(self, warm: Colorizer) -> None:
        """A colour picture and its grey copy of the same L* become the same."""
        color = photograph("coffee.png", 100)
        light = lab_of(color)
        light[..., 1:] = 0
        grey = np.asarray(np.rint(lab.to_srgb(light.astype(np.float32)) * 65535), np.uint16)
        ours, theirs = (lab_of(warm.colorize(picture)) for picture in (deep(color), grey))
        assert np.abs(ours - theirs).mean() < 0.05
        assert np.quantile(np.abs(ours - theirs), 0.999) < 0.5

    @pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
    def test_strength_0_gives_the_source_back(self, dtype: type[Any], warm: Colorizer) -> None:
        picture = photograph("coffee.png", 100).astype(dtype)
        picture = picture if dtype is np.uint8 else deepened(picture.astype(np.uint8))
        result = warm.colorize(picture, Options(strength=0))
        codes = np.abs(result.astype(int) - picture.astype(int))
        assert codes.max() <= (1 if dtype is np.uint8 else 16)
        assert codes.mean() < (0.01 if dtype is np.uint8 else 1)

    def test_strength_0_of_a_grey_picture_is_grey(self, warm: Colorizer) -> None:
        picture = photograph("camera.png", 100)
        result = warm.colorize(picture, Options(strength=0))
        np.testing.assert_array_equal(result, np.repeat(picture[..., None], 3, axis=-1))

    def test_strength_lies_between(self, warm: Colorizer) -> None:
        picture = tinted(tones(), (-10, -15))
        none, half, full = (
            lab_of(warm.colorize(picture, Options(strength=strength)))
            for strength in (0.0, 0.5, 1.0)
        )
        np.testing.assert_allclose(half, (none + full) / 2, atol=0.05)

    def test_saturation_0_is_neutral(self, corners: Colorizer) -> None:
        result = corners.colorize(tinted(tones(), (6, 22)), Options(saturation=0))
        spread = result.max(axis=-1).astype(int) - result.min(axis=-1)
        assert spread.max() <= 2
        np.testing.assert_allclose(lab_of(result)[..., 0], tones(), atol=0.02)

    def test_saturation_multiplies(self, warm: Colorizer) -> None:
        picture = tinted(tones(), (0, 0))
        once, twice = (
            lab_of(warm.colorize(picture, Options(saturation=factor))) for factor in (1.0, 2.0)
        )
        np.testing.assert_allclose(twice[..., 1:], 2 * once[..., 1:], atol=0.1)


def deep(picture: Pixels) -> Pixels:
    """uint8 as the same colours in uint16."""
    return np.asarray(picture.astype(np.uint16) * 257)


class TestPoints:
    def change(self, warm: Colorizer, *points: Point) -> NDArray[np.float64]:
        """How far points move a* and b* (H x W x 2) on a plain grey picture of 96 x 64."""
        picture = np.full((64, 96), 0.5, np.float32)
        told = warm.colorize(picture, Options(points=points))
        return (lab_of(told) - lab_of(warm.colorize(picture)))[..., 1:]

    def test_the_colours_are_where_they_were_said(self, warm: Colorizer) -> None:
        """Three places that no mirroring or turning brings to one another's."""
        said = {(0.2, 0.3): (70, 90, 190), (0.7, 0.2): (180, 70, 60), (0.6, 0.8): (60, 120, 60)}
        points = tuple(Point(*place, color) for place, color in said.items())
        told = lab_of(warm.colorize(np.full((64, 96), 0.4, np.float32), Options(points=points)))
        for (x, y), color in said.items():
            wanted = lab_of(np.array([[color]], np.uint8))[0, 0, 1:]
            np.testing.assert_allclose(told[int(64 * y), int(96 * x), 1:], wanted, atol=2)

    def test_it_fades_with_distance(self, warm: Colorizer) -> None:
        moved = np.hypot(*np.moveaxis(self.change(warm, Point(0.25, 0.5, (70, 90, 190))), -1, 0))
        assert (np.diff(moved[32, [26, 30, 34, 38, 42]]) < 0).all()
        assert moved[:, 56:].max() < 0.1

    def test_far_away_stays(self, warm: Colorizer) -> None:
        moved = self.change(warm, Point(0.1, 0.5, (0, 0, 255)))
        np.testing.assert_allclose(moved[:, 48:], 0, atol=0.05)

    @pytest.mark.parametrize(("x", "y"), [(0, 0), (1, 0), (0, 1), (1, 1), (0.5, 0), (1, 0.5)])
    def test_borders(self, x: float, y: float, warm: Colorizer) -> None:
        moved = np.hypot(*self.change(warm, Point(x, y, (0, 0, 255))).T).T
        row, column = np.unravel_index(moved.argmax(), moved.shape)
        assert moved.max() > 3
        assert abs(column - x * 95) <= 4
        assert abs(row - y * 63) <= 4

    def test_only_chroma_of_a_point_counts(self, warm: Colorizer) -> None:
        dark, bright = (lab.to_srgb(np.array([level, 20, 30], np.float32)) for level in (35, 75))
        moved = [
            self.change(warm, Point(0.5, 0.5, (int(r), int(g), int(b))))
            for r, g, b in (np.rint(color * 255) for color in (dark, bright))
        ]
        np.testing.assert_allclose(moved[0], moved[1], atol=0.6)

    def test_grey_means_no_colour(self, warm: Colorizer) -> None:
        moved = self.change(warm, Point(0.5, 0.5, (128, 128, 128)))
        assert moved[32, 48, 1] < -1  # less of the model's yellow

    def test_later_points_lie_on_top(self, warm: Colorizer) -> None:
        red, blue = Point(0.5, 0.5, (255, 0, 0)), Point(0.5, 0.5, (0, 0, 255))
        both, last = self.change(warm, red, blue), self.change(warm, blue)
        np.testing.assert_array_equal(both, last)


class TestArraysThatCannotBe:
    @pytest.mark.parametrize(
        "shape", [(), (5,), (4, 5, 2), (4, 5, 5), (1, 4, 5, 3), (0, 5), (5, 0, 3)]
    )
    def test_shapes(self, shape: tuple[int, ...], warm: Colorizer) -> None:
        with pytest.raises(UsageError, match="arrays"):
            warm.colorize(np.zeros(shape, np.uint8))

    @pytest.mark.parametrize("dtype", ["int8", "int32", "uint32", "float16", "float64", "bool"])
    def test_types(self, dtype: str, warm: Colorizer) -> None:
        with pytest.raises(UsageError, match="convert it first"):
            warm.colorize(np.zeros((4, 5), dtype))

    @pytest.mark.parametrize("value", [np.nan, np.inf, -1, 2, 255])
    @pytest.mark.parametrize("bands", [(), (3,), (4,)])
    def test_values(self, value: float, bands: tuple[int, ...], warm: Colorizer) -> None:
        picture = np.full((4, 5, *bands), 0.5, np.float32)
        picture.flat[-1] = value
        with pytest.raises(UsageError, match="NaN"):
            warm.colorize(picture)

    @pytest.mark.parametrize(
        ("height", "width"), [(1, 1), (5000, 3), (3, 5000), (1, 2), (2, 1), (1, 900)]
    )
    @pytest.mark.parametrize("bands", [(), (3,), (4,)])
    def test_odd_sizes_work(
        self, height: int, width: int, bands: tuple[int, ...], warm: Colorizer
    ) -> None:
        picture = np.full((height, width, *bands), 100, np.uint8)
        result = warm.colorize(picture)
        assert result.shape == (height, width, bands[0] if bands == (4,) else 3)

    @pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
    def test_alpha_is_copied(self, dtype: type[Any], warm: Colorizer) -> None:
        picture = with_alpha(photograph("coffee.png", 60))
        if dtype is not np.uint8:
            picture = (fractions(picture) * (65535 if dtype is np.uint16 else 1)).astype(dtype)
        result = warm.colorize(picture)
        np.testing.assert_array_equal(result[..., 3], picture[..., 3])
        np.testing.assert_array_equal(result[..., :3], warm.colorize(picture[..., :3]))


class TestProgressAndCancelling:
    def test_progress_rises_through_the_stages(self, warm: Colorizer, tmp_path: Path) -> None:
        write_png(tmp_path / "in.png", photograph("camera.png", 300))
        seen: list[tuple[str, float]] = []
        warm.colorize_file(
            tmp_path / "in.png",
            tmp_path / "out.png",
            progress=lambda stage, fraction, left: seen.append((stage, fraction)),
        )
        stages = list(dict.fromkeys(stage for stage, _ in seen))
        assert stages == ["look", "color", "write"]
        for stage in stages:
            fractions_ = [fraction for name, fraction in seen if name == stage]
            assert fractions_ == sorted(fractions_)
        assert seen[-1] == ("write", 1.0)

    @pytest.mark.parametrize("stage", ["look", "color", "write"])
    @pytest.mark.parametrize("ending", ["jpg", "png", "tif"])
    def test_cancel_leaves_nothing(
        self, stage: str, ending: str, warm: Colorizer, tmp_path: Path
    ) -> None:
        write_png(tmp_path / "in.png", photograph("camera.png", 400))
        cancel = threading.Event()

        def stop(now: str, fraction: float, left: float | None) -> None:
            del fraction, left
            if now == stage:
                cancel.set()

        with pytest.raises(CancelledError, match="nothing was written"):
            warm.colorize_file(
                tmp_path / "in.png", tmp_path / f"out.{ending}", progress=stop, cancel=cancel
            )
        assert [path.name for path in tmp_path.iterdir()] == ["in.png"]

    def test_cancel_keeps_an_older_output(self, warm: Colorizer, tmp_path: Path) -> None:
        write_png(tmp_path / "in.png", photograph("camera.png", 300))
        (tmp_path / "out.png").write_bytes(b"older")
        cancel = threading.Event()
        cancel.set()
        with pytest.raises(CancelledError):
            warm.colorize_file(
                tmp_path / "in.png", tmp_path / "out.png", cancel=cancel, overwrite=True
            )
        assert (tmp_path / "out.png").read_bytes() == b"older"

    @pytest.mark.parametrize("ending", ["jpg", "png", "tif"])
    @pytest.mark.parametrize("late", [0.9, 0.99, 1.0])
    def test_late_cancel_is_told_as_it_was(
        self, late: float, ending: str, warm: Colorizer, tmp_path: Path
    ) -> None:
        """Either it was cancelled and nothing is there, or it is there and was not cancelled."""
        write_png(tmp_path / "in.png", photograph("camera.png", 400))
        cancel = threading.Event()

        def stop(stage: str, fraction: float, left: float | None) -> None:
            del left
            if stage == "write" and fraction >= late:
                cancel.set()

        target = tmp_path / f"out.{ending}"
        try:
            warm.colorize_file(tmp_path / "in.png", target, progress=stop, cancel=cancel)
        except CancelledError:
            assert not target.exists()
        else:
            assert pixels(target).shape == (400, 400, 3)

    def test_cancel_after_the_file_is_there_comes_too_late(
        self, warm: Colorizer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write_png(tmp_path / "in.png", photograph("camera.png", 100))
        cancel, write = threading.Event(), sink.write

        def write_and_cancel(*arguments: Any) -> None:
            write(*arguments)
            cancel.set()

        monkeypatch.setattr(sink, "write", write_and_cancel)
        warm.colorize_file(tmp_path / "in.png", tmp_path / "out.png", cancel=cancel)
        assert (tmp_path / "out.png").exists()

    @pytest.mark.parametrize("stage", ["look", "color", "write"])
    def test_a_broken_progress_callback_is_not_silent(
        self, stage: str, warm: Colorizer, tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        """Its error reaches the caller, and no output is left that the caller thinks failed."""
        write_png(tmp_path / "in.png", photograph("camera.png", 300))

        def break_down(now: str, fraction: float, left: float | None) -> None:
            del fraction, left
            if now == stage:
                raise KeyError("no such bar")

        with pytest.raises(KeyError, match="no such bar"):
            warm.colorize_file(tmp_path / "in.png", tmp_path / "out.png", progress=break_down)
        assert [path.name for path in tmp_path.iterdir()] == ["in.png"]
        assert "Traceback" not in capfd.readouterr().err


class TestReport:
    def test_says_what_was_done(self, warm: Colorizer, tmp_path: Path) -> None:
        source = write_png(tmp_path / "in.png", photograph("camera.png", 90))
        report = warm.colorize_file(source, tmp_path / "out.png")
        assert (report.source, report.target) == (source, tmp_path / "out.png")
        assert (report.width, report.height) == (90, 90)
        assert (report.device, report.model) == ("cpu", "toy")
        assert report.seconds > 0

    def test_paths_may_be_text(self, warm: Colorizer, tmp_path: Path) -> None:
        write_png(tmp_path / "in.png", photograph("camera.png", 90))
        warm.colorize_file(str(tmp_path / "in.png"), str(tmp_path / "out.png"))
        assert (tmp_path / "out.png").exists()

    def test_source_that_vanishes(self, warm: Colorizer, tmp_path: Path) -> None:
        write_png(tmp_path / "in.png", photograph("camera.png", 300))

        def remove(stage: str, fraction: float, left: float | None) -> None:
            del left
            if stage == "color" and fraction == 1:
                (tmp_path / "in.png").unlink()

        with pytest.raises(InputError, match="no such file"):
            warm.colorize_file(tmp_path / "in.png", tmp_path / "out.png", progress=remove)
        assert list(tmp_path.iterdir()) == []
