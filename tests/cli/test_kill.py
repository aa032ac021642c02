"""Processes that end before their time: told to (SIGTERM), or killed without a chance (SIGKILL).

``PHOTOCHROM_KILLS`` sets how many times a process is killed; `make soak` asks for 50.
"""

import fcntl
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import tifffile

from helpers.command import SOURCES, finish, run, start
from helpers.pictures import Tiff, photograph, write_jpeg, write_tiff
from photochrom.files import whole

KILLS = int(os.environ.get("PHOTOCHROM_KILLS", "3"))
LATEST = 2.0
"""Seconds after the first event within which a process is killed."""


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A TIFF of several pages of noise, whose deflating takes seconds."""
    path = tmp_path_factory.mktemp("scans") / "scans.tif"
    noise = np.random.default_rng(0).integers(0, 65536, (1200, 2000), np.uint16)
    with tifffile.TiffWriter(path) as file:
        for shift in range(4):
            page = np.roll(noise, shift)
            file.write(page, photometric="minisblack", compression="deflate", metadata=None)
    return path


def left(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def begin(scans: Path, folder: Path, toy: Path) -> subprocess.Popen[str]:
    """Start colorizing and wait for the first event."""
    (folder / "scratch").mkdir(exist_ok=True)
    arguments = ["photo", scans, "-o", folder / "out.tif", "--scratch", folder / "scratch"]
    process = start(*arguments, "--overwrite", "--json", "--model", toy, cwd=folder)
    assert process.stdout is not None
    assert json.loads(process.stdout.readline())["event"] == "start"
    return process


def kill(process: subprocess.Popen[str], seconds: float) -> None:
    """End a process after so many seconds, if it still runs."""
    time.sleep(seconds)
    process.kill()
    finish(process)


def next_start(folder: Path, toy: Path) -> None:
    """Any other picture, to the same folders."""
    write_jpeg(folder / "b.jpg", photograph("camera.png", 30))
    arguments = ["photo", folder / "b.jpg", "--scratch", folder / "scratch", "--model", toy]
    assert finish(start(*arguments, cwd=folder)).code == 0
    (folder / "b.jpg").unlink()
    (folder / "b.color.jpg").unlink()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(KILLS))
def test_killed_at_a_random_moment(seed: int, scans: Path, tmp_path: Path, toy: Path) -> None:
    before, changed = scans.read_bytes(), scans.stat().st_mtime_ns
    (tmp_path / "out.tif").write_bytes(b"an older result")
    moment = random.Random(seed).uniform(0, LATEST)
    kill(begin(scans, tmp_path, toy), moment)
    if (tmp_path / "out.tif").read_bytes() != b"an older result":  # it was quicker, so all is there
        with tifffile.TiffFile(tmp_path / "out.tif") as result:
            assert len(result.pages) == 4
    next_start(tmp_path, toy)
    assert left(tmp_path) == ["out.tif"]
    assert scans.read_bytes() == before
    assert scans.stat().st_mtime_ns == changed


@pytest.mark.parametrize("moment", [0.0, 0.2])
def test_sigterm_leaves_nothing(moment: float, scans: Path, tmp_path: Path, toy: Path) -> None:
    process = begin(scans, tmp_path, toy)
    time.sleep(moment)
    process.send_signal(signal.SIGTERM)
    result = finish(process)
    assert result.code == 130
    assert "Traceback" not in result.err
    assert left(tmp_path) == []


HOLD = """
import sys, time
from pathlib import Path
from photochrom.files.whole import scratch_file, whole_file
with whole_file(Path(sys.argv[1], "out.tif")), scratch_file(Path(sys.argv[1]), ".v"):
    print("held", flush=True)
    time.sleep(60)
"""


@contextmanager
def holding(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that is writing a result and has a scratch file."""
    arguments = [sys.executable, "-c", HOLD, str(folder)]
    env = {"PYTHONPATH": SOURCES}
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, env=env) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


