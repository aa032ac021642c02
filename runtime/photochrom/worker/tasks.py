"""What a worker can be asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from photochrom.colorizer import Colorizer
from photochrom.errors import UsageError
from photochrom.files.pulling import Watch
from photochrom.models.names import DEFAULT_MODEL
from photochrom.viewing import glancing
from photochrom.worker import views
from photochrom.worker.asked import options_of

if TYPE_CHECKING:
    from photochrom.report import Report
    from photochrom.video.colorizer import FilmColorizer
    from photochrom.worker.views import Views

DTYPES = {"u8": np.uint8, "u16": np.uint16, "float": np.float32}
"""Of pixels in a payload, little-endian."""
CHANNELS = (1, 3, 4)


class Call(Protocol):
    """A job that is asked for."""

    head: dict[str, Any]
    payload: bytes
    cancel: threading.Event
    pause: threading.Event

    @property
    def models(self) -> Models:
        """Those that are loaded."""

    @property
    def views(self) -> Views:
        """The picture that is open."""

    def progress(self, stage: str, fraction: float, seconds_left: float | None) -> None:
        """Tell how far the job is."""

    def tell(self, **what: Any) -> None:
        """Tell something else of it."""


class Models:
    """Colorizers that are loaded; the last of each kind stays, as most jobs ask for the same."""

    def __init__(self) -> None:
        self._photo: tuple[tuple[str, str], Colorizer] | None = None
        self._film: tuple[tuple[str, str], FilmColorizer] | None = None

    def photo(self, head: Mapping[str, Any]) -> Colorizer:
        """For pictures: by ``model`` and ``device`` of a job."""
        key = _key(head)
        if self._photo is None or self._photo[0] != key:
            self._photo = None  # two do not have to fit into memory
            self._photo = key, Colorizer(*key)
        return self._photo[1]

    def film(self, head: Mapping[str, Any]) -> FilmColorizer:
        """For films."""
        from photochrom.video.colorizer import FilmColorizer

        key = _key(head)
        if self._film is None or self._film[0] != key:
            self._film = None
            self._film = key, FilmColorizer(*key)
        return self._film[1]


Answer = tuple[dict[str, Any], Any]
"""The result's header and payload."""


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
    head = call.head
    report = call.models.photo(head).colorize_file(
        _path(head, "source"),
        _path(head, "target"),
        options_of(head.get("options")),
        overwrite=head.get("overwrite") is True,
        progress=call.progress,
        cancel=call.cancel,
        pause=call.pause,
    )
    return _told(report), b""


def film(call: Call) -> Answer:
    """Colorize a film into another, or numbered pictures."""
    from photochrom.video.container.codecs import Encoding
    from photochrom.video.options import FilmOptions

    head = call.head
    said = dict(head.get("film") or {})
    try:
        if "encoding" in said:
            said["encoding"] = Encoding(**said["encoding"])
        if said.get("rate") is not None:
            said["rate"] = Fraction(said["rate"])
        for name in ("shots", "keyframes"):
            if said.get(name) is not None:
                said[name] = Path(said[name])
        options = FilmOptions(colors=options_of(head.get("options")), **said)
    except (TypeError, ValueError) as error:
        raise UsageError(f"the job's film: {error}") from error
    report = call.models.film(head).colorize_file(
        _path(head, "source"),
        _path(head, "target"),
        options,
        overwrite=head.get("overwrite") is True,
        work=head.get("work"),
        progress=call.progress,
        tell=lambda told: call.tell(stage="frames", **asdict(told)),
        cancel=call.cancel,
        pause=call.pause,
    )
    return _told(report), b""


def load(call: Call) -> Answer:
    """Load a model, so that the next job finds it."""
    colorizer = call.models.photo(call.head)
    return {"model": colorizer.manifest.name, "device": colorizer.device}, b""


def open_picture(call: Call) -> Answer:
    """Open a picture to look at; another that is open is let go."""
    head = call.head
    model = call.models.photo(head).tiles
    source, options = _path(head, "source"), options_of(head.get("options"))
    return views.told(call.views.open(model, source, options, _watch(call))), b""


def look(call: Call) -> Answer:
    """Colour the open picture, for the windows that follow."""
    notes = call.views.view.look(options_of(call.head.get("options")), _watch(call))
    return {"notes": notes}, b""


def confidence(call: Call) -> Answer:
    """Where the model is sure of the open picture's colours."""
    return views.plane(
        call.views.view.confidence(options_of(call.head.get("options")), _watch(call))
    )


def variants(call: Call) -> Answer:
    """Other colourings of the open picture, side by side in the payload."""
    count = call.head.get("count", 4)
    if type(count) is not int:
        raise UsageError(f"count is a number of variants, not {count!r}")
    found = call.views.view.variants(count, options_of(call.head.get("options")), _watch(call))
    return views.stacked(found)


def glance(call: Call) -> Answer:
    """A small copy of a picture or of a film's first frame, as it is."""
    side = call.head.get("side", 256)
    if type(side) is not int or not 0 < side <= glancing.LARGEST:
        raise UsageError(f"side is 1 to {glancing.LARGEST} pixels, not {side!r}")
    return views.picture(glancing.glance(_path(call.head, "source"), side))


def window(call: Call) -> Answer:
    """Show a part of the open picture."""
    return views.window(call.views.view, call.head)


def close(call: Call) -> Answer:
    """Let the open picture go."""
    call.views.close()
    return {}, b""


TASKS: dict[str, Callable[[Call], Answer]] = {
    "close": close,
    "confidence": confidence,
    "film": film,
    "glance": glance,
    "load": load,
    "look": look,
    "open": open_picture,
    "photo": photo,
    "pixels": pixels,
    "variants": variants,
    "window": window,
}


def _watch(call: Call) -> Watch:
    return Watch(call.progress, call.cancel, call.pause)


def _key(head: Mapping[str, Any]) -> tuple[str, str]:
    return str(head.get("model") or DEFAULT_MODEL), str(head.get("device") or "auto")


def _path(head: Mapping[str, Any], name: str) -> Path:
    if not isinstance(head.get(name), str) or not head[name]:
        raise UsageError(f"the job needs a {name}, a path")
    return Path(head[name])


def _picture(head: Mapping[str, Any], payload: bytes) -> np.ndarray[Any, Any]:
    sides = [head.get(name) for name in ("width", "height", "channels")]
    kind = head.get("type")
    counted = all(type(side) is int and side > 0 for side in sides)
    if not counted or sides[2] not in CHANNELS or kind not in DTYPES:
        raise UsageError("pixels need width, height, channels 1, 3 or 4, and type u8, u16 or float")
    width, height, channels = (int(side or 0) for side in sides)
    dtype = np.dtype(DTYPES[str(kind)]).newbyteorder("<")
    if len(payload) != width * height * channels * dtype.itemsize:
        raise UsageError(
            f"{width} x {height} x {channels} pixels of {kind} are not {len(payload)} bytes"
        )
    return np.frombuffer(payload, dtype).reshape(height, width, channels)


def _told(report: Report) -> dict[str, Any]:
    """A report as JSON has it."""
    return {
        name: value if not isinstance(value, Path) else str(value)
        for name, value in asdict(report).items()
        if name != "beside"
    }
