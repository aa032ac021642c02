"""Damage of old photographs, done to the luminance that the model sees and never to its target.

Every function takes and returns luminance (H x W, float32, L*/100 in 0..1).
"""

from collections.abc import Callable
from io import BytesIO
from typing import TypeAlias

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageFilter

from photochrom.color.arrays import FloatImage

Degradation: TypeAlias = Callable[[FloatImage, Generator], FloatImage]


def fade(luminance: FloatImage, rng: Generator) -> FloatImage:
    """Low contrast: black lifted by up to 0.2, white lowered by up to 0.2."""
    low, high = rng.uniform(0, 0.2), rng.uniform(0.8, 1)
    return (low + (high - low) * luminance).astype(np.float32)


def exposure(luminance: FloatImage, rng: Generator) -> FloatImage:
    """Under- or over-exposure as a gamma of 0.7 to 1.4."""
    return (luminance ** rng.uniform(0.7, 1.4)).astype(np.float32)


def grain(luminance: FloatImage, rng: Generator) -> FloatImage:
    """Film grain: Gaussian noise of up to 5 L*, half the time in clumps of about two pixels."""
    noise = rng.normal(0, rng.uniform(0.005, 0.05), luminance.shape).astype(np.float32)
    if rng.random() < 0.5:
        noise = _filter(noise, ImageFilter.GaussianBlur(0.7)) * 2
    return (luminance + noise).astype(np.float32)


def blur(luminance: FloatImage, rng: Generator) -> FloatImage:
    """A soft lens or missed focus: Gaussian of up to 1.2 pixels."""
    return _filter(luminance, ImageFilter.GaussianBlur(rng.uniform(0.3, 1.2)))


def jpeg(luminance: FloatImage, rng: Generator) -> FloatImage:
    """JPEG of quality 25 to 75."""
    buffer = BytesIO()
    pixels = np.rint(np.clip(luminance, 0, 1) * 255).astype(np.uint8)
    Image.fromarray(pixels).save(buffer, "JPEG", quality=int(rng.integers(25, 76)))
    return np.asarray(Image.open(buffer), np.float32) / np.float32(255)


DEGRADATIONS: dict[str, Degradation] = {
    "fade": fade,
    "exposure": exposure,
    "grain": grain,
    "blur": blur,
    "jpeg": jpeg,
}


def degrade(luminance: FloatImage, chances: dict[str, float], rng: Generator) -> FloatImage:
    """Apply each named degradation with its own chance, in the order of `DEGRADATIONS`."""
    for name, degradation in DEGRADATIONS.items():
        if rng.random() < chances.get(name, 0.0):
            luminance = degradation(luminance, rng)
    return np.clip(luminance, 0, 1)


def _filter(values: FloatImage, kernel: ImageFilter.GaussianBlur) -> FloatImage:
    """A Pillow filter on values of about -0.5..1.5, through 8 bits of that range."""
    pixels = np.rint(np.clip((values + 0.5) * 127.5, 0, 255)).astype(np.uint8)
    return np.asarray(Image.fromarray(pixels).filter(kernel), np.float32) / 127.5 - 0.5
