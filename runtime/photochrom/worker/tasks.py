"""What a worker can be asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from photochrom.errors import UsageError
from photochrom.viewing import glancing
from photochrom.worker import beside, films, sheets, views
from photochrom.worker.asked import options_of
from photochrom.worker.calls import Answer, Call, path_of, report_of, watch_of
from photochrom.worker.sheets import DTYPES

CHANNELS = (1, 3, 4)


def pixels(call: Call) -> Answer:
    """Colorize a picture that comes and goes as pixels in the payload."""
    head = call.head
    picture = _picture(head, call.payload)
    options = options_of(head.get("options"))
    colored = call.models.photo(head).colorize(
        picture, options, progress=call.progress, cancel=call.cancel, pause=call.pause
    )
    height, width, channels = colored.shape
    shape = {"width": width, "height": height, "channels": channels, "type": head["type"]}
    return shape, np.ascontiguousarray(colored)


def photo(call: Call) -> Answer:
    """Colorize a picture's file into another."""
    head, source = call.head, path_of(call.head, "source")
    said, read = beside.of_photo(head, source)
    report = call.models.photo(head).colorize_file(
        source,
        path_of(head, "target"),
        options_of(said),
        overwrite=head.get("overwrite") is True,
        progress=call.progress,
        cancel=call.cancel,
        pause=call.pause,
    )
    return {**report_of(report), "read": read}, b""


def load(call: Call) -> Answer:
    """Load a model, so that the next job finds it."""
    colorizer = call.models.photo(call.head)
    return {"model": colorizer.manifest.name, "device": colorizer.device}, b""


def add_model(call: Call) -> Answer:
    """Check a model's file, and keep a copy of it."""
    from photochrom.models import library

    kind, name = (call.head.get(key) for key in ("kind", "name"))
    if not all(word is None or isinstance(word, str) for word in (kind, name)):
        raise UsageError("kind and name of a model are words")
    added = library.add(path_of(call.head, "source"), kind, name)
    return {**asdict(added), "path": str(added.path)}, b""


def open_picture(call: Call) -> Answer:
    """Open a picture to look at; a picture or film that is open is let go."""
    head = call.head
    call.reels.close()
    model = call.models.photo(head).tiles
    source, options = path_of(head, "source"), options_of(head.get("options"))
    return views.told(call.views.open(model, source, options, watch_of(call))), b""


def look(call: Call) -> Answer:
    """Colour the open picture, for the windows that follow."""
    notes = call.views.view.look(options_of(call.head.get("options")), watch_of(call))
    return {"notes": notes}, b""


def confidence(call: Call) -> Answer:
    """Where the model is sure of the open picture's colours."""
    return views.plane(
        call.views.view.confidence(options_of(call.head.get("options")), watch_of(call))
    )


def variants(call: Call) -> Answer:
    """Other colourings of the open picture, side by side in the payload."""
    count = call.head.get("count", 4)
    if type(count) is not int:
        raise UsageError(f"count is a number of variants, not {count!r}")
    found = call.views.view.variants(count, options_of(call.head.get("options")), watch_of(call))
    return views.stacked(found)


def glance(call: Call) -> Answer:
    """A small copy of a picture or of a film's first frame, as it is."""
    side = call.head.get("side", 256)
    if type(side) is not int or not 0 < side <= glancing.LARGEST:
        raise UsageError(f"side is 1 to {glancing.LARGEST} pixels, not {side!r}")
    seen = glancing.glance(path_of(call.head, "source"), side)
    if call.head.get("format") == "jpeg":
        return views.jpeg(seen)
    return views.picture(seen)


def window(call: Call) -> Answer:
    """Show a part of the open picture."""
    return views.window(call.views.view, call.head)


def close(call: Call) -> Answer:
    """Let the open picture, film and sheet go."""
    call.sheets.open(None)
    call.views.close()
    call.reels.close()
    return {}, b""


TASKS: dict[str, Callable[[Call], Answer]] = {
    "add-model": add_model,
    "close": close,
    "confidence": confidence,
    "film": films.film,
    "film-part": films.part,
    "film-parts": films.parts,
    "film-plan": films.plan,
    "frame": films.frame,
    "glance": glance,
    "load": load,
    "look": look,
    "open": open_picture,
    "photo": photo,
    "pixels": pixels,
    "play": films.play,
    "reel": films.reel,
    "sheet": sheets.begin,
    "sheet-color": sheets.color,
    "sheet-hints": sheets.hints,
    "sheet-rows": sheets.rows,
    "variants": variants,
    "window": window,
}


def _picture(head: Mapping[str, Any], payload: bytes) -> np.ndarray[Any, Any]:
    sides = [head.get(name) for name in ("width", "height", "channels")]
    kind = head.get("type")
    counted = all(type(side) is int and side > 0 for side in sides)
    if not counted or sides[2] not in CHANNELS or kind not in DTYPES:
        raise UsageError("pixels need width, height, channels 1, 3 or 4, and type u8, u16 or float")
    width, height, channels = (int(side or 0) for side in sides)
    dtype = DTYPES[str(kind)]
    if len(payload) != width * height * channels * dtype.itemsize:
        raise UsageError(
            f"{width} x {height} x {channels} pixels of {kind} are not {len(payload)} bytes"
        )
    return np.frombuffer(payload, dtype).reshape(height, width, channels)
