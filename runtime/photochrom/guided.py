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
    centre = np.arange(length)
    low, high = np.maximum(centre - radius, 0), np.minimum(centre + radius + 1, length)
    padding = [(0, 0)] * image.ndim
    padding[axis] = (1, 0)
    # float64: a running sum over a large picture would lose float32's last digits
    total = np.pad(np.cumsum(image, axis=axis, dtype=np.float64), padding)
    sums = np.take(total, high, axis=axis) - np.take(total, low, axis=axis)
    counts = (high - low).reshape([-1 if a == axis % image.ndim else 1 for a in range(image.ndim)])
    return (sums / counts).astype(np.float32)
