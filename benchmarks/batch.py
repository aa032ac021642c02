"""How much of a machine a batch uses: pictures a second on all cores, as a fraction of cores times
one worker's; and memory, which must stay flat.

Run: python benchmarks/batch.py [--pictures 400] [--size 256] [--model NAME] [--rounds 3] [--json]

Every round runs the whole command held to one core, with one worker, and then on all cores with a
worker each, over the same small pictures, so that a machine that drifts drifts for both; the ratio
is taken round by round, then its median. A run's speed counts from its first picture to its last:
starting workers and loading the model are once, and told apart. Hashing, durable writing and the
journal are in it.

Where other programs run, or cores are threads of one, so many processes don't get so many times
what one gets. So the same is tried in each round with processes that only count, and the speed is
told as a fraction of theirs too. How busy the workers were says whether the driver let them wait.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from photochrom.batch.local import cores
from photochrom.models.names import DEFAULT_MODEL

COMMAND = (sys.executable, "-c", "import sys; from photochrom.cli import main; sys.exit(main())")
COUNTING = 3.0
"""Seconds for which processes count."""
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Figures:
    """One run."""

    pictures_per_second: float
    """From the first that was done to the last."""
    start: float
    """Seconds to the first."""
    memory_middle: float
    """MiB of the driver and its workers, median over the second third of the pictures."""
    memory_end: float
    """Over the last third."""
    seconds_each: float
    """Of the processor, for a picture, from the first to the last; driver and workers."""
    busy: float
    """Of the workers' time from the first picture to the last, what they worked on pictures."""
    driver_share: float
    """Of all that, the driver's, its start included."""


def draw(folder: Path, count: int, size: int) -> None:
    """Grey JPEG pictures of soft shapes and some grain, no two alike."""
    chance = np.random.default_rng(0)
    for number in range(count):
        coarse = Image.fromarray(chance.integers(0, 256, (8, 8), np.uint8))
        soft = np.asarray(coarse.resize((size, size), Image.Resampling.BICUBIC), np.float32)
        grainy = np.clip(soft + chance.normal(0, 6, soft.shape), 0, 255).astype(np.uint8)
        Image.fromarray(grainy).save(folder / f"{number:05}.jpg", quality=90)


def run(source: Path, target: Path, model: str, held: set[int]) -> Figures:
    """One batch, into a new folder, held to some cores, with a worker for each."""
    arguments = ["batch", source, "-o", target, "--model", model, "--jobs", len(held)]
    journal = ["--journal", target.with_suffix(".sqlite"), "--no-report", "--json"]
    began = time.perf_counter()
    moments: list[float] = []
    taken: list[list[Used]] = []
    worked: list[float] = []
    with subprocess.Popen(
        [*COMMAND, *map(str, [*arguments, *journal])],
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, held),
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            event = json.loads(line)
            if event["event"] == "done":
                worked.append(event["seconds"])
                moments.append(time.perf_counter() - began)
                taken.append(used_by(process.pid))
    if process.returncode:
        raise SystemExit(f"the batch ended with code {process.returncode}")
    return figures(moments, taken, sum(worked[1:]) / len(held))


def figures(moments: list[float], taken: list[list[Used]], worked: float) -> Figures:
    """Figures of a run.

    Args:
        moments: when pictures were done, in seconds.
        taken: what the driver and its workers had taken by then.
        worked: seconds that each worker worked on pictures, but for the first.
    """
    third, count = len(moments) // 3, len(moments) - 1
    memory = [sum(one.memory for one in used) for used in taken]
    seconds = [sum(one.seconds for one in used) for used in taken]
    return Figures(
        pictures_per_second=count / (moments[-1] - moments[0]),
        start=moments[0],
        memory_middle=statistics.median(memory[third : 2 * third]),
        memory_end=statistics.median(memory[2 * third :]),
        seconds_each=(seconds[-1] - seconds[0]) / count,
        busy=worked / (moments[-1] - moments[0]),
        driver_share=taken[-1][0].seconds / max(1 / TICKS, seconds[-1]),
    )


def tally(seconds: float) -> int:
    """How far one process counts in so many seconds."""
    number, end = 0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        number += 1
    return number


def counted(processes: int) -> int:
    """How far so many processes count at once, together."""
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        pool.map(tally, [0.1] * processes, chunksize=1)  # started and warm
        return sum(pool.map(tally, [COUNTING] * processes, chunksize=1))


@dataclass(frozen=True)
class Used:
    """What a process has taken so far."""

    memory: float
    """MiB that it holds."""
    seconds: float
    """Of the processor."""


def used_by(pid: int) -> list[Used]:
    """The process, then its children."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return [
        _used(one)
        for one in [str(pid), *(pid for path in lists for pid in path.read_text().split())]
    ]


def _used(pid: str) -> Used:
    stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return Used(pages * os.sysconf("SC_PAGE_SIZE") / 2**20, (int(stat[11]) + int(stat[12])) / TICKS)


def measure(pictures: int, size: int, model: str, rounds: int) -> dict[str, Any]:
    """All rounds, and the ratio."""
    found: list[tuple[Figures, Figures]] = []
    gains: list[float] = []
    there = os.sched_getaffinity(0)
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch, "pictures")
        source.mkdir()
        draw(source, pictures, size)
        for number in range(rounds):
            one = run(source, Path(scratch, f"one{number}"), model, {min(there)})
            every = run(source, Path(scratch, f"all{number}"), model, there)
            found.append((one, every))
            gains.append(counted(cores()) / counted(1))
    speedups = [every.pictures_per_second / one.pictures_per_second for one, every in found]
    ratios = [speedup / cores() for speedup in speedups]
    return {
        "cores": cores(),
        "pictures": pictures,
        "ratio": statistics.median(ratios),
        "ratios": ratios,
        "gain_of_counting": statistics.median(gains),
        "ratio_to_counting": statistics.median(
            speedup / gain for speedup, gain in zip(speedups, gains, strict=True)
        ),
        "one": [asdict(one) for one, _ in found],
        "all": [asdict(every) for _, every in found],
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("--pictures", type=int, default=400)
    parser.add_argument("--size", type=int, default=256, help="pixels of a side")
    parser.add_argument("--model", default=DEFAULT_MODEL)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    said = parser.parse_args()
    found = measure(said.pictures, said.size, said.model, said.rounds)
    if said.json:
        sys.stdout.write(json.dumps(found) + "\n")
        return
    for kind, jobs in (("one", 1), ("all", found["cores"])):
        for row in found[kind]:
            sys.stdout.write(
                f"{jobs:3} jobs: {row['pictures_per_second']:7.1f} pictures/s, first after "
                f"{row['start']:.1f} s, memory {row['memory_middle']:.0f} then "
                f"{row['memory_end']:.0f} MiB, workers busy {100 * row['busy']:.0f} %, "
                f"{1000 * row['seconds_each']:.0f} ms of the processor each, the driver's "
                f"{100 * row['driver_share']:.1f} % of all\n"
            )
    sys.stdout.write(
        f"throughput on {found['cores']} cores: {found['ratio']:.2f} of cores x single; "
        f"processes that count get {found['gain_of_counting']:.2f} times what one gets, and "
        f"of that it is {found['ratio_to_counting']:.2f}\n"
    )


if __name__ == "__main__":
    main()
