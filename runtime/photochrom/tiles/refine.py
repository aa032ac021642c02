"""Chroma refined in tiles, each of which is told the whole picture's chroma."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from photochrom.color.arrays import FloatImage
from photochrom.files import scaling
from photochrom.hints import draw
from photochrom.hints.compose import composed
from photochrom.options import Options
from photochrom.tiles.answers import OVERLAP, TileModel
from photochrom.tiles.plan import Plan, Tile, batches

CELL = 16
"""Pixels a side of a cell of the chroma that tiles are told: 16 cells in a tile of 256, the finest
of the low-pass hints that the generator was trained with."""
CONFIDENCE = 0.5
"""How far it can be believed: the middle of what the generator was trained with."""

KEPT = 32
"""Pixels a side of a cell whose mean chroma stays as it was before: tiles add detail, no hues.
docs/decisions/0011-tiles-add-detail-only.md says what was measured."""

Told = Callable[[float], None]
"""Called with the fraction of the tiles that are done, 0..1."""


def plan_for(model: TileModel, width: int, height: int) -> Plan:
    """How a picture of this size falls into tiles, counted in pixels of the model's answer."""
    stride = model.manifest.output_stride
    side = model.limit.side // stride
    return Plan(-(-width // stride), -(-height // stride), side, side // OVERLAP)


def refine(
    model: TileModel,
    lightness: FloatImage,
    previous: FloatImage,
    options: Options,
    told: Told,
) -> FloatImage:
    """Chroma of a picture at a larger size than it was seen at before.

    Args:
        model: answers tiles.
        lightness: H x W, L* 0..100, at the new size.
        previous: 2 x h x w, the whole picture's a*, b* as seen before, of any size.
        options: what the person says of colours.
        told: hears how far the work is; what it raises ends it.

    Returns:
        2 x H/s x W/s float32: a*, b*, with s the model's output stride (sizes rounded up).

    Raises:
        OutOfMemoryError, ModelError: see `TileModel.answer`. No tile is ever left out.
    """
    height, width = lightness.shape
    plan, stride = plan_for(model, width, height), model.manifest.output_stride
    known = _known(previous, options, plan, stride)
    chroma = np.zeros((2, plan.height, plan.width), np.float32)
    tiles, done = plan.tiles(), 0
    for group in batches(tiles, model.limit.batch):
        answers = model.answer(*_cut(group, lightness, known, stride))
        for tile, answer in zip(group, answers, strict=True):
            plan.add(chroma, tile, answer)
        done += len(group)
        told(done / len(tiles))
    return chroma + _low(previous, KEPT, plan, stride) - _low(chroma, KEPT, plan, stride)


def _known(previous: FloatImage, options: Options, plan: Plan, stride: int) -> FloatImage:
    """What all tiles are told, one value a cell of the plan: 3 x height x width.

    The chroma seen before is smoothed, so that a tile is told the colours of things and finds
    their edges itself. What the person says comes through sharp.
    """
    smooth = _low(previous, CELL, plan, stride)
    sure = np.full_like(smooth[:1], CONFIDENCE)
    known = np.concatenate((smooth, sure))
    if not options.hinted:
        return known
    return draw.over(composed(options, plan.height, plan.width), known)


def _low(planes: FloatImage, cell: int, plan: Plan, stride: int) -> FloatImage:
    """Planes (C x h x w) averaged over cells of so many pixels, smooth, at the plan's size."""
    columns, rows = (max(1, round(side * stride / cell)) for side in (plan.width, plan.height))
    return scaling.fit_planes(scaling.fit_planes(planes, columns, rows), plan.width, plan.height)


def _cut(
    tiles: Sequence[Tile], lightness: FloatImage, known: FloatImage, stride: int
) -> tuple[FloatImage, FloatImage]:
    """Lightness (N x S x S) and hints (N x 3 x S x S) of tiles, in pixels."""
    light = np.concatenate([tile.cut(lightness[None], stride) for tile in tiles])
    cells = np.stack([tile.cut(known) for tile in tiles])
    return light, cells.repeat(stride, axis=2).repeat(stride, axis=3)
