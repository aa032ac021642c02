"""Detail through the whole colorizer: files, reports, cancelling, pausing, models that can't."""

import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from onnx import load, save

from helpers.pictures import photograph, write_png
from helpers.reading import pixels
from helpers.toy_model import WARM, seal, write_toy
from photochrom import Colorizer, Options, Point, colorizer
from photochrom.color import lab, srgb
from photochrom.errors import CancelledError, OutOfMemoryError, UsageError
from photochrom.hints import layer
from photochrom.hints.strokes import Stroke, chroma_of
from photochrom.models.store import open_model
from photochrom.session import Session
from photochrom.tiles import levels

NATIVE = 64
"""Of the toy: a picture of 300 pixels has two levels above it."""
RED = (200, 30, 30)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_png(tmp_path / "in.png", photograph("camera.png", 300))


def painted(
    how: str, x: float, y: float, strength: float = 1.0, detail: int | None = None
) -> Options:
    """Something red around a place of a picture of 5 : 4."""
    if how == "point":
        return Options(points=(Point(x, y, RED),), detail=detail)
    if how == "stroke":
        return Options(strokes=(Stroke(((x, y),), 0.03, RED, strength),), detail=detail)
    rgba = np.zeros((256, 320, 4), np.uint8)
    rows, columns = np.ogrid[:256, :320]
    disc = np.hypot(rows - 256 * y, columns - 320 * x) < 10
    rgba[disc] = (*RED, round(255 * strength))
    return Options(layer=layer.from_array(rgba), detail=detail)


@pytest.fixture(scope="module")
def shipped() -> Colorizer:
    return Colorizer(device="cpu")


def colorfulness(picture: NDArray[Any]) -> float:
    return float(np.ptp(picture[..., :3].astype(int), axis=-1).mean())


class TestLevels:
    @pytest.mark.parametrize("detail", [0, 1, 2, 3])
    def test_light_and_colours_stay_at_every_level(self, detail: int, warm: Colorizer) -> None:
        """The toy gives each pixel its own colour, so levels may differ in detail only."""
        picture = photograph("camera.png", 300)
        plain, fine = (
            warm.colorize(picture, Options(detail=level)).astype(int) for level in (0, detail)
        )
        assert np.abs(plain - fine).mean() < 1
        assert abs(colorfulness(plain) - colorfulness(fine)) < 1

    def test_small_pictures_have_no_levels(self, warm: Colorizer) -> None:
        picture = photograph("camera.png", NATIVE)
        plain, fine = (warm.colorize(picture, Options(detail=level)) for level in (0, 3))
        np.testing.assert_array_equal(plain, fine)

    def test_deterministic(self, warm: Colorizer) -> None:
        picture = photograph("coffee.png", 200)
        once, again = (warm.colorize(picture, Options(detail=2)) for _ in range(2))
        np.testing.assert_array_equal(once, again)

    def test_auto_is_one_of_them(self, warm: Colorizer) -> None:
        for side, expected in ((200, 0), (8 * NATIVE, 1)):
            picture = photograph("camera.png", side)
            assert levels.automatic(side, side, NATIVE) == expected
            auto, same = warm.colorize(picture), warm.colorize(picture, Options(detail=expected))
            np.testing.assert_array_equal(auto, same)

    @pytest.mark.parametrize("orientation", [1, 3, 6, 8])
    def test_turned_files(self, orientation: int, warm: Colorizer, tmp_path: Path) -> None:
        """A picture that its tag turns gets the colours of the upright one."""
        from PIL import Image

        picture = Image.fromarray(photograph("coffee.png", 150)[:90]).convert("L")
        back = {1: 0, 3: 180, 6: 90, 8: -90}[orientation]
        exif = Image.Exif()
        exif[0x0112] = orientation
        picture.rotate(back, expand=True).save(tmp_path / "in.png", exif=exif)
        warm.colorize_file(tmp_path / "in.png", tmp_path / "out.png", Options(detail=1))
        turned = Image.fromarray(pixels(tmp_path / "out.png")).rotate(-back, expand=True)
        upright = warm.colorize(np.asarray(picture), Options(detail=1))
        assert np.abs(np.asarray(turned).astype(int) - upright).mean() < 0.5

    @pytest.mark.parametrize("detail", [0, 1, 2])
    @pytest.mark.parametrize("how", ["point", "stroke", "layer"])
    def test_what_was_said_is_there_at_every_level(
        self, how: str, detail: int, warm: Colorizer
    ) -> None:
        """Its colour at its place, however tiles see it, and nothing far away."""
        picture = np.full((256, 320), 90, np.uint8)
        picture[:, 160:] = 200
        said = painted(how, 0.3, 0.6)
        plain, told = (
            lab.from_srgb(srgb.to_float(warm.colorize(picture, options)))[..., 1:]
            for options in (Options(detail=detail), replace(said, detail=detail))
        )
        np.testing.assert_allclose(told[152:156, 94:98].mean((0, 1)), chroma_of(RED), atol=5)
        assert np.abs(told - plain)[:, 240:].max() < 1

    @pytest.mark.parametrize("detail", [0, 1])
    def test_the_shipped_model_fills_the_thing_and_leaves_the_next(
        self, detail: int, shipped: Colorizer
    ) -> None:
        picture = np.full((512, 640), 90, np.uint8)
        picture[:, 320:] = 200
        said = replace(painted("stroke", 0.3, 0.6), detail=detail)
        plain, told = (
            lab.from_srgb(srgb.to_float(shipped.colorize(picture, options)))[..., 1:]
            for options in (Options(detail=detail), said)
        )
        moved = np.hypot(*np.moveaxis(told - plain, -1, 0))[300:316]
        assert moved[:, 120:300].min() > 40
        assert moved[:, 340:400].max() < 8

    @pytest.mark.parametrize("how", ["stroke", "layer"])
    def test_half_sure_paint_does_not_grow_surer_with_detail(
        self, how: str, warm: Colorizer
    ) -> None:
        """What is asked of a stroke is asked once, however often the picture is looked at."""
        picture = np.full((256, 320), 90, np.uint8)
        whole, fine = (
            lab.from_srgb(
                srgb.to_float(warm.colorize(picture, painted(how, 0.3, 0.6, 0.4, detail)))
            )[150:158, 92:100, 1:].mean((0, 1))
            for detail in (0, 2)
        )
        np.testing.assert_allclose(fine, whole, atol=4)


