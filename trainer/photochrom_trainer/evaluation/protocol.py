"""What is measured, as "How a number is made" in ARCHITECTURE.md fixes it.

Each picture has a random generator of its own, seeded with (0, its place in the list), so a number
doesn't change when other pictures are left out behind it, and the first points of a longer row are
the points of a shorter one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.random import Generator
from PIL import Image

from photochrom.color import gamut, spaces, srgb
from photochrom.color.arrays import FloatImage, PictureArray
from photochrom.color.spaces import ColorSpace
from photochrom_trainer.data.decoding import read_rgb
from photochrom_trainer.data.pictures import split
from photochrom_trainer.evaluation.predictors import Model

SIDE = 224
"""Side of the central crop that is measured, in pixels."""
BLOCK = 7
"""Side of the square that a random point colours, in pixels."""
SEED = 0


@dataclass(frozen=True)
class Truth:
    """The part of a picture that is measured."""

    pixels: PictureArray
    """uint8 sRGB, 224 x 224 x 3."""
    luminance: FloatImage
    """L*/100, 224 x 224."""
    chroma: FloatImage
    """Chroma in the model's space over its scale, 2 x 224 x 224."""


def read_truth(path: Path, scale: float, space: ColorSpace = "lab") -> Truth:
    """The central 224 x 224 of a picture; one with a shorter side is enlarged (bicubic) to it.

    Raises:
        InputError: if it can't be decoded.
    """
    image = read_rgb(path)
    factor = SIDE / min(image.size)
    if factor > 1:
        width, height = (max(SIDE, round(side * factor)) for side in image.size)
        image = image.resize((width, height), Image.Resampling.BICUBIC)
    left, top = ((side - SIDE) // 2 for side in image.size)
    pixels = np.asarray(image)[top : top + SIDE, left : left + SIDE]
    return Truth(pixels, *split(srgb.to_float(pixels), scale, space))


def grey(truth: Truth) -> PictureArray:
    """The picture without chroma: the true light, as uint8 sRGB."""
    return render(truth.luminance, np.zeros((2, 1, 1), np.float32), 1.0)


def random_points(truth: Truth, count: int, index: int) -> FloatImage:
    """The hints of a picture's `count` points; `index` is its place in the list and seeds them."""
    return point_hints(truth.chroma, count, np.random.default_rng((SEED, index)))


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


def predict(model: Model, truths: Sequence[Truth], hints: Sequence[FloatImage]) -> FloatImage:
    """The model's chroma for some pictures in one call: N x 2 x h x w, over its scale."""
    luminance = np.stack([truth.luminance for truth in truths])
    return model.predict(luminance[:, None], np.stack(hints))


def render(
    luminance: FloatImage, chroma: FloatImage, scale: float, space: ColorSpace = "lab"
) -> PictureArray:
    """True light under predicted chroma, in gamut, as uint8 sRGB (H x W x 3).

    Args:
        luminance: H x W, L*/100.
        chroma: 2 x h x w over the scale; h and w divide H and W. As in the runtime it becomes
            a*b* under the mean light of its cells, and is then enlarged to H x W bilinearly.
        scale: chroma that 1 stands for.
        space: what the chroma is given in.
    """
    height, width = luminance.shape
    lightness = luminance * 100
    rows, columns = chroma.shape[1:]
    cells = lightness.reshape(rows, height // rows, columns, width // columns).mean((1, 3))
    ab = spaces.chroma_to_lab(cells, chroma * np.float32(scale), space)
    planes = [
        np.asarray(Image.fromarray(channel).resize((width, height), Image.Resampling.BILINEAR))
        for channel in ab
    ]
    colors = gamut.lab_to_srgb(np.stack((lightness, *planes), axis=-1))
    return srgb.from_float(colors, np.dtype(np.uint8))
