"""The way of a small picture through a model: once as a whole, then again in tiles."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from photochrom.color.arrays import FloatImage
from photochrom.files import scaling
from photochrom.files.pulling import Watch
from photochrom.hints import draw
from photochrom.models import native, predict
from photochrom.options import Point
from photochrom.tiles.answers import TileModel
from photochrom.tiles.levels import Size
from photochrom.tiles.refine import refine


def see(
    model: TileModel,
    guide: FloatImage,
    sizes: Sequence[Size],
    points: Sequence[Point],
    watch: Watch,
) -> FloatImage:
    """Chroma of a picture.

    Args:
        model: any; of a kind that takes no tiles, `sizes` must be empty.
        guide: H x W, L* 0..100, at least as large as the last of `sizes`.
        sizes: width and height at which tiles see it, from coarse to fine.
        points: places whose colour the person knows.
        watch: told of the stage ``color``.

    Returns:
        2 x h x w float32: a*, b* of the whole picture, as large as the last pass made it.
    """
    height, width = guide.shape
    whole = native.working_size(width, height, model.manifest.native_size)
    total = sum(width * height for width, height in [whole, *sizes])
    watch("color", 0.0)
    chroma = _see_whole(model, guide, whole, points)
    done = whole[0] * whole[1]
    for columns, rows in sizes:
        told = functools.partial(_tell, watch, done / total, columns * rows / total)
        lightness = scaling.fit_planes(guide[None], columns, rows)[0]
        chroma = refine(model, lightness, chroma, points, told)
        done += columns * rows
    watch("color", 1.0)
    return chroma


def _see_whole(
    model: TileModel, guide: FloatImage, size: Size, points: Sequence[Point]
) -> FloatImage:
    """The first pass: what is where in the picture."""
    lightness = scaling.fit_planes(guide[None], *size)[0]
    told = draw.from_points(points, size[1], size[0])
    return predict.predict(model.manifest, model.session, lightness, told)


def _tell(watch: Watch, before: float, share: float, fraction: float) -> None:
    watch("color", before + share * fraction)
