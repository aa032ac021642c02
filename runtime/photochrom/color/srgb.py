"""sRGB: transfer curve and primaries of IEC 61966-2-1, with its white point D65."""

import numpy as np

from photochrom.color.arrays import FloatImage, PictureArray
from photochrom.errors import UsageError

RGB_TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
"""Linear sRGB to CIE XYZ with Y of white = 1 (Lindbloom, from the sRGB primaries and D65)."""

XYZ_TO_RGB = np.linalg.inv(RGB_TO_XYZ)

WHITE = RGB_TO_XYZ.sum(axis=1)
"""XYZ of sRGB white; taken from the matrix so that equal R, G and B are exactly neutral."""


def decode(encoded: FloatImage) -> FloatImage:
    """Undo the sRGB transfer curve: encoded 0..1 to linear light 0..1, any shape, float32."""
    high = ((np.maximum(encoded, 0.04045) + 0.055) / 1.055) ** 2.4
    return np.where(encoded <= 0.04045, encoded / 12.92, high).astype(np.float32)


def encode(linear: FloatImage) -> FloatImage:
    """Apply the sRGB transfer curve: linear light 0..1 to encoded 0..1, any shape, float32."""
    high = 1.055 * np.maximum(linear, 0.0031308) ** (1 / 2.4) - 0.055
    return np.where(linear <= 0.0031308, linear * 12.92, high).astype(np.float32)


def check(picture: PictureArray) -> None:
    """Make sure that an array's values mean what photochrom takes them to mean.

    Raises:
        UsageError: if it is not uint8, uint16 or float32, or holds floats that are not in 0..1.
    """
    if picture.dtype not in (np.uint8, np.uint16, np.float32):
        raise UsageError(
            f"pictures are uint8, uint16 or float32 arrays, not {picture.dtype}; convert it first"
        )
    if picture.dtype == np.float32 and not ((picture >= 0) & (picture <= 1)).all():
        raise UsageError("float pictures hold 0..1; this one holds NaN or values outside")


def to_float(picture: PictureArray) -> FloatImage:
    """uint8, uint16 or float32 pixels as float32 in 0..1.

    Raises:
        UsageError: as `check` does.
    """
    check(picture)
    if picture.dtype == np.float32:
        return picture
    return (picture / np.float32(np.iinfo(picture.dtype).max)).astype(np.float32)


def from_float(values: FloatImage, dtype: np.dtype) -> PictureArray:
    """float32 in 0..1 as `dtype` (uint8, uint16 or float32), rounded to nearest."""
    clipped = np.clip(values, 0.0, 1.0)
    if dtype == np.float32:
        return clipped.astype(np.float32)
    return np.rint(clipped * np.iinfo(dtype).max).astype(dtype)
