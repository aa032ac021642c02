"""The queue at work, in a worker of its own."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from photochrom_desktop.state.exports import Export, Preset, Queue, Status
from photochrom_desktop.state.library import is_film
from photochrom_desktop.work.link import Link

STAGES = {
    "photo": {"look": (0.0, 0.1), "color": (0.1, 0.3), "write": (0.4, 0.6)},
    "film": {"survey": (0.0, 0.1), "color": (0.1, 0.9)},
}
"""Where the stages of a job begin, and their shares of it, by the worker's tasks."""


class Exporting(QObject):
    """Makes what waits in the queue.

    Signals:
        changed: an `Export`, as it is now; None if several changed.
        reported: an `Export` that is done, and its report.
    """

    changed = Signal(object)
    reported = Signal(object, dict)

    def __init__(self, link: Link, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.queue = Queue()
        self.model: dict[str, str] = {}
        """``model`` and ``device`` of every job."""
        self.is_paused = False
        self._link = link
        self._job: int | None = None
        self._number = 0
        self._began = 0.0
        link.answered.connect(self._answer)
        link.refused.connect(self._refuse)
        link.progressed.connect(self._progress)

    def add(self, source: Path, preset: Preset, said: dict[str, Any]) -> Export:
        """Queue a picture or film; it is made as soon as its turn comes.

        Args:
            source: its file.
            preset: what becomes of it.
            said: what the worker is told of it: ``options``, and ``film``.

        Raises:
            ValueError: if the preset's pattern is none.
        """
        export = self.queue.add(source, preset, said)
        self.changed.emit(export)
        self._go_on()
        return export

    def pause(self, paused: bool) -> None:
        """Hold the work, or go on."""
        self.is_paused = paused
        if self._job is not None:
            self._link.steer(self._job, "pause" if paused else "resume")
        self._go_on()
        self.changed.emit(None)

    def cancel(self) -> None:
        """Stop the one in work, and let the others not begin; sources and files stay whole."""
        self.queue.cancel()
        if self._job is not None:
            self._link.steer(self._job, "cancel")
            self._link.steer(self._job, "resume")
        self.changed.emit(None)

    def retry(self) -> None:
        """Try again what failed or was cancelled."""
        if self.queue.retry():
            self.changed.emit(None)
            self._go_on()

    @property
    def seconds_left(self) -> float | None:
        """Of all that waits, as the one in work goes; None if nothing can be said yet."""
        waiting = sum(one.status is Status.WAITING for one in self.queue)
        if self._job is None:
            return None
        fraction = self.queue[self._number].fraction
        each = self._each(fraction)
        return None if each is None else each * (1 - fraction + waiting)

    def _each(self, fraction: float) -> float | None:
        """Seconds that the one in work takes, as it is so far; None as long as that is a guess."""
        return None if fraction < 0.02 else (time.monotonic() - self._began) / fraction

    def _go_on(self) -> None:
        following = None if self.is_paused or self._job is not None else self.queue.next()
        if following is None:
            return
        self._number, self._began = following.number, time.monotonic()
        said = {"source": str(following.source), "target": str(following.target)}
        task = _task(following)
        self._job = self._link.ask(task, **following.told, **said, **self.model)
        self._change(status=Status.WORKING)

    def _change(self, **what: Any) -> Export:
        export = self.queue.change(self._number, **what)
        self.changed.emit(export)
        return export

    def _answer(self, number: int, head: dict[str, Any], _: bytes) -> None:
        if number == self._job:
            self._job = None
            self.reported.emit(self._change(status=Status.DONE, fraction=1.0), head)
            self._go_on()

    def _refuse(self, number: int, kind: str, message: str, details: str) -> None:
        if number != self._job:
            return
        self._job = None
        if kind == "CancelledError":
            self._change(status=Status.CANCELLED)
        else:
            self._change(status=Status.FAILED, message=f"{message}\n{details}".strip())
        self._go_on()

    def _progress(self, number: int, head: dict[str, Any]) -> None:
        if number != self._job:
            return
        export = self.queue[self._number]
        stage = STAGES[_task(export)].get(str(head.get("stage")))
        if stage is not None:
            began, share = stage
            fraction = max(export.fraction, began + share * head["fraction"])  # pages begin anew
            each = self._each(fraction)
            self._change(
                fraction=fraction, seconds_left=None if each is None else each * (1 - fraction)
            )


def _task(export: Export) -> str:
    return "film" if is_film(export.source) else "photo"
