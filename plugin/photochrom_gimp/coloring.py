"""One run: which layer is coloured, its pixels' way there and back, what becomes of the image."""

from __future__ import annotations

from typing import Any, NamedTuple

from gi.repository import Gimp

import exchange
import memory
import pixels
from memory import Last
from photochrom_worker.client import Worker
from result import Result
from runtime_file import Runtime
from settings import SLOW, changes_light, job_of
from words import CantColorizeError


class Layers(NamedTuple):
    """What a run is about."""

    source: Gimp.Layer
    hints: Gimp.Layer | None
    repeated: Gimp.Layer | None = None
    """The result of the run that is repeated, whose pixels are to be replaced."""


def layers_of(
    image: Gimp.Image, drawables: list[Gimp.Drawable], hints: Gimp.Layer | None, repeats: bool
) -> Layers:
    """Which layers are meant.

    Args:
        image: that they are in.
        drawables: what is chosen in it.
        hints: the layer that was given for hints.
        repeats: whether the last run is repeated, with what was said then.

    Raises:
        CantColorizeError: if none can be meant.
    """
    last = memory.recall(image)
    if hints is not None and hints.get_image().get_id() != image.get_id():
        hints = None if repeats else _refuse("the layer of hints is in another image")
    if repeats and hints is None:
        hints = last.hints
    chosen = _layer(drawables)
    helper = chosen in (hints, last.hints, last.result)
    source = last.source if helper and last.source is not None else chosen
    if source == hints:
        source = _below(image, source)
    return Layers(source, hints, last.result if repeats and last.source == source else None)


def _layer(drawables: list[Gimp.Drawable]) -> Gimp.Layer:
    if len(drawables) != 1:
        _refuse("one layer is colorized at a time: choose a single one")
    (drawable,) = drawables
    if isinstance(drawable, Gimp.LayerMask):
        return Gimp.Layer.from_mask(drawable)
    if not isinstance(drawable, Gimp.Layer):
        _refuse("a channel can't be colorized: choose a layer")
    return drawable


def _below(image: Gimp.Image, layer: Gimp.Layer) -> Gimp.Layer:
    """What strokes lie on, if the layer that they were painted on is still the active one."""
    parent = layer.get_parent()
    siblings = image.get_layers() if parent is None else parent.get_children()
    under = siblings[siblings.index(layer) + 1 :]
    if not under:
        _refuse("the layer of hints lies on no other: choose the photograph's layer")
    return under[0]


def _refuse(words: str) -> Any:
    raise CantColorizeError(words)


def check(image: Gimp.Image, layers: Layers, output: str) -> None:
    """Refuse what would fail later.

    Raises:
        CantColorizeError: which says what to do.
    """
    source = layers.source
    if output == "in-place" and source.is_group():
        _refuse("a group has no pixels of its own: choose a new layer as output")
    if output == "in-place" and source.get_lock_content():
        _refuse("the layer's pixels are locked: unlock them, or choose a new layer as output")
    selected = not Gimp.Selection.is_empty(image)
    if selected and not source.mask_intersect()[0]:
        _refuse(
            "the selection does not touch the layer: choose Select > None, or select some of it"
        )


def colorize(
    image: Gimp.Image, layers: Layers, chosen: dict[str, Any], worker: Worker, runtime: Runtime
) -> Gimp.Layer:
    """Colour a layer; the image changes at the very end, in one step.

    Args:
        image: of the layer.
        layers: as `layers_of` found them, and `check` let them pass.
        chosen: values of arguments by name.
        worker: that has shaken hands.
        runtime: how it was started.

    Returns:
        The layer with the colours.
    """
    source, hints = layers.source, layers.hints
    silence = runtime.silence
    form = pixels.form_of(image, source)
    if not exchange.begin(worker, form.picture, form.profile, silence):
        form = form._replace(profile=None)
    _send(worker, source, hints, form, silence)
    output = chosen["output"]
    if output == "lch-layer" and changes_light(chosen):
        output = "color-layer"  # the other mode would hide the light that was put right
    result = Result(image, source, form, _into(layers, output))
    patience = max(silence, SLOW.get(chosen["device"], 0.0))
    told = exchange.color(
        worker, form.picture, job_of(chosen), result.write, Gimp.progress_update, patience
    )
    Gimp.progress_end()  # there is nothing left to cancel
    made = result.apply(output, f"{source.get_name()} (colour)")
    memory.keep(image, Last(source, hints, None if made == source else made))
    for note in told.get("notes", []):
        Gimp.message(f"photochrom: {note}")
    return made


def _into(layers: Layers, output: str) -> Gimp.Layer | None:
    """The layer whose pixels are replaced, if any."""
    source, _, repeated = layers
    if output == "in-place":
        return source
    if repeated is None or repeated.get_lock_content():
        return None
    same = all(
        getattr(source, side)() == getattr(repeated, side)() for side in ("get_width", "get_height")
    )
    return repeated if same and source.get_offsets() == repeated.get_offsets() else None


def _send(
    worker: Worker,
    source: Gimp.Layer,
    hints: Gimp.Layer | None,
    form: pixels.Form,
    silence: float,
) -> None:
    picture = form.picture
    buffer, name = source.get_buffer(), form.named(picture.channels, source)

    def read(top: int, count: int) -> bytes:
        return pixels.rows(buffer, name, picture.width, top, count)

    def painted(top: int, count: int) -> bytes:
        return pixels.seen_from(source, hints, top, count)

    exchange.send(worker, picture, read, Gimp.progress_update, silence)
    if hints is not None:
        exchange.send_hints(worker, picture, painted, silence)
