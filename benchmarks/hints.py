"""How hints take hold and where they stop: the network alone, spreading alone, and both.

Run: python benchmarks/hints.py [FOLDER] [--pictures 100] [--model NAME] [--strokes 2]
     [--confidence] [--sheet FILE.png]

Each picture is the central 224 x 224 of a colour photograph, seen at the model's own size. Random
points are discs in the mean colour of 7 x 7 pixels of the truth, seeded with (0, the picture's
number). A stroke lies inside one of the regions that Felzenszwalb's method finds in the truth's
Lab; its colour is the truth's mean below it, or that with its hue turned by 90 to 270 degrees and a
chroma of at least 30. Printed are

- PSNR: mean over pictures, 8-bit sRGB, with 0, 10, 50 and 100 points;
- inside: mean distance in a*b* from what was asked, in the stroke's region: from the truth for a
  true colour, from the stroke's colour for a turned one;
- leakage: mean over pixels more than 3 outside the region of how far chroma moved, less what it
  came nearer to the truth by: 0 if it went straight there;
- dots: how much a point's disc stands out from the ring around it where lightness is even, beyond
  what it does in the truth, with 100 points; distance in a*b*.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image
from scipy import ndimage, stats

from hint_cases import SIDE, Case, Told, Truth, drawn, files, points, read, strokes
from photochrom.color import gamut, srgb
from photochrom.color.arrays import FloatImage, PictureArray
from photochrom.files import scaling
from photochrom.hints import confidence, draw
from photochrom.metrics import psnr
from photochrom.models import after, hinted, predict
from photochrom.models.names import DEFAULT_MODEL
from photochrom.models.store import open_model

COUNTS = (0, 10, 50, 100)
NEUTRAL = 4.0
"""Chroma of the truth below which a thing counts as grey."""

Method = Callable[[FloatImage, FloatImage], FloatImage]


class Model:
    """The three ways, at the model's own working size and back to `SIDE`."""

    def __init__(self, name: str) -> None:
        self.manifest, self.session = open_model(name, "cpu")

    def network(self, lightness: FloatImage, told: FloatImage) -> FloatImage:
        """Hints go to the network and nowhere else."""
        return predict.predict(self.manifest, self.session, lightness, told)

    def spreading(self, lightness: FloatImage, told: FloatImage) -> FloatImage:
        """Hints spread over what the network says without them."""
        bare = self.network(lightness, np.zeros_like(told))
        chroma = scaling.fit_planes(bare, *lightness.shape[::-1])
        return after.spread(lightness, chroma, told)

    def both(self, lightness: FloatImage, told: FloatImage) -> FloatImage:
        """What photochrom does."""
        return hinted.predict_hinted(self.manifest, self.session, lightness, told)

    def at_own_size(self, way: Method) -> Method:
        """A way that is given L* and hints of `SIDE`."""

        def seen(lightness: FloatImage, told: FloatImage) -> FloatImage:
            side = self.manifest.native_size
            paint = scaling.fit_planes(draw.premultiplied(told), side, side)
            light = scaling.fit_planes(lightness[None], side, side)[0]
            return scaling.fit_planes(way(light, draw.straight(paint)), SIDE, SIDE)

        return seen


def render(truth: Truth, chroma: FloatImage) -> PictureArray:
    """The truth's light under some chroma."""
    colors = gamut.lab_to_srgb(np.stack((truth.lightness, *chroma), axis=-1))
    return srgb.from_float(colors, np.dtype(np.uint8))


def distance(first: FloatImage, second: FloatImage) -> FloatImage:
    """Distance in a*b*, pixel by pixel."""
    return np.hypot(*(first - second))


def inside(told: Told, truth: Truth, chroma: FloatImage) -> float:
    """How far the region is from what was asked."""
    wanted = told.color[:, None, None] if told.turned else truth.chroma
    return float(distance(chroma, wanted)[told.region].mean())


def leakage(told: Told, truth: Truth, chroma: FloatImage, bare: FloatImage) -> float:
    """How far chroma moved outside, less what it came nearer to the truth by."""
    outside = ~ndimage.binary_dilation(told.region, iterations=3)
    nearer = distance(bare, truth.chroma) - distance(chroma, truth.chroma)
    return float((distance(chroma, bare) - np.maximum(nearer, 0))[outside].mean())


def dots(truth: Truth, told: FloatImage, chroma: FloatImage) -> list[float]:
    """How much each disc stands out on even lightness, beyond what it does in the truth."""
    known = told[2] > 0
    discs, count = ndimage.label(known)
    even = ndimage.gaussian_gradient_magnitude(truth.lightness, 1.5) < 1
    ring = ndimage.binary_dilation(known, iterations=4) & ~ndimage.binary_dilation(known)
    nearest = ndimage.distance_transform_edt(
        discs == 0, return_distances=False, return_indices=True
    )
    around = np.where(ring, discs[tuple(nearest)], 0)
    error = chroma - truth.chroma
    found = []
    for disc in range(1, count + 1):
        within, outside = even & (discs == disc), even & (around == disc)
        if within.sum() >= 20 and outside.sum() >= 40:
            found.append(float(np.hypot(*(error[:, within].mean(1) - error[:, outside].mean(1)))))
    return found


def measure(way: Method, cases: Sequence[Case]) -> dict[str, float]:
    """A row of the table."""
    scores: dict[str, list[float]] = {}
    for case in cases:
        for name, values in (*_with_points(way, case), *_with_strokes(way, case)):
            scores.setdefault(name, []).extend(values)
    return {name: float(np.mean(values)) for name, values in scores.items() if values}


