"""GIMP's procedure dialog with a preview."""

from __future__ import annotations

import gi

gi.require_version("GdkPixbuf", "2.0")
gi.require_version("Gimp", "3.0")
gi.require_version("GimpUi", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import GdkPixbuf, Gimp, GimpUi, GLib, Gtk

import arguments
import choosers
import coloring
import memory
import pixels
import words
from exchange import Picture
from photochrom_worker.client import Worker
from runtime_file import Runtime
from settings import job_of
from trying import Copy, Trier, Wish

TITLE = "Colorize"
SIDE = 512
"""Pixels of the copy's long side, at most; it has more than half of them."""
SHOWN = 420
"""Pixels of the preview's long side, at most."""
PAUSE = 250
"""Milliseconds without a change after which the preview is worked out."""
SCALES = ("strength", "saturation", "warmth")
PARTS = (("output",), (*SCALES, "detail"), ("model", "device"))
"""Arguments with GIMP's own widgets; ours lie between them."""


def ask(
    procedure: Gimp.Procedure,
    config: Gimp.ProcedureConfig,
    image: Gimp.Image,
    drawables: list[Gimp.Drawable],
    runtime: Runtime,
) -> tuple[bool, Worker | None]:
    """Let the person choose.

    Returns:
        Whether they want it, and a worker that has started already, if there is one.
    """
    GimpUi.init(arguments.NAME)
    settle(config, image)
    dialog = GimpUi.ProcedureDialog.new(procedure, config, TITLE)
    for name in SCALES:
        dialog.get_scale_entry(name, 1.0)
    box = settings_box(dialog, config, image)
    preview = Preview(config, image, drawables, runtime)
    both = Gtk.Box(orientation=Gtk.Orientation.HORIZONTAL, spacing=12, margin=12)
    both.pack_start(preview.widget, False, False, 0)
    both.pack_start(box, True, True, 0)
    dialog.get_content_area().pack_start(both, True, True, 0)
    both.show_all()
    preview.wish()
    wanted = dialog.run()
    worker = preview.close()
    dialog.destroy()
    if not wanted and worker is not None:
        worker.close()
        worker = None
    return wanted, worker


def settings_box(
    dialog: GimpUi.ProcedureDialog, config: Gimp.ProcedureConfig, image: Gimp.Image
) -> Gtk.Widget:
    """All arguments, one below the other."""
    box = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=6)
    ours = [
        choosers.labelled("_Hints", choosers.hints(config, image)),
        choosers.labelled("R_estore first", choosers.restoration(config)),
    ]
    for number, names in enumerate(PARTS):
        box.pack_start(dialog.fill_box(f"photochrom-{number}", list(names)), False, False, 0)
        for widget in ours[number : number + 1]:
            box.pack_start(widget, False, False, 0)
    return box


def settle(config: Gimp.ProcedureConfig, image: Gimp.Image) -> None:
    """Forget hints of another image; take those of the last run on this one."""
    hints = config.get_property("hints")
    if hints is None or hints.get_image().get_id() != image.get_id():
        config.set_property("hints", memory.recall(image).hints)


class Preview:
    """A small copy of the picture, coloured as is chosen."""

    def __init__(
        self,
        config: Gimp.ProcedureConfig,
        image: Gimp.Image,
        drawables: list[Gimp.Drawable],
        runtime: Runtime,
    ) -> None:
        self._config, self._image, self._drawables = config, image, drawables
        self._trier = Trier(runtime, lambda shown: GLib.idle_add(self._show, shown))
        self._copy: tuple[Gimp.Layer, Copy] | None = None
        self._waiting = 0
        self._picture = Gtk.Image()
        self._picture.set_size_request(SHOWN, SHOWN * 3 // 4)
        self._words = Gtk.Label(wrap=True, max_width_chars=44, selectable=True)
        self._wanted = Gtk.CheckButton(label="_Preview", use_underline=True, active=True)
        self._wanted.connect("toggled", lambda _: self._changed())
        self._heard = config.connect("notify", lambda *_: self._changed())
        self.widget = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=6)
        for part in (self._picture, self._words, self._wanted):
            self.widget.pack_start(part, part is self._picture, True, 0)

    def close(self) -> Worker | None:
        """No more previews; returns the worker, if it can be of use."""
        self._config.disconnect(self._heard)
        if self._waiting:
            GLib.source_remove(self._waiting)
        return self._trier.close()

    def wish(self) -> bool:
        """Ask for what is chosen now."""
        self._waiting = 0
        if not self._wanted.get_active():
            self._draw(self._small().pixels)
            return GLib.SOURCE_REMOVE
        try:
            chosen = arguments.chosen(self._config)
            copy = self._small()
            self._trier.wish(Wish(copy, self._hints(copy.picture), job_of(chosen)))
        except words.CantColorizeError as error:
            self._words.set_text(words.of(error))
        return GLib.SOURCE_REMOVE

    def _changed(self) -> None:
        if self._waiting:
            GLib.source_remove(self._waiting)
        self._waiting = GLib.timeout_add(PAUSE, self.wish)

    def _layers(self) -> coloring.Layers:
        hints = self._config.get_property("hints")
        return coloring.layers_of(self._image, self._drawables, hints, repeats=False)

    def _small(self) -> Copy:
        """The layer that is coloured, made small once."""
        layer = self._layers().source
        if self._copy is None or self._copy[0] != layer:
            factor = _factor(layer)
            channels = 4 if layer.has_alpha() else 3
            size = max(1, layer.get_width() // factor), max(1, layer.get_height() // factor)
            picture = Picture(*size, channels, "u8")
            form = f"{pixels.MODELS[channels]} u8"
            self._copy = layer, Copy(picture, pixels.small(layer, (0, 0, *size), factor, form))
        return self._copy[1]

    def _hints(self, picture: Picture) -> bytes | None:
        layers = self._layers()
        if layers.hints is None:
            return None
        factor = _factor(layers.source)
        _, left, top = layers.source.get_offsets()
        _, other_left, other_top = layers.hints.get_offsets()
        corner = (left - other_left) // factor, (top - other_top) // factor
        place = (*corner, picture.width, picture.height)
        return pixels.small(layers.hints, place, factor, pixels.HINTS)

    def _show(self, shown: bytes | Exception) -> bool:
        if isinstance(shown, Exception):
            self._words.set_text(words.of(shown))
        elif self._wanted.get_active():
            self._words.set_text("")
            self._draw(shown)
        return GLib.SOURCE_REMOVE

    def _draw(self, data: bytes) -> None:
        picture = self._small().picture
        width, height, alpha = picture.width, picture.height, picture.channels == 4
        drawn = GdkPixbuf.Pixbuf.new_from_bytes(
            GLib.Bytes.new(data), GdkPixbuf.Colorspace.RGB, alpha, 8, width, height, picture.row
        )
        scale = min(1.0, SHOWN / max(width, height))
        size = max(1, round(width * scale)), max(1, round(height * scale))
        self._picture.set_from_pixbuf(drawn.scale_simple(*size, GdkPixbuf.InterpType.BILINEAR))


def _factor(layer: Gimp.Layer) -> int:
    """How many times smaller it is shown: a power of two, which GEGL averages well."""
    factor = 1
    while max(layer.get_width(), layer.get_height()) > SIDE * factor:
        factor *= 2
    return factor
