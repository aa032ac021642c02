"""A picture's codes as a screen shows them."""

from __future__ import annotations

import numpy as np

from photochrom.color import srgb
from photochrom.color.arrays import FloatImage, PictureArray
from photochrom.color.profile import ToneProfile

U8 = np.dtype(np.uint8)


def shown(codes: PictureArray, profile: ToneProfile) -> PictureArray:
    """In sRGB, white staying white: uint8, h x w x 3.

    Args:
        codes: h x w x 1 or 3, uint8 or uint16.
        profile: what they mean.
    """
    if profile.icc is None:  # sRGB already
        eight = codes if codes.dtype == U8 else np.rint(codes / np.float32(257)).astype(np.uint8)
        return np.ascontiguousarray(np.broadcast_to(eight, (*codes.shape[:2], 3)))
    return srgb.from_float(srgb.encode(np.clip(_linear(codes, profile), 0, 1)), U8)


def _linear(codes: PictureArray, profile: ToneProfile) -> FloatImage:
    """Linear R, G and B of sRGB."""
    scale = 257 if codes.dtype == U8 else 1
    bands = [np.asarray(curve)[::scale] for curve in profile.curves]
    if codes.shape[2] == 1:  # greys are grey in any primaries
        return np.repeat(bands[0].take(codes), 3, axis=2)
    linear = np.stack([bands[band].take(codes[..., band]) for band in range(3)], axis=-1)
    white = srgb.WHITE / profile.white
    change = srgb.XYZ_TO_RGB @ (white[:, None] * profile.matrix)
    return linear @ change.T.astype(np.float32)
