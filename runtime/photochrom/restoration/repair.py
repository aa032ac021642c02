"""Damaged places filled from what surrounds them, with grain.

OpenCV's inpainting after Navier and Stokes (Bertalmio, Bertozzi and Sapiro 2001) carries the
lines of equal tone on into the hole; docs/restoration.md compares it with what was passed over.
"""

from __future__ import annotations

import numpy as np
import pyvips

from photochrom.color.arrays import PictureArray
from photochrom.restoration import grain
from photochrom.restoration.dust import Mask
from photochrom.restoration.masks import MaskFile
from photochrom.restoration.opencv import cv2
from photochrom.restoration.windows import Window, changed

MARGIN = 64
"""Rows and columns around a tile that its repair looks at."""
TILE = 512
"""Columns that are repaired together."""
RADIUS = 3
"""Pixels around a damaged one that give its tone."""


def repaired(image: pyvips.Image, mask: MaskFile) -> pyvips.Image:
    """A picture without the masked damage, its other pixels untouched; to be pulled once."""

    def change(window: Window) -> PictureArray:
        damage = mask.rows(window.rows)
        return _filled(window.codes, damage, image.width)[window.inner]

    return changed(image, MARGIN, change)


def fill(codes: PictureArray, mask: Mask) -> PictureArray:
    """Fill masked pixels of H x W x bands (uint8 or uint16), and give them grain."""
    damage = mask.astype(np.uint8)
    bands = [
        cv2().inpaint(np.ascontiguousarray(band), damage, RADIUS, cv2().INPAINT_NS)
        for band in np.moveaxis(codes, -1, 0)
    ]
    smooth = np.stack(bands, axis=-1)
    grained = grain.put_back(smooth, codes, mask)
    high = np.iinfo(codes.dtype).max
    result = codes.copy()
    result[mask] = np.rint(np.clip(grained[mask], 0, high)).astype(codes.dtype)
    return result


def _filled(codes: PictureArray, mask: Mask, width: int) -> PictureArray:
    """Rows repaired tile by tile, where there is damage."""
    if not mask.any():
        return codes
    result = codes.copy()
    for left in range(0, width, TILE):
        own = slice(left, min(left + TILE, width))
        wide = slice(max(left - MARGIN, 0), min(own.stop + MARGIN, width))
        if mask[:, own].any():
            part = fill(codes[:, wide], mask[:, wide])
            result[:, own] = part[:, own.start - wide.start : own.stop - wide.start]
    return result
