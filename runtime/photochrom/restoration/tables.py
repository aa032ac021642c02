"""Codes, light and densities of a picture, by look-up tables that libvips applies as it streams."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyvips
from numpy.typing import NDArray

from photochrom.color.arrays import FloatImage
from photochrom.color.profile import CODES, ToneProfile

STEPS = np.linspace(0, 1, CODES)
"""Every 16-bit code as a share of the highest."""


def apply(image: pyvips.Image, table: FloatImage, band_format: str) -> pyvips.Image:
    """Codes through a table.

    Args:
        image: uchar or ushort; one band, or as many as the table has.
        table: bands x 65536, codes 0..1.
        band_format: the result's.
    """
    high = 255 if band_format == "uchar" else CODES - 1
    codes = np.rint(np.clip(table, 0, 1) * high).astype(np.uint8 if high == 255 else np.uint16)
    return image.maplut(_picture(codes, image.format))


def light(image: pyvips.Image, profile: ToneProfile) -> pyvips.Image:
    """Linear light 0..1 of each band, float."""
    return image.maplut(_picture(profile.curves[: image.bands], image.format))


def codes_of(light: FloatImage, profile: ToneProfile, bands: int) -> FloatImage:
    """Codes 0..1 of light: of 65536 levels for all bands, or of bands x 65536."""
    levels = np.broadcast_to(light, (bands, CODES))
    curves = profile.curves[:bands]
    found = [np.interp(level, curve, STEPS) for level, curve in zip(levels, curves, strict=True)]
    return np.stack(found)


def root_luminance(image: pyvips.Image, profile: ToneProfile) -> pyvips.Image:
    """The square root of luminance, one band of ushort: an index that has steps in the dark."""
    linear = light(image, profile)
    if image.bands == 3:
        linear = mixed(linear, profile.matrix[1] / profile.white[1])
    return rooted(linear)


def rooted(linear: pyvips.Image) -> pyvips.Image:
    """An index for tables over the square root of light."""
    return (linear**0.5 * (CODES - 1) + 0.5).cast("ushort")


def mixed(image: pyvips.Image, weights: Sequence[float] | FloatImage) -> pyvips.Image:
    """One band, the sum of all with weights."""
    return image.recomb([np.asarray(weights, np.float64).tolist()])


def _picture(table: NDArray[Any], band_format: str) -> pyvips.Image:
    thinned = table[:, ::257] if band_format == "uchar" else table
    return pyvips.Image.new_from_array(np.ascontiguousarray(thinned.T[None]))
