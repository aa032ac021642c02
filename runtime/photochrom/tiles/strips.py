"""The guided filter over a large picture, strip by strip."""

import numpy as np

from photochrom import guided
from photochrom.color.arrays import FloatImage
from photochrom.files import scaling

ROWS = 128
"""Rows of a strip: the filter's sums take several times the memory of its results, and those of so
few rows stay in a processor's cache."""


KEPT = 2
"""How often what the filter took from the means is given back; more hardly changes anything."""


def fitted(
    guide: FloatImage, chroma: FloatImage, radius: int, epsilon: float
) -> tuple[FloatImage, FloatImage]:
    """Lines of lightness that keep the small chroma that they are fitted to.

    The filter alone mixes the colours of neighbours that are equally light: their means drift
    away from what the model said. What the means over the small picture's pixels have lost is given
    back to the offset (iterated back-projection: Irani and Peleg, CVGIP 53, 1991).

    Args:
        guide: H x W float32, L* 0..100.
        chroma: 2 x h x w float32: a*, b*, smaller than the guide.
        radius, epsilon: see `photochrom.guided.coefficients`.

    Returns:
        Slope and offset, 2 x H x W float32 each.
    """
    rows, columns = chroma.shape[1:]
    size = guide.shape[1], guide.shape[0]
    slope, offset = coefficients(guide, scaling.fit_planes(chroma, *size), radius, epsilon)
    for _ in range(KEPT):
        lost = chroma - scaling.fit_planes(slope * guide + offset, columns, rows)
        offset += scaling.fit_planes(lost, *size)
    return slope, offset


def coefficients(
    guide: FloatImage, values: FloatImage, radius: int, epsilon: float
) -> tuple[FloatImage, FloatImage]:
    """`photochrom.guided.coefficients`, the same to rounding, in memory that grows with the width.

    Beside the results, which are as large as `values` each.
    """
    slope, offset = (np.empty(values.shape, np.float32) for _ in range(2))
    for top in range(0, guide.shape[0], ROWS):
        first = max(top - 2 * radius, 0)  # two averages, one after the other, reach that far
        rows = np.s_[first : top + ROWS + 2 * radius]
        here = np.s_[:, top : top + ROWS]
        inside = np.s_[:, top - first : top - first + ROWS]
        a, b = guided.coefficients(guide[rows], values[:, rows], radius, epsilon)
        slope[here], offset[here] = a[inside], b[inside]
    return slope, offset
