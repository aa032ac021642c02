"""Asking a native model for chroma: working size, padding, tensors, colour space."""

import numpy as np

from photochrom.color import spaces
from photochrom.color.arrays import FloatImage
from photochrom.errors import ModelError
from photochrom.models.manifest import Manifest
from photochrom.session import Session

LONGEST = 4
"""A working picture's long side is at most this many times the native size."""


def working_size(width: int, height: int, short_side: int) -> tuple[int, int]:
    """Width and height at which a picture is shown to the model: aspect kept, before padding."""
    scale = min(short_side / min(width, height), LONGEST * short_side / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def predict(
    manifest: Manifest, session: Session, lightness: FloatImage, hints: FloatImage
) -> FloatImage:
    """Chroma of one picture.

    Args:
        manifest: of the model in `session`.
        session: the loaded model.
        lightness: H x W, L* in 0..100, at working size.
        hints: 3 x H x W: a*, b* and confidence 0..1.

    Returns:
        2 x H/s x W/s float32: a*, b*, with s the model's output stride (sizes rounded up).
    """
    light = _pad(lightness[None], manifest.multiple)
    told = _tell(manifest, light[0], _pad(hints, manifest.multiple))
    inputs = {"luminance": light[None] / np.float32(100), "hints": told[None]}
    answer = session.run(inputs, "chroma")
    cells = _cells(light[0], manifest.output_stride)
    _check_size(manifest, light.shape[1:], answer.shape, cells.shape)
    chroma = answer[0] * np.float32(manifest.scale)
    rows, columns = (-(-side // manifest.output_stride) for side in lightness.shape)
    return spaces.chroma_to_lab(cells, chroma, manifest.color_space)[:, :rows, :columns]


def _tell(manifest: Manifest, lightness: FloatImage, hints: FloatImage) -> FloatImage:
    """Hints (a*, b*, confidence) as the model wants them: its space, over its scale."""
    chroma = spaces.chroma_from_lab(lightness, hints[:2], manifest.color_space)
    return np.concatenate((chroma / np.float32(manifest.scale), hints[2:]))


def _cells(lightness: FloatImage, stride: int) -> FloatImage:
    """Mean L* of every stride x stride cell: the light that an output pixel's chroma belongs to."""
    height, width = lightness.shape
    return lightness.reshape(height // stride, stride, width // stride, stride).mean((1, 3))


def _check_size(
    manifest: Manifest, asked: tuple[int, ...], answer: tuple[int, ...], cells: tuple[int, ...]
) -> None:
    if answer != (1, 2, *cells):
        raise ModelError(
            f"model {manifest.name} answered {asked[0]} x {asked[1]} pixels with a tensor of "
            f"{answer}, not at its manifest's stride of {manifest.output_stride}; export it again"
        )


def _pad(image: FloatImage, multiple: int) -> FloatImage:
    """Mirror the lower and right borders until both sides are divisible by `multiple`."""
    height, width = image.shape[-2:]
    down, across = -height % multiple, -width % multiple
    return np.pad(image, ((0, 0), (0, down), (0, across)), mode="symmetric").astype(np.float32)
