"""Whole pictures the textbook way (scikit-image's L*a*b*, PyTorch eager) beside photochrom.

Run: python benchmarks/textbook.py [--megapixels 1 4 16] [--runs 3] [--limit 4] [--most 256]
                                   [--folder DIR] [--plot FILE.png]

The textbook way reads an 8-bit grey TIFF, converts all of it to L*a*b*, asks the same network at
its native size, enlarges the chroma bilinearly, converts back and writes a TIFF. Both take and give
the same kind of file. Every run is a process of its own, in pairs; importing and loading is counted
in memory, not in time. Then the address space is limited (to 4 GB) and the size doubled until the
textbook way fails; three halvings narrow down where. photochrom must pass at the largest size that
was tried.
"""

from __future__ import annotations

import argparse
import math
import resource
import tempfile
from pathlib import Path

from children import Run, answer, ask, ask_or_none, median, ratio, timed

Pair = tuple[Run, Run]
HALVINGS = 3


def make_picture(path: Path, megapixels: float) -> None:
    """A made-up grey picture, square."""
    import pyvips

    side = round(math.sqrt(megapixels * 1e6))
    shapes = pyvips.Image.perlin(side, side, cell_size=max(side // 20, 1), seed=1)
    (shapes * 60 + 120).cast("uchar").copy(interpretation="b-w").tiffsave(str(path))


def limit(gigabytes: str) -> None:
    """Let this process have so much address space; 0 leaves it as it is."""
    if float(gigabytes):
        most = round(float(gigabytes) * (1 << 30))
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def textbook(source: str, target: str, gigabytes: str) -> Run:
    """The whole picture at once."""
    limit(gigabytes)
    import numpy as np
    import torch
    from skimage import color, io
    from torch.nn import functional

    from network_speed import network_of
    from photochrom.models.names import DEFAULT_MODEL
    from photochrom.models.store import find_model

    side, scale = 256, 110.0
    network = network_of(find_model(DEFAULT_MODEL))

    def work() -> None:
        grey = io.imread(source)
        lightness = color.rgb2lab(np.dstack([grey] * 3))[..., 0]
        light = torch.from_numpy(lightness / 100).float()[None, None]
        given = functional.interpolate(light, (side, side), mode="bilinear", antialias=True)
        with torch.inference_mode():
            chroma = network(given, torch.zeros(1, 3, side, side)) * scale
            full = functional.interpolate(chroma, grey.shape, mode="bilinear")
        lab = np.concatenate((lightness[..., None], full[0].permute(1, 2, 0).numpy()), axis=-1)
        io.imsave(target, (color.lab2rgb(lab) * 255).astype(np.uint8), check_contrast=False)

    return timed(work)


def photochrom(source: str, target: str, gigabytes: str) -> Run:
    """Ours; an error of it fails the run."""
    limit(gigabytes)
    from photochrom import Colorizer

    colorizer = Colorizer(device="cpu")
    return timed(lambda: colorizer.colorize_file(source, target, overwrite=True))


KINDS = {"photochrom": photochrom, "textbook": textbook}


def measure(folder: Path, megapixels: float, runs: int) -> list[Pair]:
    """Make the picture, and run both kinds in turn, without a limit."""
    source = folder / "source.tif"
    make_picture(source, megapixels)
    pairs = []
    for _ in range(runs):
        found = [ask(__file__, kind, source, folder / f"{kind}.tif", 0) for kind in KINDS]
        pairs.append((found[0], found[1]))
    return pairs


def passes(folder: Path, kind: str, megapixels: float, gigabytes: float) -> bool:
    """Whether a kind comes through with a picture of this size under the limit."""
    source = folder / "source.tif"
    make_picture(source, megapixels)
    return ask_or_none(__file__, kind, source, folder / f"{kind}.tif", gigabytes) is not None


def death(folder: Path, gigabytes: float, most: float) -> tuple[float, float]:
    """Megapixels at which the textbook way passed last and failed first (infinite: never)."""
    good, bad = 0.0, 1.0
    while passes(folder, "textbook", bad, gigabytes):
        good, bad = bad, 2 * bad
        if bad > most:
            return good, math.inf
    for _ in range(HALVINGS if good else 0):
        middle = (good + bad) / 2
        if passes(folder, "textbook", middle, gigabytes):
            good = middle
        else:
            bad = middle
    return good, bad


HEAD = (
    "| megapixels | photochrom, s (CPU s) | peak MB | textbook, s (CPU s) | peak MB | "
    "textbook / photochrom, time | CPU time | memory |"
)


def row(megapixels: float, pairs: list[Pair]) -> str:
    """Medians of one size."""
    cells = [f"{megapixels:g}"]
    for index in (0, 1):
        runs = [pair[index] for pair in pairs]
        cells.append(f"{median(runs, 'seconds'):.2f} ({median(runs, 'cpu'):.2f})")
        cells.append(f"{median(runs, 'peak_mb'):.0f}")
    swapped = [(second, first) for first, second in pairs]
    cells += [f"{ratio(swapped, key):.2f}" for key in ("seconds", "cpu", "peak_mb")]
    return f"| {' | '.join(cells)} |"


def report_limit(folder: Path, gigabytes: float, most: float) -> None:
    """Where the textbook way ends, and that ours goes on."""
    good, bad = death(folder, gigabytes, most)
    where = f"fails at {bad:g}" if math.isfinite(bad) else "does not fail"
    print(f"under {gigabytes:g} GB the textbook way passes at {good:g} megapixels and {where}")
    largest = max(most, bad) if math.isfinite(bad) else most
    came = "passes" if passes(folder, "photochrom", largest, gigabytes) else "FAILS"
    print(f"photochrom {came} at {largest:g} megapixels under the same limit")


def plot(measured: dict[float, list[Pair]], path: Path) -> None:
    """Time and memory over size, medians."""
    from matplotlib.figure import Figure

    figure = Figure((9, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    for axes, key, label in ((left, "seconds", "seconds"), (right, "peak_mb", "peak memory, MB")):
        for index, name in enumerate(KINDS):
            values = [median([pair[index] for pair in pairs], key) for pairs in measured.values()]
            axes.plot([*measured], values, "o-", label=name)
        axes.set(xlabel="megapixels", ylabel=label, ylim=(0, None))
        axes.spines[["top", "right"]].set_visible(False)
    left.legend(frameon=False)
    figure.savefig(path, dpi=120)


def main() -> None:
    """Parse, run in pairs, search, report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--megapixels", type=float, nargs="+", default=[1, 4, 16])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--limit", type=float, default=4, help="GB of address space; 0: no search")
    parser.add_argument("--most", type=float, default=256, help="megapixels that are tried at most")
    parser.add_argument("--folder", type=Path, help="where the pictures go (default: temporary)")
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--child", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        answer(KINDS, options.child)
        return
    print(f"8-bit grey TIFF to 8-bit RGB TIFF, pairs: {options.runs}", HEAD, sep="\n")
    print("|---" * 8 + "|")
    measured = {}
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        for size in options.megapixels:
            measured[size] = measure(Path(folder), size, options.runs)
            print(row(size, measured[size]), flush=True)
        if options.limit:
            report_limit(Path(folder), options.limit, options.most)
    if options.plot:
        plot(measured, options.plot)


if __name__ == "__main__":
    main()
