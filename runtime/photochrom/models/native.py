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


def mirrored(images: FloatImage, multiple: int) -> FloatImage:
    """Images (... x H x W) with their lower and right borders mirrored, as far as it takes to make
    both sides divisible by `multiple`."""
    height, width = images.shape[-2:]
    down, across = -height % multiple, -width % multiple
    ends = [(0, 0)] * (images.ndim - 2) + [(0, down), (0, across)]
    return np.pad(images, ends, mode="symmetric").astype(np.float32)


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
    return predict_batch(manifest, session, lightness[None], hints[None])[0]


def predict_batch(
    manifest: Manifest, session: Session, lightness: FloatImage, hints: FloatImage
) -> FloatImage:
    """Chroma of several pictures of one size, in one run of the network.

    Args:
        manifest: of the model in `session`.
        session: the loaded model.
        lightness: N x H x W, L* in 0..100.
        hints: N x 3 x H x W: a*, b* and confidence 0..1.

    Returns:
        N x 2 x H/s x W/s float32: a*, b*, with s the model's output stride (sizes rounded up).

    Raises:
        ModelError: if the network fails or answers in another shape.
        OutOfMemoryError: if the device has not enough memory.
    """
    light = mirrored(lightness, manifest.multiple)
    told = _tell(manifest, light, mirrored(hints, manifest.multiple))
    inputs = {"luminance": light[:, None] / np.float32(100), "hints": told}
    answer = session.run(inputs, "chroma")
    cells = _cells(light, manifest.output_stride)
    _check_size(manifest, light.shape, answer.shape, cells.shape)
    chroma = np.moveaxis(answer * np.float32(manifest.scale), 1, 0)
    rows, columns = (-(-side // manifest.output_stride) for side in lightness.shape[1:])
    in_lab = spaces.chroma_to_lab(cells, chroma, manifest.color_space)
    return np.moveaxis(in_lab, 0, 1)[..., :rows, :columns]


def _tell(manifest: Manifest, lightness: FloatImage, hints: FloatImage) -> FloatImage:
    """Hints (N x 3: a*, b*, confidence) as the model wants them: its space, over its scale."""
    told = np.moveaxis(hints[:, :2], 1, 0)
    chroma = spaces.chroma_from_lab(lightness, told, manifest.color_space)
    scaled = np.moveaxis(chroma / np.float32(manifest.scale), 0, 1)
    return np.concatenate((scaled, hints[:, 2:]), axis=1)


def _cells(lightness: FloatImage, stride: int) -> FloatImage:
    """Mean L* of every stride x stride cell: the light that an output pixel's chroma belongs to."""
    count, height, width = lightness.shape
    cells = lightness.reshape(count, height // stride, stride, width // stride, stride)
    return cells.mean((2, 4))


def _check_size(
    manifest: Manifest, asked: tuple[int, ...], answer: tuple[int, ...], cells: tuple[int, ...]
) -> None:
    if answer != (cells[0], 2, *cells[1:]):
        raise ModelError(
            f"model {manifest.name} answered {asked[1]} x {asked[2]} pixels with a tensor of "
            f"{answer}, not at its manifest's stride of {manifest.output_stride}; export it again"
        )
