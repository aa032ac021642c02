"""Where coloured pixels go. Nothing of the image changes before all of them are there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from gi.repository import Gegl, Gimp

import provenance
from pixels import Form, set_rows

MODES = {"lch-layer": Gimp.LayerMode.LCH_COLOR, "color-layer": Gimp.LayerMode.NORMAL}
"""Of new layers, by output."""


class Result:
    """Collects the pixels, and then changes the image.

    Args:
        image: of both layers.
        source: the layer that is coloured.
        form: of its pixels.
        into: a layer of the same size whose pixels are replaced; None: there will be a new one.
    """

    def __init__(
        self, image: Gimp.Image, source: Gimp.Layer, form: Form, into: Gimp.Layer | None
    ) -> None:
        self._image, self._source, self._into = image, source, into
        self._picture = form.picture.colored
        self._format = form.named(self._picture.channels, source)
        # GIMP throws a shadow away if this process ends; a layer would stay in its memory
        is_rgb = image.get_base_type() == Gimp.ImageBaseType.RGB
        self._shadow = into.get_shadow_buffer() if into is not None and is_rgb else None
        self._buffer = self._shadow or self._own()

    def _own(self) -> Gegl.Buffer:
        """A buffer of this process."""
        Gegl.init(None)
        return Gegl.Buffer.new(self._format, 0, 0, self._picture.width, self._picture.height)

    def write(self, top: int, rows: int, data: bytes) -> None:
        """Take rows."""
        del rows
        set_rows(self._buffer, self._format, self._picture.width, top, data, self._picture.row)

    def apply(self, output: str, name: str) -> Gimp.Layer:
        """Change the image, as one step of undo; returns the layer with the colours."""
        image = self._image
        with one_step(image):
            if image.get_base_type() != Gimp.ImageBaseType.RGB:
                image.convert_rgb()
            layer = self._into
            if layer is None:
                layer = self._new(MODES.get(output, Gimp.LayerMode.NORMAL), name)
            else:
                self._merge(layer)
            mark(image)
        self._buffer = self._shadow = None
        return layer

    def _merge(self, layer: Gimp.Layer) -> None:
        """Into a layer that is there, inside of the selection."""
        shadow = self._shadow
        if shadow is None:
            shadow = layer.get_shadow_buffer()
            _copy(self._buffer, shadow, self._whole)
        shadow.flush()
        del shadow
        self._shadow = self._buffer = None
        layer.merge_shadow(True)
        layer.update(0, 0, self._picture.width, self._picture.height)

    def _new(self, mode: Gimp.LayerMode, name: str) -> Gimp.Layer:
        """A layer over the source, which stays the one that is chosen."""
        image, source = self._image, self._source
        kind = (
            Gimp.ImageType.RGBA_IMAGE if self._picture.channels == 4 else Gimp.ImageType.RGB_IMAGE
        )
        width, height = self._picture.width, self._picture.height
        layer = Gimp.Layer.new(image, name, width, height, kind, 100.0, mode)
        buffer = layer.get_buffer()
        _copy(self._buffer, buffer, self._whole)
        buffer.flush()
        del buffer
        _, left, top = source.get_offsets()
        layer.set_offsets(left, top)
        chosen = image.get_selected_layers()
        image.insert_layer(layer, source.get_parent(), image.get_item_position(source))
        self._mask(layer)
        layer.update(0, 0, width, height)
        image.set_selected_layers(chosen)
        return layer

    def _mask(self, layer: Gimp.Layer) -> None:
        """Hide what lies outside of the selection, and what the source's own mask hides."""
        own = self._source.get_mask()
        if own is not None:
            mask = layer.create_mask(Gimp.AddMaskType.BLACK)
            layer.add_mask(mask)
            shadow, buffer = mask.get_shadow_buffer(), own.get_buffer()
            _copy(buffer, shadow, self._whole)
            shadow.flush()
            del shadow, buffer
            mask.merge_shadow(True)  # heeds the selection
        elif not Gimp.Selection.is_empty(self._image):
            layer.add_mask(layer.create_mask(Gimp.AddMaskType.SELECTION))
        else:
            return
        layer.set_edit_mask(False)

    @property
    def _whole(self) -> Gegl.Rectangle:
        return Gegl.Rectangle.new(0, 0, self._picture.width, self._picture.height)


def _copy(source: Gegl.Buffer, target: Gegl.Buffer, place: Gegl.Rectangle) -> None:
    source.copy(place, Gegl.AbyssPolicy.NONE, target, place)


@contextmanager
def one_step(image: Gimp.Image) -> Iterator[None]:
    """One step of undo."""
    image.undo_group_start()
    try:
        yield
    finally:
        image.undo_group_end()


def mark(image: Gimp.Image) -> None:
    """Let files that are exported say that a model coloured the picture."""
    metadata = image.get_metadata()
    try:
        words = provenance.marked(metadata.serialize() if metadata is not None else None)
    except ValueError:
        return
    image.set_metadata(Gimp.Metadata.deserialize(words))
