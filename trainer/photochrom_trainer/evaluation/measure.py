"""Measures of a model on a folder of colour pictures, as "How a number is made" fixes them.

Pictures are taken in the order of their paths. Each has a random generator of its own, seeded with
(0, its place in that order), so a number doesn't change when other pictures are left out behind it,
and the first points of a longer row are the points of a shorter one.
"""

import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.random import Generator
from PIL import Image

from photochrom import metrics
from photochrom.color import gamut, lab, srgb
from photochrom.color.arrays import FloatImage, PictureArray
from photochrom.color.difference import ciede2000
from photochrom_trainer.data.pictures import list_pictures, read_rgb, split
from photochrom_trainer.evaluation.predictors import Model

SIDE = 224
"""Side of the central crop that is measured, in pixels; every generator's multiple divides it."""
BLOCK = 7
"""Side of the square that a random point colours, in pixels."""
SEED = 0

ProgressCallback: TypeAlias = Callable[[int, int], None]
"""Called with pictures done and pictures in all."""


@dataclass(frozen=True)
class Truth:
    """The part of a picture that is measured."""

    pixels: PictureArray
    """uint8 sRGB, 224 x 224 x 3."""
    luminance: FloatImage
    """L*/100, 224 x 224."""
    chroma: FloatImage
    """a* and b* over the model's scale, 2 x 224 x 224."""


@dataclass(frozen=True)
class Row:
    """Means over all pictures, for one number of points."""

    points: int
    """Random points of true colour that the model was given."""
    psnr: float
    """dB, 8-bit sRGB."""
    gain: float
    """dB above the grey picture."""
    colorfulness: float
    """Hasler and Süsstrunk, signed."""
    share: float
    """`colorfulness` over the truth's."""
    colorfulness_absolute: float
    """The variant that DDColor's code computes."""
    delta_e: float
    """CIEDE2000."""


@dataclass(frozen=True)
class Report:
    """A table of rows, with all that is needed to make it again."""

    model: str
    rows: tuple[Row, ...]
    grey: Row
    truth_colorfulness: float
    truth_colorfulness_absolute: float
    folder: str
    pictures: tuple[str, ...]
    """Paths below `folder`, in the order that seeds the points."""
    side: int = SIDE
    block: int = BLOCK
    seed: int = SEED
    saturation: float = 1.0
    """Factor of the predicted chroma."""


def evaluate(
    model: Model,
    folder: Path,
    points: Sequence[int] = (0, 10),
    progress: ProgressCallback | None = None,
    saturation: float = 1.0,
) -> Report:
    """Measure a model on every picture below a folder, once for each number of points.

    `saturation` multiplies the predicted chroma, as the runtime's option of that name does.

    Raises:
        InputError: if the folder holds no picture, or one that can't be read.
    """
    paths = list_pictures(folder)
    colors, scores = [], []
    for index, path in enumerate(paths):
        truth = read_truth(path, model.scale)
        colors.append(colorfulnesses(truth.pixels))
        versions = [grey(truth), *colorize(model, truth, points, index, saturation)]
        scores.append([measure(version, truth.pixels) for version in versions])
        if progress:
            progress(index + 1, len(paths))
    neutral, *ours = np.mean(scores, axis=0).tolist()
    signed, absolute = np.mean(colors, axis=0).tolist()

    def row(count: int, means: list[float]) -> Row:
        psnr, color, color_absolute, delta_e = means
        gain, share = psnr - neutral[0], color / signed if signed > 0 else math.nan
        return Row(count, psnr, gain, color, share, color_absolute, delta_e)

    return Report(
        model=model.name,
        rows=tuple(row(count, means) for count, means in zip(points, ours, strict=True)),
        grey=row(0, neutral),
        truth_colorfulness=signed,
        truth_colorfulness_absolute=absolute,
        folder=str(folder),
        pictures=tuple(path.relative_to(folder).as_posix() for path in paths),
        saturation=saturation,
    )


