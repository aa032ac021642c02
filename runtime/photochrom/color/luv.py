"""CIE 1976 L*u*v* under D65, from and to linear light.

Formulas: CIE 15:2004, section 8.2.2. L* is that of `photochrom.color.lab`; inside the sRGB gamut
u* lies in -83.1..175.0 and v* in -134.1..107.4.

What is computed is the offset of u', v' from the white's, out of R - G and B - G: equal channels
are exactly neutral, and black needs no case of its own.
"""

import numpy as np

from photochrom.color import lab, srgb
from photochrom.color.arrays import FloatImage

DARKEST = 1e-4
"""u*, v* are divided by an L* of at least this; darker is black even in 16 bits."""
LOWEST_V = 1e-2
"""Smallest v' that is believed; the purest light has 0.016. A colour below keeps its hue and moves
towards the white until it has this."""

_XYZ = srgb.RGB_TO_XYZ / srgb.WHITE[1]
_TOTAL = _XYZ[0] + 15 * _XYZ[1] + 3 * _XYZ[2]
"""Weights of R, G, B in the denominator of u' and v'."""
_PRIME = np.stack((4 * _XYZ[0], 9 * _XYZ[1]))
"""Weights of R, G, B in the numerators of u' and v'."""
WHITE_PRIME = _PRIME.sum(axis=1) / _TOTAL.sum()
"""u' and v' of the white."""
_OFFSET = (_PRIME - np.outer(WHITE_PRIME, _TOTAL))[:, ::2]
"""Weights of R - G, B - G in the offset of u', v' from the white's, times the denominator."""


def from_linear(linear: FloatImage) -> FloatImage:
    """Linear sRGB (... x 3, 0..1) to L*u*v* (... x 3, float32)."""
    lightness = lab.from_linear(linear)[..., :1]
    differences = linear[..., ::2] - linear[..., 1:2]
    total = np.maximum(linear @ _TOTAL.astype(np.float32), 1e-9)[..., None]
    offset = differences @ _OFFSET.T.astype(np.float32) / total
    return np.concatenate((lightness, 13 * lightness * offset), axis=-1).astype(np.float32)


def to_linear(luv: FloatImage) -> FloatImage:
    """L*u*v* (... x 3) to linear sRGB (... x 3, float32); outside 0..1 where out of gamut.

    Finite for L* in 0..100 and any finite u*, v*.
    """
    lightness = luv[..., :1]
    offset = _believed(luv[..., 1:] / (13 * np.maximum(lightness, DARKEST)))
    y = lab.luminance(lightness)
    total = 9 * y / (WHITE_PRIME[1] + offset[..., 1:])
    differences = offset * total @ np.linalg.inv(_OFFSET).T
    green = y - differences @ _XYZ[1, ::2, None]
    red, blue = differences[..., :1] + green, differences[..., 1:] + green
    return np.concatenate((red, green, blue), axis=-1).astype(np.float32)


def _believed(offset: FloatImage) -> FloatImage:
    """Offsets of u', v' from the white's (... x 2), shortened where v' would be too low."""
    deepest = WHITE_PRIME[1] - LOWEST_V
    return offset * (deepest / np.maximum(deepest, -offset[..., 1:]))
