"""A picture at full size and at halves of it, each open to any window."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pyvips

from photochrom.color.arrays import PictureArray

SMALLEST = 256
"""Pixels of the long side at which halving ends."""
EDGE = 256
"""Pixels of a side of the tiles in which a file holds a picture."""


@dataclass(frozen=True)
class Levels:
    """The picture upright, from the full size down."""

    images: tuple[pyvips.Image, ...]
    """1 or 3 bands of uchar or ushort."""

    @property
    def sizes(self) -> list[tuple[int, int]]:
        """Width and height of each."""
        return [(image.width, image.height) for image in self.images]

    def window(self, level: int, left: int, top: int, width: int, height: int) -> PictureArray:
        """Codes of a part, h x w x bands; it must lie inside."""
        part = self.images[level].crop(left, top, width, height)
        pixels: PictureArray = part.numpy().reshape(height, width, part.bands)
        return pixels


def in_memory(color: pyvips.Image, orientation: int) -> Levels:
    """Of a picture that fits into memory; `color` is pulled once."""
    images = [upright(color.copy_memory(), orientation).copy_memory()]
    while max(images[-1].width, images[-1].height) > SMALLEST:
        images.append(_half(images[-1]).copy_memory())
    return Levels(tuple(images))


def write(color: pyvips.Image, orientation: int, path: Path) -> None:
    """Store a picture as a pyramid, in one pass if it is stored upright.

    Args:
        color: as decoded; pulled once.
        orientation: EXIF's, 1 to 8.
        path: of a file, which the caller makes whole.
    """
    # turning needs all of a picture, whose lines come from above
    whole = color if orientation == 1 else color.copy_memory()
    upright(whole, orientation).tiffsave(
        os.fsencode(path),
        tile=True,
        tile_width=EDGE,
        tile_height=EDGE,
        pyramid=True,
        subifd=True,
        bigtiff=True,
        compression="none",
        keep="none",
    )


def of_file(path: Path) -> Levels:
    """What `write` stored; nothing is decoded yet."""
    full = _open(path)
    count = full.get("n-subifds") if full.get_typeof("n-subifds") else 0
    return Levels((full, *(_open(path, subifd=number) for number in range(count))))


def upright(image: pyvips.Image, orientation: int) -> pyvips.Image:
    """Turned as a person sees it."""
    if orientation == 1:
        return image
    turned = image.copy()
    turned.set_type(pyvips.GValue.gint_type, "orientation", orientation)
    return turned.autorot()


def _open(path: Path, **which: int) -> pyvips.Image:
    return pyvips.Image.tiffload(os.fsencode(path), access="random", **which)


def _half(image: pyvips.Image) -> pyvips.Image:
    """Means of four, as libvips' pyramids have them: what is odd is left out at the far sides."""
    across, down = image.width // 2, image.height // 2
    even = image.crop(0, 0, max(2 * across, 1), max(2 * down, 1))
    return even.shrink(2 if across else 1, 2 if down else 1)
