"""A disk that is full, and bombs, under every command: one line, nothing half written, no swelling.

A file-size limit of the process stands for the disk: the write that goes too far fails in the
same way, and it needs no right to mount anything.
"""

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from helpers import bombs
from helpers.clips import make_clip
from helpers.command import COMMAND, SOURCES, Result, run
from helpers.pictures import write_png
from photochrom.errors import InputError, OutputError
from photochrom.worker.client import Refused, Worker, own_argv

ROOM = 4096
"""Bytes that a file may have before the disk is full."""


def on_a_full_disk(*arguments: object, cwd: Path, room: int = ROOM) -> Result:
    """Run the command where no file may grow beyond that."""
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": SOURCES, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)),
    )
    return Result(done.returncode, done.stdout, done.stderr)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def noise(folder: Path) -> Path:
    """A picture that no codec makes small."""
    rng = np.random.default_rng(0)
    return write_png(folder / "noise.png", rng.integers(0, 256, (200, 200)).astype(np.uint8))


@pytest.mark.parametrize("ending", ["tif", "png", "jpg", "webp"])
def test_photo(ending: str, noise: Path, folder: Path, toy: Path) -> None:
    before = names(folder)
    result = on_a_full_disk("photo", noise, "-o", f"out.{ending}", "--model", toy, cwd=folder)
    assert result.code == OutputError.exit_code, result
    assert "can't write" in result.error_line
    assert names(folder) == before


def test_photo_whose_scratch_does_not_fit(folder: Path, toy: Path) -> None:
    (folder / "a.ppm").write_bytes(b"P6 90 90 255\n" + bytes(90 * 90 * 3))
    before = names(folder)
    result = on_a_full_disk("photo", "a.ppm", "-o", "out.jpg", "--scratch", folder, "--model", toy,
                            cwd=folder)  # fmt: skip
    assert result.code == OutputError.exit_code, result
    assert "disk full" in result.error_line
    assert names(folder) == before


def test_restore(noise: Path, folder: Path) -> None:
    before = names(folder)
    result = on_a_full_disk("restore", noise, "-o", "out.tif", "--steps", "levels", cwd=folder)
    assert result.code == OutputError.exit_code, result
    assert result.error_line
    assert names(folder) == before


@pytest.mark.parametrize("room", [1, 100, ROOM, 20_000])
def test_video(room: int, folder: Path, toy: Path) -> None:
    """The first pass, a piece, or the whole film does not fit; what is whole stays, to go on."""
    make_clip(folder / "a.mp4", grey=True)
    result = on_a_full_disk("video", "colorize", "a.mp4", "-o", "out.mkv", "--codec", "ffv1",
                            "--model", toy, cwd=folder, room=room)  # fmt: skip
    assert result.code == OutputError.exit_code, result
    assert "photochrom: " in result.err.splitlines()[-1]
    assert "Traceback" not in result.err
    assert not (folder / "out.mkv").exists()


def test_models_add(folder: Path, toy: Path) -> None:
    home = Path(os.environ["PHOTOCHROM_DATA"])
    result = on_a_full_disk("models", "add", toy, "--name", "full", cwd=folder, room=500)
    assert result.code == OutputError.exit_code, result
    assert result.error_line
    assert not [path for path in home.rglob("*.onnx*")]


def test_the_desktop_s_worker(noise: Path, folder: Path, toy: Path) -> None:
    before = names(folder)
    limited = [sys.executable, "-B", "-c", "import resource, sys; "
               f"resource.setrlimit(resource.RLIMIT_FSIZE, ({ROOM}, {ROOM})); "
               "from photochrom.worker.server import main; main([])"]  # fmt: skip
    with Worker(limited) as worker:
        worker.hello()
        for _ in range(2):
            with pytest.raises(Refused, match="can't write") as error:
                worker.call("photo", source=str(noise), target=str(folder / "o.tif"),
                            model=str(toy))  # fmt: skip
            assert error.value.kind == "OutputError"
    assert names(folder) == before


def of_png(folder: Path) -> Path:
    return bombs.png(folder / "bomb.png")


def of_gif(folder: Path) -> Path:
    return bombs.gif(folder / "bomb.gif")


@pytest.mark.parametrize("bomb", [of_png, of_gif])
def test_bombs_of_pictures(bomb: Callable[[Path], Path], folder: Path, toy: Path) -> None:
    path = bomb(folder)
    before = names(folder)
    for arguments in (("photo", path, "-o", "out.png", "--model", toy),
                      ("photo", "in.jpg", "-o", "out.png", "--model", toy, "--reference", path),
                      ("photo", "in.jpg", "-o", "out.png", "--model", toy, "--hints", path),
                      ("restore", path, "-o", "out.png"),
                      ("restore", "in.jpg", "-o", "out.png", "--steps", "dust", "--mask", path),
                      ):  # fmt: skip
        result = run(*arguments)
        assert result.code == InputError.exit_code, (arguments, result)
        assert "the limit pixels" in result.error_line
        assert "PHOTOCHROM_LIMITS=pixels=" in result.error_line
        assert names(folder) == before


def test_bombs_of_films(folder: Path, toy: Path) -> None:
    path = bombs.film(folder / "bomb.avi")
    before = names(folder)
    for arguments in (("video", "colorize", path, "-o", "out.mp4", "--model", toy),
                      ("video", "keyframes", path, "-o", "frames"), 
                      ("video", "shots", path, "-o", "shots.csv")
                      ):  # fmt: skip
        result = run(*arguments)
        assert result.code == InputError.exit_code, (arguments, result)
        assert "the limit frame_pixels" in result.error_line
        assert names(folder) == before


def test_bombs_under_the_desktop_s_worker(folder: Path, toy: Path) -> None:
    picture, film = of_png(folder), bombs.film(folder / "bomb.avi")
    with Worker(own_argv()) as worker:
        worker.hello()
        target = str(folder / "out.png")
        for task, source in (("glance", picture), ("open", picture), ("photo", picture),
                             ("glance", film), ("reel", film), ("film", film)):  # fmt: skip
            with pytest.raises(Refused, match="PHOTOCHROM_LIMITS") as error:
                worker.call(task, source=str(source), model=str(toy), target=target)
            assert error.value.kind == "LimitError"
