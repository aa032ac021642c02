"""What a person said spreads over the object that it was said of, and stops at its edge.

Around a hint, chroma moves by what the model was wrong there. How much, falls

- with distance and with difference of lightness, as Gaussians, on a coarse grid over x, y and L*:
  Chen, Paris and Durand, "Real-time Edge-Aware Image Processing with the Bilateral Grid",
  SIGGRAPH 2007. Several reaches are added up, so that the nearest of many hints rules, and a lone
  one still reaches far;
- with the geodesic distance, in which edges of light are far to cross, so that a colour does not
  jump to another object of the same lightness (`photochrom.hints.geodesic`).

A network that takes hints is `told` what was spread, not the bare hints, since it would answer
those with round blobs (`photochrom.models.hinted`). docs/hints.md has the numbers.
"""

import functools
import itertools
import math
from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from photochrom.color.arrays import FloatImage
from photochrom.hints import geodesic
from photochrom.hints.draw import POINT_RADIUS

Cells: TypeAlias = NDArray[np.intp]

REACHES = {0.025: 10.0, 0.08: 1.0, 0.25: 0.3}
"""Standard deviations of the fall with distance, over the picture's short side, and their weights.
"""
TOLERANCE = 8.0
"""Standard deviation of the fall with difference of lightness, in L*."""
FULL = 0.75
"""Share of a lone point that must be in reach for the full effect: less than all of it, so that
colour is even around the point, whatever grain and the grid take away."""
CELLS = 1.5
"""Cells of the grid in the smallest standard deviation."""
WAY = 1.2
"""Geodesic distance on a plain surface, over the picture's short side, at which the effect has
fallen to 1/e; it falls as a Gaussian."""
CLIMB = 12.0
"""A step of lightness between neighbours, in L*, that costs as much as all of `WAY`; steps count
by their square, so that grain and shading cost little."""


def spread(lightness: FloatImage, chroma: FloatImage, hints: FloatImage) -> FloatImage:
    """Chroma corrected by hints.

    Args:
        lightness: H x W, L* 0..100.
        chroma: 2 x H x W, the model's a*, b* without hints.
        hints: 3 x H x W: a*, b* and confidence 0..1.

    Returns:
        2 x H x W float32. Where confidence is 1 it is the hint; far from all hints, `chroma`. A
        lone point of the usual size has its full effect at its centre.
    """
    return told(lightness, chroma, hints)[:2]


def told(lightness: FloatImage, chroma: FloatImage, hints: FloatImage) -> FloatImage:
    """What hints say of the whole picture, for a network that takes hints; arguments as `spread`'s.

    Returns:
        3 x H x W float32: a*, b* as `spread` has them, and as confidence how far hints reach, 0..1.
    """
    confidence = hints[2]
    if not confidence.any():
        return np.concatenate((chroma, confidence[None])).astype(np.float32)
    wrong, share = _corrections(lightness, hints[:2] - chroma, confidence)
    share *= _on_the_way(lightness, confidence)
    moved = exact(chroma + share * wrong, hints)
    return np.concatenate((moved, np.maximum(share, confidence)[None]))


def exact(chroma: FloatImage, hints: FloatImage) -> FloatImage:
    """Chroma (2 x H x W) that is the hint as far as the hint is sure; float32."""
    return (chroma + hints[2] * (hints[:2] - chroma)).astype(np.float32)


def _corrections(
    lightness: FloatImage, wrong: FloatImage, confidence: FloatImage
) -> tuple[FloatImage, FloatImage]:
    """Corrections (2 x H x W) on every pixel by those at hints, and how much they count (0..1)."""
    places, known = _places(lightness), confidence > 0
    values = np.concatenate((confidence[None], confidence * wrong))[:, known]
    grid = _splat(places[:, known], values, [int(axis.max()) + 3 for axis in places])
    reached, *sums = _slice(_reach(grid, min(lightness.shape)), places)
    share = np.minimum(reached / (FULL * _point_area(lightness.shape)), 1)
    return np.stack(sums) / np.maximum(reached, 1e-6), share


def _on_the_way(lightness: FloatImage, confidence: FloatImage) -> FloatImage:
    """How much of a hint's effect is left after the way to it, H x W, 0..1."""
    smooth = _binomial(_binomial(lightness, 0), 1)
    plain = 1 / (WAY * min(lightness.shape))
    down, across = ((np.diff(smooth, axis=axis) / CLIMB) ** 2 + plain for axis in (0, 1))
    return np.exp(-(geodesic.distance(confidence, down, across) ** 2))


