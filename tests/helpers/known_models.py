"""Models whose answers are known, for measuring."""

import numpy as np

from photochrom.color.arrays import FloatImage
from photochrom_trainer.evaluation.predictors import Model

SCALE = 110.0


def constant(a: float, b: float) -> Model:
    """A model that paints everything in one chroma, whatever it is shown."""

    def predict(luminance: FloatImage, hints: FloatImage) -> FloatImage:
        del hints
        shape = (len(luminance), 1, luminance.shape[2] // 2, luminance.shape[3] // 2)
        planes = [np.full(shape, value / SCALE, np.float32) for value in (a, b)]
        return np.concatenate(planes, axis=1)

    return Model("constant", predict, SCALE)


def obedient(factor: float = 1.0) -> Model:
    """A model that returns its hints at half the size, times a factor."""

    def predict(luminance: FloatImage, hints: FloatImage) -> FloatImage:
        del luminance
        count, _, height, width = hints.shape
        cells = hints[:, :2].reshape(count, 2, height // 2, 2, width // 2, 2)
        result: FloatImage = cells.mean((3, 5)) * np.float32(factor)
        return result

    return Model("obedient", predict, SCALE)


def listening() -> Model:
    """A model that paints the mean of its hints everywhere."""

    def predict(luminance: FloatImage, hints: FloatImage) -> FloatImage:
        weight = np.maximum(hints[:, 2:].sum((2, 3), keepdims=True), 1)
        mean = (hints[:, :2] * hints[:, 2:]).sum((2, 3), keepdims=True) / weight
        shape = (len(luminance), 2, luminance.shape[2] // 2, luminance.shape[3] // 2)
        return np.broadcast_to(mean, shape).astype(np.float32)

    return Model("listening", predict, SCALE)
