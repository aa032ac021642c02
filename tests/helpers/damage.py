"""Damage of old photographs with known truth: what was drawn, and where. Made with Pillow only.

Pictures are uint8, H x W or H x W x 3; everything is seeded.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw

from helpers.pictures import Pixels

FINE = 4
"""Spots and scratches are drawn this much larger and shrunk, for their soft edges."""
VISIBLE = 12
"""Codes by which a pixel must differ from the clean picture to count as damaged."""
FILM_GAMMA = 0.6
"""Slope of a negative's density over the logarithm of light."""
ORANGE_BASE = (0.75, 0.36, 0.2)
"""Light that the unexposed film of a colour negative lets through, red, green and blue."""
GREY_BASE = (0.8, 0.8, 0.8)


@dataclass(frozen=True)
class Damaged:
    """A picture with spots and scratches."""

    picture: Pixels
    truth: Pixels
    """bool, H x W: where it differs visibly from the clean one."""
    cover: Pixels
    """float32, H x W: how much of each pixel is covered, 0..1."""


def dusty(
    clean: Pixels,
    spots: int = 60,
    scratches: int = 6,
    seed: int = 0,
    tones: tuple[float, ...] = (255.0,),
) -> Damaged:
    """Specks and scratches, shared out among some tones (codes); white unless told otherwise."""
    rng = np.random.default_rng(seed)
    shape = clean.shape[:2]
    picture, total = clean.astype(np.float32), np.zeros(shape, np.float32)
    for tone in tones:
        cover = _drawn(shape, spots // len(tones), scratches // len(tones), rng)
        spread = cover if clean.ndim == 2 else cover[..., None]
        picture += spread * (tone - picture)
        total = np.maximum(total, cover)
    result = np.rint(picture).astype(np.uint8)
    change = np.abs(result.astype(int) - clean)
    truth = (change if clean.ndim == 2 else change.max(-1)) > VISIBLE
    return Damaged(result, truth, total)


def _drawn(shape: tuple[int, ...], spots: int, scratches: int, rng: Generator) -> Pixels:
    height, width = (side * FINE for side in shape)
    canvas = Image.new("L", (width, height))
    draw = ImageDraw.Draw(canvas)
    for _ in range(spots):
        x, y = rng.uniform((0, 0), (width, height))
        across, down = rng.uniform(0.6, 2.5, 2) * FINE
        draw.ellipse((x - across, y - down, x + across, y + down), int(rng.uniform(170, 256)))
    for _ in range(scratches):
        line = _wavering(height, width, rng)
        draw.line(line, int(rng.uniform(170, 256)), int(rng.integers(FINE, 3 * FINE)))
    return np.asarray(canvas.reduce(FINE), np.float32) / np.float32(255)


def _wavering(height: int, width: int, rng: Generator) -> list[tuple[float, float]]:
    """Corners of a line through the picture; half of them run down, as film is scratched."""
    angle = rng.uniform(0, np.pi) if rng.random() < 0.5 else np.pi / 2 + rng.normal(0, 0.05)
    along = np.linspace(0, rng.uniform(0.2, 0.9) * height, 8)
    aside = np.cumsum(rng.normal(0, 0.004 * height, 8))
    x = rng.uniform(0, width) + along * np.cos(angle) - aside * np.sin(angle)
    y = rng.uniform(0, height / 2) + along * np.sin(angle) + aside * np.cos(angle)
    return list(zip(x.tolist(), y.tolist(), strict=True))


def grainy(clean: Pixels, deviation: float = 6.0, seed: int = 1) -> Pixels:
    """Film grain: Gaussian noise in clumps of about two pixels, of this deviation in codes."""
    noise = np.random.default_rng(seed).normal(0, 1, clean.shape)
    for axis in (0, 1):
        noise = noise + 0.5 * (np.roll(noise, 1, axis) + np.roll(noise, -1, axis))
    return np.rint(np.clip(clean + noise * (deviation / noise.std()), 0, 255)).astype(np.uint8)


def infrared(damaged: Damaged, seed: int = 2) -> Pixels:
    """What the infrared lamp of a scanner sees of that dust: bright film, dark dirt, some noise."""
    noise = np.random.default_rng(seed).normal(0, 2, damaged.cover.shape)
    return np.rint(np.clip(220 - 180 * damaged.cover + noise, 0, 255)).astype(np.uint8)


def faded(clean: Pixels, low: int = 90, high: int = 190) -> Pixels:
    """Flat: black and white moved inwards."""
    return np.rint(low + clean * ((high - low) / 255)).astype(np.uint8)


def sepia(grey: Pixels) -> Pixels:
    """A toned print of a grey picture, H x W x 3, with white paper that turned yellow."""
    tone = np.stack([np.interp(grey, (0, 128, 255), band) for band in _SEPIA], axis=-1)
    return np.rint(tone).astype(np.uint8)


_SEPIA = ((40, 158, 250), (26, 128, 236), (18, 94, 205))
"""Codes of black, middle grey and white in red, green and blue."""


def stained(print_: Pixels, x: float = 0.3, y: float = 0.6, depth: float = 1.0) -> Pixels:
    """A large soft yellow-brown spot: density that grows from red to blue."""
    height, width = print_.shape[:2]
    down, across = np.mgrid[:height, :width]
    far = ((across / width - x) ** 2 + (down / height - y) ** 2) / 0.02
    density = np.exp(-far)[..., None] * np.array((0.04, 0.12, 0.40)) * depth
    return np.rint(_encode(_decode(print_) * 10**-density) * 255).astype(np.uint8)


def negative(clean: Pixels, base: tuple[float, ...] = GREY_BASE, rebate: float = 0.04) -> Pixels:
    """A scan of a film negative, H x W x 3 of uint16, with unexposed film around the picture."""
    picture = clean if clean.ndim == 3 else np.repeat(clean[..., None], 3, axis=-1)
    light = np.maximum(_decode(picture), 10**-2.2)
    passed = np.array(base) * (light / 10**-2.2) ** -FILM_GAMMA
    edge = max(2, round(rebate * min(clean.shape[:2])))
    if rebate:
        frame = np.ones(clean.shape[:2], bool)
        frame[edge:-edge, edge:-edge] = False
        passed[frame] = base
    return np.rint(_encode(passed) * 65535).astype(np.uint16)


def _decode(codes: Pixels) -> Pixels:
    values = codes / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def _encode(light: Pixels) -> Pixels:
    high = 1.055 * np.maximum(light, 0.0031308) ** (1 / 2.4) - 0.055
    return np.clip(np.where(light <= 0.0031308, light * 12.92, high), 0, 1)
