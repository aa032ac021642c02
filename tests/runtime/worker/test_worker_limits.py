"""What a worker's process is held to: memory, time, silence, and loaders."""

import sys
from pathlib import Path

import numpy as np
import pytest
import pyvips

from helpers import bombs
from helpers.pictures import write_png
from photochrom.limits import INTERACTIVE, Limits
from photochrom.worker.client import (
    Refused,
    Worker,
    WorkerEnded,
    WorkerError,
    WorkerOverdue,
    WorkerSilent,
    own_argv,
)

TALKING = """
import sys, time
from photochrom.worker.frames import read_frame, write_frame
source, target = sys.stdin.buffer, sys.stdout.buffer
read_frame(source)
while True:
    write_frame(target, {"op": "progress", "stage": "still at it", "id": 0})
    time.sleep(0.02)
"""
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps to this limit")


def test_a_job_that_talks_for_ever_is_ended() -> None:
    with Worker([sys.executable, "-c", TALKING], limits=Limits(seconds=0.5)) as one:
        # the child takes no --limits, and Python passes them over behind -c
        with pytest.raises(WorkerOverdue, match=r"the limit seconds is 0\.5; PHOTOCHROM_LIMITS"):
            one.call("photo")
        assert one._process.poll() is not None


def test_a_film_has_its_own_time() -> None:
    with (
        Worker([sys.executable, "-c", TALKING], limits=Limits(film_seconds=0.5)) as one,
        pytest.raises(WorkerOverdue, match="limit film_seconds"),
    ):
        one.call("film")


def test_a_silent_job_is_ended() -> None:
    quiet = "import time; time.sleep(600)"
    with (
        Worker([sys.executable, "-c", quiet], limits=Limits(silence=0.5)) as one,
        pytest.raises(WorkerSilent, match=r"ended \(the limit silence is 0\.5"),
    ):
        one.call("photo")


@LINUX
def test_memory_is_refused_and_the_limit_named(tmp_path: Path) -> None:
    """An interlaced picture has to be held in memory as a whole."""
    path = tmp_path / "bomb.png"
    bombs.interlaced(path, 8000)
    assert path.stat().st_size < 2_000_000
    with Worker(own_argv(), limits=Limits(memory=400_000_000)) as one:
        one.hello()
        with pytest.raises((Refused, WorkerEnded), match=r"memory") as error:
            one.call("glance", source=str(path))
        assert "PHOTOCHROM_LIMITS=memory" in str(error.value)


def test_a_bomb_of_pixels_is_refused_and_the_worker_goes_on(tmp_path: Path) -> None:
    path = bombs.png(tmp_path / "bomb.png")
    small = write_png(tmp_path / "small.png", np.zeros((9, 9), np.uint8))
    with Worker(own_argv(), limits=Limits()) as one:
        one.hello()
        for task in ("glance", "photo", "open"):
            with pytest.raises(Refused, match=r"3,600,000,000 pixels.*PHOTOCHROM_LIMITS") as error:
                one.call(task, source=str(path), target=str(tmp_path / "out.png"))
            assert error.value.kind == "LimitError"
        assert one.call("glance", source=str(small))[0]["width"] == 9
    assert {one.name for one in tmp_path.iterdir()} == {"bomb.png", "small.png"}


def test_untrusted_loaders_are_blocked_and_photochroms_own_are_not(tmp_path: Path) -> None:
    """The scratch of Netpbm files goes through two of them."""
    (tmp_path / "a.ppm").write_bytes(b"P6 4 4 255\n" + bytes(range(48)))
    (tmp_path / "a.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9"/>')
    pyvips.Image.black(9, 9).vipssave(str(tmp_path / "a.v"))
    with Worker(own_argv(), limits=INTERACTIVE) as one:
        one.hello()
        assert one.call("glance", source=str(tmp_path / "a.ppm"))[0]["width"] == 4
        for name in ("a.svg", "a.v"):
            with pytest.raises(Refused) as error:
                one.call("glance", source=str(tmp_path / name))
            assert error.value.kind == "InputError"


def test_limits_that_cant_be_meant_end_it() -> None:
    with Worker([*own_argv(), "--limits", "pixel=3"]) as one, pytest.raises(WorkerError) as error:
        one.hello()
    assert "there is no limit 'pixel'" in str(error.value)


@LINUX
@pytest.mark.parametrize(("held", "bounded"), [(Limits(), True), (INTERACTIVE, False)])
def test_the_system_holds_the_process(held: Limits, bounded: bool) -> None:
    with Worker(own_argv(), limits=held) as one:
        one.hello()
        told = Path(f"/proc/{one.pid}/limits").read_text().splitlines()
    said = {line[:25].strip(): line[25:].split() for line in told}
    assert (said["Max data size"][0] == str(held.memory)) is bounded
    assert said["Max core file size"][0] == "0"