def read_truth(path: Path, scale: float) -> Truth:
    """The central 224 x 224 of a picture; one with a shorter side is enlarged (bicubic) to it."""
    image = read_rgb(path)
    factor = SIDE / min(image.size)
    if factor > 1:
        width, height = (max(SIDE, round(side * factor)) for side in image.size)
        image = image.resize((width, height), Image.Resampling.BICUBIC)
    left, top = ((side - SIDE) // 2 for side in image.size)
    pixels = np.asarray(image)[top : top + SIDE, left : left + SIDE]
    luminance, chroma = split(srgb.to_float(pixels), scale)
    return Truth(pixels, luminance, chroma)


def colorize(
    model: Model, truth: Truth, points: Sequence[int], index: int, saturation: float = 1.0
) -> Iterator[PictureArray]:
    """The model's picture (uint8 sRGB, 224 x 224 x 3) for each number of points.

    Args:
        index: the picture's place among the pictures; seeds its points.
        saturation: factor of the predicted chroma.
    """
    for count in points:
        hints = point_hints(truth.chroma, count, np.random.default_rng((SEED, index)))
        predicted = model.predict(truth.luminance[None, None], hints[None])
        yield render(truth.luminance, predicted[0] * np.float32(saturation), model.scale)


def grey(truth: Truth) -> PictureArray:
    """The picture without chroma: the true light, as uint8 sRGB."""
    return render(truth.luminance, np.zeros((2, 1, 1), np.float32), 1.0)


def point_hints(chroma: FloatImage, count: int, rng: Generator) -> FloatImage:
    """Hints (3 x H x W) of `count` blocks in the mean of the truth's chroma, confidence 1.

    Every position where a whole block fits is equally likely; a later block covers an earlier one.
    """
    hints = np.zeros((3, *chroma.shape[1:]), np.float32)
    room = np.subtract(chroma.shape[1:], BLOCK - 1)
    for top, left in rng.integers(0, room, (count, 2)):
        rows, columns = slice(top, top + BLOCK), slice(left, left + BLOCK)
        color = chroma[:, rows, columns].mean((1, 2), keepdims=True)
        hints[:2, rows, columns] = color
        hints[2, rows, columns] = 1
    return hints


def render(luminance: FloatImage, chroma: FloatImage, scale: float) -> PictureArray:
    """True light under predicted chroma, in gamut, as uint8 sRGB (H x W x 3).

    Args:
        luminance: H x W, L*/100.
        chroma: 2 x h x w over the scale; enlarged to H x W bilinearly.
        scale: chroma that 1 stands for.
    """
    height, width = luminance.shape
    planes = [
        np.asarray(Image.fromarray(channel).resize((width, height), Image.Resampling.BILINEAR))
        for channel in chroma * np.float32(scale)
    ]
    colors = gamut.lab_to_srgb(np.stack((luminance * 100, *planes), axis=-1))
    return srgb.from_float(colors, np.dtype(np.uint8))


def measure(picture: PictureArray, truth: PictureArray) -> tuple[float, float, float, float]:
    """PSNR, colourfulness, its absolute variant and mean CIEDE2000 of a uint8 sRGB picture."""
    difference = float(ciede2000(_lab(picture), _lab(truth)).mean())
    return (metrics.psnr(picture, truth), *colorfulnesses(picture), difference)


def colorfulnesses(picture: PictureArray) -> tuple[float, float]:
    """Colourfulness and its absolute variant of a uint8 sRGB picture."""
    return metrics.colorfulness(picture), metrics.colorfulness_absolute(picture)


def _lab(picture: PictureArray) -> FloatImage:
    return lab.from_srgb(srgb.to_float(picture))


def to_json(report: Report) -> str:
    """The report as JSON; a number that is not finite (PSNR of equal pictures) becomes null."""
    return json.dumps(_plain(asdict(report)), indent=2, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def to_markdown(report: Report) -> str:
    """The report as a Markdown table, ready for a model card."""
    lines = [
        f"{report.model} on {len(report.pictures)} pictures of {report.folder}, central "
        f"{report.side}×{report.side}, seed {report.seed}, chroma times {report.saturation:g}; "
        "DDColor's variant of colourfulness takes absolute opponents.",
        "",
        "| | PSNR (dB) | gain (dB) | colourfulness | of the truth's | DDColor's variant | ΔE2000 |",
        "|---|---|---|---|---|---|---|",
        _line("grey", report.grey),
        *(_line(f"{row.points} points", row) for row in report.rows),
        f"| truth | | | {report.truth_colorfulness:.1f} | 100 % "
        f"| {report.truth_colorfulness_absolute:.1f} | 0.00 |",
    ]
    return "\n".join(lines)


def _line(name: str, row: Row) -> str:
    return (
        f"| {name} | {row.psnr:.2f} | {row.gain:+.2f} "
        f"| {row.colorfulness:.1f} | {100 * row.share:.0f} % "
        f"| {row.colorfulness_absolute:.1f} | {row.delta_e:.2f} |"
    )
