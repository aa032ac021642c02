"""Contact sheets: a few pictures, each in a row as grey | ours | truth."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from photochrom.color.arrays import PictureArray
from photochrom_trainer.data.pictures import list_pictures
from photochrom_trainer.evaluation.measure import SIDE, colorize, grey, read_truth
from photochrom_trainer.evaluation.predictors import Model

CAPTION_HEIGHT = 20
GAP = 4
PAPER = 255


def contact_sheet(model: Model, folder: Path, points: Sequence[int], count: int = 12) -> bytes:
    """A PNG file of `count` pictures spread evenly over the folder, at 224 x 224 each.

    Args:
        points: one column of the model's pictures for each number of random points.

    Raises:
        InputError: if the folder holds no picture, or one that can't be read.
    """
    paths = list_pictures(folder)
    chosen = np.unique(np.linspace(0, len(paths) - 1, count).round().astype(int))
    rows = [_row(model, paths[index], points, int(index)) for index in chosen]
    sheet = Image.fromarray(np.vstack([_captions(["grey", *map(_name, points), "truth"]), *rows]))
    buffer = BytesIO()
    sheet.save(buffer, "PNG")
    return buffer.getvalue()


def _name(points: int) -> str:
    return f"ours, {points} points" if points else "ours"


def _row(model: Model, path: Path, points: Sequence[int], index: int) -> PictureArray:
    truth = read_truth(path, model.scale)
    pictures = [grey(truth), *colorize(model, truth, points, index), truth.pixels]
    return np.hstack([_framed(picture) for picture in pictures])


def _framed(picture: PictureArray) -> PictureArray:
    return np.pad(picture, ((0, GAP), (0, GAP), (0, 0)), constant_values=PAPER)


def _captions(names: Sequence[str]) -> PictureArray:
    band = Image.new("RGB", ((SIDE + GAP) * len(names), CAPTION_HEIGHT), (PAPER,) * 3)
    draw = ImageDraw.Draw(band)
    for column, name in enumerate(names):
        draw.text((column * (SIDE + GAP) + GAP, GAP), name, fill=(0, 0, 0))
    return np.asarray(band)
