"""Pictures in windows: some rows with what lies above and below them, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pyvips

from photochrom.color.arrays import PictureArray
from photochrom.files import blocks
from photochrom.files.blocks import DTYPES, Form

ROWS = 256
"""Rows that a window gives, its margins apart."""


@dataclass(frozen=True)
class Window:
    """Some rows of a picture and their surroundings."""

    codes: PictureArray
    """Rows x width x bands, margins included."""
    top: int
    """Row of the picture that `codes` begins with."""
    inner: slice
    """Rows of `codes` that are this window's own."""

    @property
    def rows(self) -> slice:
        """Rows of the picture that `codes` holds."""
        return slice(self.top, self.top + len(self.codes))

    @property
    def own(self) -> slice:
        """Rows of the picture that are this window's own."""
        return slice(self.top + self.inner.start, self.top + self.inner.stop)


def form_of(image: pyvips.Image) -> Form:
    """Size and kind of a picture."""
    return Form(image.width, image.height, image.bands, DTYPES[image.format])


def windows(image: pyvips.Image, margin: int) -> Iterator[Window]:
    """A picture from top to bottom, decoded once; every row is one window's own."""
    held, top, begin = np.empty(0), 0, 0
    for rows in _in_one_thread(image):
        held = np.concatenate((held, rows)) if held.size else rows
        while top + len(held) >= begin + ROWS + margin < image.height:
            window = _cut(held, top, begin, begin + ROWS, margin)
            yield window
            begin += ROWS
            first = max(begin - margin, 0)
            held, top = held[first - top :], first
    while begin < image.height:
        end = min(begin + ROWS, image.height)
        yield _cut(held, top, begin, end, margin)
        begin = end


def changed(
    image: pyvips.Image, margin: int, change: Callable[[Window], PictureArray]
) -> pyvips.Image:
    """A picture whose windows' own rows are what `change` makes of them, to be pulled once."""
    return blocks.picture(form_of(image), (change(window) for window in windows(image, margin)))


def _cut(held: PictureArray, top: int, begin: int, end: int, margin: int) -> Window:
    first, last = max(begin - margin, 0), min(end + margin, top + len(held))
    return Window(held[first - top : last - top], first, slice(begin - first, end - first))


def _in_one_thread(image: pyvips.Image) -> Iterator[PictureArray]:
    """Blocks of a picture; libvips wants all of a region's work from one thread."""
    parts = blocks.of(image, form_of(image))
    with ThreadPoolExecutor(1) as reader:
        try:
            while (part := reader.submit(next, parts, None).result()) is not None:
                yield part
        finally:
            reader.submit(parts.close)
