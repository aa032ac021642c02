"""What one item of an archive costs: seconds of one core, bytes in and out; and what the driver
adds to it.

Run: python benchmarks/item_costs.py [--megapixels 35] [--height 576] [--frames 500] [--items 2000]
     [--runs 3] [--json docs/item-costs.json]

A scan is a grey TIFF of 16 bits, uncompressed; a film is the clip of film_speed.py, 25 frames a
second, x264. Both are done as a batch does them, in a worker with one thread, with their hashes
and durable writing. What is counted is the processor's time of the worker and of the process that
asks it, so that other programs on the machine matter little; the median of the runs is printed.
The driver's cost is that of a batch whose engine only copies files of some bytes: all that is left
is finding them, names, the journal, hashes and the look whether they are done already.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
import film_speed
import large_scan
from helpers.batches import Copying
from photochrom.batch.hands import Hands
from photochrom.batch.items import Asked, Item, Kind, Outcome
from photochrom.batch.journal import Row
from photochrom.batch.running import Wanted, open_batch

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Costs:
    """Seconds are of one core."""

    scan_seconds: float
    scan_megapixels: float
    scan_read: int
    """Bytes."""
    scan_written: int
    frame_seconds: float
    frame_height: int
    frame_read: int
    frame_written: int
    survey_share: float
    """Of a frame's seconds: looking through the film, which one process does."""
    start_seconds: float
    """Of a worker, until the model is loaded."""
    driver_found: float
    """Of the driver for each file that it finds and enters."""
    driver_done: float
    """For each item that is done."""
    driver_skipped: float
    """For each item that was done before."""


class _Nobody:
    """Hears of items and says nothing."""

    def renamed(self, source: str, name: str) -> None: ...

    def progress(self, item: Item, stage: str, fraction: float) -> None: ...

    def skipped(self, row: Row) -> None: ...

    def finished(self, outcome: Outcome) -> None: ...


def spent(pid: int | None = None) -> float:
    """Seconds of the processor that a process has taken so far; None: this one."""
    if pid is None:
        return time.process_time()
    stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(stat[11]) + int(stat[12])) / TICKS


def item(hands: Hands, source: Path, target: Path, kind: Kind) -> float:
    """Seconds for one item, by a worker that has loaded its model."""
    worker = hands._worker
    assert worker is not None
    before = spent() + spent(worker.pid)
    outcome = hands.do(Item(target.name, str(source), str(target), kind))
    if not outcome.done:
        raise SystemExit(outcome.error)
    return spent() + spent(worker.pid) - before


def started() -> tuple[Hands, float]:
    """A worker, and what its start took."""
    hands, before = Hands(Asked(device="cpu"), 1), spent()
    hands.load()
    assert hands._worker is not None
    return hands, spent() - before + spent(hands._worker.pid)


def repeated(runs: int, measure: Callable[[int], float]) -> float:
    """The median."""
    return statistics.median(measure(number) for number in range(runs))


def driver(folder: Path, count: int) -> tuple[float, float, float]:
    """Seconds for each of so many items: found, done, and skipped the next time."""
    source = folder / "many"
    source.mkdir()
    for number in range(count):
        (source / f"{number:06}.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture %06d" % number)
    wanted = Wanted((str(source),), folder / "copies", journal=folder / "many.sqlite")
    found = []
    for _ in range(2):
        with open_batch(
            wanted, _Nobody(), threading.Event(), lambda wanted: Copying(wanted.asked)
        ) as batch:
            moments = [spent()]
            _, names = batch.gather()
            moments.append(spent())
            batch.driver.run(names)
            moments.append(spent())
        found.append([(after - before) / count for before, after in pairwise(moments)])
    return found[0][0], found[0][1], found[1][1]


def measure(said: argparse.Namespace) -> Costs:
    """Everything."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        scan, clip = folder / "scan.tif", folder / "clip.mkv"
        large_scan.make_scan(scan, said.megapixels)
        film_speed.make(clip, said.height, said.frames, 1.0)
        hands, start = started()
        outputs = folder / "out.tif", folder / "out.mkv"

        def of_scan(number: int) -> float:
            outputs[0].unlink(missing_ok=True)
            return item(hands, scan, outputs[0], "photo")

        def of_film(number: int) -> float:
            outputs[1].unlink(missing_ok=True)
            return item(hands, clip, outputs[1], "film")

        item(hands, scan, outputs[0], "photo")  # the first one is slower
        seconds, frames = repeated(said.runs, of_scan), repeated(said.runs, of_film)
        sizes = [path.stat().st_size for path in (scan, outputs[0], clip, outputs[1])]
        hands.close()
        return Costs(
            seconds,
            said.megapixels,
            sizes[0],
            sizes[1],
            frames / said.frames,
            said.height,
            sizes[2] // said.frames,
            sizes[3] // said.frames,
            survey(clip) / frames,
            start,
            *driver(folder, said.items),
        )


def survey(clip: Path) -> float:
    """Seconds of the first pass over a film."""
    from photochrom.video.colorizer import look

    before = spent()
    look(clip)
    return spent() - before


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--megapixels", type=float, default=35)
    parser.add_argument("--height", type=int, default=576)
    parser.add_argument("--frames", type=int, default=500)
    parser.add_argument("--items", type=int, default=2000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", type=Path)
    said = parser.parse_args()
    began = time.perf_counter()
    costs = asdict(measure(said))
    for name, value in costs.items():
        print(f"| {name.replace('_', ' ')} | {value:.6g} |")
    print(f"measured in {time.perf_counter() - began:.0f} s")
    if said.json is not None:
        said.json.write_text(json.dumps(costs, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
