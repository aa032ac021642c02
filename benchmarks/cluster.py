"""How a Ray cluster scales: pictures a second on one node and on two, beside one machine alone.

Run, as root on Linux: python benchmarks/cluster.py [--pictures 60] [--size 512] [--rounds 3]
                       [--plot docs/cluster.png] [--json]

Two nodes of one core each, every one in a network namespace of its own on this machine; a picture
takes one core and one thread. One worker is the second node alone, chosen by its resource; two are
both nodes. Beside them a batch without Ray, of two workers with a thread each. Rounds alternate;
the median of their ratios is told. A run's speed counts from its first pictures to its last, by the
journal. On a machine of two cores the driver, Ray's own processes and the workers share these two;
the load is printed, as other programs count too.
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
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from batch import COMMAND, draw
from helpers.cluster import QUIET, Cluster, ray_cluster

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
    threads = {"PHOTOCHROM_DATA": str(target.parent / "data")}
    done = subprocess.run(
        cluster.head.inside(*command),
        env={**os.environ, **QUIET, **threads},
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


def measure(pictures: int, size: int, rounds: int) -> dict[str, list[float]]:
    """Pictures a second of every way, round by round."""
    found: dict[str, list[float]] = {name: [] for name in WAYS}
    with tempfile.TemporaryDirectory(prefix="rc") as scratch:
        folder = Path(scratch)
        source = folder / "in"
        source.mkdir()
        draw(source, pictures, size)
        with ray_cluster(({}, {"second": 1})) as cluster:
            for number in range(rounds):
                for place, (name, words) in enumerate(WAYS.items()):
                    target = folder / f"out-{number}-{place}"
                    found[name].append(run(cluster, source, target, words))
    return found


def ratio(found: dict[str, list[float]], way: str, other: str) -> float:
    """Median over rounds of one way's speed over another's."""
    pairs = zip(found[way], found[other], strict=True)
    return statistics.median(one / two for one, two in pairs)


def plot(found: dict[str, list[float]], path: Path) -> None:
    """Speed over workers, and what twice one worker would be."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6, 4), layout="constrained")
    one, two, alone = (statistics.median(found[way]) for way in WAYS)
    share = 100 * ratio(found, TWO, ONE) / 2
    axes.plot([1, 2], [one, two], "o-", color="#2b6cb0", label=f"Ray: {share:.0f} % of twice one")
    axes.plot([1, 2], [one, 2 * one], ":", color="#2b6cb0", label="twice one worker")
    axes.plot([2], [alone], "s", color="#888888", label="one machine without Ray")
    for workers, way in ((1, ONE), (2, TWO), (2, ALONE)):
        axes.plot([workers] * len(found[way]), found[way], ".", color="black", alpha=0.4)
    axes.set(xticks=[1, 2], xlim=(0.8, 2.2), xlabel="workers", ylabel="pictures a second")
    axes.set_ylim(bottom=0)
    axes.set_title("Two nodes of one core, on one machine of two cores", fontsize=10)
    axes.legend(frameon=False, loc="lower right")
    figure.savefig(path, dpi=110)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--pictures", type=int, default=60)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--json", action="store_true")
    said = parser.parse_args()
    load = os.getloadavg()[0]
    found = measure(said.pictures, said.size, said.rounds)
    share, cost = ratio(found, TWO, ONE) / 2, ratio(found, TWO, ALONE)
    if said.json:
        print(json.dumps({"speeds": found, "efficiency": share, "beside_alone": cost}))
    else:
        print("| | pictures/s | rounds |")
        print("|---|---|---|")
        for name, speeds in found.items():
            rounds = ", ".join(f"{speed:.2f}" for speed in speeds)
            print(f"| {name} | {statistics.median(speeds):.2f} | {rounds} |")
        print(f"two workers / twice one: {share:.2f}; two with Ray / two without: {cost:.2f}")
        print(f"{os.cpu_count()} cores; load before: {load:.1f}, after: {os.getloadavg()[0]:.1f}")
    if said.plot is not None:
        plot(found, said.plot)


if __name__ == "__main__":
    main()
