"""Time and memory for a large 16-bit grey TIFF, beside a libvips copy that writes the same file.

Run: python benchmarks/large_scan.py [--megapixels 100] [--runs 5] [--folder DIR] [--plot FILE.png]

Both write three bands of 16 bits with the source's compression. Every run is a process of its own;
runs of the two kinds alternate and the ratio is taken pair by pair, since machines drift. Network
and start of the process are reported apart: they do not grow with the picture.
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
from typing import Any

Run = dict[str, float]


def make_scan(path: Path, megapixels: float) -> None:
    """A made-up scan: soft shapes and grain, uncompressed."""
    import pyvips

    side = round(math.sqrt(megapixels * 1e6))
    shapes = pyvips.Image.perlin(side, side, cell_size=max(side // 20, 1), seed=1)
    grain = pyvips.Image.gaussnoise(side, side, sigma=1500, mean=0, seed=1)
    scan = (shapes * 15000 + 30000 + grain).cast("ushort").copy(interpretation="grey16")
    scan.tiffsave(str(path))


def copy(source: Path, target: Path) -> Run:
    """What libvips alone needs to read the picture and write three bands of it."""
    import pyvips

    began = time.perf_counter()
    image = pyvips.Image.new_from_file(str(source), access="sequential")
    image.bandjoin([image, image]).copy(interpretation="rgb16").tiffsave(str(target))
    return {"seconds": time.perf_counter() - began, "fixed": 0.0}


def colorize(source: Path, target: Path) -> Run:
    """The whole of ours; `fixed` is what a tiny picture costs, model's load included."""
    import numpy as np

    from photochrom import Colorizer

    began = time.perf_counter()
    colorizer = Colorizer(device="cpu")
    colorizer.colorize(np.zeros((256, 256), np.uint16))
    fixed = time.perf_counter() - began
    began = time.perf_counter()
    colorizer.colorize_file(source, target, overwrite=True)
    return {"seconds": time.perf_counter() - began, "fixed": fixed}


KINDS = {"copy": copy, "colorize": colorize}


def child(kind: str, source: Path, target: Path) -> None:
    """One run, its figures as JSON on stdout."""
    result = KINDS[kind](source, target)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps({**result, "peak_mb": peak}) + "\n")


def measure(kind: str, source: Path, target: Path) -> Run:
    """One run in a process of its own."""
    command = [sys.executable, __file__, "--child", kind, str(source), str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures: Run = json.loads(done.stdout)
    return figures


def median(runs: list[Run], key: str) -> float:
    """Median of one figure."""
    return statistics.median(run[key] for run in runs)


def plot(pairs: list[tuple[Run, Run]], path: Path) -> None:
    """Seconds of every run, side by side."""
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6, 4))
    positions = range(1, len(pairs) + 1)
    axes.set_xticks(positions)
    axes.bar([x - 0.2 for x in positions], [ours["seconds"] for ours, _ in pairs], 0.4)
    axes.bar([x + 0.2 for x in positions], [bare["seconds"] for _, bare in pairs], 0.4)
    axes.set(xlabel="pair of runs", ylabel="seconds", title="photochrom and a bare libvips copy")
    axes.legend(["photochrom", "libvips copy"])
    figure.savefig(path)


def report(pairs: list[tuple[Run, Run]], megapixels: float) -> None:
    """Medians and the ratio, as a small table."""
    ours, bare = [run for run, _ in pairs], [run for _, run in pairs]
    ratio = statistics.median(a["seconds"] / b["seconds"] for a, b in pairs)
    lines = [
        f"{megapixels:g} megapixels, 16-bit grey TIFF to 16-bit RGB TIFF, {len(pairs)} pairs",
        f"photochrom    {median(ours, 'seconds'):7.2f} s   peak {median(ours, 'peak_mb'):5.0f} MB"
        f"   (network and model {median(ours, 'fixed'):.2f} s beside it)",
        f"libvips copy  {median(bare, 'seconds'):7.2f} s   peak {median(bare, 'peak_mb'):5.0f} MB",
        f"ratio         {ratio:7.2f}",
    ]
    sys.stdout.write("\n".join(lines) + "\n")


def main() -> None:
    """Parse, run in pairs, report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--megapixels", type=float, default=100)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="where the pictures go (default: temporary)")
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        child(arguments.child[0], *map(Path, arguments.child[1:]))
        return
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        report_pairs(Path(folder), arguments)


def report_pairs(folder: Path, arguments: Any) -> None:
    """Make the scan, run both kinds in turn, print and plot."""
    scan = folder / "scan.tif"
    make_scan(scan, arguments.megapixels)
    pairs = []
    for _ in range(arguments.runs):
        ours, bare = (measure(kind, scan, folder / f"{kind}.tif") for kind in ("colorize", "copy"))
        pairs.append((ours, bare))
    report(pairs, arguments.megapixels)
    if arguments.plot:
        plot(pairs, arguments.plot)


if __name__ == "__main__":
    main()
