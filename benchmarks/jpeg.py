"""A large grainy JPEG, beside libvips decoding it, expanding it to three bands and encoding it.

Run: python benchmarks/jpeg.py [--megapixels 24] [--runs 5] [--folder DIR] [--plot FILE.png]

Both write quality 95 without chroma subsampling and with optimal Huffman tables. Every run is a
process of its own, in pairs; the network and the start of the process are the fixed cost, printed
beside.
"""

import argparse
import math
import tempfile
from pathlib import Path

from children import Run, answer, ask, median, ratio, timed
from large_scan import colorize

Pair = tuple[Run, Run]


def make_photograph(path: Path, megapixels: float) -> None:
    """A made-up grey photograph of 3:2 with grain."""
    import pyvips

    height = round(math.sqrt(megapixels * 1e6 / 1.5))
    size = round(1.5 * height), height
    shapes = pyvips.Image.perlin(*size, cell_size=max(height // 20, 1), seed=1)
    grain = pyvips.Image.gaussnoise(*size, sigma=8, mean=0, seed=1)
    (shapes * 60 + 120 + grain).cast("uchar").copy(interpretation="b-w").jpegsave(str(path), Q=92)


def encode(source: str, target: str) -> Run:
    """What libvips alone needs."""
    import pyvips

    def work() -> None:
        image = pyvips.Image.new_from_file(source, access="sequential")
        color = image.bandjoin([image, image]).copy(interpretation="srgb")
        color.jpegsave(target, Q=95, subsample_mode="off", optimize_coding=True)

    return timed(work)


KINDS = {"colorize": colorize, "encode": encode}


def measure(folder: Path, megapixels: float, runs: int) -> list[Pair]:
    """Make the picture, and run both kinds in turn."""
    source = folder / "source.jpg"
    make_photograph(source, megapixels)
    pairs = []
    for _ in range(runs):
        found = [ask(__file__, kind, source, folder / f"{kind}.jpg") for kind in KINDS]
        pairs.append((found[0], found[1]))
    return pairs


def report(pairs: list[Pair], megapixels: float) -> None:
    """Medians and ratios."""
    ours, bare = [first for first, _ in pairs], [second for _, second in pairs]
    print(f"grey JPEG of {megapixels:g} megapixels to colour JPEG, pairs: {len(pairs)}")
    print("| | seconds | CPU seconds | peak MB |", "|---|---|---|---|", sep="\n")
    for name, runs in (("photochrom", ours), ("libvips", bare)):
        figures = (median(runs, key) for key in ("seconds", "cpu", "peak_mb"))
        print("| {} | {:.2f} | {:.2f} | {:.0f} |".format(name, *figures))
    print(
        "| ratio | {:.2f} | {:.2f} | |".format(*(ratio(pairs, key) for key in ("seconds", "cpu")))
    )
    print(f"fixed cost of photochrom, in neither: {median(ours, 'fixed'):.2f} s")


def plot(pairs: list[Pair], path: Path) -> None:
    """Seconds of every run, side by side."""
    from matplotlib.figure import Figure

    figure = Figure((6, 4), layout="constrained")
    axes = figure.add_subplot()
    for index, name in enumerate(("photochrom", "decode, expand, encode")):
        places = [number + 0.4 * index - 0.2 for number in range(1, len(pairs) + 1)]
        axes.bar(places, [pair[index]["seconds"] for pair in pairs], 0.4, label=name)
    axes.set(xlabel="pair of runs", ylabel="seconds", xticks=range(1, len(pairs) + 1))
    axes.set_ylim(0, 1.2 * axes.get_ylim()[1])
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    figure.savefig(path, dpi=120)


def main() -> None:
    """Parse, run in pairs, report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--megapixels", type=float, default=24)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="where the pictures go (default: temporary)")
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--child", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        answer(KINDS, options.child)
        return
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        pairs = measure(Path(folder), options.megapixels, options.runs)
    report(pairs, options.megapixels)
    if options.plot:
        plot(pairs, options.plot)


if __name__ == "__main__":
    main()
