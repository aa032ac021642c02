"""The picture that a worker holds open for a person to look at."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np
import pyvips

from photochrom.errors import UsageError
from photochrom.files.pulling import Watch
from photochrom.options import Options
from photochrom.viewing.view import Side, View, open_view

if TYPE_CHECKING:
    from collections.abc import Mapping

    from photochrom.color.arrays import FloatImage, PictureArray
    from photochrom.tiles.answers import TileModel

SIDES = ("before", "after")


class Views:
    """One view at a time; the next one that is opened takes its place."""

    def __init__(self) -> None:
        self._held, self._view = ExitStack(), None

    _view: View | None

    def open(self, model: TileModel, source: Path, options: Options, watch: Watch) -> View:
        """Open a picture; errors are as `open_view`'s."""
        self.close()
        self._view = self._held.enter_context(open_view(model, source, options, watch))
        return self._view

    def close(self) -> None:
        """Let the picture go, if there is one."""
        self._view = None
        self._held.close()

    @property
    def view(self) -> View:
        """The one that is open.

        Raises:
            UsageError: if there is none.
        """
        if self._view is None:
            raise UsageError("no picture is open; send a job of the task open first")
        return self._view


def told(view: View) -> dict[str, Any]:
    """What a program must know of a picture to show it."""
    full = view.levels.images[0]
    return {
        "levels": view.levels.sizes,
        "bands": full.bands,
        "bits": 16 if full.format == "ushort" else 8,
        "notes": list(view.source.notes),
    }


def window(view: View, head: Mapping[str, Any]) -> tuple[dict[str, Any], Any]:
    """A part of the picture: rows of R, G, B in 8 bits of sRGB."""
    place = [head.get(name) for name in ("level", "left", "top", "width", "height")]
    if not all(type(value) is int for value in place):
        raise UsageError("a window needs level, left, top, width and height, whole numbers")
    level, left, top, width, height = (cast("int", value) for value in place)
    side: Side = "mask" if head.get("side") == "mask" else side_of(head)
    return picture(view.window(level, left, top, width, height, side))


def side_of(head: Mapping[str, Any]) -> Literal["before", "after"]:
    """Which side of the colouring a job wants to see.

    Raises:
        UsageError: if there is none of that name.
    """
    side = head.get("side", "after")
    if side not in SIDES:
        raise UsageError(f"side is before or after, not {side!r}")
    return cast('Literal["before", "after"]', side)


def picture(pixels: PictureArray) -> tuple[dict[str, Any], Any]:
    """Rows of R, G, B in 8 bits of sRGB."""
    height, width = pixels.shape[:2]
    return {"width": width, "height": height}, np.ascontiguousarray(pixels)


def jpeg(pixels: PictureArray) -> tuple[dict[str, Any], Any]:
    """The bytes of a JPEG file."""
    height, width = pixels.shape[:2]
    data = pyvips.Image.new_from_array(pixels).jpegsave_buffer(Q=80, keep="none")
    return {"width": width, "height": height}, data


def plane(values: FloatImage) -> tuple[dict[str, Any], Any]:
    """Rows of bytes, 0..255, of values 0..1."""
    height, width = values.shape
    codes = np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8)
    return {"width": width, "height": height}, codes


def stacked(pictures: Mapping[int, PictureArray]) -> tuple[dict[str, Any], Any]:
    """Pictures of one size, one below the other, and their numbers."""
    head, rows = picture(np.concatenate(list(pictures.values())))
    return {**head, "height": head["height"] // len(pictures), "numbers": [*pictures]}, rows
