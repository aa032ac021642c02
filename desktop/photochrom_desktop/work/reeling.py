"""The film on the screen: opened, shown frame by frame and played by the viewer's worker."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from photochrom_desktop.state.footage import Footage, footage
from photochrom_desktop.work.link import Link
from photochrom_desktop.work.pictures import image
from photochrom_desktop.work.viewing import CALM

CLOSELY = "closely"
"""Name of a look that knows what is carried to a frame, and the frames around it."""
LOOKS = ("before", "after", CLOSELY)


class Reeling(QObject):
    """One film; another takes its place.

    Signals:
        opened: its `Footage`.
        framed: a frame's number, its side (``before`` or ``after``), and its picture.
        moved: the number of the frame that is to be shown now.
        playing: whether it plays.
        paced: how fast it plays, 1 as it should.
        planned: what an export would do, line by line.
        busy: a stage and how far it is, 0..1; an empty stage is rest.
        noted: remarks on the film.
        failed: kind, message and details of an error.
    """

    opened = Signal(object)
    framed = Signal(int, str, QImage)
    moved = Signal(int)
    playing = Signal(bool)
    paced = Signal(float)
    planned = Signal(list)
    busy = Signal(str, float)
    noted = Signal(list)
    failed = Signal(str, str, str)

    def __init__(self, link: Link, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.model: dict[str, str] = {}
        """``model`` and ``device`` of every job."""
        self.footage: Footage | None = None
        self.number = 0
        """Of the frame that is shown."""
        self.longest = 1920
        """Pixels of the long side of frames that are played."""
        self._link = link
        self._told: dict[str, Any] = {}
        self._sides: Sequence[str] = ("after",)
        self._jobs: dict[int, str] = {}
        self._stale = False
        self._began: tuple[float, float] | None = None
        self._calm = QTimer(self, singleShot=True, interval=CALM)
        self._calm.timeout.connect(lambda: self._frame(alone=False))
        link.answered.connect(self._answer)
        link.refused.connect(self._refuse)
        link.progressed.connect(self._progress)
        link.streamed.connect(self._stream)

    @property
    def is_playing(self) -> bool:
        """Whether frames follow each other."""
        return "play" in self._jobs.values()

    @property
    def is_calm(self) -> bool:
        """Whether nothing is on its way."""
        return not self._jobs and not self._calm.isActive()

    def show(self, path: Path, told: dict[str, Any]) -> None:
        """Open a film, with what its person says of it."""
        self.close()
        self._told, self.number = told, 0
        self.busy.emit("survey", 0.0)
        self._ask("reel", source=str(path))

    def change(self, told: dict[str, Any]) -> None:
        """The person changed their mind."""
        self._told = told
        self._look()

    def see(self, sides: Sequence[str]) -> None:
        """Which sides are on the screen."""
        if set(sides) != set(self._sides):
            self._sides = tuple(sides)
            self._look()

    def seek(self, number: int) -> None:
        """Show a frame; the newest one asked for counts."""
        if self.footage is None:
            return
        self.number = min(max(number, 0), self.footage.frames - 1)
        self.moved.emit(self.number)
        self._look()

    def play(self) -> None:
        """Show frame after frame, or stop that."""
        if self.is_playing:
            self._look()
        elif self.footage is not None:
            self._stop()
            at_end = self.number >= self.footage.frames - 1
            side = "before" if tuple(self._sides) == ("before",) else "after"
            start, self._began = 0 if at_end else self.number, None
            self._ask("play", start=start, side=side, longest=self.longest)
            self.playing.emit(True)

    def plan(self, target: Path, film: dict[str, Any]) -> None:
        """Ask what an export would do."""
        if self.footage is not None:
            told = {**self._told.get("film", {}), **film}
            self._ask("film-plan", target=str(target), film=told)

    def close(self) -> None:
        """Show nothing."""
        self._stop()
        for number in [*self._jobs]:
            self._link.steer(number, "cancel")
        self._jobs.clear()
        self.footage, self._stale = None, False

    def _look(self) -> None:
        """A quick look, now or as soon as the one in work has ended; a close one when calm."""
        if self.footage is None:
            return
        self._stop()
        asked = [number for number, task in self._jobs.items() if task in LOOKS]
        if not asked:
            self._frame(alone=True)
            return
        self._stale = True
        for number in asked:
            if self._jobs[number] == CLOSELY:  # quick ones are shown, so that scrubbing is seen
                self._link.steer(number, "cancel")

    def _stop(self) -> None:
        self._calm.stop()
        for number in [one for one, task in self._jobs.items() if task == "play"]:
            self._link.steer(number, "cancel")
            del self._jobs[number]
            self.playing.emit(False)

    def _frame(self, alone: bool) -> None:
        sides = self._sides if alone else [side for side in self._sides if side == "after"]
        for side in sides:
            name = side if alone else CLOSELY
            self._ask("frame", name, number=self.number, side=side, alone=alone)
        if alone and "after" in sides:
            self._calm.start()

    def _ask(self, task: str, name: str = "", **said: Any) -> None:
        number = self._link.ask(task, **self.model, **{**self._told, **said})
        self._jobs[number] = name or task

    def _answer(self, number: int, head: dict[str, Any], payload: bytes) -> None:
        task = self._jobs.pop(number, None)
        if task is None:
            return
        if task == "reel":
            self._open(footage(head, payload), head["notes"])
        elif task == "film-plan":
            self.planned.emit(head["lines"])
        elif task == "play":
            self.playing.emit(False)
        else:
            side = "before" if task == "before" else "after"
            self.framed.emit(self.number, side, image(head, payload))
        self._rest()

    def _open(self, found: Footage, notes: list[str]) -> None:
        self.footage = found
        self.opened.emit(found)
        self.noted.emit(notes)
        self.seek(self.number)

    def _rest(self) -> None:
        if self._jobs:
            return
        self.busy.emit("", 1.0)
        if self._stale:
            self._stale = False
            self._look()

    def _refuse(self, number: int, kind: str, message: str, details: str) -> None:
        task = self._jobs.pop(number, None)
        if task is None:
            return
        if task == "play":
            self.playing.emit(False)
        if kind == "WorkerEnded":
            self.close()
        if kind != "CancelledError":
            self.failed.emit(kind, message, details)
        self._rest()

    def _progress(self, number: int, head: dict[str, Any]) -> None:
        if self._jobs.get(number) in ("reel", "film-plan") and "fraction" in head:
            self.busy.emit(str(head.get("stage")), float(head["fraction"]))

    def _stream(self, number: int, head: dict[str, Any], payload: bytes) -> None:
        if self._jobs.get(number) == "play":
            self.number = head["number"]
            self._pace()
            side = "before" if tuple(self._sides) == ("before",) else "after"
            self.framed.emit(self.number, side, image(head, payload))
            self.moved.emit(self.number)

    def _pace(self) -> None:
        """Since its first frame; a second is enough to tell."""
        assert self.footage is not None
        now = time.monotonic(), self.footage.seconds(self.number)
        if self._began is None:
            self._began = now
        elif now[0] - self._began[0] > 1:
            self.paced.emit((now[1] - self._began[1]) / (now[0] - self._began[0]))
