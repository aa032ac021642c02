"""Damage of old photographs, done to the luminance that the model sees and never to its target.

Every function takes and returns luminance (H x W, float32, L*/100 in 0..1).
"""

from collections.abc import Callable
from io import BytesIO
from typing import TypeAlias

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw, ImageFilter

from photochrom.color import lab
from photochrom.color.arrays import FloatImage

Degradation: TypeAlias = Callable[[FloatImage, Generator], FloatImage]

FINE = 3
"""Scratches and dust are drawn this much larger and shrunk, for their soft edges."""
DEEPEST = 2.1
"""Optical density of a print's black; glossy silver paper reaches about this."""
BROWN = np.array((-0.35, 0.0, 0.45), np.float32)
"""Strongest toning: change of the image's density in red, green and blue, as a share of it."""
YELLOW = np.array((0.04, 0.12, 0.40), np.float32)
"""Oldest paper: its density in red, green and blue."""


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


def sepia(luminance: FloatImage, rng: Generator) -> FloatImage:
    """The L* of a toned print on yellowed paper: the tone curve that turning it to grey leaves.

    Toning scales the silver's optical density for red, green and blue, each differently; old paper
    adds a density of its own, most in the blue and a little unevenly. What a density passes is
    10^-density (Beer-Lambert). Black and white move inwards and the curve changes its shape.
    """
    darkest = np.float32(10**-DEEPEST)
    density = -np.log10(np.maximum(lab.luminance(luminance * 100), darkest))
    toning = 1 + np.float32(rng.uniform(0, 1)) * _varied(BROWN, rng)
    yellowing = np.float32(rng.uniform(0, 1)) * _varied(YELLOW, rng)
    uneven = 1 + np.float32(rng.uniform(0, 0.8)) * _clouds(luminance.shape, rng)
    linear = 10 ** -(density[..., None] * toning + uneven[..., None] * yellowing)
    return lab.from_linear(linear)[..., 0] / 100


def scratches(luminance: FloatImage, rng: Generator) -> FloatImage:
    """Thin lines, mostly upright, and specks of dust: some bright, some dark, all see-through."""
    for tone in (0.0, 1.0):
        mask = _scratch_mask(luminance.shape, rng)
        luminance = luminance + mask * (np.float32(tone) - luminance)
    return luminance


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
    "sepia": sepia,
    "scratches": scratches,
    "jpeg": jpeg,
}
"""Every degradation by its name, in the order in which a picture suffers them."""


def degrade(luminance: FloatImage, chances: dict[str, float], rng: Generator) -> FloatImage:
    """Apply each named degradation with its own chance, in the order of `DEGRADATIONS`.

    One that has no chance takes nothing from `rng`, so a new degradation leaves older runs alike.
    """
    for name, degradation in DEGRADATIONS.items():
        chance = chances.get(name, 0.0)
        if chance > 0 and rng.random() < chance:
            luminance = degradation(luminance, rng)
    return np.clip(luminance, 0, 1)


def _scratch_mask(shape: tuple[int, ...], rng: Generator) -> FloatImage:
    """Opacity 0..1 of some lines and specks."""
    height, width = (side * FINE for side in shape)
    canvas = Image.new("L", (width, height))
    draw = ImageDraw.Draw(canvas)
    for _ in range(rng.integers(0, 5)):
        draw.line(_scratch(height, width, rng), int(rng.uniform(40, 256)), int(rng.integers(1, 5)))
    for _ in range(int(rng.exponential(8))):
        x, y = rng.uniform((0, 0), (width, height))
        across, down = rng.uniform(0.3, 1.5, 2) * FINE
        draw.ellipse((x - across, y - down, x + across, y + down), int(rng.uniform(60, 256)))
    return np.asarray(canvas.reduce(FINE), np.float32) / np.float32(255)


def _scratch(height: int, width: int, rng: Generator) -> list[tuple[float, float]]:
    """Corners of a slightly wavering line; one in six runs in any direction, like a hair."""
    length = height * min(float(rng.exponential(0.5)) + 0.05, 1.2)
    angle = rng.uniform(0, np.pi) if rng.random() < 1 / 6 else np.pi / 2 + rng.normal(0, 0.03)
    along = np.linspace(0, length, 6)
    waver = np.cumsum(rng.normal(0, 0.004 * length, 6))
    x = rng.uniform(0, width) + along * np.cos(angle) - waver * np.sin(angle)
    y = rng.uniform(-0.3, 1) * height + along * np.sin(angle) + waver * np.cos(angle)
    return list(zip(x.tolist(), y.tolist(), strict=True))


def _varied(densities: FloatImage, rng: Generator) -> FloatImage:
    """The densities, each up to 30 % more or less."""
    return densities * rng.uniform(0.7, 1.3, 3).astype(np.float32)


def _clouds(shape: tuple[int, ...], rng: Generator) -> FloatImage:
    """Smooth values of -1..1, as large as 3 x 3 to a picture."""
    coarse = Image.fromarray(rng.uniform(-1, 1, (3, 3)).astype(np.float32))
    return np.asarray(coarse.resize((shape[1], shape[0]), Image.Resampling.BILINEAR), np.float32)


def _filter(values: FloatImage, kernel: ImageFilter.GaussianBlur) -> FloatImage:
    """A Pillow filter on values of about -0.5..1.5, through 8 bits of that range."""
    pixels = np.rint(np.clip((values + 0.5) * 127.5, 0, 255)).astype(np.uint8)
    return np.asarray(Image.fromarray(pixels).filter(kernel), np.float32) / 127.5 - 0.5
