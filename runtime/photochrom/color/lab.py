"""CIE 1976 L*a*b* under D65, from and to encoded sRGB.

Formulas: CIE 15:2004, section 8.2.1. L* is 0..100; a* lies in -86.2..98.2 and b* in
-107.9..94.5 inside the sRGB gamut.
"""

import numpy as np

from photochrom.color import srgb
from photochrom.color.arrays import FloatImage

EPSILON = 216 / 24389
KAPPA = 24389 / 27


def from_srgb(rgb: FloatImage) -> FloatImage:
    """Encoded sRGB (... x 3, 0..1) to L*a*b* (... x 3, float32)."""
    return from_linear(srgb.decode(rgb))


def from_linear(linear: FloatImage) -> FloatImage:
    """Linear sRGB (... x 3, 0..1) to L*a*b* (... x 3, float32)."""
    matrix = (srgb.RGB_TO_XYZ / srgb.WHITE[:, None]).astype(np.float32)
    f = forward(linear @ matrix.T)
    x, y, z = f[..., 0], f[..., 1], f[..., 2]
    return np.stack((116 * y - 16, 500 * (x - y), 200 * (y - z)), axis=-1)


def to_linear(lab: FloatImage) -> FloatImage:
    """L*a*b* (... x 3) to linear sRGB (... x 3, float32); outside 0..1 where out of gamut."""
    y = (lab[..., 0] + 16) / 116
    f = np.stack((y + lab[..., 1] / 500, y, y - lab[..., 2] / 200), axis=-1)
    matrix = (srgb.XYZ_TO_RGB * srgb.WHITE[None, :]).astype(np.float32)
    return inverse(f) @ matrix.T


def luminance(lightness: FloatImage) -> FloatImage:
    """L* (any shape) to relative luminance Y, 0..1."""
    return inverse((lightness + 16) / 116)


def to_srgb(lab: FloatImage) -> FloatImage:
    """L*a*b* (... x 3) to encoded sRGB (... x 3, float32 clipped to 0..1)."""
    return srgb.encode(np.clip(to_linear(lab), 0.0, 1.0))


def forward(ratio: FloatImage) -> FloatImage:
    """f of a ratio to white (any shape): its cube root, a straight line in the dark; float32."""
    linear = (np.float32(KAPPA) * ratio + 16) / 116
    return np.where(ratio > EPSILON, np.cbrt(ratio), linear).astype(np.float32)


def inverse(f: FloatImage) -> FloatImage:
    """The ratio to white of which `f` (any shape) is `forward`; float32."""
    cube = (f * f * f).astype(np.float32, copy=False)
    if np.min(f, initial=1) > EPSILON ** (1 / 3):
        return cube
    linear = (116 * f - 16) / np.float32(KAPPA)
    return np.where(f > EPSILON ** (1 / 3), cube, linear).astype(np.float32, copy=False)
