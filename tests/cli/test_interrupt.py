"""Ctrl+C, and a reader of our output who walks away."""

import json
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from helpers.command import COMMAND, SOURCES, finish, run, start
from helpers.pictures import Tiff, photograph, write_jpeg, write_tiff
from photochrom.cli.interrupt import cancel_on_interrupt

SLOW = (5000, 4000)
"""Height and width of a picture whose writing takes seconds."""


@pytest.fixture(autouse=True)
def heard() -> Iterator[None]:
    """A test runner in the background was told to ignore Ctrl+C; here it counts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="module")
def slow_picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Noise, whose deflating is slow."""
    noise = np.random.default_rng(0).integers(0, 65536, SLOW, np.uint16)
    path = tmp_path_factory.mktemp("slow") / "slow.tif"
    return write_tiff(path, noise, Tiff(rows_per_strip=500))


def interrupt(source: Path, folder: Path, toy: Path, stage: str, times: int = 1) -> None:
    """Press Ctrl+C when the first event of a stage comes; nothing may be left then."""
    arguments = ["photo", source, "-o", folder / "out.png", "--json", "--model", toy]
    process = start(*arguments, cwd=folder)
    assert process.stdout is not None
    for line in process.stdout:
        event = json.loads(line)
        if event.get("stage") == stage and (stage != "write" or event["fraction"] > 0.1):
            break
    for _ in range(times):
        process.send_signal(signal.SIGINT)
    result = finish(process)
    assert result.code == 130
    assert "Traceback" not in result.err
    assert "Exception ignored" not in result.err
    assert "summary" not in result.out
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("stage", ["look", "color", "write"])
def test_ctrl_c(stage: str, slow_picture: Path, tmp_path: Path, toy: Path) -> None:
    interrupt(slow_picture, tmp_path, toy, stage)


def test_ctrl_c_between_tiles(tmp_path: Path, toy: Path) -> None:
    write_jpeg(tmp_path / "in.jpg", photograph("camera.png", 500))
    arguments = ["photo", "in.jpg", "--detail", "3", "--json", "--model", toy]
    process = start(*arguments, cwd=tmp_path)
    assert process.stdout is not None
    for line in process.stdout:
        event = json.loads(line)
        if event.get("stage") == "color" and event["fraction"] > 0:
            break
    process.send_signal(signal.SIGINT)
    assert finish(process).code == 130
    assert [path.name for path in tmp_path.iterdir()] == ["in.jpg"]


def test_stopped_and_continued(slow_picture: Path, tmp_path: Path, toy: Path) -> None:
    """Ctrl+Z and ``fg``: the work stands still meanwhile, and ends well.

    SIGSTOP in place of Ctrl+Z's SIGTSTP, which does nothing where no shell watches the process.
    """
    arguments = ["photo", slow_picture, "-o", tmp_path / "out.jpg", "--json", "--model", toy]
    process = start(*arguments, cwd=tmp_path)
    assert process.stdout is not None
    next(line for line in process.stdout if "stage" in json.loads(line))
    process.send_signal(signal.SIGSTOP)
    assert os.WIFSTOPPED(os.waitpid(process.pid, os.WUNTRACED)[1])
    assert not (tmp_path / "out.jpg").exists()
    process.send_signal(signal.SIGCONT)
    assert finish(process).code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["out.jpg"]


def test_ctrl_c_before_anything(tmp_path: Path, toy: Path) -> None:
    write_jpeg(tmp_path / "in.jpg", photograph("camera.png", 90))
    process = start("photo", "in.jpg", "--model", toy, cwd=tmp_path)
    process.send_signal(signal.SIGINT)
    assert finish(process).code in (130, -signal.SIGINT)
    assert [path.name for path in tmp_path.iterdir()] == ["in.jpg"]


class TestHandler:
    def test_sets_the_event(self) -> None:
        with cancel_on_interrupt() as cancel:
            assert not cancel.is_set()
            os.kill(os.getpid(), signal.SIGINT)
            assert cancel.wait(5)

    def test_twice_raises(self) -> None:
        with pytest.raises(KeyboardInterrupt), cancel_on_interrupt():  # noqa: PT012
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGINT)

    def test_puts_back_what_was_there(self) -> None:
        before = signal.getsignal(signal.SIGINT)
        with cancel_on_interrupt():
            assert signal.getsignal(signal.SIGINT) is not before
        assert signal.getsignal(signal.SIGINT) is before

    @pytest.mark.parametrize("theirs", [signal.SIG_IGN, lambda number, frame: None])
    def test_leaves_others_alone(self, theirs: signal.Handlers) -> None:
        before = signal.signal(signal.SIGINT, theirs)
        try:
            with cancel_on_interrupt():
                assert signal.getsignal(signal.SIGINT) is theirs
        finally:
            signal.signal(signal.SIGINT, before)

    def test_other_threads_go_without(self) -> None:
        seen = []

        def work() -> None:
            with cancel_on_interrupt() as cancel:
                seen.append(cancel.is_set())

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        assert seen == [False]


def test_reader_who_walks_away(tmp_path: Path, toy: Path) -> None:
    """``photochrom photo ... --json | head -1``: no traceback."""
    write_jpeg(tmp_path / "in.jpg", photograph("camera.png", 400))
    process = start("photo", "in.jpg", "--json", "--model", toy, cwd=tmp_path)
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr is not None
    err = process.stderr.read()
    process.stderr.close()
    process.wait(60)
    assert "Traceback" not in err


def test_cancelled_run_in_this_process(
    tmp_path: Path, toy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The exit code and the line, with the signal raised while progress is told."""
    write_jpeg(tmp_path / "in.jpg", photograph("camera.png", 400))
    monkeypatch.setattr(
        "photochrom.cli.reporting.TextReporter.progress",
        lambda self, stage, fraction, left: (
            os.kill(os.getpid(), signal.SIGINT) if stage == "color" else None
        ),
    )
    result = run("photo", tmp_path / "in.jpg", "-o", tmp_path / "out.png", "--model", toy)
    assert result.code == 130
    assert result.error_line == "photochrom: cancelled; nothing was written"
    assert [path.name for path in tmp_path.iterdir()] == ["in.jpg"]


def test_the_command_is_the_installed_one() -> None:
    """What these tests start is this checkout."""
    assert Path(SOURCES, "photochrom", "cli", "__init__.py").is_file()
    assert COMMAND[1] == "-c"
