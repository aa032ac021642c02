"""What a person may ask of a colouring; the same in every front end."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from photochrom.errors import UsageError
from photochrom.restoration.options import Restoration

if TYPE_CHECKING:
    from photochrom.hints.layer import Layer
    from photochrom.hints.reference import ColorPicture
    from photochrom.hints.strokes import Stroke


@dataclass(frozen=True)
class Point:
    """A place whose colour the person knows."""

    x: float
    """Across the upright picture, 0 at the left edge and 1 at the right."""
    y: float
    """Down the upright picture, 0 at the top and 1 at the bottom."""
    color: tuple[int, int, int]
    """sRGB, 0..255 each; only its chroma counts, the picture's lightness stays."""

    def __post_init__(self) -> None:
        for name, value in (("X", self.x), ("Y", self.y)):
            if not 0 <= value <= 1:
                raise UsageError(
                    f"a point's {name} is a fraction of the picture's size, 0 to 1, not {value:g}"
                )
        if len(self.color) != 3 or not all(0 <= part <= 255 for part in self.color):
            raise UsageError(f"a point's colour has three parts of 0 to 255, not {self.color}")

    @classmethod
    def parse(cls, text: str) -> Point:
        """Read ``X,Y=#RRGGBB``.

        Raises:
            UsageError: if it is written otherwise or lies outside the picture.
        """
        match = re.fullmatch(r"([\d.]+),([\d.]+)=#([0-9a-fA-F]{6})", text.strip())
        try:
            x, y = (float(part) for part in match.groups()[:2]) if match else (math.nan, math.nan)
        except ValueError:
            match = None
        if match is None:
            raise UsageError(
                f"can't read the point {text!r}; write X,Y=#RRGGBB with X and Y from 0 to 1, "
                "for example 0.5,0.25=#7a4f2b"
            )
        red, green, blue = bytes.fromhex(match.group(3))
        return cls(x, y, (red, green, blue))


LONGEST = 1_000_000
"""Pixels of a side at most; no kind of file holds more."""


@dataclass(frozen=True)
class Delivery:
    """What a person wants of a file; by default all is as the source has it."""

    bits: int | None = None
    """8 or 16 for each channel; None: the source's."""
    long_side: int | None = None
    """Pixels; what is larger is made smaller, and what is smaller stays."""
    profile: str = "source"
    """``source``, or ``srgb`` for screens and the web."""

    def __post_init__(self) -> None:
        if self.bits not in (None, 8, 16):
            raise UsageError(f"files have 8 or 16 bits, not {self.bits!r}")
        side = 1 if self.long_side is None else self.long_side
        if type(side) is not int or not 1 <= side <= LONGEST:
            raise UsageError(f"the long side has 1 to {LONGEST} pixels, not {side!r}")
        if self.profile not in ("source", "srgb"):
            raise UsageError(f"the profile is source or srgb, not {self.profile!r}")

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Width and height of the result, of a picture's."""
        scale = min(1.0, (self.long_side or LONGEST) / max(width, height))
        return max(1, round(width * scale)), max(1, round(height * scale))


AS_IT_IS = Delivery()
UNTOUCHED = Restoration()


@dataclass(frozen=True)
class Options:
    """How a picture is colorized; the defaults are what most people want."""

    strength: float = 1.0
    """1: the new colours; 0: the source's own (grey, or the tone of a sepia print)."""
    saturation: float = 1.0
    """The new colours' chroma is multiplied by this, 0 to 3."""
    warmth: float = 0.0
    """-1: cool, 1: warm (docs/hints.md has the temperatures)."""
    protect: float = 0.0
    """0 to 1: how much chroma is taken away where the model is unsure; two more runs of it."""
    variant: int = 0
    """Which other colouring, by its number on a sheet of variants; 0 is the model's own."""
    points: tuple[Point, ...] = ()
    """Places whose colour the person knows; later ones lie on top, and all on top of `layer`."""
    layer: Layer | None = None
    """Colours painted on a transparent picture; it lies on top of `strokes`."""
    strokes: tuple[Stroke, ...] = ()
    """Colours painted with a brush, later ones on top."""
    reference: ColorPicture | None = None
    """A colour picture whose colours are carried over to where the model sees the same; below all
    that is painted."""
    provenance: bool = True
    """Whether the file says that a model coloured it (XMP, IPTC's DigitalSourceType)."""
    page: int | None = None
    """Which page of a file that holds several, from 1; None: all, if the result can hold them."""
    restoration: Restoration = UNTOUCHED
    """What is put right before the picture is coloured (docs/restoration.md)."""
    delivery: Delivery = AS_IT_IS
    """Depth, size and profile of the file, where they are not to be the source's."""
    size: int | None = None
    """Short side, in pixels, at which the model sees the whole picture, 64 to 1024; None: the
    model's own."""
    detail: int | None = None
    """How often the picture is looked at again at twice the size, in tiles, 0 to 3; None: as often
    as is worth it (docs/tiles.md)."""

    def __post_init__(self) -> None:
        _check_range("strength", self.strength, 0, 1)
        _check_range("saturation", self.saturation, 0, 3)
        _check_range("warmth", self.warmth, -1, 1)
        _check_range("protect", self.protect, 0, 1)
        if not isinstance(self.variant, int) or self.variant < 0:
            raise UsageError(f"variants are numbered from 0, so there is no {self.variant}")
        if self.page is not None and self.page < 1:
            raise UsageError(f"pages are counted from 1, so there is no page {self.page}")
        if self.size is not None and not (isinstance(self.size, int) and 64 <= self.size <= 1024):
            raise UsageError(f"the working size lies between 64 and 1024 pixels, not {self.size}")
        if self.detail not in (None, 0, 1, 2, 3):
            raise UsageError(f"detail is 0, 1, 2, 3 or auto, not {self.detail}")

    @property
    def hinted(self) -> bool:
        """Whether anything is said of colours at places."""
        painted = self.layer is not None and not self.layer.empty
        return bool(self.points or self.strokes or painted)


def _check_range(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise UsageError(f"{name} lies between {low:g} and {high:g}, not {value:g}")
