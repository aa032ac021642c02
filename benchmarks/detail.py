"""What each further level of detail costs: time and memory, in one run.

Run: python benchmarks/detail.py [--megapixels 24] [--levels 0 1 2 3] [--runs 3] [--plot PNG]

A made-up grey picture is colorized at every level in turn, and the turns are repeated. Every run is
a process of its own, which loads the model and warms it up first. Two times are told: reading the
picture small, and the network (whole picture, then tiles); the guided filter and the full-size pass
come after. Ratios are taken turn by turn, over the lowest level; memory is the whole process's.
"""

import argparse
import json
import math
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

Run = dict[str, float]


def make_picture(path: Path, megapixels: float) -> None:
    """Soft shapes and grain, 8-bit, twice as wide as high by half."""
    import pyvips

    height = round(math.sqrt(megapixels * 1e6 / 1.5))
    width = round(height * 1.5)
    shapes = pyvips.Image.perlin(width, height, cell_size=max(height // 10, 1), seed=1)
    grain = pyvips.Image.gaussnoise(width, height, sigma=6, mean=0, seed=1)
    (shapes * 60 + 120 + grain).cast("uchar").copy(interpretation="b-w").tiffsave(str(path))


def child(source: Path, level: int) -> None:
    """One run, its figures as JSON on stdout."""
    import numpy as np

    from photochrom import Colorizer, Options

    colorizer = Colorizer(device="cpu")
    colorizer.colorize(np.zeros((600, 600), np.uint8), Options(detail=min(level, 1)))
    seen: dict[str, float] = {}

    def note(stage: str, fraction: float, left: float | None) -> None:
        del left
        if fraction in (0, 1):
            seen.setdefault(f"{stage} {fraction:.0f}", time.perf_counter())

    target = source.with_name(f"out-{level}.jpg")
    colorizer.colorize_file(source, target, Options(detail=level), overwrite=True, progress=note)
    figures = {
        "network": seen["color 1"] - seen["color 0"],
        "look": seen["color 0"] - seen["look 0"],
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    sys.stdout.write(json.dumps(figures) + "\n")


def measure(source: Path, level: int) -> Run:
    """One run in a process of its own."""
    command = [sys.executable, __file__, "--child", str(source), str(level)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures: Run = json.loads(done.stdout)
    return figures


def median(turns: list[dict[int, Run]], level: int, key: str) -> float:
    """Median of one figure at a level."""
    return statistics.median(turn[level][key] for turn in turns)


def over_first(turns: list[dict[int, Run]], level: int) -> float:
    """Median ratio of the network's time at a level over the lowest one's, turn by turn."""
    return statistics.median(turn[level]["network"] / turn[min(turn)]["network"] for turn in turns)


def report(turns: list[dict[int, Run]], megapixels: float) -> None:
    """A table."""
    lines = [
        f"{megapixels:g} megapixels, {len(turns)} turns, medians\n",
        "| detail | look (s) | network (s) | over the lowest level | peak (MB) |",
        "|---|---|---|---|---|",
    ]
    for level in turns[0]:
        look, network, peak = (median(turns, level, key) for key in ("look", "network", "peak_mb"))
        ratio = over_first(turns, level)
        lines.append(f"| {level} | {look:.2f} | {network:.2f} | {ratio:.1f} | {peak:.0f} |")
    sys.stdout.write("\n".join(lines) + "\n")


def plot(turns: list[dict[int, Run]], path: Path) -> None:
    """Seconds and memory by level."""
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(8, 3.6), layout="constrained")
    chosen = list(turns[0])
    for turn in turns:
        left.plot(chosen, [turn[level]["network"] for level in chosen], marker="o", alpha=0.6)
    left.set(xlabel="level of detail", ylabel="seconds in the network", yscale="log", xticks=chosen)
    right.bar(chosen, [median(turns, level, "peak_mb") for level in chosen])
    right.set(xlabel="level of detail", ylabel="peak memory (MB)", xticks=chosen)
    figure.savefig(path, dpi=120)


def main() -> None:
    """Parse, run in turns, report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--megapixels", type=float, default=24)
    parser.add_argument("--levels", type=int, nargs="+", default=[0, 1, 2, 3])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where the pictures go (default: temporary)")
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        child(Path(arguments.child[0]), int(arguments.child[1]))
        return
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        source = Path(folder) / "picture.tif"
        make_picture(source, arguments.megapixels)
        turns = [
            {level: measure(source, level) for level in arguments.levels}
            for _ in range(arguments.runs)
        ]
    report(turns, arguments.megapixels)
    if arguments.plot:
        plot(turns, arguments.plot)


if __name__ == "__main__":
    main()
