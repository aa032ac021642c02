"""A run's report as training drives it: what lands in its folder, and what a failure costs."""

import json
import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import (  # type: ignore[import-untyped]
    EventAccumulator,
)

from helpers.training import cpu, write_pictures
from photochrom.color import lab, srgb
from photochrom.color.arrays import FloatImage
from photochrom.errors import InputError
from photochrom_trainer.config import Stage, TrainConfig
from photochrom_trainer.evaluation.predictors import Model, from_generator
from photochrom_trainer.reports.page import Facts
from photochrom_trainer.reports.run_report import ROWS, RunReport
from photochrom_trainer.reports.run_sheet import run_sheet
from photochrom_trainer.training.loop import Progress, Training

CONFIG = TrainConfig(stages=(Stage(32, 2, (1e-3, 0.0), steps=45),))
FACTS = Facts("cpu", "unknown", "photochrom-train train pictures -o run")
CELL = 228
"""A picture of a sheet and its frame, in pixels."""


def steps(first: int, last: int, loss: float = 0.5) -> Iterator[Progress]:
    """Reports of a session; the loss tells which one."""
    for step in range(first, last + 1):
        yield Progress(step, CONFIG.steps, {"total": loss, "l1": loss / 2}, 20.0, 1e-4 * step)


def orange(luminance: FloatImage, hints: FloatImage) -> FloatImage:
    """A generator that always answers a* = 22, b* = 44, at half the size."""
    del hints
    count, _, height, width = luminance.shape
    chroma = np.empty((count, 2, height // 2, width // 2), np.float32)
    chroma[:, 0], chroma[:, 1] = 0.2, 0.4
    return chroma


ORANGE = Model("orange", orange, 110.0)


def log_to(output: Path, reports: Iterator[Progress]) -> None:
    """Append to a run's log as training does."""
    with (output / "losses.jsonl").open("a") as log:
        for each in reports:
            entry = {"step": each.step, "learning_rate": each.learning_rate, "losses": each.losses}
            log.write(json.dumps(entry) + "\n")


def read_back(output: Path) -> EventAccumulator:
    """What TensorBoard would show, every point of it."""
    events = EventAccumulator(str(output / "tensorboard"), {"scalars": 0, "images": 0})
    return events.Reload()


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    return sorted(write_pictures(tmp_path / "pictures", count=3).iterdir())


@pytest.fixture
def output(tmp_path: Path) -> Path:
    folder = tmp_path / "run"
    folder.mkdir()
    return folder


class TestTensorBoard:
    def test_it_shows_losses_rate_speed_and_pictures(
        self, output: Path, pictures: list[Path]
    ) -> None:
        report = RunReport(output, CONFIG, pictures)
        for progress in steps(1, 45):
            report.step(progress)
        report.look(45, ORANGE)
        report.finish(FACTS)
        events = read_back(output)
        assert set(events.Tags()["scalars"]) == {
            "loss/total",
            "loss/l1",
            "learning_rate",
            "images_per_second",
        }
        assert [event.step for event in events.Scalars("loss/l1")] == [10, 20, 30, 40, 45]
        assert {event.value for event in events.Scalars("loss/l1")} == {0.25}
        rates = [event.value for event in events.Scalars("learning_rate")]
        assert rates == pytest.approx([1e-3, 2e-3, 3e-3, 4e-3, 4.5e-3])
        (picture,) = events.Images("grey_ours_truth")
        assert picture.step == 45
        assert picture.width == 3 * CELL
        assert picture.height > 3 * CELL

    def test_a_resumed_run_doubles_no_step(self, output: Path, pictures: list[Path]) -> None:
        killed = RunReport(output, CONFIG, pictures)
        for progress in steps(1, 39, loss=1.0):  # the last checkpoint is of step 15
            killed.step(progress)
            if progress.step % 15 == 0:
                killed.look(progress.step, ORANGE)
        resumed = RunReport(output, CONFIG, pictures)
        for progress in steps(16, 45, loss=2.0):
            resumed.step(progress)
            if progress.step % 15 == 0:
                resumed.look(progress.step, ORANGE)
        resumed.finish(FACTS)
        events = read_back(output)
        shown = [(event.step, event.value) for event in events.Scalars("loss/total")]
        assert shown == [(10, 1.0), (20, 2.0), (30, 2.0), (40, 2.0), (45, 2.0)]
        assert [event.step for event in events.Images("grey_ours_truth")] == [15, 30, 45]
        assert len(list((output / "tensorboard").iterdir())) == 2


class TestSheets:
    def test_they_show_grey_ours_and_the_truth(self, output: Path, tmp_path: Path) -> None:
        brown = (150, 100, 60)
        Image.new("RGB", (300, 250), brown).save(tmp_path / "brown.png")
        report = RunReport(output, CONFIG, [tmp_path / "brown.png"])
        report.look(500, ORANGE)
        report.look(1000, ORANGE)
        names = sorted(path.name for path in (output / "sheets").iterdir())
        assert names == ["step-000500.png", "step-001000.png"]
        with Image.open(output / "sheets" / names[0]) as image:
            sheet = np.asarray(image)
        grey, ours, truth = (sheet[-50, left] for left in (100, CELL + 100, 2 * CELL + 100))
        assert tuple(truth) == brown
        assert len(set(grey)) == 1
        lightness = [lab.from_srgb(srgb.to_float(pixel[None]))[0] for pixel in (grey, ours, truth)]
        assert np.ptp([each[0] for each in lightness]) < 0.4
        assert lightness[1][1:] == pytest.approx([22, 44], abs=0.5)

    def test_a_big_folder_is_shown_from_its_first_to_its_last(
        self, output: Path, tmp_path: Path
    ) -> None:
        paths = [tmp_path / f"{index}.png" for index in range(100)]
        report = RunReport(output, CONFIG, paths)
        assert len(report.pictures) == ROWS
        assert report.pictures[0] == paths[0]
        assert report.pictures[-1] == paths[-1]

    def test_a_picture_that_cannot_be_read_is_left_out(self, pictures: list[Path]) -> None:
        whole = run_sheet(ORANGE, pictures[1:])
        pictures[0].write_bytes(b"broken")
        assert run_sheet(ORANGE, pictures) == whole
        with pytest.raises(InputError, match=r"none .* can be read.*0\.png"):
            run_sheet(ORANGE, pictures[:1])

    def test_a_run_without_pictures_to_show_has_no_sheets(self, output: Path) -> None:
        RunReport(output, CONFIG).look(10, ORANGE)
        assert list(output.iterdir()) == []


class TestAtTheEnd:
    def test_the_plot_and_the_page_are_there(self, output: Path, pictures: list[Path]) -> None:
        report = RunReport(output, CONFIG, pictures)
        for progress in steps(1, 45):
            report.step(progress)
        report.look(45, ORANGE)
        log_to(output, steps(1, 45))
        page = report.finish(FACTS)
        assert page == output / "report.html"
        html = page.read_text("utf-8")
        for said in ("Finished: 45 steps.", "Step 45", "20.0", "0.2500"):
            assert said in html
        with Image.open(output / "losses.png") as image:
            low, high = image.convert("L").getextrema()
        assert (low, high) == (0, 255)

    def test_a_real_run_that_is_stopped_and_goes_on(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        folder, output = write_pictures(tmp_path / "pictures"), tmp_path / "run"
        config = TrainConfig(stages=(Stage(32, 2, (1e-3, 0.0), steps=3),), save_every=1)
        for stop, status in ((2, "Stopped at step 2 of 3."), (3, "Finished: 3 steps.")):
            training = Training(config, folder, output, cpu(), pretrained=False)
            report = RunReport(output, training.config, training.pictures())
            for progress in training:
                report.step(progress)
                if progress.step == stop:
                    break
            report.look(progress.step, from_generator(training.generator, training.config))
            page = report.finish(replace(FACTS, screening=training.screening()))
            assert page is not None
            assert status in page.read_text("utf-8")
        assert caplog.messages == []
        assert len(list((output / "sheets").iterdir())) == 2
        assert [event.step for event in read_back(output).Scalars("loss/total")] == [3]


class TestFailures:
    """Each costs one line of warning; nothing is raised."""

    @pytest.fixture
    def warnings(self, caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
        caplog.set_level(logging.WARNING, logger="photochrom_trainer")
        return caplog

    def test_event_files_that_cannot_be_made(
        self, output: Path, pictures: list[Path], warnings: pytest.LogCaptureFixture
    ) -> None:
        (output / "tensorboard").write_text("in the way")
        report = RunReport(output, CONFIG, pictures)
        for progress in steps(1, 45):
            report.step(progress)
        report.look(45, ORANGE)
        log_to(output, steps(1, 45))
        assert report.finish(FACTS) == output / "report.html"
        (line,) = warnings.messages
        assert line.startswith("TensorBoard gets no more of this run: ")
        assert (output / "sheets" / "step-000045.png").exists()

    @pytest.mark.filterwarnings(  # TensorBoard's own thread tells of it too
        "ignore::pytest.PytestUnhandledThreadExceptionWarning"
    )
    def test_event_files_that_can_no_longer_be_written(
        self, output: Path, warnings: pytest.LogCaptureFixture
    ) -> None:
        others = set(threading.enumerate())
        report = RunReport(output, CONFIG)
        for progress in steps(1, 10):
            report.step(progress)
        (output / "tensorboard").rename(output / "moved")  # at once: its thread writes meanwhile
        for _ in range(20):
            for progress in steps(10, 45):
                report.step(progress)
        report.finish(FACTS)
        for thread in set(threading.enumerate()) - others:  # its complaint belongs to this test
            thread.join()
        (line,) = warnings.messages
        assert "No such file or directory" in line

    def test_sheets_that_cannot_be_written(
        self, output: Path, pictures: list[Path], warnings: pytest.LogCaptureFixture
    ) -> None:
        (output / "sheets").write_text("in the way")
        report = RunReport(output, CONFIG, pictures)
        report.look(10, ORANGE)
        (line,) = warnings.messages
        assert line.startswith("training goes on without a sheet of step 10: ")

    def test_a_model_that_fails(
        self, output: Path, pictures: list[Path], warnings: pytest.LogCaptureFixture
    ) -> None:
        def out_of_memory(luminance: FloatImage, hints: FloatImage) -> FloatImage:
            raise RuntimeError("CUDA out of memory.\nTried to allocate 8 GiB")

        report = RunReport(output, CONFIG, pictures)
        report.look(10, Model("large", out_of_memory, 110.0))
        (line,) = warnings.messages
        assert line.endswith("step 10: CUDA out of memory.")
        assert not (output / "sheets").exists()

    @pytest.mark.parametrize("name", ["losses.png", "report.html"])
    def test_a_page_that_cannot_be_written(
        self, output: Path, name: str, warnings: pytest.LogCaptureFixture
    ) -> None:
        (output / name).mkdir()
        log_to(output, steps(1, 3))
        assert RunReport(output, CONFIG).finish(FACTS) is None
        (line,) = warnings.messages
        assert line.startswith("the run has no new report: ")
        assert name in line

    def test_stopping_by_hand_is_no_failure(
        self, output: Path, pictures: list[Path], warnings: pytest.LogCaptureFixture
    ) -> None:
        def interrupted(luminance: FloatImage, hints: FloatImage) -> FloatImage:
            raise KeyboardInterrupt

        report = RunReport(output, CONFIG, pictures)
        with pytest.raises(KeyboardInterrupt):
            report.look(10, Model("slow", interrupted, 110.0))
        assert warnings.messages == []
