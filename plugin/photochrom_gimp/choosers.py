"""Widgets for two arguments: which layer holds hints, and what is put right first."""

from __future__ import annotations

from gi.repository import Gimp, Gtk

from settings import STEPS, steps_of

NONE, AUTO, CHOSEN = "none", "auto", "chosen"
WAYS = {NONE: "Nothing", AUTO: "What the picture needs", CHOSEN: "Chosen:"}


def hints(config: Gimp.ProcedureConfig, image: Gimp.Image) -> Gtk.Widget:
    """A list of the image's layers."""
    box = Gtk.ComboBoxText(hexpand=True)
    box.append("", "None")
    for layer in _all(image.get_layers()):
        box.append(str(layer.get_id()), layer.get_name())

    def show(*_: object) -> None:
        layer = config.get_property("hints")
        box.set_active_id("" if layer is None else str(layer.get_id()))

    def take(_: Gtk.Widget) -> None:
        number = box.get_active_id()
        layer = Gimp.Layer.get_by_id(int(number)) if number else None
        if layer != config.get_property("hints"):
            config.set_property("hints", layer)

    show()
    box.connect("changed", take)
    config.connect("notify::hints", show)
    return box


def restoration(config: Gimp.ProcedureConfig) -> Gtk.Widget:
    """Nothing, what is needed, or chosen steps."""
    box = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=4)
    way = Gtk.ComboBoxText()
    for name, words in WAYS.items():
        way.append(name, words)
    mode = Gtk.SelectionMode.NONE
    grid = Gtk.FlowBox(selection_mode=mode, min_children_per_line=2, max_children_per_line=2)
    checks = {name: Gtk.CheckButton(label=words) for name, words in STEPS.items()}
    for check in checks.values():
        grid.add(check)
    box.pack_start(way, False, False, 0)
    box.pack_start(grid, False, False, 0)

    def show(*_: object) -> None:
        steps = steps_of(config.get_property("restore") or NONE)
        if steps or way.get_active_id() != CHOSEN:
            way.set_active_id(AUTO if steps is None else CHOSEN if steps else NONE)
        for name, check in checks.items():
            check.set_active(name in (steps or ()))
        grid.set_sensitive(way.get_active_id() == CHOSEN)

    def take(_: Gtk.Widget) -> None:
        chosen = way.get_active_id()
        grid.set_sensitive(chosen == CHOSEN)
        steps = [name for name, check in checks.items() if check.get_active()]
        told = ",".join(steps) or NONE if chosen == CHOSEN else chosen or NONE
        if told != config.get_property("restore"):
            config.set_property("restore", told)

    show()
    way.connect("changed", take)
    for check in checks.values():
        check.connect("toggled", take)
    config.connect("notify::restore", show)
    return box


def labelled(words: str, widget: Gtk.Widget) -> Gtk.Widget:
    """A widget behind its name."""
    label = Gtk.Label.new_with_mnemonic(words)
    label.set_mnemonic_widget(widget)
    label.set_valign(Gtk.Align.START)
    box = Gtk.Box(orientation=Gtk.Orientation.HORIZONTAL, spacing=12)
    box.pack_start(label, False, False, 0)
    box.pack_start(widget, True, True, 0)
    return box


def _all(layers: list[Gimp.Layer]) -> list[Gimp.Layer]:
    """Layers and those in groups, from top to bottom; groups hold no strokes."""
    found = []
    for layer in layers:
        found += _all(layer.get_children()) if layer.is_group() else [layer]
    return found
