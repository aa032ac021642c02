"""Time and memory for large 16-bit grey TIFFs, beside a libvips copy that writes the same file.

Run: python benchmarks/large_scan.py [--megapixels 25 100 400] [--runs 3] [--folder DIR]
                                     [--plot FILE.png]

Both write three bands of 16 bits without compression, as the source. Every run is a process of its
own; runs of the two kinds alternate and ratios are taken pair by pair, since machines drift. Where
other programs are busy, the processor's seconds drift less than the clock's; both are printed. The
network and what comes before it (imports, loading the model) do not grow with the picture: they are
the fixed cost, and no ratio counts them.
"""

import argparse
import math
import tempfile
import time
from pathlib import Path

from children import Run, answer, ask, cpu_seconds, median, ratio, timed

Pair = tuple[Run, Run]


def make_scan(path: Path, megapixels: float) -> None:
    """A made-up scan: soft shapes and grain, uncompressed."""
    import pyvips

    side = round(math.sqrt(megapixels * 1e6))
    shapes = pyvips.Image.perlin(side, side, cell_size=max(side // 20, 1), seed=1)
    grain = pyvips.Image.gaussnoise(side, side, sigma=1500, mean=0, seed=1)
    scan = (shapes * 15000 + 30000 + grain).cast("ushort").copy(interpretation="grey16")
    scan.tiffsave(str(path))


def copy(source: str, target: str) -> Run:
    """What libvips alone needs to read the picture and write three bands of it."""
    import pyvips

    def work() -> None:
        image = pyvips.Image.new_from_file(source, access="sequential")
        image.bandjoin([image, image]).copy(interpretation="rgb16").tiffsave(target)

    return timed(work)


def colorize(source: str, target: str) -> Run:
    """The whole of ours, parted into what grows with the picture and the fixed cost."""
    began = time.perf_counter()
    from photochrom import Colorizer

    colorizer = Colorizer(device="cpu")
    start = time.perf_counter() - began
    network = Stage("color")

    def work() -> None:
        colorizer.colorize_file(source, target, overwrite=True, progress=network.hear)

    whole = timed(work)
    return {
        "seconds": whole["seconds"] - network.seconds,
        "cpu": whole["cpu"] - network.cpu,
        "fixed": start + network.seconds,
    }


class Stage:
    """How long one stage of a colouring takes, by what progress tells."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.seconds = self.cpu = 0.0
        self.began = 0.0, 0.0

    def hear(self, stage: str, fraction: float, left: float | None = None) -> None:
        """Told of the beginning and the end of every stage; of the end maybe more than once."""
        del left
        now = time.perf_counter(), cpu_seconds()
        if stage == self.name and fraction == 0:
            self.began = now
        elif stage == self.name and fraction == 1:
            self.seconds, self.cpu = (
                end - start for end, start in zip(now, self.began, strict=True)
            )


KINDS = {"copy": copy, "colorize": colorize}


def measure(folder: Path, megapixels: float, runs: int) -> list[Pair]:
    """Make the scan, and run both kinds in turn."""
    scan = folder / "scan.tif"
    make_scan(scan, megapixels)
    pairs = []
    for _ in range(runs):
        found = [ask(__file__, kind, scan, folder / f"{kind}.tif") for kind in ("colorize", "copy")]
        pairs.append((found[0], found[1]))
    for file in folder.iterdir():
        file.unlink()
    return pairs


HEAD = (
    "| megapixels | photochrom, s (CPU s) | peak MB | fixed, s | libvips copy, s (CPU s) | peak MB "
    "| ratio | CPU ratio | s per 100 MP |"
)


def row(megapixels: float, pairs: list[Pair]) -> str:
    """Medians of one size."""
    ours, bare = [first for first, _ in pairs], [second for _, second in pairs]
    seconds = median(ours, "seconds")
    cells = [
        f"{megapixels:g}",
        f"{seconds:.2f} ({median(ours, 'cpu'):.2f})",
        f"{median(ours, 'peak_mb'):.0f}",
        f"{median(ours, 'fixed'):.2f}",
        f"{median(bare, 'seconds'):.2f} ({median(bare, 'cpu'):.2f})",
        f"{median(bare, 'peak_mb'):.0f}",
        f"{ratio(pairs, 'seconds'):.2f}",
        f"{ratio(pairs, 'cpu'):.2f}",
        f"{seconds / megapixels * 100:.2f}",
    ]
    return f"| {' | '.join(cells)} |"


def plot(measured: dict[float, list[Pair]], path: Path) -> None:
    """Time and memory over size, the median of each and every run."""
    from matplotlib.figure import Figure

    figure = Figure((9, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    for axes, key, label in ((left, "seconds", "seconds"), (right, "peak_mb", "peak memory, MB")):
        for index, name in enumerate(("photochrom", "libvips copy")):
            middles = [median([pair[index] for pair in pairs], key) for pairs in measured.values()]
            axes.plot([*measured], middles, "o-", color=f"C{index}", label=name)
            for size, pairs in measured.items():
                axes.plot([size] * len(pairs), [pair[index][key] for pair in pairs], f".C{index}")
        axes.set(xlabel="megapixels", ylabel=label, ylim=(0, None))
        axes.spines[["top", "right"]].set_visible(False)
    left.legend(frameon=False)
    figure.savefig(path, dpi=120)


def main() -> None:
    """Parse, run in pairs, report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--megapixels", type=float, nargs="+", default=[25, 100, 400])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where the pictures go (default: temporary)")
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--child", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        answer(KINDS, options.child)
        return
    print(f"16-bit grey TIFF to 16-bit RGB TIFF, pairs: {options.runs}", HEAD, sep="\n")
    print("|---" * HEAD.count(" | ") + "|---|")
    measured = {}
    for size in options.megapixels:
        with tempfile.TemporaryDirectory(dir=options.folder) as folder:
            measured[size] = measure(Path(folder), size, options.runs)
        print(row(size, measured[size]), flush=True)
    if options.plot:
        plot(measured, options.plot)


if __name__ == "__main__":
    main()
