"""Small pictures brought to another size, with centres aligned and borders continued."""

import numpy as np
import pyvips

from photochrom.color.arrays import FloatImage


def fit(image: pyvips.Image, width: int, height: int) -> pyvips.Image:
    """A picture averaged down or enlarged, side by side, to exactly this size."""
    across, down = min(1, width / image.width), min(1, height / image.height)
    smaller = image.resize(across, vscale=down, kernel="linear")
    return enlarge(smaller, width, height)


def enlarge(image: pyvips.Image, width: int, height: int) -> pyvips.Image:
    """A picture enlarged bilinearly to this size (libvips' own resize would shift it)."""
    if (image.width, image.height) == (width, height):
        return image
    across, down = width / image.width, height / image.height
    return image.affine(
        [across, 0, 0, down],
        interpolate=pyvips.Interpolate.new("bilinear"),
        oarea=[0, 0, width, height],
        odx=(across - 1) / 2,
        ody=(down - 1) / 2,
        extend="copy",
    )


def from_planes(planes: FloatImage) -> pyvips.Image:
    """C x H x W float32 as a picture of C bands."""
    return pyvips.Image.new_from_array(np.ascontiguousarray(np.moveaxis(planes, 0, -1)))


def fit_planes(planes: FloatImage, width: int, height: int) -> FloatImage:
    """C x H x W float32 averaged down or bilinearly enlarged to C x height x width."""
    pixels = fit(from_planes(planes), width, height).numpy()
    return np.moveaxis(pixels.reshape(height, width, -1), -1, 0)
