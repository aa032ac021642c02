"""Many pictures: killed again and again, the set and its hashes are an undisturbed run's; memory
stays flat.

``PHOTOCHROM_PICTURES`` and ``PHOTOCHROM_BATCH_KILLS``: `make soak` asks for 10,000 and 100.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from helpers.command import Popen, finish, start
from helpers.pictures import photograph, write_jpeg

PICTURES = int(os.environ.get("PHOTOCHROM_PICTURES", "300"))
KILLS = int(os.environ.get("PHOTOCHROM_BATCH_KILLS", "5"))
LATEST = max(3.0, PICTURES / 1000)
"""Seconds after the first event within which a run is killed: all of them take about the whole."""
JOBS = 2
GROWTH = 1.15
"""Of memory, from a third of the pictures to the last, at most."""
SPARE = 8 << 20
"""Bytes that do not count as growth: less than a page of thumbnails."""


@dataclass
class Seen:
    """What one run told, and its memory."""

    events: list[dict[str, Any]] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)
    """Bytes of the driver and its workers, at each picture that is done."""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders of small pictures, no two alike."""
    folder = tmp_path_factory.mktemp("soak")
    picture = photograph("camera.png", 48)
    for number in range(PICTURES):
        path = folder / "src" / f"{number // 100:03}" / f"{number:05}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        marked = picture.copy()
        marked.reshape(-1)[:16] = [255 * (number >> bit & 1) for bit in range(16)]
        write_jpeg(path, np.roll(marked, number % 48, axis=0))
    return folder


@pytest.fixture(scope="module")
def undisturbed(tree: Path, toys: Path) -> tuple[dict[str, str], Seen]:
    """Hashes of the outputs of a run that nothing disturbs, and what it told."""
    process = begin(tree, toys, "whole")
    seen = Seen()
    assert process.stdout is not None
    for line in process.stdout:
        seen.events.append(json.loads(line))
        if seen.events[-1]["event"] == "done":
            with suppress(FileNotFoundError):  # a process ends while the last is told
                seen.memory.append(memory_of(process.pid))
    result = finish(process)
    assert result.code == 0, result.err
    return hashes(tree / "whole"), seen


def begin(tree: Path, toys: Path, output: str) -> Popen:
    arguments = ["batch", "src", "-o", output, "--model", toys / "warm.onnx", "--jobs", JOBS]
    env = {"PHOTOCHROM_DATA": str(tree / "data")}
    return start(*arguments, "--json", "--no-report", cwd=tree, env=env, before=["setsid"])


def hashes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def memory_of(pid: int) -> int:
    """Bytes that a process and its children hold for themselves."""
    threads = Path(f"/proc/{pid}/task").glob("*/children")
    children = [child for path in threads for child in path.read_text().split()]
    return sum(map(_resident, [str(pid), *children]))


def _resident(pid: str) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.slow
def test_all_are_done_once(undisturbed: tuple[dict[str, str], Seen]) -> None:
    outputs, seen = undisturbed
    done = [event["output"] for event in seen.events if event["event"] == "done"]
    assert len(outputs) == len(done) == len(set(done)) == PICTURES
    assert len(set(outputs.values())) == PICTURES


@pytest.mark.slow
def test_memory_is_flat(undisturbed: tuple[dict[str, str], Seen]) -> None:
    memory = undisturbed[1].memory
    third = len(memory) // 3
    before, after = (
        sorted(part)[len(part) // 2] for part in (memory[third : 2 * third], memory[2 * third :])
    )
    assert after <= before * GROWTH + SPARE, f"{before} bytes in the second third, then {after}"


@pytest.mark.slow
def test_killed_at_random_moments(
    tree: Path, toys: Path, undisturbed: tuple[dict[str, str], Seen]
) -> None:
    """The driver alone, or it and its workers at once."""
    chance = random.Random(0)
    made: list[str] = []
    for _ in range(KILLS):
        process = begin(tree, toys, "killed")
        assert process.stdout is not None
        told = [json.loads(process.stdout.readline())]
        time.sleep(chance.uniform(0, LATEST))
        if chance.random() < 0.5:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        # to the end by the same reader: what it holds already, `finish` would not see
        told += [json.loads(line) for line in process.stdout if line.endswith("\n")]
        finish(process)
        made += [event["output"] for event in told if event["event"] == "done"]
    result = finish(begin(tree, toys, "killed"), 3600)
    assert result.code == 0, result.err
    assert hashes(tree / "killed") == undisturbed[0]
    made += [
        event["output"]
        for event in map(json.loads, result.out.splitlines())
        if event["event"] == "done"
    ]
    assert len(made) == len(set(made)), "what was told to be done was done again"
