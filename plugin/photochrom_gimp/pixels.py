"""Pixels of GIMP's drawables, as bytes in a fixed set of formats."""

from __future__ import annotations

from typing import NamedTuple

from gi.repository import Babl, Gegl, Gimp

from exchange import Picture, whole

MODELS = {1: "Y'", 2: "Y'A", 3: "R'G'B'", 4: "R'G'B'A"}
"""Of pixels by their channels. A format that babl does not know ends the process, so these alone
are used."""
HINTS = "R'G'B'A u8"
DEPTHS = {
    Gimp.Precision.U8_NON_LINEAR: "u8",
    Gimp.Precision.U8_LINEAR: "u16",
    Gimp.Precision.U8_PERCEPTUAL: "u16",
    Gimp.Precision.U16_NON_LINEAR: "u16",
}
"""In what integers pixels travel without a loss; all others travel as floats."""


class Form(NamedTuple):
    """How a layer's pixels travel."""

    picture: Picture
    profile: bytes | None
    """The image's own, where pixels are in it; None: they are in sRGB."""

    def named(self, channels: int, layer: Gimp.Drawable) -> str:
        """Format of pixels with so many channels; without a profile its name means sRGB."""
        plain = f"{MODELS[channels]} {self.picture.type}"
        if self.profile is None:
            return plain
        return str(Babl.get_name(Babl.format_with_space(plain, layer.get_format())))


def form_of(image: Gimp.Image, layer: Gimp.Drawable) -> Form:
    """How a layer's pixels travel best: as they are stored, if that can be."""
    color = 1 if image.get_base_type() == Gimp.ImageBaseType.GRAY else 3
    kind = DEPTHS.get(image.get_precision(), "float")
    width, height = layer.get_width(), layer.get_height()
    picture = Picture(width, height, color + int(layer.has_alpha()), kind)
    profile = image.get_color_profile()
    own = image.get_base_type() == Gimp.ImageBaseType.RGB and kind != "float"
    return Form(picture, bytes(profile.get_icc_profile()) if profile and own else None)


def rows(buffer: Gegl.Buffer, form: str, width: int, top: int, count: int) -> bytes:
    """Rows of a buffer."""
    place = Gegl.Rectangle.new(0, top, width, count)
    return bytes(buffer.get(place, 1.0, form, Gegl.AbyssPolicy.NONE))


def set_rows(buffer: Gegl.Buffer, form: str, width: int, top: int, data: bytes, size: int) -> None:
    """Write rows, of which each has `size` bytes."""
    count = len(data) // size
    buffer.set(Gegl.Rectangle.new(0, top, width, count), form, whole(data, size * count))


def seen_from(layer: Gimp.Drawable, painted: Gimp.Drawable, top: int, count: int) -> bytes:
    """Rows of `layer`, with what lies there on another one: R, G, B, A of 8 bits."""
    _, left, first = layer.get_offsets()
    _, other_left, other_first = painted.get_offsets()
    place = Gegl.Rectangle.new(
        left - other_left, first + top - other_first, layer.get_width(), count
    )
    buffer = painted.get_buffer()
    return bytes(buffer.get(place, 1.0, HINTS, Gegl.AbyssPolicy.NONE))


def small(layer: Gimp.Drawable, place: tuple[int, int, int, int], factor: int, form: str) -> bytes:
    """A part of a layer, `factor` (a power of two) times smaller; `place` is in small pixels."""
    buffer = layer.get_buffer()
    return bytes(buffer.get(Gegl.Rectangle.new(*place), 1 / factor, form, Gegl.AbyssPolicy.NONE))