class TestReport:
    @pytest.mark.parametrize(("asked", "done"), [(0, 0), (1, 1), (2, 2), (3, 3)])
    def test_says_how_far_it_went(
        self, asked: int, done: int, warm: Colorizer, tmp_path: Path, source: Path
    ) -> None:
        report = warm.colorize_file(source, tmp_path / "out.png", Options(detail=asked))
        assert report.detail == done
        assert report.notes == ()

    def test_small_pictures(self, warm: Colorizer, tmp_path: Path) -> None:
        write_png(tmp_path / "in.png", photograph("camera.png", 60))
        report = warm.colorize_file(tmp_path / "in.png", tmp_path / "out.png", Options(detail=3))
        assert report.detail == 0

    def test_says_that_memory_was_short(
        self, tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write_toy(tmp_path / "toy.onnx", WARM, native_size=128)
        manifest, session = open_model(str(tmp_path / "toy.onnx"), "cpu")
        short = _ShortOfMemory(session)
        monkeypatch.setattr(colorizer, "open_model", lambda *_, **__: (manifest, short))
        toy = Colorizer("toy")
        report = toy.colorize_file(source, tmp_path / "out.png", Options(detail=1))
        assert short.failed == 1
        assert report.notes == (
            "for want of memory on cpu, tiles were seen 1 at once, 64 pixels a side",
        )
        again = toy.colorize_file(source, tmp_path / "again.png", Options(detail=1))
        assert short.failed == 1
        assert again.notes == report.notes
        assert toy.colorize_file(source, tmp_path / "0.png", Options(detail=0)).notes == ()


class _ShortOfMemory:
    """The toy's own session on a device whose memory holds no tile of 128 pixels, once asked."""

    def __init__(self, session: Session) -> None:
        self._session, self.failed = session, 0
        self.device, self.precision = session.device, session.precision

    def run(self, inputs: dict[str, NDArray[Any]], output: str | None = None) -> NDArray[Any]:
        if inputs["luminance"].shape[2] == 128 and inputs["hints"][:, 2].any():
            self.failed += 1
            raise OutOfMemoryError("out of memory on cpu")
        return self._session.run(inputs, output)


class TestFailures:
    def test_a_failed_tile_fails_the_job(
        self, tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Never black, never the neighbour's colours: nothing is written at all."""
        write_toy(tmp_path / "toy.onnx", WARM, native_size=64)
        manifest, session = open_model(str(tmp_path / "toy.onnx"), "cpu")

        class Failing(_ShortOfMemory):
            def run(self, inputs: dict[str, NDArray[Any]], output: str | None = None) -> Any:
                self.failed += 1
                if self.failed == 7:
                    raise OutOfMemoryError("out of memory on cpu")
                return session.run(inputs, output)

        monkeypatch.setattr(colorizer, "open_model", lambda *_, **__: (manifest, Failing(session)))
        with pytest.raises(OutOfMemoryError):
            Colorizer("toy").colorize_file(source, tmp_path / "out.png", Options(detail=1))
        assert sorted(path.name for path in tmp_path.iterdir()) == ["in.png", "toy.onnx"]

    def test_cancel_between_tiles_leaves_nothing(
        self, warm: Colorizer, tmp_path: Path, source: Path
    ) -> None:
        cancel, seen = threading.Event(), []

        def stop(stage: str, fraction: float, left: float | None) -> None:
            del left
            if stage == "color" and 0 < fraction < 1:
                seen.append(fraction)
                cancel.set()

        with pytest.raises(CancelledError):
            warm.colorize_file(
                source, tmp_path / "out.png", Options(detail=2), progress=stop, cancel=cancel
            )
        assert len(seen) == 1
        assert [path.name for path in tmp_path.iterdir()] == ["in.png"]


class TestPause:
    def test_waits_and_goes_on(self, warm: Colorizer, tmp_path: Path, source: Path) -> None:
        """Paused between tiles, it does nothing; resumed, it makes the same file."""
        pause, held, told = threading.Event(), threading.Event(), []

        def hold(stage: str, fraction: float, left: float | None) -> None:
            told.append((stage, fraction, left))
            if stage == "color" and fraction > 0.3 and not held.is_set():
                pause.set()
                held.set()

        work = threading.Thread(
            target=warm.colorize_file,
            args=(source, tmp_path / "out.png", Options(detail=2)),
            kwargs={"progress": hold, "pause": pause},
        )
        work.start()
        assert held.wait(20)
        count = len(told)
        time.sleep(0.3)
        assert len(told) == count
        assert not (tmp_path / "out.png").exists()
        pause.clear()
        work.join(60)
        expected = warm.colorize(pixels(source), Options(detail=2))
        np.testing.assert_array_equal(pixels(tmp_path / "out.png"), expected)

    def test_cancel_ends_a_pause(self, warm: Colorizer, tmp_path: Path, source: Path) -> None:
        pause, cancel = threading.Event(), threading.Event()
        pause.set()
        threading.Timer(0.2, cancel.set).start()
        with pytest.raises(CancelledError):
            warm.colorize_file(source, tmp_path / "out.png", pause=pause, cancel=cancel)
        assert [path.name for path in tmp_path.iterdir()] == ["in.png"]

    def test_arrays_too(self, warm: Colorizer) -> None:
        cancel, stages = threading.Event(), []
        warm.colorize(
            photograph("camera.png", 100), progress=lambda stage, *rest: stages.append(stage)
        )
        assert list(dict.fromkeys(stages)) == ["look", "color", "write"]
        cancel.set()
        with pytest.raises(CancelledError):
            warm.colorize(photograph("camera.png", 100), cancel=cancel)


class TestModelsThatCannot:
    @pytest.fixture
    def deaf(self, tmp_path: Path) -> Colorizer:
        return Colorizer(str(write_toy(tmp_path / "deaf.onnx", WARM, hints=False)), "cpu")

    def test_hints_act_after_a_model_without_hints(self, deaf: Colorizer) -> None:
        picture = np.full((80, 120), 90, np.uint8)
        told = lab.from_srgb(srgb.to_float(deaf.colorize(picture, painted("point", 0.3, 0.6))))
        np.testing.assert_allclose(told[48, 36, 1:], chroma_of(RED), atol=2)

    def test_variants_of_a_model_without_hints(self, deaf: Colorizer, source: Path) -> None:
        with pytest.raises(UsageError, match="model toy takes no hints, so it has no variants"):
            deaf.colorize(photograph("camera.png", 40), Options(variant=1))
        with pytest.raises(UsageError, match="takes no hints"):
            deaf.colorize_file(source, source.with_name("out.png"), Options(variant=1))
        assert not source.with_name("out.png").exists()

    @pytest.mark.parametrize("detail", [1, 3])
    def test_detail_for_a_model_without_hints(self, detail: int, deaf: Colorizer) -> None:
        with pytest.raises(UsageError, match=f"detail is 0 or auto, not {detail}"):
            deaf.colorize(photograph("camera.png", 40), Options(detail=detail))

    def test_auto_and_0_do_the_same(self, deaf: Colorizer, source: Path) -> None:
        picture = photograph("camera.png", 300)
        auto, none = deaf.colorize(picture), deaf.colorize(picture, Options(detail=0))
        np.testing.assert_array_equal(auto, none)
        assert deaf.colorize_file(source, source.with_name("out.png")).detail == 0

    def test_models_that_are_never_tiled(self, tmp_path: Path) -> None:
        whole = Colorizer(str(write_toy(tmp_path / "whole.onnx", WARM, tiling="whole")), "cpu")
        with pytest.raises(UsageError, match="can't see a picture in tiles"):
            whole.colorize(photograph("camera.png", 40), Options(detail=1))
        whole.colorize(photograph("camera.png", 40), Options(points=(Point(0.5, 0.5, RED),)))

    def test_files_of_before_the_key_take_hints(self, tmp_path: Path) -> None:
        write_toy(tmp_path / "toy.onnx", WARM)
        model = load(tmp_path / "toy.onnx")
        seal(model)
        save(model, tmp_path / "toy.onnx")
        assert Colorizer(str(tmp_path / "toy.onnx"), "cpu").manifest.hints is True
