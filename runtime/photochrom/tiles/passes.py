"""The way of a small picture through a model: once as a whole, then again in tiles."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from photochrom.color.arrays import FloatImage
from photochrom.files import scaling
from photochrom.files.pulling import Watch
from photochrom.hints.compose import composed
from photochrom.models import after
from photochrom.tiles.levels import Size
from photochrom.tiles.refine import refine
from photochrom.working import Working


def see(
    working: Working,
    guide: FloatImage,
    sizes: Sequence[Size],
    watch: Watch,
) -> FloatImage:
    """Chroma of a picture.

    Args:
        working: the same at working size; of a model that takes no tiles, `sizes` must be empty.
        guide: H x W, L* 0..100, at least as large as the last of `sizes`.
        sizes: width and height at which tiles see it, from coarse to fine.
        watch: told of the stage ``color``.

    Returns:
        2 x h x w float32: a*, b* of the whole picture, as large as the last pass made it.
        Before protection, warmth and saturation, it is the hint where a hint is sure.
    """
    model, options = working.model, working.options
    done = working.lightness.size
    total = done + sum(width * height for width, height in sizes)
    watch("color", 0.0)
    chroma = working.chroma
    for columns, rows in sizes:
        told = functools.partial(_tell, watch, done / total, columns * rows / total)
        lightness = scaling.fit_planes(guide[None], columns, rows)[0]
        chroma = refine(model, lightness, chroma, options, told)
        done += columns * rows
    if sizes and options.hinted:
        chroma = after.exact(chroma, composed(options, *chroma.shape[1:]))
    chroma = working.graded(chroma, guide)
    watch("color", 1.0)
    return chroma


def _tell(watch: Watch, before: float, share: float, fraction: float) -> None:
    watch("color", before + share * fraction)
