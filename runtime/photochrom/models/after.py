"""Hints for networks that take none: what is known spreads after the model.

Around a hint the model's chroma moves by what it was wrong there. How much, falls with distance and
with difference of lightness, both as Gaussians, so that a colour stays inside its object's edges.
Computed on a coarse grid over x, y and L*: Chen, Paris and Durand, "Real-time Edge-Aware Image
Processing with the Bilateral Grid", SIGGRAPH 2007.
"""

import functools
import itertools
import math
from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from photochrom.color.arrays import FloatImage
from photochrom.hints import POINT_RADIUS

Cells: TypeAlias = NDArray[np.intp]

REACH = 0.08
"""Standard deviation of the fall with distance, over the picture's short side."""
TOLERANCE = 8.0
"""Standard deviation of the fall with difference of lightness, in L*."""
FULL = 0.75
"""Share of a lone point that must be in reach for the full effect: less than all of it, so that
colour is even around the point, whatever grain and the grid take away."""
CELLS = 2
"""Cells of the grid in a standard deviation."""


def spread(lightness: FloatImage, chroma: FloatImage, hints: FloatImage) -> FloatImage:
    """Chroma corrected by hints.

    Args:
        lightness: H x W, L* 0..100.
        chroma: 2 x H x W, the model's a*, b*.
        hints: 3 x H x W: a*, b* and confidence 0..1.

    Returns:
        2 x H x W float32. Where confidence is 1 it is the hint; far from all hints, `chroma`. A
        lone point of the usual size reaches its full effect at its centre.
    """
    confidence = hints[2]
    if not confidence.any():
        return chroma
    places, known = _places(lightness), confidence > 0
    values = np.concatenate((confidence[None], confidence * (hints[:2] - chroma)))
    grid = _splat(places[:, known], values[:, known], [int(axis.max()) + 3 for axis in places])
    for axis in (1, 2, 3):
        grid = _blurred(grid, axis)
    reached, *corrections = _slice(grid, places)
    share = np.minimum(reached / (FULL * _point_area(lightness.shape)), 1)
    moved = chroma + share * np.stack(corrections) / np.maximum(reached, 1e-6)
    return (moved + confidence * (hints[:2] - moved)).astype(np.float32)


def _places(lightness: FloatImage) -> FloatImage:
    """Where each pixel lies in the grid: 3 x H x W in cells of y, x and L*, with a border of 1."""
    cell = max(REACH * min(lightness.shape) / CELLS, 1.0)
    rows, columns = np.mgrid[: lightness.shape[0], : lightness.shape[1]] / cell
    return (np.stack((rows, columns, lightness * CELLS / TOLERANCE)) + 1).astype(np.float32)


def _splat(places: FloatImage, values: FloatImage, size: Sequence[int]) -> FloatImage:
    """Sums of values (C x N) in the cells of a grid (C x size) around their places (3 x N)."""
    grid = np.zeros((len(values), math.prod(size)))
    for corner, weight in _corners(places):
        cells = np.ravel_multi_index(corner, tuple(size))
        for channel, plane in zip(grid, weight * values, strict=True):
            channel += np.bincount(cells, plane, channel.size)
    return grid.reshape(-1, *size)


def _slice(grid: FloatImage, places: FloatImage) -> FloatImage:
    """The grid's values (C x ...) at places (3 x ...), trilinear."""
    parts = (weight * grid[:, *corner] for corner, weight in _corners(places))
    return functools.reduce(np.add, parts)


def _corners(places: FloatImage) -> Iterator[tuple[tuple[Cells, Cells, Cells], FloatImage]]:
    """The eight cells around each place, and their shares of it."""
    low = places.astype(np.intp)
    part = places - low
    for steps in itertools.product((0, 1), repeat=3):
        y, x, z = (cell + step for cell, step in zip(low, steps, strict=True))
        shares = (p if step else 1 - p for p, step in zip(part, steps, strict=True))
        yield (y, x, z), math.prod(shares)


def _blurred(grid: FloatImage, axis: int) -> FloatImage:
    """Sums along an axis under a Gaussian of height 1."""
    cells = np.arange(grid.shape[axis])
    gaussian = np.exp(-0.5 * ((cells[:, None] - cells) / CELLS) ** 2)
    return np.moveaxis(np.tensordot(gaussian, grid, (1, axis)), 0, axis)


def _point_area(shape: tuple[int, ...]) -> float:
    """Pixels of one point's disc."""
    return float(np.pi * (POINT_RADIUS * min(shape)) ** 2)
