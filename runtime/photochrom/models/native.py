"""Asking a native model for chroma: working size, padding, tensors."""

import numpy as np

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
    scale = np.array([manifest.scale, manifest.scale, 1], np.float32)[:, None, None]
    height, width = lightness.shape
    inputs = {
        "luminance": _pad(lightness[None] / 100, manifest.multiple)[None],
        "hints": _pad(hints / scale, manifest.multiple)[None],
    }
    stride = manifest.output_stride
    answer = session.run(inputs, "chroma")
    rows, columns = inputs["luminance"].shape[2:]
    if answer.shape != (1, 2, rows // stride, columns // stride):
        raise ModelError(
            f"model {manifest.name} answered {rows} x {columns} pixels with a tensor of "
            f"{answer.shape}, not at its manifest's stride of {stride}; export it again"
        )
    chroma = answer[0] * np.float32(manifest.scale)
    return chroma[:, : -(-height // stride), : -(-width // stride)]


def _pad(image: FloatImage, multiple: int) -> FloatImage:
    """Mirror the lower and right borders until both sides are divisible by `multiple`."""
    height, width = image.shape[-2:]
    down, across = -height % multiple, -width % multiple
    return np.pad(image, ((0, 0), (0, down), (0, across)), mode="symmetric").astype(np.float32)