def _binomial(image: FloatImage, axis: int) -> FloatImage:
    """Averages of five neighbours along an axis with weights 1 4 6 4 1; borders continued."""
    ends = [(2, 2) if number == axis else (0, 0) for number in range(image.ndim)]
    padded = np.moveaxis(np.pad(image, ends, mode="edge"), axis, 0)
    count = image.shape[axis]
    parts = (weight * padded[at : at + count] for at, weight in enumerate((1, 4, 6, 4, 1)))
    return np.moveaxis(functools.reduce(np.add, parts) / np.float32(16), 0, axis)


def _cell(side: int) -> float:
    """Pixels in a cell of the grid, across and down."""
    return max(min(REACHES) * side / CELLS, 1.0)


def _places(lightness: FloatImage) -> FloatImage:
    """Where each pixel lies in the grid: 3 x H x W in cells of y, x and L*, with a border of 1."""
    rows, columns = np.mgrid[: lightness.shape[0], : lightness.shape[1]] / _cell(
        min(lightness.shape)
    )
    return (np.stack((rows, columns, lightness * CELLS / TOLERANCE)) + 1).astype(np.float32)


def _splat(places: FloatImage, values: FloatImage, size: Sequence[int]) -> FloatImage:
    """Sums of values (C x N) in the cells of a grid (C x size) around their places (3 x N)."""
    corners, shares = zip(*_corners(places, size), strict=True)
    cells = np.concatenate(corners)
    planes = (np.concatenate([share * plane for share in shares]) for plane in values)
    grid = np.stack([np.bincount(cells, plane, math.prod(size)) for plane in planes])
    return grid.reshape(-1, *size).astype(np.float32)


def _slice(grid: FloatImage, places: FloatImage) -> FloatImage:
    """The grid's values (C x ...) at places (3 x ...), trilinear."""
    cells = np.ascontiguousarray(grid.reshape(len(grid), -1).T)
    corners = _corners(places, grid.shape[1:])
    parts = (weight[..., None] * cells.take(corner, axis=0) for corner, weight in corners)
    return np.moveaxis(functools.reduce(np.add, parts), -1, 0)


def _corners(places: FloatImage, size: Sequence[int]) -> Iterator[tuple[Cells, FloatImage]]:
    """The eight cells around each place, counted along a grid of this size; their shares of it."""
    low = places.astype(np.intp)
    part = places - low.astype(np.float32)
    first = np.ravel_multi_index(tuple(low), tuple(size))
    for steps in itertools.product((0, 1), repeat=3):
        y, x, z = (p if step else 1 - p for p, step in zip(part, steps, strict=True))
        yield first + np.ravel_multi_index(steps, tuple(size)), y * x * z


def _reach(grid: FloatImage, side: int) -> FloatImage:
    """Sums of the grid's values under the weighted Gaussians of all `REACHES`."""
    rows, columns = _occupied(grid, 1), _occupied(grid, 2)
    high, wide, deep = grid.shape[1:]
    there = _blurred(grid[:, rows, columns], 3, CELLS, slice(0, deep), deep)
    cells = side / _cell(side)
    levels = []
    for reach, weight in REACHES.items():
        across = _blurred(there, 2, reach * cells, columns, wide)
        levels.append(np.float32(weight) * _blurred(across, 1, reach * cells, rows, high))
    return functools.reduce(np.add, levels)


def _occupied(grid: FloatImage, axis: int) -> slice:
    """From the first to the last cell of an axis in which there is something; maybe none."""
    others = tuple(other for other in range(grid.ndim) if other != axis)
    (there,) = np.nonzero(grid.any(axis=others))
    return slice(there[0], there[-1] + 1) if len(there) else slice(0, 0)


def _blurred(grid: FloatImage, axis: int, deviation: float, there: slice, count: int) -> FloatImage:
    """Sums along an axis of C x Y x X x Z under a Gaussian of height 1.

    Args:
        grid: only the cells `there` of the axis; all others are 0.
        axis: 1, 2 or 3.
        deviation: in cells.
        there: where they lie.
        count: cells of the result, which begins at the axis' first.
    """
    known = np.arange(there.start, there.stop, dtype=np.float32)
    wanted = np.arange(count, dtype=np.float32)
    gaussian = np.exp(-0.5 * ((wanted[:, None] - known) / deviation) ** 2)
    if axis == 3:
        return grid @ gaussian
    # many small products: OpenBLAS spreads large ones over threads, which wait for each other
    return np.moveaxis(gaussian @ np.moveaxis(grid, axis, -2), -2, axis)


def _point_area(shape: tuple[int, ...]) -> float:
    """Pixels of one point's disc."""
    return float(np.pi * (POINT_RADIUS * min(shape)) ** 2)
