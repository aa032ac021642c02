"""Variants: other plausible colourings of a picture, to choose from by looking.

A candidate is the model's answer when it is half told that some regions of the picture have other
colours; what it does not believe, it pulls back. Of many candidates those are taken that lie
farthest apart. A candidate's number is its seed: number and picture are all that it depends on.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pyvips
from numpy.typing import NDArray

from photochrom.color import gamut, srgb
from photochrom.color.arrays import FloatImage, PictureArray
from photochrom.errors import OutputError, UsageError
from photochrom.files import scaling
from photochrom.files.whole import whole_file

Ask: TypeAlias = Callable[[FloatImage, FloatImage], FloatImage]
"""L* (H x W) and a guess (hints, 3 x H x W) to a*, b* (2 x h x w): the network, told that."""

MOST = 16
"""Variants on one sheet."""
CANDIDATES = 4
"""Candidates that are tried for each variant."""
REGIONS = 5
"""Parts of a picture that get a colour each."""
CHANGED = 0.7
"""Chance of a part to be told another colour."""
SPREAD = ((90.0, 80.0), (80.0, 260.0))
"""Covariance of the change told, in a* and b*: things of one kind differ more between blue and
orange than between green and magenta, so that changes along that axis stay plausible."""
CONFIDENCE = 0.4
"""How far the network is asked to believe it."""
SOFT = 0.03
"""Blur of the parts' borders, over the picture's short side."""


@dataclass(frozen=True)
class Variant:
    """One colouring."""

    number: int
    """What to ask for to get it again; 0 is the colouring without a guess."""
    chroma: FloatImage
    """2 x H x W float32: a*, b* at the working size."""


def choose(ask: Ask, lightness: FloatImage, chroma: FloatImage, count: int) -> list[Variant]:
    """Clearly different colourings, the model's own first.

    Args:
        ask: the model; it must take hints.
        lightness: H x W, L* 0..100, at working size.
        chroma: 2 x H x W, the model's answer without any hints.
        count: how many, 2 to 16.

    Raises:
        UsageError: if `count` is out of range.
    """
    check_count(count)
    tried = [variant(ask, lightness, chroma, at) for at in range(count * CANDIDATES)]
    order = _farthest(np.stack([_small(one.chroma) for one in tried]), count)
    return sorted((tried[at] for at in order), key=lambda one: one.number)


def check_count(count: int) -> None:
    """Refuse a number of variants that no sheet has.

    Raises:
        UsageError: if it is none of 2 to 16.
    """
    if not 2 <= count <= MOST:
        raise UsageError(f"variants are 2 to {MOST} on a sheet, not {count}")


def variant(ask: Ask, lightness: FloatImage, chroma: FloatImage, number: int) -> Variant:
    """The colouring of this number; arguments as for `choose`.

    Raises:
        UsageError: if the number is negative.
    """
    if number < 0:
        raise UsageError(f"variants are numbered from 0, so there is no {number}")
    nothing = np.zeros((3, *lightness.shape), np.float32)
    told = hints(lightness, chroma, number) if number else nothing
    height, width = lightness.shape
    return Variant(number, scaling.fit_planes(ask(lightness, told), width, height))


def hints(lightness: FloatImage, chroma: FloatImage, number: int) -> FloatImage:
    """What the network is told for a number from 1: 3 x H x W, a*, b* and confidence."""
    rng = np.random.default_rng(number)
    parts = _parts(lightness, chroma)
    told = chroma.astype(np.float32).copy()
    for part in range(REGIONS):
        inside = parts == part
        if inside.any() and rng.random() < CHANGED:
            told[:, inside] += rng.multivariate_normal((0, 0), SPREAD)[:, None]
    blur = max(0.5, SOFT * min(lightness.shape))
    soft = scaling.from_planes(told).gaussblur(blur, precision="float").numpy()
    sure = np.full((1, *lightness.shape), CONFIDENCE, np.float32)
    return np.concatenate((np.moveaxis(soft, -1, 0), sure))


def render(lightness: FloatImage, chroma: FloatImage) -> PictureArray:
    """L* (H x W) and a*, b* (2 x H x W) as uint8 sRGB, H x W x 3."""
    colors = gamut.lab_to_srgb(np.stack((lightness, *chroma), axis=-1))
    return srgb.from_float(colors, np.dtype(np.uint8))


def sheet(pictures: Mapping[int, PictureArray]) -> PictureArray:
    """Pictures of one size (uint8, H x W x 3) side by side, each with its number below it."""
    height, width = next(iter(pictures.values())).shape[:2]
    across = int(np.ceil(np.sqrt(len(pictures) * height / width)))
    tiles = [_tile(number, pixels) for number, pixels in pictures.items()]
    empty = np.full_like(tiles[0], 255)
    tiles += [empty] * (-len(tiles) % across)
    rows = [np.concatenate(tiles[at : at + across], 1) for at in range(0, len(tiles), across)]
    return np.concatenate(rows)


def write_sheet(pixels: PictureArray, path: Path) -> None:
    """Write a sheet as PNG, whole or not at all.

    Raises:
        OutputError: if it can't be written.
    """
    try:
        with whole_file(path) as temporary:
            pyvips.Image.new_from_array(pixels).pngsave(os.fsencode(temporary))
    except pyvips.Error as error:
        raise OutputError(f"can't write {path}; is the disk full?") from error


def _tile(number: int, pixels: PictureArray) -> PictureArray:
    label = np.full((26, pixels.shape[1], 3), 255, np.uint8)
    drawn = _digits(number)[: label.shape[0] - 6, : max(pixels.shape[1] - 6, 0)]
    label[3 : 3 + drawn.shape[0], 6 : 6 + drawn.shape[1]] = drawn[..., None]
    return np.pad(np.concatenate((pixels, label)), ((4, 0), (4, 4), (0, 0)), constant_values=255)


def _digits(number: int) -> PictureArray:
    """A number as black on white, 20 pixels high; drawn here, as libvips may find no font."""
    glyphs = [_GLYPHS[int(digit)] for digit in str(number)]
    rows = ["0".join(f"{glyph[row]:03b}" for glyph in glyphs) for row in range(5)]
    black = np.array([[pixel == "1" for pixel in row] for row in rows])
    return np.where(black, 0, 255).astype(np.uint8).repeat(4, 0).repeat(4, 1)


_GLYPHS = (
    (7, 5, 5, 5, 7),
    (2, 6, 2, 2, 7),
    (7, 1, 7, 4, 7),
    (7, 1, 7, 1, 7),
    (5, 5, 7, 1, 1),
    (7, 4, 7, 1, 7),
    (7, 4, 7, 5, 7),
    (7, 1, 2, 2, 2),
    (7, 5, 7, 5, 7),
    (7, 5, 7, 1, 7),
)
"""Digits in 3 x 5 pixels: five rows of three bits."""


def _parts(lightness: FloatImage, chroma: FloatImage) -> NDArray[np.intp]:
    """Which of `REGIONS` parts each pixel belongs to: k-means over place, light and chroma."""
    height, width = lightness.shape
    rows, columns = np.mgrid[:height, :width] / np.float32(min(height, width))
    planes = np.stack((lightness / 25, *(chroma / 12), rows, columns))
    few = scaling.fit_planes(planes.astype(np.float32), min(width, 64), min(height, 64))
    centres = _means(few.reshape(5, -1).T)
    distances = [((planes - centre[:, None, None]) ** 2).sum(axis=0) for centre in centres]
    return np.argmin(np.stack(distances), axis=0)


def _means(places: FloatImage) -> FloatImage:
    """Centres (K x C) of clusters of places (N x C), Lloyd's algorithm from places far apart."""
    centres = places[_farthest(places, min(REGIONS, len(places)))]
    for _ in range(10):
        nearest = np.argmin(((places[:, None] - centres) ** 2).sum(-1), axis=1)
        own = [places[nearest == at] for at in range(len(centres))]
        means = [part.mean(0) if len(part) else old for part, old in zip(own, centres, strict=True)]
        centres = np.stack(means)
    return centres


def _farthest(vectors: FloatImage, count: int) -> list[int]:
    """Indices of `count` vectors (N x C), the first and then each farthest from those taken."""
    taken = [0]
    nearest = ((vectors - vectors[0]) ** 2).sum(axis=1)
    while len(taken) < count:
        taken.append(int(nearest.argmax()))
        nearest = np.minimum(nearest, ((vectors - vectors[taken[-1]]) ** 2).sum(axis=1))
    return taken


def _small(chroma: FloatImage) -> FloatImage:
    """Chroma in a few cells, as one vector."""
    return scaling.fit_planes(chroma, 12, 12).ravel()
