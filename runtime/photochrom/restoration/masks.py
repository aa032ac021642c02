"""Masks of damage: kept on disk while they are used, read from a person's file, written as PNG."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import numpy as np
import pyvips
from numpy.typing import NDArray

from photochrom.errors import InputError, OutputError, UsageError
from photochrom.files import orientation
from photochrom.files.opening import open_picture
from photochrom.files.source import check_file, unreadable
from photochrom.files.whole import scratch_file, whole_file
from photochrom.restoration.dust import Mask
from photochrom.restoration.opencv import cv2
from photochrom.restoration.options import Touch

THICKEST = 32767
"""Pixels of a line that OpenCV draws."""
DAMAGED = 128
"""Grey of a mask from which a pixel counts as damaged."""


class MaskFile:
    """A mask as large as the picture, in its stored layout, a byte a pixel, not in memory."""

    def __init__(self, path: Path, width: int, height: int) -> None:
        self._pixels: NDArray[np.uint8] = np.memmap(path, np.uint8, "w+", shape=(height, width))

    def rows(self, rows: slice) -> Mask:
        """bool, of some rows."""
        return self._pixels[rows] > 0

    def put(self, rows: slice, mask: Mask) -> None:
        """Set some rows."""
        self._pixels[rows] = mask.astype(np.uint8) * 255

    def touch(self, touches: Sequence[Touch], turned: int) -> None:
        """Mark what a person marked; `turned` is the picture's EXIF orientation."""
        height, width = self._pixels.shape
        for one in touches:
            # a line needs two ends
            points = one.points if len(one.points) > 1 else one.points * 2
            places = [orientation.stored_place(place, turned) for place in points]
            # pixels' centres are whole numbers; in 1/256 of a pixel
            way = np.array(places) * (width, height) - 0.5
            thick = max(1, round(2 * one.radius * max(width, height)))
            codes = np.rint(way * 256).astype(np.int32)[None]
            value = 255 * one.damaged
            cv2().polylines(self._pixels, codes, False, value, min(thick, THICKEST), shift=8)

    def part(self, rows: slice, columns: slice, turned: int) -> NDArray[np.uint8]:
        """Some of it, upright: 0 or 255."""
        upright: Any = orientation.upright(cast(Any, self._pixels), turned)
        return np.asarray(upright[rows, columns])

    @property
    def share(self) -> float:
        """Of damaged pixels."""
        return np.count_nonzero(self._pixels) / self._pixels.size

    def save(self, target: Path, turned: int) -> None:
        """Write it as a PNG, upright.

        Raises:
            OutputError: if it can't be written.
        """
        upright: Any = orientation.upright(cast(Any, self._pixels), turned)
        picture = pyvips.Image.new_from_array(np.ascontiguousarray(upright))
        try:
            with whole_file(target) as temporary:
                picture.pngsave(os.fsencode(temporary), bitdepth=1)
        except pyvips.Error as error:
            raise OutputError(f"can't write the mask {target}; is the disk full?") from error

    def load(self, path: Path, turned: int) -> None:
        """Read a person's mask: upright, white is damage; what is transparent is none.

        Raises:
            InputError: if it can't be read or has another size than the picture.
        """
        height, width = self._pixels.shape
        sides = (height, width) if turned >= 5 else (width, height)
        pixels = _read(path)
        if pixels.shape[::-1] != sides:
            raise InputError(
                f"the mask {path} is {pixels.shape[1]} x {pixels.shape[0]} and the picture "
                f"{sides[0]} x {sides[1]}; a mask has the picture's size (--mask-out writes one)"
            )
        self._pixels[:] = (orientation.stored(cast(Any, pixels), turned) >= DAMAGED) * np.uint8(255)


@contextmanager
def scratch_mask(folder: Path | None, width: int, height: int) -> Iterator[MaskFile]:
    """An empty mask, gone at the end of the block."""
    with scratch_file(folder, ".mask") as path:
        yield MaskFile(path, width, height)


def check_mask_target(target: Path, sources: tuple[Path, ...], overwrite: bool) -> None:
    """Refuse a place for a mask before any work is done.

    Raises:
        UsageError: if its name does not end in ``.png``.
        OutputError: if it is there already, or has no folder.
    """
    if target.suffix.lower() != ".png":
        raise UsageError(f"masks are written as PNG; let {target} end in .png")
    if os.path.exists(target) and any(os.path.samefile(target, source) for source in sources):
        raise OutputError(f"{target} is a source itself; sources are never changed")
    if os.path.exists(target) and not overwrite:
        raise OutputError(f"{target} exists already; use --overwrite or another name")
    if not os.path.isdir(target.parent):
        raise OutputError(f"no such folder: {target.parent}; make it first")


def _read(path: Path) -> NDArray[np.uint8]:
    check_file(path)
    try:
        image = open_picture(path).autorot()
        if image.hasalpha():
            image = image.flatten(background=0)
        grey = image.colourspace("b-w")[0]
        return np.asarray(grey.numpy(), np.uint8).reshape(image.height, image.width)
    except pyvips.Error as error:
        raise unreadable(path, error) from error
