"""The sheet of a model in training: grey | ours | truth."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from photochrom.errors import InputError
from photochrom_trainer.evaluation.measure import colored
from photochrom_trainer.evaluation.predictors import Model
from photochrom_trainer.evaluation.protocol import Truth, grey, predict, read_truth
from photochrom_trainer.evaluation.sheets import sheet


def run_sheet(model: Model, paths: Sequence[Path]) -> bytes:
    """A PNG file with a row for each picture, its central 224 x 224, coloured without hints.

    A picture that can't be read is left out, as training leaves it out.

    Raises:
        InputError: if none can be read.
    """
    shown = list(_readable(model, paths))
    if not shown:
        raise InputError(f"none of the pictures to show can be read, {paths[0]} the first of them")
    truths = [truth for _, truth in shown]
    hints = np.zeros((len(truths), 3, *truths[0].luminance.shape), np.float32)
    chroma = predict(model, truths, list(hints))
    rows = [
        (path.name, [grey(truth), colored(model, truth, planes), truth.pixels])
        for (path, truth), planes in zip(shown, chroma, strict=True)
    ]
    return sheet(["grey", "ours", "truth"], rows)


def _readable(model: Model, paths: Sequence[Path]) -> Iterator[tuple[Path, Truth]]:
    for path in paths:
        try:
            yield path, read_truth(path, model.scale, model.color_space)
        except InputError:
            continue
