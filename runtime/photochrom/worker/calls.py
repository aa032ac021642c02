"""A job as its task sees it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from photochrom.colorizer import Colorizer
from photochrom.errors import UsageError
from photochrom.files.pulling import Watch
from photochrom.models.names import DEFAULT_MODEL

if TYPE_CHECKING:
    from photochrom.report import Report
    from photochrom.video.colorizer import FilmColorizer
    from photochrom.worker.reels import Reels
    from photochrom.worker.sheets import Sheets
    from photochrom.worker.views import Views

Key = tuple[str, str, int | None]
"""Model, device and threads."""
Answer = tuple[dict[str, Any], Any]
"""The result's header and payload."""


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

    @property
    def reels(self) -> Reels:
        """The film that is open."""

    @property
    def sheets(self) -> Sheets:
        """The picture that came in strips."""

    def tell(self, payload: Any = b"", **what: Any) -> None:
        """Tell something else of it."""


class Models:
    """Colorizers that are loaded; the last of each kind stays, as most jobs ask for the same."""

    def __init__(self) -> None:
        self._photo: tuple[Key, Colorizer] | None = None
        self._film: tuple[Key, FilmColorizer] | None = None

    def photo(self, head: Mapping[str, Any]) -> Colorizer:
        """For pictures: by ``model``, ``device`` and ``threads`` of a job."""
        key = key_of(head)
        if self._photo is None or self._photo[0] != key:
            self._photo = None  # two do not have to fit into memory
            self._photo = key, Colorizer(*key)
        return self._photo[1]

    def film(self, head: Mapping[str, Any]) -> FilmColorizer:
        """For films."""
        from photochrom.video.colorizer import FilmColorizer

        key = key_of(head)
        if self._film is None or self._film[0] != key:
            self._film = None
            self._film = key, FilmColorizer(*key)
        return self._film[1]


def watch_of(call: Call) -> Watch:
    """What a job listens to."""
    return Watch(call.progress, call.cancel, call.pause)


def key_of(head: Mapping[str, Any]) -> Key:
    """A job's model, device and threads.

    Raises:
        UsageError: if the threads are no number of them.
    """
    threads = head.get("threads")
    if threads is not None and (type(threads) is not int or threads < 1):
        raise UsageError(f"threads is a whole number, 1 or more, not {threads!r}")
    return str(head.get("model") or DEFAULT_MODEL), str(head.get("device") or "auto"), threads


def path_of(head: Mapping[str, Any], name: str) -> Path:
    """A path that a job is told.

    Raises:
        UsageError: if it is told none.
    """
    if not isinstance(head.get(name), str) or not head[name]:
        raise UsageError(f"the job needs a {name}, a path")
    return Path(head[name])


def report_of(report: Report) -> dict[str, Any]:
    """A report as JSON has it."""
    return {
        name: value if not isinstance(value, Path) else str(value)
        for name, value in asdict(report).items()
        if name != "beside"
    }