def _with_points(way: Method, case: Case) -> Iterator[tuple[str, list[float]]]:
    truth = case.truth
    for count in COUNTS:
        told = draw.from_points(points(truth, count, case.index), SIDE, SIDE)
        chroma = way(truth.lightness, told) if count else case.bare
        yield f"{count} points", [psnr(render(truth, chroma), truth.rgb)]
    yield "dots", dots(truth, told, chroma)


def _with_strokes(way: Method, case: Case) -> Iterator[tuple[str, list[float]]]:
    for stroke in case.strokes:
        chroma = way(case.truth.lightness, drawn(stroke))
        kind = "turned" if stroke.turned else "true"
        yield f"{kind}, inside", [inside(stroke, case.truth, chroma)]
        yield f"{kind}, leakage", [leakage(stroke, case.truth, chroma, case.bare)]


def sheet(ways: dict[str, Method], cases: Sequence[Case], path: Path) -> None:
    """Truth, then hints and each way: 100 points, a stroke of true colour, one of a turned one."""
    width = 1 + 3 * (1 + len(ways))
    rows = []
    for case in cases[:10]:
        truth = case.truth
        many = draw.from_points(points(truth, 100, case.index), SIDE, SIDE)
        row = [truth.rgb]
        for told in (many, *(drawn(stroke) for stroke in case.strokes[:2])):
            row.append(render(truth, told[:2]))
            row += [render(truth, way(truth.lightness, told)) for way in ways.values()]
        blank = np.full_like(truth.rgb, 255)
        rows.append(np.concatenate([*row, *[blank] * (width - len(row))], axis=1))
    Image.fromarray(np.concatenate(rows)).save(path)


def report_confidence(model: Model, cases: Sequence[Case]) -> None:
    """How well confidence tells errors beforehand, and what protection would do."""
    maps = [_confidence(model, case) for case in cases]
    error = [distance(case.bare, case.truth.chroma) for case in cases]
    given = [np.hypot(*case.bare) for case in cases]
    sys.stdout.write(
        "\nrank correlation with the error: unsureness "
        f"{stats.spearmanr(1 - _few(maps), _few(error)).statistic:.3f}, "
        f"the answer's chroma {stats.spearmanr(_few(given), _few(error)).statistic:.3f}\n"
        "| protection | PSNR | chroma given to grey things | to coloured things |\n"
        "|---|---|---|---|\n"
    )
    for amount in (0.0, 0.25, 0.5, 1.0):
        sys.stdout.write(f"| {amount:g} | {_protected(cases, maps, amount)} |\n")


def _confidence(model: Model, case: Case) -> FloatImage:
    """At the model's own size, and back."""
    side = model.manifest.native_size
    light = scaling.fit_planes(case.truth.lightness[None], side, side)[0]

    def ask(lightness: FloatImage) -> FloatImage:
        return model.network(lightness, np.zeros((3, *lightness.shape), np.float32))

    found = confidence.measure(ask, light, ask(light))
    return scaling.fit_planes(found[None], SIDE, SIDE)[0]


def _few(planes: Sequence[FloatImage]) -> FloatImage:
    """Every sixth pixel of every sixth row."""
    return np.stack(planes)[:, ::6, ::6].ravel()


def _protected(cases: Sequence[Case], maps: Sequence[FloatImage], amount: float) -> str:
    less = [
        confidence.protect(case.bare, one, amount) for case, one in zip(cases, maps, strict=True)
    ]
    level = [
        psnr(render(case.truth, chroma), case.truth.rgb)
        for case, chroma in zip(cases, less, strict=True)
    ]
    grey = np.stack([np.hypot(*case.truth.chroma) < NEUTRAL for case in cases])
    given = np.stack([np.hypot(*chroma) for chroma in less])
    return f"{np.mean(level):.2f} | {given[grey].mean():.2f} | {given[~grey].mean():.2f}"


def report(rows: dict[str, dict[str, float]]) -> None:
    """The table, as Markdown."""
    names = list(next(iter(rows.values())))
    out = sys.stdout.write
    out("| hints go to | " + " | ".join(names))
    out(" |\n|" + "---|" * (len(names) + 1) + "\n")
    for name, row in rows.items():
        out(f"| {name} | " + " | ".join(f"{row[key]:.2f}" for key in names) + " |\n")


def main() -> None:
    """Parse, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", nargs="?", type=Path, help="colour photographs")
    parser.add_argument("--pictures", type=int, default=100)
    parser.add_argument("--model", default=DEFAULT_MODEL)
    parser.add_argument("--strokes", type=int, default=2, help="strokes tried on each picture")
    parser.add_argument("--confidence", action="store_true", help="measure confidence, too")
    parser.add_argument("--sheet", type=Path, help="pictures of ten of them")
    arguments = parser.parse_args()
    model = Model(arguments.model)
    cases = list(prepared(model, arguments.folder, arguments.pictures, arguments.strokes))
    ways = {"the network": model.network, "spreading": model.spreading, "both": model.both}
    sized = {name: model.at_own_size(way) for name, way in ways.items()}
    if arguments.sheet:
        sheet(sized, cases, arguments.sheet)
    report({name: measure(way, cases) for name, way in sized.items()})
    if arguments.confidence:
        report_confidence(model, cases)


def prepared(model: Model, folder: Path | None, count: int, each: int) -> Iterator[Case]:
    """The pictures, what the network says of them, and strokes on them."""
    alone = model.at_own_size(model.network)
    for index, path in enumerate(files(folder, count)):
        truth = read(path)
        bare = alone(truth.lightness, np.zeros((3, SIDE, SIDE), np.float32))
        yield Case(index, truth, bare, list(strokes(truth, each, index)))


if __name__ == "__main__":
    main()
