"""Photographs with points and strokes simulated on them, for `hints.py`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import skimage
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage
from skimage import segmentation

from photochrom.color import lab, srgb
from photochrom.color.arrays import FloatImage, PictureArray
from photochrom.options import Point

SIDE = 224
BLOCK = 7
OWN = ("astronaut.png", "coffee.png", "chelsea.png", "rocket.jpg", "motorcycle_left.png")
ENDINGS = {".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff"}
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Truth:
    """The central part of a colour photograph."""

    rgb: PictureArray
    lightness: FloatImage
    chroma: FloatImage


@dataclass(frozen=True, eq=False)
class Told:
    """One stroke, and what it asks for."""

    region: Mask
    stroke: Mask
    color: FloatImage
    turned: bool


@dataclass(frozen=True, eq=False)
class Case:
    """What is measured on one picture."""

    index: int
    truth: Truth
    bare: FloatImage
    """The network's chroma without hints."""
    strokes: Sequence[Told]


def read(path: Path) -> Truth:
    """The central `SIDE` x `SIDE` of a picture, enlarged first if its short side is shorter."""
    image = Image.open(path).convert("RGB")
    factor = SIDE / min(image.size)
    if factor > 1:
        width, height = (max(SIDE, round(side * factor)) for side in image.size)
        image = image.resize((width, height), Image.Resampling.BICUBIC)
    left, top = ((side - SIDE) // 2 for side in image.size)
    rgb = np.asarray(image.crop((left, top, left + SIDE, top + SIDE)))
    planes = np.moveaxis(lab.from_srgb(srgb.to_float(rgb)), -1, 0)
    return Truth(rgb, np.ascontiguousarray(planes[0]), planes[1:].copy())


def files(folder: Path | None, count: int) -> list[Path]:
    """Colour photographs, spread evenly over a folder, or scikit-image's own."""
    if folder is None:
        return [Path(skimage.__file__).parent / "data" / name for name in OWN][:count]
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in ENDINGS)
    return found[:: max(1, len(found) // count)][:count]


def points(truth: Truth, count: int, index: int) -> list[Point]:
    """Random places in their true colours."""
    rng = np.random.default_rng((0, index))
    places = []
    for top, left in rng.integers(0, SIDE - BLOCK + 1, (count, 2)):
        block = np.s_[top : top + BLOCK, left : left + BLOCK]
        mean = (truth.lightness[block].mean(), *truth.chroma[:, *block].mean((1, 2)))
        red, green, blue = np.rint(lab.to_srgb(np.array(mean, np.float32)) * 255).astype(int)
        x, y = (left + BLOCK / 2) / SIDE, (top + BLOCK / 2) / SIDE
        places.append(Point(float(x), float(y), (int(red), int(green), int(blue))))
    return places


def strokes(truth: Truth, count: int, index: int) -> Iterator[Told]:
    """Strokes inside regions, each in its true colour and then in a turned one."""
    rng = np.random.default_rng((1, index))
    scaled = np.stack((truth.lightness, *truth.chroma), axis=-1) / 100
    labels = segmentation.felzenszwalb(scaled, scale=150, sigma=0.8, min_size=600, channel_axis=-1)
    sizes = np.bincount(labels.ravel()) / labels.size
    for label in rng.permutation(np.flatnonzero((sizes > 0.02) & (sizes < 0.5))):
        region = labels == label
        stroke = _stroke(region, rng)
        if stroke is not None and count > 0:
            count -= 1
            color = truth.chroma[:, stroke].mean(axis=1)
            yield Told(region, stroke, color, turned=False)
            yield Told(region, stroke, _turned(color, rng), turned=True)


def _stroke(region: Mask, rng: Generator, radius: int = 3) -> Mask | None:
    """The longest of twenty straight strokes, up to 60 pixels, that stay inside a region."""
    depth = ndimage.distance_transform_edt(np.pad(region, 1))[1:-1, 1:-1]
    deep = np.argwhere(depth > radius + 1)
    best = None
    for start, end in deep[rng.integers(max(len(deep), 1), size=(20, 2))] if len(deep) else ():
        length = int(np.abs(end - start).max()) + 1
        way = np.rint(np.linspace(start, end, length)).astype(int)
        inside = (depth[way[:, 0], way[:, 1]] > radius).all()
        if inside and length <= 60 and (best is None or length > len(best)):
            best = way
    if best is None:
        return None
    away = np.ones(region.shape, bool)
    away[best[:, 0], best[:, 1]] = False
    return ndimage.distance_transform_edt(away) <= radius


def _turned(color: FloatImage, rng: Generator) -> FloatImage:
    """A colour's chroma with another hue, and at least 30 long."""
    hue = np.arctan2(color[1], color[0]) + np.deg2rad(rng.choice([90, 120, 180, 240, 270]))
    length = max(float(np.hypot(*color)), 30.0)
    return np.array((length * np.cos(hue), length * np.sin(hue)), np.float32)


def drawn(told: Told) -> FloatImage:
    """A stroke as hints."""
    planes = np.zeros((3, SIDE, SIDE), np.float32)
    planes[:, told.stroke] = np.array([*told.color, 1], np.float32)[:, None]
    return planes
