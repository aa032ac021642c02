"""How far colours bleed over edges: true chroma made 8 times smaller and brought back.

Run: python benchmarks/bleeding.py [FOLDER] [--shrink 8] [--runs 1] [--plot FILE.png]

The chroma of each photograph is averaged over squares and restored over the full-size L* in three
ways: each pixel repeated, bilinear, and by the guided filter with the settings that photochrom
uses. The fit sees the guide at 4 times the size of the small chroma, as in colouring (the model's
answer has half its working size, the guide twice). Strong edges are the 5 % of pixels where Sobel's
gradient of L* is largest, and what lies within 2 pixels of them. The figure is the mean CIEDE2000
over those pixels, then over pictures. Photographs by default: those in scikit-image.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import skimage
from PIL import Image
from scipy import ndimage

from photochrom.color import lab, srgb
from photochrom.color.arrays import FloatImage
from photochrom.color.difference import ciede2000
from photochrom.files import scaling
from photochrom.looking import GUIDE_EPSILON, GUIDE_RADIUS
from photochrom.tiles import strips

EDGES = 0.05
"""Share of the pixels that count as strong edges."""
REACH = 2
"""Pixels around an edge that count too."""
GUIDE_OVER_CHROMA = 4
OWN = ("astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg")
"""Photographs in scikit-image's wheel."""

Way = Callable[[FloatImage, FloatImage], FloatImage]
"""Lightness (H x W) and small chroma (2 x h x w) to chroma (2 x H x W)."""


def nearest(lightness: FloatImage, chroma: FloatImage) -> FloatImage:
    """Each pixel repeated."""
    height, width = lightness.shape
    rows = np.arange(height) * chroma.shape[1] // height
    columns = np.arange(width) * chroma.shape[2] // width
    return chroma[:, rows][:, :, columns]


def bilinear(lightness: FloatImage, chroma: FloatImage) -> FloatImage:
    """Enlarged bilinearly, centres aligned."""
    return scaling.fit_planes(chroma, *reversed(lightness.shape))


def filtered(
    lightness: FloatImage,
    chroma: FloatImage,
    radius: int = GUIDE_RADIUS,
    epsilon: float = GUIDE_EPSILON,
) -> FloatImage:
    """By the guided filter, as `photochrom.colorizer` does it."""
    height, width = lightness.shape
    rows, columns = (GUIDE_OVER_CHROMA * side for side in chroma.shape[1:])
    guide = scaling.fit_planes(lightness[None], columns, rows)[0]
    slope, offset = strips.fitted(guide, chroma, radius, epsilon)
    enlarged = (scaling.fit_planes(planes, width, height) for planes in (slope, offset))
    return next(enlarged) * lightness + next(enlarged)


WAYS: dict[str, Way] = {"nearest": nearest, "bilinear": bilinear, "guided filter": filtered}


def read(path: Path, shrink: int) -> FloatImage:
    """L*a*b* of a photograph, cut to a multiple of `shrink`."""
    with Image.open(path) as image:
        pixels = np.asarray(image.convert("RGB"), np.float32) / 255
    height, width = (side // shrink * shrink for side in pixels.shape[:2])
    return lab.from_linear(srgb.decode(pixels[:height, :width]))


def strong_edges(lightness: FloatImage) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Where the strongest edges are, and near them."""
    gradient = np.hypot(ndimage.sobel(lightness, 0), ndimage.sobel(lightness, 1))
    strong = gradient > np.quantile(gradient, 1 - EDGES)
    return np.asarray(ndimage.binary_dilation(strong, iterations=REACH))


def measure(truth: FloatImage, way: Way, shrink: int, runs: int) -> dict[str, float]:
    """Mean CIEDE2000 at edges and everywhere, and median seconds."""
    lightness, chroma = truth[..., 0], np.moveaxis(truth[..., 1:], -1, 0)
    height, width = lightness.shape
    small = scaling.fit_planes(np.ascontiguousarray(chroma), width // shrink, height // shrink)
    seconds = []
    for _ in range(runs):
        began = time.perf_counter()
        restored = way(lightness, small)
        seconds.append(time.perf_counter() - began)
    planes = np.concatenate((lightness[None], restored))
    difference = ciede2000(np.moveaxis(planes, 0, -1), truth)
    edges = strong_edges(lightness)
    return {
        "edges": float(difference[edges].mean()),
        "everywhere": float(difference.mean()),
        "seconds": statistics.median(seconds),
    }


def photographs(folder: Path | None) -> list[Path]:
    """The pictures to measure."""
    if folder is None:
        own = Path(skimage.__file__).parent / "data"
        return [own / name for name in OWN]
    kinds = {".jpg", ".jpeg", ".png", ".tif", ".webp"}
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in kinds)


Measured = dict[str, list[dict[str, float]]]


def report(measured: Measured, shrink: int) -> None:
    """Means over pictures, and ratios to the guided filter's."""
    pictures = len(next(iter(measured.values())))
    print(f"chroma {shrink} times smaller, photographs: {pictures}; mean CIEDE2000")
    print("| | near strong edges | ratio | everywhere | ratio | wins at edges | ms a picture |")
    print("|---|---|---|---|---|---|---|")
    ours = measured["guided filter"]
    for name, rows in measured.items():
        cells = [name]
        for key in ("edges", "everywhere"):
            mean, best = (statistics.fmean(row[key] for row in side) for side in (rows, ours))
            cells += [f"{mean:.2f}", f"{mean / best:.2f}"]
        pairs = zip(rows, ours, strict=True)
        wins = sum(own["edges"] < other["edges"] for other, own in pairs)
        cells.append("" if rows is ours else f"{wins} of {pictures}")
        cells.append(f"{1000 * statistics.median(row['seconds'] for row in rows):.0f}")
        print(f"| {' | '.join(cells)} |")


def plot(measured: Measured, path: Path) -> None:
    """Mean difference at edges and everywhere, a bar for each way."""
    from matplotlib.figure import Figure

    figure = Figure((6, 4), layout="constrained")
    axes = figure.add_subplot()
    for index, (name, rows) in enumerate(measured.items()):
        heights = [statistics.fmean(row[key] for row in rows) for key in ("edges", "everywhere")]
        places = [place + 0.27 * (index - 1) for place in (0, 1)]
        axes.bar_label(axes.bar(places, heights, 0.27, label=name), fmt="%.2f")
    axes.set(
        ylabel="mean CIEDE2000", xticks=[0, 1], xticklabels=["near strong edges", "everywhere"]
    )
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    figure.savefig(path, dpi=120)


def main() -> None:
    """Parse, measure, report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, nargs="?", help="of photographs, with folders in it")
    parser.add_argument("--shrink", type=int, default=8)
    parser.add_argument("--runs", type=int, default=1, help="of each way, for its time")
    parser.add_argument("--plot", type=Path)
    options = parser.parse_args()
    measured: Measured = {name: [] for name in WAYS}
    for path in photographs(options.folder):
        truth = read(path, options.shrink)
        for name, way in WAYS.items():
            measured[name].append(measure(truth, way, options.shrink, options.runs))
    report(measured, options.shrink)
    if options.plot:
        plot(measured, options.plot)


if __name__ == "__main__":
    main()
