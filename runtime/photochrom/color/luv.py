"""CIE 1976 L*u*v* under D65, from and to linear light.

Formulas: CIE 15:2004, section 8.2.2. L* is that of `photochrom.color.lab`; inside the sRGB gamut
u* lies in -83.1..175.0 and v* in -134.1..107.4.
"""

import numpy as np

from photochrom.color import lab, srgb
from photochrom.color.arrays import FloatImage

DARKEST = 1e-4
"""L* below which u*, v* say nothing about colour: it is black."""
LOWEST_V = 1e-2
"""Smallest v' that is believed; real colours have more than 0.016."""


def _prime(xyz: FloatImage) -> FloatImage:
    """u' and v' (... x 2) of X, Y, Z (... x 3); the white's for black."""
    x, y, z = xyz[..., 0], xyz[..., 1], xyz[..., 2]
    total = x + 15 * y + 3 * z
    safe = np.where(total > 0, total, 1)
    prime = np.stack((4 * x / safe, 9 * y / safe), axis=-1)
    return np.where((total > 0)[..., None], prime, WHITE_PRIME).astype(np.float32)


_X, _Y, _Z = srgb.WHITE
WHITE_PRIME = np.array((4 * _X, 9 * _Y), np.float32) / np.float32(_X + 15 * _Y + 3 * _Z)
"""u' and v' of the white."""


def from_linear(linear: FloatImage) -> FloatImage:
    """Linear sRGB (... x 3, 0..1) to L*u*v* (... x 3, float32)."""
    lightness = lab.from_linear(linear)[..., :1]
    prime = _prime(linear @ srgb.RGB_TO_XYZ.astype(np.float32).T)
    return np.concatenate((lightness, 13 * lightness * (prime - WHITE_PRIME)), axis=-1)


def to_linear(luv: FloatImage) -> FloatImage:
    """L*u*v* (... x 3) to linear sRGB (... x 3, float32); outside 0..1 where out of gamut."""
    lightness = luv[..., :1]
    dark = lightness < DARKEST
    prime = luv[..., 1:] / (13 * np.where(dark, 1, lightness)) + WHITE_PRIME
    prime = np.where(dark, WHITE_PRIME, prime)
    u, v = prime[..., 0], np.maximum(prime[..., 1], LOWEST_V)
    y = lab.luminance(lightness[..., 0])
    xyz = np.stack((y * 9 * u / (4 * v), y, y * (12 - 3 * u - 20 * v) / (4 * v)), axis=-1)
    return (xyz @ srgb.XYZ_TO_RGB.astype(np.float32).T).astype(np.float32)
