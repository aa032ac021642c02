"""Where tiles lie, and how much each counts where several overlap. Knows only NumPy.

Everything is counted in cells: the pixels of what the tiles answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from photochrom.color.arrays import FloatImage


@dataclass(frozen=True)
class Tile:
    """A square of the picture."""

    left: int
    """Column of its first cell."""
    top: int
    """Row of its first cell."""
    side: int
    """Cells a side, the same for all tiles of a plan: beyond the picture it goes on mirrored."""

    def cut(self, planes: FloatImage, scale: int = 1) -> FloatImage:
        """The tile's part of planes (C x H x W) that have `scale` pixels a cell: C x S x S."""
        top, left, side = (scale * value for value in (self.top, self.left, self.side))
        part = planes[..., top : top + side, left : left + side]
        down, across = (side - length for length in part.shape[-2:])
        return np.pad(part, ((0, 0), (0, down), (0, across)), mode="symmetric")


@dataclass(frozen=True)
class Plan:
    """Tiles of one shape that cover a picture."""

    width: int
    height: int
    side: int
    overlap: int
    """Cells that neighbours share at least, if the picture is larger than a tile."""

    def __post_init__(self) -> None:
        if min(self.width, self.height) < 1 or not 0 <= self.overlap < self.side:
            raise ValueError(f"no tiles can cover that: {self}")

    def tiles(self) -> list[Tile]:
        """Every tile, row by row; their places depend on nothing but the plan."""
        lefts, tops = _starts(self.width, self), _starts(self.height, self)
        return [Tile(left, top, self.side) for top in tops for left in lefts]

    def weights(self, tile: Tile) -> FloatImage:
        """How much each cell of a tile counts: S x S float32; over all tiles they sum to one.

        It falls to the edges that lie inside the picture, since there a network knows least, and
        so no edge of a tile can be seen.
        """
        down = _shares(tile.top, _starts(self.height, self), self.height, self)
        across = _shares(tile.left, _starts(self.width, self), self.width, self)
        return np.multiply.outer(down, across).astype(np.float32)

    def add(self, picture: FloatImage, tile: Tile, answer: FloatImage) -> None:
        """Blend a tile's answer (C x S x S) into a picture (C x height x width) that began as 0."""
        place = picture[:, tile.top : tile.top + self.side, tile.left : tile.left + self.side]
        rows, columns = place.shape[1:]
        place += (answer * self.weights(tile))[:, :rows, :columns]


def batches(tiles: list[Tile], size: int) -> Iterator[list[Tile]]:
    """Tiles in groups of at most `size`."""
    for first in range(0, len(tiles), size):
        yield tiles[first : first + size]


def _starts(length: int, plan: Plan) -> list[int]:
    """First cells of the tiles along an axis, spread evenly from border to border."""
    spare = length - plan.side
    if spare <= 0:
        return [0]
    gaps = -(-spare // (plan.side - plan.overlap))
    return [round(spare * index / gaps) for index in range(gaps + 1)]


def _shares(start: int, starts: list[int], length: int, plan: Plan) -> FloatImage:
    """The share of one tile along an axis, in each of its cells."""
    cells = start + np.arange(plan.side) + 0.5
    near = [other for other in starts if abs(other - start) < plan.side]
    total = sum(_ramp(cells - other, other, length, plan) for other in near)
    return np.asarray(_ramp(cells - start, start, length, plan) / np.maximum(total, 1e-9))


def _ramp(within: FloatImage, start: int, length: int, plan: Plan) -> FloatImage:
    """Half a Hann window from a tile's edges inwards, as wide as the overlap; 0 outside the tile.

    It rises from 0 without a kink: near its edges a network sees zeros in place of a picture, and
    what it makes of them must not show. The picture's border is no edge.
    """
    left = within if start > 0 else np.full_like(within, np.inf)
    right = plan.side - within if start + plan.side < length else np.full_like(within, np.inf)
    inside = (within > 0) & (within < plan.side)
    depth = np.clip(np.minimum(left, right) / max(plan.overlap, 0.5), 0, 1)
    return np.where(inside, np.sin(depth * np.pi / 2) ** 2, 0.0)
