"""Warmth: chroma moved along the black body's way from blue to orange.

A neutral of lightness L* takes the colour of a black body whose reciprocal temperature lies
`MIREDS` times the warmth above daylight's; every other colour moves by as much in a* and b*.
Chromaticity of the black body: Kang et al., "Design of Advanced Color Temperature Control System
for HDTV Applications", Journal of the Korean Physical Society 41 (2002), for 4,000 K to 25,000 K.
"""

import numpy as np

from photochrom.color import lab
from photochrom.color.arrays import FloatImage

DAYLIGHT = 6504.0
"""Correlated colour temperature of D65, in kelvin; warmth 0."""
MIREDS = 50.0
"""Reciprocal megakelvins that a warmth of 1 adds: 4,907 K; -1 is 9,636 K."""


def shift(lightness: FloatImage, warmth: float) -> FloatImage:
    """What warmth adds to a* and b*.

    Args:
        lightness: H x W, L* 0..100.
        warmth: -1 (cool) to 1 (warm).

    Returns:
        2 x H x W float32; 0 in black, and everywhere for a warmth of 0.
    """
    light = lab.luminance(lightness)
    red, blue = _tristimulus(warmth) / _tristimulus(0.0)
    y = lab.forward(light)
    return np.stack((500 * (lab.forward(red * light) - y), 200 * (y - lab.forward(blue * light))))


def _tristimulus(warmth: float) -> FloatImage:
    """X and Z of a black body of Y = 1."""
    kelvin = 1e6 / (1e6 / DAYLIGHT + MIREDS * warmth)
    x = np.polyval((-3.0258469e9, 2.1070379e6, 0.2226347e3, 0.240390), 1 / kelvin)
    y = np.polyval((3.0817580, -5.87338670, 3.75112997, -0.37001483), x)
    return np.array((x, 1 - x - y), np.float32) / np.float32(y)
