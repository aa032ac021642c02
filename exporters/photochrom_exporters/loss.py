"""What quantization costs on photographs, in dB, by the project's protocol."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from photochrom.errors import ModelError
from photochrom.metrics import psnr
from photochrom_exporters.calibration import POINTS
from photochrom_trainer.evaluation.measure import colored, read_batches
from photochrom_trainer.evaluation.predictors import Model
from photochrom_trainer.evaluation.protocol import predict, random_points

MOST_LOST = 1.0
"""dB that a quantized model may lose; what loses more is refused."""


@dataclass(frozen=True)
class Loss:
    """Mean PSNR on the same pictures before and after, with one number of points."""

    points: int
    """Random points of true colour."""
    before: float
    """dB of the float32 network, 8-bit sRGB."""
    after: float
    """dB of the quantized one."""

    @property
    def lost(self) -> float:
        """dB; negative where the quantized model came out better."""
        return self.before - self.after


def measure(before: Model, after: Model, paths: Sequence[Path]) -> tuple[Loss, ...]:
    """Compare two models on colour pictures, once for each number of points.

    Raises:
        InputError: if a picture can't be decoded.
        ModelError: if the second loses more than `MOST_LOST` with any number of points.
    """
    losses = tuple(
        Loss(points, *(_psnr(model, paths, points) for model in (before, after)))
        for points in POINTS
    )
    for loss in losses:
        _hold(loss, len(paths))
    return losses


def _hold(loss: Loss, pictures: int) -> None:
    if not loss.lost <= MOST_LOST:
        raise ModelError(
            f"int8 loses {loss.lost:.2f} dB of {loss.before:.2f} on {pictures} photographs with "
            f"{loss.points} points, allowed {MOST_LOST:g}; nothing was written, export it as fp16"
        )


def _psnr(model: Model, paths: Sequence[Path], points: int) -> float:
    scores = []
    for start, truths in read_batches(model, paths):
        hints = [random_points(truth, points, start + n) for n, truth in enumerate(truths)]
        for truth, chroma in zip(truths, predict(model, truths, hints), strict=True):
            scores.append(psnr(colored(model, truth, chroma), truth.pixels))
    return float(np.mean(scores))
