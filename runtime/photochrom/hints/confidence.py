"""How sure a model is of its colours, and less colour where it is not.

The networks say nothing of that themselves. So the picture is shown again, mirrored, somewhat
smaller and somewhat larger: where a model knows what it sees it answers the same. docs/hints.md
says how well this tells errors beforehand.
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pyvips

from photochrom.color.arrays import FloatImage
from photochrom.errors import OutputError
from photochrom.files import scaling
from photochrom.files.whole import whole_file

Ask: TypeAlias = Callable[[FloatImage], FloatImage]
"""L* of a picture (H x W, 0..100) to its a*, b* (2 x h x w); without hints."""

SIZES = (0.7, 1.4)
"""Sizes at which the picture is seen again, over the working size; mirrored each time."""
UNSURE = 4.0
"""Standard deviation of chroma between the answers, in units of a*b*, at a confidence of 1/e."""
SMOOTH = 0.012
"""Standard deviation, over the picture's short side, of the Gaussian that smooths the map."""


def measure(ask: Ask, lightness: FloatImage, chroma: FloatImage) -> FloatImage:
    """Confidence of a model in its colours; two more runs of it.

    Args:
        ask: the model.
        lightness: H x W, L* 0..100, at working size.
        chroma: 2 x h x w, what it answered.

    Returns:
        H x W float32, 0..1; 1 where the answers agree.
    """
    height, width = lightness.shape
    answers = [scaling.fit_planes(chroma, width, height)]
    answers += [_again(ask, lightness, factor) for factor in SIZES]
    return _agreement(answers, max(0.5, SMOOTH * min(height, width)))


def with_hints(confidence: FloatImage, told: FloatImage) -> FloatImage:
    """Confidence where a person has said something (`told`, H x W, 0..1): as sure as they are."""
    return np.maximum(confidence, told)


def protect(chroma: FloatImage, confidence: FloatImage, amount: float) -> FloatImage:
    """Less chroma where the model is unsure: ``chroma * (1 - amount * (1 - confidence))``.

    Args:
        chroma: 2 x H x W.
        confidence: H x W, 0..1.
        amount: 0 (chroma stays) to 1.
    """
    return chroma * (1 - np.float32(amount) * (1 - confidence))


def write(confidence: FloatImage, path: Path) -> None:
    """Write the map as an 8-bit grey PNG, white where the model is sure.

    Raises:
        OutputError: if it can't be written.
    """
    codes = scaling.from_planes(np.clip(confidence, 0, 1)[None] * 255).rint().cast("uchar")
    try:
        with whole_file(path) as temporary:
            codes.copy(interpretation="b-w").pngsave(os.fsencode(temporary))
    except pyvips.Error as error:
        raise OutputError(f"can't write {path}; is the disk full?") from error


def _again(ask: Ask, lightness: FloatImage, factor: float) -> FloatImage:
    """The answer to the picture mirrored and resized, turned back to the first one's size."""
    height, width = lightness.shape
    size = (max(1, round(side * factor)) for side in (width, height))
    seen = scaling.fit_planes(lightness[None, :, ::-1], *size)[0]
    return scaling.fit_planes(ask(seen), width, height)[:, :, ::-1]


def _agreement(answers: Sequence[FloatImage], blur: float) -> FloatImage:
    variance = np.var(np.stack(answers), axis=0).sum(axis=0)
    around = scaling.from_planes(variance[None]).gaussblur(blur, precision="float").numpy()
    deviation = np.sqrt(np.maximum(around.reshape(variance.shape), 0))
    return np.exp(-deviation / np.float32(UNSURE)).astype(np.float32)
