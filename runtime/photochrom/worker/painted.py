"""Hints that come as rows of a painted layer, reduced while they come."""

from __future__ import annotations

import numpy as np

from photochrom.color import lab, srgb
from photochrom.color.arrays import FloatImage
from photochrom.errors import UsageError
from photochrom.hints.layer import Layer

SHORT = 1024
"""Pixels of the short side, about, at which hints are kept: strokes are wider than one of these."""


class Painted:
    """A layer of the size of the picture; rows that never come are transparent.

    Args:
        width: of the layer, in pixels.
        height: of it.
    """

    def __init__(self, width: int, height: int) -> None:
        self._width, self._height = width, height
        self._factor = max(1, min(width, height) // SHORT)
        size = (-(-height // self._factor), -(-width // self._factor))
        self._paint = np.zeros((3, *size), np.float32)

    def add(self, top: int, payload: bytes) -> None:
        """Take rows of R, G, B, A: 8 bits, sRGB, alpha straight.

        Raises:
            UsageError: if they lie outside the picture, or are no whole rows.
        """
        count, rest = divmod(len(payload), 4 * self._width)
        if rest or not 0 <= top < top + count <= self._height:
            raise UsageError(
                f"rows of hints have {4 * self._width} bytes each and lie in 0 to {self._height}; "
                f"not {len(payload)} bytes from {top} on"
            )
        rgba = np.frombuffer(payload, np.uint8).reshape(count, self._width, 4)
        rows, columns = np.nonzero(rgba[..., 3])
        pixels = srgb.to_float(rgba[rows, columns])
        cell = ((rows + top) // self._factor) * self._paint.shape[2] + columns // self._factor
        chroma = lab.from_srgb(pixels[:, :3])[:, 1:] * pixels[:, 3:]
        for plane, values in zip(self._paint, (*chroma.T, pixels[:, 3]), strict=True):
            sums = np.bincount(cell, values, plane.size)
            plane += sums.reshape(plane.shape).astype(np.float32)

    @property
    def layer(self) -> Layer:
        """All of them, averaged premultiplied."""
        down, across = (
            np.minimum(self._factor, side - np.arange(0, side, self._factor))
            for side in (self._height, self._width)
        )
        count: FloatImage = np.multiply.outer(down, across).astype(np.float32)
        return Layer(self._paint / count)
