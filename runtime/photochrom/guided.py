"""The fast guided filter: colours that follow the edges of the luminance.

He and Sun, "Fast Guided Filter", arXiv:1505.00996. In every window the colour is modelled as
``A * guide + B``. A and B are smooth, so they can be enlarged to any size and applied to the
full-size luminance, which brings the edges back.
"""

from collections.abc import Callable

import numpy as np

from photochrom.color.arrays import FloatImage

Mean = Callable[[FloatImage, int], FloatImage]
"""Mean over square windows of side 2 * radius + 1 of the last two axes."""


def box(image: FloatImage, radius: int) -> FloatImage:
    """Mean over square windows (cut at the borders) of the last two axes."""
    for axis in (-2, -1):
        image = _box_along(image, radius, axis)
    return image


def coefficients(
    guide: FloatImage, values: FloatImage, radius: int, epsilon: float, mean: Mean = box
) -> tuple[FloatImage, FloatImage]:
    """Fit ``values = A * guide + B`` in windows of side 2 * radius + 1.

    Args:
        guide: H x W float32.
        values: C x H x W float32.
        radius: half a window's side, in pixels.
        epsilon: variance of the guide, in its units squared, below which an area counts as flat
            and A goes to 0.
        mean: `box`, or a faster one of another library.

    Returns:
        A and B, each C x H x W float32, averaged over the windows that cover a pixel.
    """
    mean_guide = mean(guide, radius)
    mean_values = mean(values, radius)
    variance = np.maximum(mean(guide * guide, radius) - mean_guide**2, 0)
    covariance = mean(values * guide, radius) - mean_values * mean_guide
    slope = covariance / (variance + epsilon)
    offset = mean_values - slope * mean_guide
    return mean(slope, radius), mean(offset, radius)


def _box_along(image: FloatImage, radius: int, axis: int) -> FloatImage:
    length = image.shape[axis]
    radius = min(radius, length)
    centre = np.arange(length)
    counts = np.minimum(centre + radius + 1, length) - np.maximum(centre - radius, 0)
    borders = [(0, 0)] * image.ndim
    borders[axis] = (radius, radius)
    means = _sums(np.pad(image, borders), 2 * radius + 1, axis)
    means /= counts.astype(np.float32).reshape(-1, *[1] * (-1 - axis))
    return means


def _sums(image: FloatImage, side: int, axis: int) -> FloatImage:
    """Sums of `side` neighbours along an axis (counted from the last), where all are there.

    Of two neighbours come those of four, and so on: few steps, and float32 keeps its digits.
    """
    width = image.shape[axis] - side + 1
    total, over, length = np.zeros_like(_cut(image, 0, width, axis)), 0, 1
    while True:
        if side & length:
            total += _cut(image, over, over + width, axis)
            over += length
        if 2 * length > side:
            return total
        last = image.shape[axis]
        image = _cut(image, 0, last - length, axis) + _cut(image, length, last, axis)
        length *= 2


def _cut(image: FloatImage, first: int, last: int, axis: int) -> FloatImage:
    """From the first to before the last, along an axis counted from the last one."""
    part = slice(first, last)
    return image[..., part] if axis == -1 else image[..., part, :]
