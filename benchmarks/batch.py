"""How much of a machine a batch uses: pictures a second on all cores, as a fraction of cores times
one worker's; and memory, which must stay flat.

Run: python benchmarks/batch.py [--pictures 400] [--size 256] [--model NAME] [--rounds 3] [--json]

Every round runs one worker with one thread, then as many as cores, over the same small pictures,
so that a machine that drifts drifts for both; the ratio is taken round by round, then its median.
A run's speed counts from its first picture to its last: starting a worker and loading the model are
once, and told apart. Ours is the whole command: hashing, durable writing and the journal included.
The processor's time outside of the workers, which is what the driver costs, is told beside.
"""

from __future__ import annotations

import argparse
import json
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
    driver_share: float
    """Of the processor's time that driver and workers took, the driver's."""


def draw(folder: Path, count: int, size: int) -> None:
    """Grey JPEG pictures of soft shapes and some grain, no two alike."""
    chance = np.random.default_rng(0)
    for number in range(count):
        coarse = Image.fromarray(chance.integers(0, 256, (8, 8), np.uint8))
        soft = np.asarray(coarse.resize((size, size), Image.Resampling.BICUBIC), np.float32)
        grainy = np.clip(soft + chance.normal(0, 6, soft.shape), 0, 255).astype(np.uint8)
        Image.fromarray(grainy).save(folder / f"{number:05}.jpg", quality=90)


def run(source: Path, target: Path, model: str, jobs: int) -> Figures:
    """One batch, into a new folder."""
    arguments = ["batch", source, "-o", target, "--model", model, "--jobs", jobs]
    journal = ["--journal", target.with_suffix(".sqlite"), "--no-report", "--json"]
    began = time.perf_counter()
    moments, memory, shares = [], [], [0.0]
    with subprocess.Popen(
        [*COMMAND, *map(str, [*arguments, *journal])], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if json.loads(line)["event"] != "done":
                continue
            moments.append(time.perf_counter() - began)
            used = used_by(process.pid)
            memory.append(sum(one.memory for one in used))
            shares.append(used[0].seconds / max(1e-9, sum(one.seconds for one in used)))
    if process.returncode:
        raise SystemExit(f"the batch ended with code {process.returncode}")
    third = len(memory) // 3
    return Figures(
        pictures_per_second=(len(moments) - 1) / (moments[-1] - moments[0]),
        start=moments[0],
        memory_middle=statistics.median(memory[third : 2 * third]),
        memory_end=statistics.median(memory[2 * third :]),
        driver_share=shares[-1],
    )


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
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch, "pictures")
        source.mkdir()
        draw(source, pictures, size)
        for number in range(rounds):
            one = run(source, Path(scratch, f"one{number}"), model, 1)
            every = run(source, Path(scratch, f"all{number}"), model, cores())
            found.append((one, every))
    ratios = [every.pictures_per_second / one.pictures_per_second / cores() for one, every in found]
    return {
        "cores": cores(),
        "pictures": pictures,
        "ratio": statistics.median(ratios),
        "ratios": ratios,
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
                f"{row['memory_end']:.0f} MiB, driver {100 * row['driver_share']:.1f} % of the "
                "processor's time\n"
            )
    sys.stdout.write(
        f"throughput on {found['cores']} cores: {found['ratio']:.2f} of cores x single\n"
    )


if __name__ == "__main__":
    main()
