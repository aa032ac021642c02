"""A long film: memory stays flat and sound in step. Minutes of it in CI, an hour in `make soak`."""

import os
import threading
import time
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from helpers.clips import Track, make_clip
from helpers.command import finish, start

RATE = 6
MINUTES = 60 if os.environ.get("PHOTOCHROM_HOUR") else 2
LATE = 0.4
"""Share of the work after which memory has to be flat."""


@pytest.fixture(scope="module")
def long_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    frames = MINUTES * 60 * RATE
    cuts = tuple(range(200, frames, 200))
    path = tmp_path_factory.mktemp("long") / "in.mkv"
    return make_clip(
        path,
        grey=True,
        frames=frames,
        rate=Fraction(RATE),
        size=(160, 120),
        cuts=cuts,
        sound=(Track(),),
    )


def resident(process: int) -> int:
    """Bytes that a process has in memory."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="reads memory from /proc")
def test_memory_is_flat_and_sound_in_step(long_film: Path, toy: Path, tmp_path: Path) -> None:
    target, sizes = tmp_path / "out.mkv", []
    process = start("video", long_film, "-o", target, "--model", toy, "--json", cwd=tmp_path)

    def watch() -> None:
        while process.poll() is None:
            try:
                sizes.append(resident(process.pid))
            except (OSError, IndexError):
                return
            time.sleep(0.1)

    watcher = threading.Thread(target=watch)
    watcher.start()
    assert finish(process, 60 * MINUTES).code == 0
    watcher.join()
    late = np.array(sizes[int(LATE * len(sizes)) :])
    half = len(late) // 2
    assert np.median(late[half:]) < 1.1 * np.median(late[:half])
    assert ends(target) == pytest.approx(ends(long_film), abs=0.002)
    picture, sound = ends(target)
    assert abs(picture + 1 / RATE - sound) < 1 / RATE


def ends(path: Path) -> tuple[float, float]:
    """When the last frame and the last of the sound begin and end, in seconds."""
    with av.open(str(path)) as container:
        last = {0: 0.0, 1: 0.0}
        for packet in container.demux():
            if packet.pts is not None and packet.time_base is not None:
                length = (packet.duration or 0) if packet.stream.index == 1 else 0
                time = float((packet.pts + length) * packet.time_base)
                last[packet.stream.index] = max(last[packet.stream.index], time)
    return last[0], last[1]
