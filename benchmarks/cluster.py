"""How a Ray cluster scales: pictures a second on one node and on two, beside one machine alone.

Run, as root on Linux: python benchmarks/cluster.py [--pictures 40] [--size 512] [--rounds 5]
                       [--plot docs/cluster.png] [--json]

Two nodes of one core each, every one in a network namespace of its own on this machine; a picture
takes one core and one thread. One worker is the second node alone, chosen by its resource; two are
both nodes. Beside them a batch without Ray, of two workers with a thread each. Ways alternate;
the medians of each round's ratios are told. A run's speed counts from its first pictures to its
last, by the journal. The driver, Ray's own processes and the workers share this machine's cores
with whatever else runs: so the load is told, and what two processes that only count get of twice
what one gets, in the same round.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from batch import COMMAND, counted, draw
from helpers.cluster import Cluster, ray_cluster

ONE, TWO, ALONE = "Ray, 1 worker", "Ray, 2 workers", "without Ray, 2 workers"
WAYS: dict[str, list[str]] = {
    ONE: ["--engine", "ray", "--resource", "second"],
    TWO: ["--engine", "ray"],
    ALONE: ["--jobs", "2"],
}


def run(cluster: Cluster, source: Path, target: Path, words: list[str]) -> float:
    """Pictures a second of one batch, started on the first node."""
    journal = target.with_suffix(".sqlite")
    command = [*COMMAND, "batch", str(source), "-o", str(target), "--journal", str(journal)]
    command += ["--no-report", "--device", "cpu", *words]
    if "ray" in words:
        command += ["--address", cluster.address]
    data = {"PHOTOCHROM_DATA": str(target.parent / "data")}
    done = subprocess.run(
        cluster.head.inside(*command),
        env={**os.environ, **cluster.environment, **data},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    base = sqlite3.connect(journal)
    moments = [row[0] for row in base.execute("SELECT finished FROM items ORDER BY finished")]
    base.close()
    # the first of each worker pays for loading the model
    begin = 4
    return (len(moments) - 1 - begin) / (moments[-1] - moments[begin])


@dataclass(frozen=True)
class Found:
    """What was measured, round by round."""

    speeds: dict[str, list[float]]
    """Pictures a second of every way."""
    counting: list[float]
    """How far two processes count, of twice how far one does."""
    loads: list[float]
    """Of the machine: before the cluster, and after each round."""


def measure(pictures: int, size: int, rounds: int) -> Found:
    """All rounds."""
    found = Found({name: [] for name in WAYS}, [], [])
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        source = folder / "in"
        source.mkdir()
        draw(source, pictures, size)
        found.loads.append(os.getloadavg()[0])
        with ray_cluster(({}, {"second": 1}), apart=False) as cluster:
            for number in range(rounds):
                for place, (name, words) in enumerate(WAYS.items()):
                    target = folder / f"out-{number}-{place}"
                    found.speeds[name].append(run(cluster, source, target, words))
                found.counting.append(counted(2) / counted(1) / 2)
                found.loads.append(os.getloadavg()[0])
    return found


def ratio(speeds: dict[str, list[float]], way: str, other: str) -> float:
    """Median over rounds of one way's speed over another's."""
    pairs = zip(speeds[way], speeds[other], strict=True)
    return statistics.median(one / two for one, two in pairs)


def efficiency(found: Found) -> tuple[float, float]:
    """Two workers' speed of twice one's; and that of what two processes get that only count."""
    pairs = zip(found.speeds[TWO], found.speeds[ONE], strict=True)
    shares = [two / one / 2 for two, one in pairs]
    beside = [share / own for share, own in zip(shares, found.counting, strict=True)]
    return statistics.median(shares), statistics.median(beside)


def plot(found: Found, path: Path) -> None:
    """Speed over workers, and what twice one worker would be."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6, 4), layout="constrained")
    one, two, alone = (statistics.median(found.speeds[way]) for way in WAYS)
    share, own = efficiency(found)[0], statistics.median(found.counting)
    axes.plot([1, 2], [one, 2 * one], ":", color="#2b6cb0", label="twice one worker")
    words = f"of it, what processes that count get: {100 * own:.0f} %"
    axes.plot([1, 2], [one, 2 * one * own], "--", color="#888888", label=words)
    axes.plot([1, 2], [one, two], "o-", color="#2b6cb0", label=f"Ray: {100 * share:.0f} %")
    axes.plot([2], [alone], "s", color="#c05621", label="one machine without Ray")
    for workers, way in ((1, ONE), (2, TWO), (2, ALONE)):
        speeds = found.speeds[way]
        axes.plot([workers] * len(speeds), speeds, ".", color="black", alpha=0.4)
    axes.set(xticks=[1, 2], xlim=(0.8, 2.2), xlabel="workers", ylabel="pictures a second")
    axes.set_ylim(bottom=0)
    title = f"Two nodes of one core each, on one machine of {os.cpu_count()} cores"
    axes.set_title(title, fontsize=10)
    axes.legend(frameon=False, loc="lower right")
    figure.savefig(path, dpi=110)


def tell(found: Found) -> None:
    """Print a table."""
    print("| | pictures/s | rounds |")
    print("|---|---|---|")
    for name, speeds in found.speeds.items():
        rounds = ", ".join(f"{speed:.2f}" for speed in speeds)
        print(f"| {name} | {statistics.median(speeds):.2f} | {rounds} |")
    share, beside = efficiency(found)
    own, cost = statistics.median(found.counting), ratio(found.speeds, TWO, ALONE)
    print(f"two workers, of twice one: {share:.2f}; processes that count: {own:.2f}")
    print(f"two workers, of what two processes that count get: {beside:.2f}")
    print(f"two workers with Ray, of two without: {cost:.2f}")
    loads = ", ".join(f"{load:.1f}" for load in found.loads)
    print(f"{os.cpu_count()} cores; load before, and after each round: {loads}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--pictures", type=int, default=40)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--json", action="store_true")
    said = parser.parse_args()
    found = measure(said.pictures, said.size, said.rounds)
    if said.json:
        share, beside = efficiency(found)
        print(json.dumps({**asdict(found), "efficiency": share, "beside_counting": beside}))
    else:
        tell(found)
    if said.plot is not None:
        plot(found, said.plot)


if __name__ == "__main__":
    main()
