"""Killed, out of room, without power: at every step nothing is lost, doubled or half written.

``PHOTOCHROM_FAULTS`` says how many steps are broken in earnest; `make soak` breaks all.
"""

from __future__ import annotations

import errno
import hashlib
import os
import random
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from helpers import faults
from helpers.command import Result, finish, start
from helpers.faults import Disk, Step
from helpers.pictures import photograph, write_jpeg

FAULTS = int(os.environ.get("PHOTOCHROM_FAULTS", "1"))
PICTURES = 3


@dataclass(frozen=True)
class Stage:
    """A batch of some pictures, and the layer under it."""

    folder: Path
    library: Path
    toy: Path

    @property
    def out(self) -> Path:
        return self.folder / "out"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def roots(self) -> tuple[Path, Path]:
        return self.out, self.data

    def run(self, env: Mapping[str, str] | None = None) -> Result:
        """Run the batch."""
        arguments = ["batch", "src", "-o", "out", "--model", self.toy, "--jobs", 1, "--no-report"]
        command = ["setsid"]  # the layer kills the group
        return finish(
            start(
                *arguments,
                cwd=self.folder,
                env={"PHOTOCHROM_DATA": str(self.data), **(env or {})},
                before=command,
            )
        )

    def broken(self, at: int, error: int, last: int = 0) -> Result:
        """Run it so that a step fails."""
        log = self.folder / "broken.log"
        log.unlink(missing_ok=True)
        return self.run(faults.environment(self.library, log, self.roots, at, error, last))

    def clear(self) -> None:
        """As before the first run."""
        for root in self.roots:
            shutil.rmtree(root, ignore_errors=True)


@dataclass(frozen=True)
class Recorded:
    """What an undisturbed run did."""

    stage: Stage
    steps: list[Step]
    hashes: dict[str, str]
    """Of its outputs, by name."""


def hashes(folder: Path) -> dict[str, str]:
    """Of all files, hidden ones too."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def recorded(toys: Path, tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """A run of three pictures, written down."""
    folder = tmp_path_factory.mktemp("durability")
    stage = Stage(folder, faults.build(folder), toys / "warm.onnx")
    (folder / "src" / "sub").mkdir(parents=True)
    for number in range(PICTURES):
        name = f"sub/{number}.jpg" if number else "0.jpg"
        write_jpeg(folder / "src" / name, photograph("camera.png", 60 + number))
    log = folder / "log"
    result = stage.run(faults.environment(stage.library, log, stage.roots))
    assert result.code == 0, result.err
    found = Recorded(stage, faults.steps(log), hashes(stage.out))
    assert len(found.hashes) == PICTURES
    return found


def moments(recorded: Recorded) -> Iterator[tuple[int, Disk]]:
    """The disk before the first step and after each."""
    disk = Disk(recorded.stage.roots)
    yield 0, disk
    for number, step in enumerate(recorded.steps, 1):
        disk.take(step)
        yield number, disk


def states(disk: Disk, chance: random.Random) -> dict[str, dict[str, bytes]]:
    """What may be found afterwards."""
    return {
        "killed": disk.killed(),
        "strict": disk.strict(),
        "names first": disk.names_first(),
        "mixed": disk.mixed(chance),
    }


def check(recorded: Recorded, where: str) -> None:
    """No output is half, and what the journal calls done is there."""
    stage = recorded.stage
    shown = {name: sha for name, sha in hashes(stage.out).items() if "/." not in f"/{name}"}
    for name, sha in shown.items():
        assert recorded.hashes[name] == sha, f"{name} is half written, {where}"
    for journal in stage.data.glob("batches/*.sqlite"):
        for name, seal in done(journal):
            assert shown.get(name) == seal.split(" ")[0], f"{name} is no more, {where}"


def done(journal: Path) -> list[tuple[str, str]]:
    """Names and seals of what a journal calls done; it is sound, or there is nothing in it yet."""
    base = sqlite3.connect(journal)
    try:
        assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        if base.execute("PRAGMA user_version").fetchone() == (0,):
            return []
        found = base.execute("SELECT name, output_seal FROM items WHERE state = 'done'").fetchall()
    finally:
        base.close()
    return [(os.fsdecode(name), seal) for name, seal in found]


def test_any_moment(recorded: Recorded) -> None:
    """After any step: a kill, and three kinds of power cut."""
    chance = random.Random(0)
    for number, disk in moments(recorded):
        for kind, files in states(disk, chance).items():
            disk.put(files)
            check(recorded, f"{kind} after step {number} of {len(recorded.steps)}")


def some(count: int, seed: int) -> list[int]:
    """Numbers of steps that are broken: all, if so many are asked for."""
    every = range(1, count + 1)
    return list(every) if count <= FAULTS else random.Random(seed).sample(every, FAULTS)


@pytest.mark.slow
def test_goes_on_after_a_power_cut(recorded: Recorded) -> None:
    chosen = set(some(len(recorded.steps), 1))
    chance = random.Random(1)
    for number, disk in moments(recorded):
        for kind, files in states(disk, chance).items():
            if number in chosen and kind == chance.choice(("strict", "names first", "mixed")):
                disk.put(files)
                goes_on(recorded, f"{kind} after step {number}")


@pytest.mark.slow
def test_goes_on_after_a_kill(recorded: Recorded) -> None:
    for number in some(len(recorded.steps), 2):
        recorded.stage.clear()
        assert recorded.stage.broken(number, 0).code < 0
        check(recorded, f"killed at step {number}")
        goes_on(recorded, f"killed at step {number}")


@pytest.mark.slow
@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO, errno.EROFS])
def test_goes_on_after_an_error(recorded: Recorded, error: int) -> None:
    """Of the disk, at one step or at all from there on."""
    for number in some(len(recorded.steps), error):
        recorded.stage.clear()
        result = recorded.stage.broken(number, error, last=number + number % 2 * 10**6)
        assert result.code in (0, 4, 7), result
        assert "Traceback" not in result.err
        check(recorded, f"{errno.errorcode[error]} at step {number}")
        goes_on(recorded, f"{errno.errorcode[error]} at step {number}")


def goes_on(recorded: Recorded, where: str) -> None:
    """The same command ends with what an undisturbed run has, and nothing else."""
    result = recorded.stage.run()
    assert result.code == 0, f"{where}: {result.out}{result.err}"
    assert hashes(recorded.stage.out) == recorded.hashes, where
    (journal,) = recorded.stage.data.glob("batches/*.sqlite")
    assert len(done(journal)) == PICTURES, where
