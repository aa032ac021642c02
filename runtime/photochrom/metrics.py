"""Measures of colour pictures, as "How a number is made" in ARCHITECTURE.md fixes them."""

import numpy as np

from photochrom.color.arrays import FloatImage, PictureArray


def psnr(picture: PictureArray, truth: PictureArray) -> float:
    """Peak signal-to-noise ratio in dB of two uint8 sRGB pictures (H x W x 3); inf when equal."""
    error = np.mean((picture.astype(np.float64) - truth.astype(np.float64)) ** 2)
    return float(10 * np.log10(255**2 / error)) if error > 0 else float("inf")


def colorfulness(picture: PictureArray) -> float:
    """Colourfulness of Hasler and Süsstrunk (2003), signed opponents, of uint8 sRGB H x W x 3."""
    return _colorfulness(*_opponents(picture))


def colorfulness_absolute(picture: PictureArray) -> float:
    """The variant that DDColor's code computes: opponents made absolute before mean and deviation.

    Published colourfulness numbers of the field use this one; it is smaller than
    `colorfulness` for the same picture.
    """
    red_green, yellow_blue = _opponents(picture)
    return _colorfulness(np.abs(red_green), np.abs(yellow_blue))


def _opponents(picture: PictureArray) -> tuple[FloatImage, FloatImage]:
    red, green, blue = np.moveaxis(picture.astype(np.float32), -1, 0)
    return red - green, (red + green) / 2 - blue


def _colorfulness(red_green: FloatImage, yellow_blue: FloatImage) -> float:
    deviation = np.hypot(red_green.std(), yellow_blue.std())
    mean = np.hypot(red_green.mean(), yellow_blue.mean())
    return float(deviation + 0.3 * mean)
