"""Geodesic distance: how far it is to what is known when edges are hard to cross.

Raster scans after Criminisi, Sharp and Blake, "GeoS: Geodesic Image Segmentation", ECCV 2008,
over the eight neighbours of a pixel. Two rounds of scans reach round corners; ways that turn back
more often come out longer than they are.
"""

import numpy as np

from photochrom.color.arrays import FloatImage

ROUNDS = 2
"""How often the picture is swept from all four sides."""
SHORTER = np.float32(1 / np.sqrt(2))
"""A diagonal over the two sides that it saves."""
FAR = np.float32(1e9)
"""Distance where nothing is known."""


def distance(known: FloatImage, down: FloatImage, across: FloatImage) -> FloatImage:
    """Cost of the cheapest way from each pixel to one that is known.

    Args:
        known: H x W; above 0 where the distance is 0.
        down: H-1 x W, cost of the step from each pixel to the one below it, 0 or more.
        across: H x W-1, cost of the step to the one on the right.

    Returns:
        H x W float32; `FAR` or more if nothing is known. A diagonal step costs 1/√2 of the cheaper
        way round its corner.
    """
    nearest = np.where(known > 0, np.float32(0), FAR)
    falling, rising = _diagonals(down, across)
    steps = (down, falling, rising)
    turned = (across.T, falling.T, rising.T)
    for _ in range(ROUNDS):
        _sweep(nearest, *steps)
        sideways = np.ascontiguousarray(nearest.T)
        _sweep(sideways, *turned)
        nearest = np.ascontiguousarray(sideways.T)
    return nearest


def _diagonals(down: FloatImage, across: FloatImage) -> tuple[FloatImage, FloatImage]:
    """Costs of steps inside each square of four pixels: upper left to lower right, and the other.

    H-1 x W-1 each; a wall on both ways round a corner is a wall on the step across it.
    """
    left, right = down[:, :-1], down[:, 1:]
    upper, lower = across[:-1], across[1:]
    falling = np.minimum(left + lower, upper + right) * SHORTER
    return falling, np.minimum(right + lower, upper + left) * SHORTER


def _sweep(nearest: FloatImage, down: FloatImage, falling: FloatImage, rising: FloatImage) -> None:
    """Carry distances from row to row, downwards and then upwards."""
    for rows, straight, rightward, leftward in (
        (nearest, down, falling, rising),
        (nearest[::-1], down[::-1], rising[::-1], falling[::-1]),
    ):
        for row in range(1, len(rows)):
            before, here = rows[row - 1], rows[row]
            np.minimum(here, before + straight[row - 1], out=here)
            np.minimum(here[1:], before[:-1] + rightward[row - 1], out=here[1:])
            np.minimum(here[:-1], before[1:] + leftward[row - 1], out=here[:-1])
