"""Joining predicted chroma with a picture's own light, at full size, as a libvips pipeline."""

from dataclasses import dataclass

import numpy as np
import pyvips

from photochrom.color.arrays import FloatImage
from photochrom.color.profile import ToneProfile
from photochrom.files import scaling, tone

TILE = 128
"""Side of libvips' tiles; a tile of every step fits into the processor's second cache."""
SMOOTH_ENOUGH = 4
"""Enlargement from which slope and offset change so little that 2 x 2 pixels may share them."""


@dataclass(frozen=True)
class ChromaModel:
    """Chroma as a straight line of lightness, fitted at a small size: chroma = slope * L* + offset.

    Both arrays are 2 x h x w float32 (a*, b*), in the layout of the stored pixels.
    """

    slope: FloatImage
    offset: FloatImage


def recombine(
    color: pyvips.Image,
    profile: ToneProfile,
    chroma: ChromaModel,
    strength: float,
    band_format: str,
) -> pyvips.Image:
    """Give a picture chroma and keep its L*.

    Args:
        color: one or three bands of uchar, ushort or float (0..1).
        profile: tone curves and primaries of `color`; the result has the same.
        chroma: fitted at any size of the same aspect.
        strength: 1 takes the new chroma, 0 the picture's own.
        band_format: ``uchar``, ``ushort`` or ``float``; the result's.

    Returns:
        Three bands, not yet computed.
    """
    color = _in_tiles(color)
    size = color.width, color.height
    # A third band for L* itself (slope 1, offset 0) spares libvips three passes over every pixel.
    slope = _enlarge(_with_band(chroma.slope * strength, 1), *size)
    offset = _enlarge(_with_band(chroma.offset * strength, 0), *size)
    result = slope * tone.lightness(color, profile, repeat=3) + offset
    if strength < 1 and color.bands == 3:
        result += tone.measure(color, profile) * [0, 1 - strength, 1 - strength]
    return tone.encode(result, profile, band_format)


def _in_tiles(image: pyvips.Image) -> pyvips.Image:
    """The same picture, asking libvips to work in tiles from here on.

    It would take strips of the full width through every step, which do not fit into the
    processor's caches and need several times the memory (benchmarks/large_scan.py prints both).
    """
    return image.tilecache(tile_width=TILE, tile_height=TILE, max_tiles=4)


def _with_band(planes: FloatImage, value: float) -> FloatImage:
    return np.concatenate((np.full_like(planes[:1], value), planes))


def _enlarge(planes: FloatImage, width: int, height: int) -> pyvips.Image:
    """Bands x h x w to a float picture of full size."""
    small = scaling.from_planes(planes)
    # Far above the fitted size, each value may serve 2 x 2 pixels: a quarter of the work.
    repeat = 2 if min(width / small.width, height / small.height) >= SMOOTH_ENOUGH else 1
    if repeat == 1:
        return scaling.enlarge(small, width, height)
    half = scaling.enlarge(small, -(-width // repeat), -(-height // repeat))
    return half.zoom(repeat, repeat).crop(0, 0, width, height)