class TestSweep:
    def test_a_running_process_keeps_its_files(self, tmp_path: Path) -> None:
        with holding(tmp_path) as process:
            files = left(tmp_path)
            assert len(files) == 2
            whole.sweep(tmp_path)
            assert left(tmp_path) == files
            process.kill()
            process.wait()
            assert left(tmp_path) == files
            whole.sweep(tmp_path)
            assert left(tmp_path) == []

    def test_its_own_too(self, tmp_path: Path) -> None:
        with whole.whole_file(tmp_path / "a.png") as partial, whole.scratch_file(tmp_path, ".v"):
            whole.sweep(tmp_path)
            assert len(left(tmp_path)) == 2
            partial.write_bytes(b"done")
        assert left(tmp_path) == ["a.png"]

    def test_only_files_of_ours(self, tmp_path: Path) -> None:
        others = [
            ".hidden",
            ".a.photochrom-partial-12.png",
            ".a.photochrom-partial-0123456g.png",
            "a.photochrom-partial-01234567.png",
            ".a.partial-01234567.png",
            "a.png.photochrom.json",
        ]
        for name in others:
            (tmp_path / name).touch()
        (tmp_path / ".b.photochrom-partial-01234567.png").mkdir()
        (tmp_path / ".a.photochrom-partial-01234567.png").touch()
        (tmp_path / ".photochrom-scratch-01234567.v").touch()
        whole.sweep(tmp_path)
        assert left(tmp_path) == sorted(others)

    def test_a_link_is_removed_and_not_followed(self, tmp_path: Path) -> None:
        (tmp_path / "precious").write_bytes(b"kept")
        (tmp_path / ".photochrom-scratch-01234567.v").symlink_to("precious")
        whole.sweep(tmp_path)
        assert left(tmp_path) == ["precious"]

    def test_folder_that_is_not_there(self, tmp_path: Path) -> None:
        whole.sweep(tmp_path / "none")

    def test_file_system_without_locks(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Results are written all the same, and nothing is removed, as nobody knows whose it is."""

        def refuse(file: object, operation: int) -> None:
            raise OSError(95, "Operation not supported")

        monkeypatch.setattr(fcntl, "flock", refuse)
        (tmp_path / ".photochrom-scratch-01234567.v").touch()
        with whole.whole_file(tmp_path / "a.png") as partial:
            partial.write_bytes(b"done")
        whole.sweep(tmp_path)
        assert left(tmp_path) == [".photochrom-scratch-01234567.v", "a.png"]

    def test_scratch_is_private(self, tmp_path: Path) -> None:
        with whole.scratch_file(tmp_path, ".v") as scratch:
            assert scratch.stat().st_mode & 0o077 == 0


def test_a_failure_is_followed_by_a_clean_folder(tmp_path: Path, toy: Path) -> None:
    """A start that fails tidies up as well: here the target is there already."""
    (tmp_path / ".x.photochrom-partial-01234567.png").touch()
    write_jpeg(tmp_path / "in.jpg", photograph("camera.png", 30))
    (tmp_path / "in.color.jpg").touch()
    assert run("photo", tmp_path / "in.jpg", "--model", toy).code == 4
    assert left(tmp_path) == ["in.color.jpg", "in.jpg"]


def test_one_page_is_killed_as_well(tmp_path: Path, toy: Path) -> None:
    """The way of single pictures: killed while it writes, swept by the next."""
    noise = np.random.default_rng(0).integers(0, 65536, (3000, 3000), np.uint16)
    source = write_tiff(tmp_path / "in.tif", noise, Tiff(rows_per_strip=500))
    arguments = ["photo", source, "-o", tmp_path / "out.png", "--json", "--model", toy]
    process = start(*arguments, cwd=tmp_path)
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line).get("stage") == "write":
            break
    process.kill()
    finish(process)
    assert len(left(tmp_path)) == 2
    whole.sweep(tmp_path)
    assert left(tmp_path) == ["in.tif"]
