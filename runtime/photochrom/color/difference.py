"""CIEDE2000 colour difference."""

import numpy as np

from photochrom.color.arrays import FloatImage


def ciede2000(first: FloatImage, second: FloatImage) -> FloatImage:
    """Difference of two L*a*b* arrays (... x 3), kL = kC = kH = 1; symmetric, in ΔE00 units.

    Formula and test data: Sharma, Wu, Dalal, "The CIEDE2000 Color-Difference Formula",
    Color Research and Application 30 (2005); the numbers below are its equations.
    """
    l1, c1, h1, l2, c2, h2 = *_lch_prime(first, second), *_lch_prime(second, first)
    hue_step = _hue_step(c1, h1, c2, h2)
    dl, dc = l2 - l1, c2 - c1
    dh = 2 * np.sqrt(c1 * c2) * np.sin(hue_step / 2)  # (11)
    lightness, chroma, hue = (l1 + l2) / 2, (c1 + c2) / 2, _mean_hue(c1, h1, c2, h2)
    sl = 1 + 0.015 * (lightness - 50) ** 2 / np.sqrt(20 + (lightness - 50) ** 2)  # (19)
    sc = 1 + 0.045 * chroma  # (20)
    sh = 1 + 0.015 * chroma * _hue_weight(hue)  # (21)
    angle = np.deg2rad(60 * np.exp(-(((np.rad2deg(hue) - 275) / 25) ** 2)))  # (16), twice
    rotation = -np.sin(angle) * 2 * _seventh_power_ratio(chroma)  # (17), (18)
    dl, dc, dh = dl / sl, dc / sc, dh / sh
    return np.sqrt(np.maximum(dl * dl + dc * dc + dh * dh + rotation * dc * dh, 0))  # (22)


def _seventh_power_ratio(chroma: FloatImage) -> FloatImage:
    power = chroma**7
    return np.sqrt(power / (power + 25.0**7))


def _lch_prime(lab: FloatImage, other: FloatImage) -> tuple[FloatImage, FloatImage, FloatImage]:
    """Lightness, chroma C' and hue h' (radians, 0..2 pi) of `lab`; equations (2) to (7)."""
    mean = (np.hypot(lab[..., 1], lab[..., 2]) + np.hypot(other[..., 1], other[..., 2])) / 2
    a = lab[..., 1] * (1.5 - 0.5 * _seventh_power_ratio(mean))
    return lab[..., 0], np.hypot(a, lab[..., 2]), np.arctan2(lab[..., 2], a) % (2 * np.pi)


def _hue_step(c1: FloatImage, h1: FloatImage, c2: FloatImage, h2: FloatImage) -> FloatImage:
    """Signed hue difference in -pi..pi; equation (10)."""
    step = h2 - h1
    step = np.where(step > np.pi, step - 2 * np.pi, step)
    step = np.where(step < -np.pi, step + 2 * np.pi, step)
    return np.where(c1 * c2 == 0, 0, step)


def _mean_hue(c1: FloatImage, h1: FloatImage, c2: FloatImage, h2: FloatImage) -> FloatImage:
    """Equation (14)."""
    total = h1 + h2
    far = np.abs(h1 - h2) > np.pi
    mean = np.where(far, (total + np.where(total < 2 * np.pi, 1, -1) * 2 * np.pi) / 2, total / 2)
    return np.where(c1 * c2 == 0, total, mean)


def _hue_weight(hue: FloatImage) -> FloatImage:
    """Equation (15)."""
    return (
        1
        - 0.17 * np.cos(hue - np.deg2rad(30))
        + 0.24 * np.cos(2 * hue)
        + 0.32 * np.cos(3 * hue + np.deg2rad(6))
        - 0.20 * np.cos(4 * hue - np.deg2rad(63))
    )
