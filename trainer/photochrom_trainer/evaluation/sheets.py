"""Contact sheets: a few pictures, each in a row under its name, as grey | ours | truth."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from photochrom.color.arrays import PictureArray
from photochrom_trainer.evaluation.measure import Report, colored
from photochrom_trainer.evaluation.predictors import Model
from photochrom_trainer.evaluation.protocol import (
    Truth,
    grey,
    predict,
    random_points,
    read_truth,
)

CAPTION_HEIGHT = 18
GAP = 4
ROWS = 12
"""Pictures on a sheet of a report."""
PAPER = 255
INK = (0, 0, 0)


def contact_sheet(
    model: Model, folder: Path, report: Report, chosen: Sequence[int], points: Sequence[int]
) -> bytes:
    """A PNG file of some of a report's pictures, 224 x 224 each, with their numbers.

    Args:
        model: what the report is of.
        folder: where its pictures are.
        report: which pictures there are; its first row has the numbers shown.
        chosen: the pictures' places in the report.
        points: one column of the model's pictures for each number of random points.

    Raises:
        InputError: if a picture can't be read.
    """
    names = [f"ours, {count} points" if count else "ours" for count in points]
    rows = []
    for place in chosen:
        truth = read_truth(folder / report.pictures[place], model.scale, model.color_space)
        factor = report.rows[0].saturation
        pictures = [grey(truth), *_ours(model, truth, place, points, factor), truth.pixels]
        rows.append((_title(report, place), pictures))
    return sheet(["grey", *names, "truth"], rows)


def _ours(
    model: Model, truth: Truth, place: int, points: Sequence[int], factor: float
) -> list[PictureArray]:
    hints = [random_points(truth, count, place) for count in points]
    chroma = predict(model, [truth] * len(hints), hints) * np.float32(factor)
    return [colored(model, truth, planes) for planes in chroma]


def _title(report: Report, place: int) -> str:
    score = report.rows[0].scores[place]
    return f"{report.pictures[place]}: ΔE {score.delta_e:.1f}, {score.psnr:.1f} dB"


def spread(count: int, most: int) -> list[int]:
    """At most `most` of `count` places, evenly from the first to the last."""
    return np.unique(np.linspace(0, count - 1, min(most, count)).round().astype(int)).tolist()


def by_delta_e(report: Report) -> list[int]:
    """Places of all pictures, the smallest ΔE2000 of the first row first."""
    return np.argsort([score.delta_e for score in report.rows[0].scores], kind="stable").tolist()


def sheet(columns: Sequence[str], rows: Sequence[tuple[str, Sequence[PictureArray]]]) -> bytes:
    """A PNG file: names of the columns, then each row's title above its pictures (one size)."""
    width = rows[0][1][0].shape[1] + GAP
    bands = [_band([(n * width, name) for n, name in enumerate(columns)], width * len(columns))]
    for title, pictures in rows:
        bands.append(_band([(0, title)], width * len(columns)))
        bands.append(np.hstack([_framed(picture) for picture in pictures]))
    buffer = BytesIO()
    Image.fromarray(np.vstack(bands)).save(buffer, "PNG")
    return buffer.getvalue()


def _framed(picture: PictureArray) -> PictureArray:
    return np.pad(picture, ((0, GAP), (0, GAP), (0, 0)), constant_values=PAPER)


def _band(texts: Sequence[tuple[int, str]], width: int) -> PictureArray:
    """A line of paper with texts from their left edges on."""
    band = Image.new("RGB", (width, CAPTION_HEIGHT), (PAPER,) * 3)
    draw = ImageDraw.Draw(band)
    for left, text in texts:
        draw.text((left + GAP, 2), text, INK, _font())
    return np.asarray(band)


def _font() -> ImageFont.FreeTypeFont:
    """DejaVu Sans as matplotlib brings it: Pillow's own font has no Δ."""
    return ImageFont.truetype(Path(matplotlib.get_data_path()) / "fonts/ttf/DejaVuSans.ttf", 12)
