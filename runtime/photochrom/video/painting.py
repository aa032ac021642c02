"""Cb and Cr of a frame at full size, from chroma that a model gave at its own small size.

Cb and Cr are fitted as straight lines of Y' at working size, and the lines enlarged and applied to
the frame's own Y'. docs/decisions/0016 says why the lines are fitted here and not in L*a*b*.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from photochrom import guided
from photochrom.color.arrays import FloatImage
from photochrom.color.ycbcr import Codes, YCbCr

RADIUS = 3
"""Half a window's side of the guided filter, in pixels at working size."""
EPSILON = 4e-4
"""Variance of Y' (0..1, squared) below which an area counts as flat: 2.0 in L* squared, as for
photographs."""
ROWS = 48
"""Rows of chroma that are painted at a time: what they need stays in the processor's cache."""


@dataclass(frozen=True)
class Painter:
    """Paints frames of one film.

    Args:
        space: what the codes of the result mean.
        size: width and height of the frame's Y', as stored.
        subsampling: how many columns and rows of Y' share a sample of chroma: 1 or 2 each. Samples
            lie beside the even columns and between the rows, as MPEG-2 and all after it have them.
        interlaced: whether rows belong to two moments in turn; each has chroma of its own then.
    """

    space: YCbCr
    size: tuple[int, int]
    subsampling: tuple[int, int]
    interlaced: bool = False

    def paint(self, luma: Codes, small: FloatImage, ab: FloatImage) -> tuple[Codes, Codes]:
        """Codes of Cb and Cr.

        Args:
            luma: the frame's Y', H x W, as codes of `space`.
            small: the same Y' at working size, h x w, 0..1.
            ab: a*, b*, 2 x any size.
        """
        lines = self._lines(small, ab)
        if not self.interlaced:
            return self._field(luma, lines)
        first, second = (self._field(luma[parity::2], lines) for parity in (0, 1))
        rows = -(-len(luma) // self.subsampling[1])
        return _woven(first[0], second[0])[:rows], _woven(first[1], second[1])[:rows]

    def _lines(self, small: FloatImage, ab: FloatImage) -> FloatImage:
        """Slopes and offsets of Cb and Cr, 4 x h x w, at working size."""
        rows, columns = ab.shape[1:]
        cells = reduced(small, (columns, rows))
        chroma = enlarged(self.space.chroma(cells, ab), small.shape)
        return np.concatenate(guided.coefficients(small, chroma, RADIUS, EPSILON, mean_of))

    def _field(self, luma: Codes, lines: FloatImage) -> tuple[Codes, Codes]:
        at = self._at_chroma(luma)
        large = self._sited(lines, at.shape)
        chroma = np.empty((2, *at.shape), np.uint8 if self.space.bits == 8 else np.uint16)
        for rows in strips(len(at)):
            light = self.space.luma(at[rows])
            painted = large[:2, rows] * light + large[2:, rows]
            chroma[:, rows] = self.space.chroma_codes(self.space.within(light, painted))
        return chroma[0], chroma[1]

    def _at_chroma(self, luma: Codes) -> Codes:
        """Y' where the samples of chroma lie."""
        across, down = self.subsampling
        if (across, down) == (1, 1):
            return luma
        columns = np.array([0.25, 0.5, 0.25] if across == 2 else [1], np.float32)
        rows = np.array([0.5, 0.5] if down == 2 else [1], np.float32)
        # an even kernel's anchor is its second row: it has to be the first
        smooth = cv2.sepFilter2D(
            luma, -1, columns, rows, anchor=(len(columns) // 2, 0), borderType=cv2.BORDER_REPLICATE
        )
        sited: Codes = np.asarray(smooth, luma.dtype)[::down, ::across]
        return sited

    def _sited(self, lines: FloatImage, shape: tuple[int, int]) -> FloatImage:
        """Lines enlarged to where the samples of chroma lie."""
        width, height = self.size
        height = height // 2 if self.interlaced else height
        across, down = self.subsampling
        rows, columns = lines.shape[1:]
        # pixel centres: Y' column c is at c + 1/2; a sample of chroma at its first column's, or
        # between its rows
        scale_x, scale_y = columns * across / width, rows * down / height
        shift_x, shift_y = columns / width * 0.5 - 0.5, rows / height * down / 2 - 0.5
        grid = np.array([[scale_x, 0, shift_x], [0, scale_y, shift_y]], np.float32)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        large = np.empty((len(lines), *shape), np.float32)
        for line, target in zip(lines, large, strict=True):
            cv2.warpAffine(line, grid, shape[::-1], target, flags, cv2.BORDER_REPLICATE)
        return large


def reduced(plane: NDArray[Any], size: tuple[int, int]) -> NDArray[Any]:
    """A plane (H x W) at a smaller width and height, of the same type: means over areas."""
    height, width = plane.shape
    # OpenCV halves twenty times as fast as it shrinks by other factors
    while width >= 2 * size[0] and height >= 2 * size[1] and not (width % 2 or height % 2):
        width, height = width // 2, height // 2
        plane = np.asarray(cv2.resize(plane, (width, height), interpolation=cv2.INTER_AREA))
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), plane.dtype)


def enlarged(planes: FloatImage, shape: tuple[int, ...]) -> FloatImage:
    """Planes (C x h x w) at another height and width."""
    height, width = shape
    large = np.empty((len(planes), height, width), np.float32)
    for plane, target in zip(planes, large, strict=True):
        cv2.resize(plane, (width, height), target)
    return large


def mean_of(image: FloatImage, radius: int) -> FloatImage:
    """`photochrom.guided.box` with mirrored borders: ten times as fast."""
    side = (2 * radius + 1, 2 * radius + 1)
    planes = image if image.ndim == 3 else image[None]
    means = np.empty_like(planes)
    for plane, target in zip(planes, means, strict=True):
        cv2.blur(plane, side, target, borderType=cv2.BORDER_REFLECT)
    return means.reshape(image.shape)


def strips(rows: int) -> Iterator[slice]:
    """`rows` rows, a few at a time."""
    for start in range(0, rows, ROWS):
        yield slice(start, min(start + ROWS, rows))


def _woven(first: Codes, second: Codes) -> Codes:
    """Two fields as one frame; the first has a row more where rows are odd."""
    frame = np.empty((len(first) + len(second), first.shape[1]), first.dtype)
    frame[0::2], frame[1::2] = first, second
    return frame
