"""The picture on the screen: opened, coloured and given out in tiles by the viewer's worker."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from photochrom.hints.sidecar import Sidecar
from photochrom_desktop.state.document import options
from photochrom_desktop.work.link import Link
from photochrom_desktop.work.pictures import gray, image

EDGE = 512
"""Pixels of a tile's side."""
CALM = 350
"""Milliseconds without a change after which the picture is looked at in all detail."""


class Tile(NamedTuple):
    """A part of the picture."""

    side: str
    """``before``, ``after`` or ``mask``."""
    level: int
    column: int
    row: int


Answered = Callable[[dict[str, Any], bytes], None]


class Viewing(QObject):
    """One picture; another takes its place.

    Signals:
        opened: sizes of its levels, from full size down, each (width, height).
        looked: it was coloured anew; its tiles are old now.
        tiled: a `Tile` and its picture.
        sure: the map of the model's confidence.
        varied: numbers of variants, and a picture of each.
        busy: a stage and how far it is, 0..1; an empty stage is rest.
        noted: remarks on the picture.
        failed: kind, message and details of an error.
    """

    opened = Signal(list)
    looked = Signal()
    tiled = Signal(object, QImage)
    sure = Signal(QImage)
    varied = Signal(list, list)
    busy = Signal(str, float)
    noted = Signal(list)
    failed = Signal(str, str, str)

    def __init__(self, link: Link, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.model: dict[str, str] = {}
        """``model`` and ``device`` of every job."""
        self.bits = 8
        """Of the picture's file."""
        self._link = link
        self._path: Path | None = None
        self._said = Sidecar()
        self._sizes: list[list[int]] = []
        self._jobs: dict[int, Answered] = {}
        self._tiles: dict[Tile, int] = {}
        self._look: int | None = None
        self._stale = self._colored = False
        self._calm = QTimer(self, singleShot=True, interval=CALM)
        self._calm.timeout.connect(self._look_closely)
        link.answered.connect(self._answer)
        link.refused.connect(self._refuse)
        link.progressed.connect(self._progress)

    @property
    def is_calm(self) -> bool:
        """Whether nothing is on its way."""
        return not self._jobs and not self._calm.isActive()

    def show(self, path: Path, said: Sidecar) -> None:
        """Open a picture and colour it as the person says."""
        self.close()
        self._path, self._said = path, said
        self._open()

    def change(self, said: Sidecar) -> None:
        """The person changed their mind; the newest word counts."""
        before, self._said = self._said, said
        if self._path is None:
            return
        if said.restore != before.restore or not self._sizes:
            self._drop()
            self._open()
        else:
            self._look_soon()

    def close(self) -> None:
        """Show nothing."""
        self._drop()
        self._path = None

    def want(self, tiles: Iterable[Tile]) -> None:
        """Ask for tiles in this order; those asked for before and not among them are let go."""
        # until it is coloured there is nothing after
        wanted = [tile for tile in tiles if self._colored or tile.side != "after"]
        for tile in [tile for tile in self._tiles if tile not in wanted]:
            self._cancel(self._tiles.pop(tile))
        for tile in wanted:
            if tile not in self._tiles and self._sizes:
                self._ask_tile(tile)

    def map_confidence(self) -> None:
        """Ask where the model is sure."""
        self._ask("confidence", lambda head, data: self.sure.emit(gray(head, data)))

    def vary(self, count: int) -> None:
        """Ask for other colourings."""
        self._ask("variants", self._vary, count=count)

    def _drop(self) -> None:
        self._calm.stop()
        for number in [*self._jobs]:
            self._cancel(number)
        self._tiles.clear()
        self._sizes, self._look, self._stale, self._colored = [], None, False, False

    def _open(self) -> None:
        self.busy.emit("open", 0.0)
        self._ask("open", self._opened, source=str(self._path))

    def _opened(self, head: dict[str, Any], _: bytes) -> None:
        self._sizes, self.bits = head["levels"], head["bits"]
        self.noted.emit(head["notes"])
        self.opened.emit([tuple(size) for size in self._sizes])
        self._look_soon()

    def _look_soon(self) -> None:
        """A quick look at once, or as soon as the one in work has ended; a close one when calm."""
        self._calm.stop()
        if self._look is not None:
            self._stale = True
            self._link.steer(self._look, "cancel")
        else:
            self._look_once({"detail": 0})

    def _look_closely(self) -> None:
        if self._look is None and self._said.settings.get("detail") is None:
            self._look_once({})

    def _look_once(self, changes: dict[str, Any]) -> None:
        told = self._options()
        if told["settings"].get("detail") is None:
            told["settings"] = {**told["settings"], **changes}
        self.busy.emit("color", 0.0)
        closely = not changes
        self._look = self._ask("look", lambda head, _: self._seen(head, closely), options=told)

    def _seen(self, head: dict[str, Any], closely: bool) -> None:
        self._look = None
        if self._stale:
            self._look_again()
            return
        for number in self._tiles.values():
            self._cancel(number)
        self._tiles.clear()
        if head["notes"]:
            self.noted.emit(head["notes"])
        self._colored = True
        if not closely:
            self._calm.start()
        self.looked.emit()

    def _look_again(self) -> None:
        self._stale = False
        self._look_once({"detail": 0})

    def _vary(self, head: dict[str, Any], data: bytes) -> None:
        size = 3 * head["width"] * head["height"]
        parts = (data[at * size : (at + 1) * size] for at in range(len(head["numbers"])))
        self.varied.emit(head["numbers"], [image(head, part) for part in parts])

    def _ask_tile(self, tile: Tile) -> None:
        width, height = self._sizes[tile.level]
        left, top = tile.column * EDGE, tile.row * EDGE
        place = {"left": left, "top": top, "level": tile.level, "side": tile.side}
        size = {"width": min(EDGE, width - left), "height": min(EDGE, height - top)}

        def come(head: dict[str, Any], data: bytes) -> None:
            self._tiles.pop(tile, None)
            self.tiled.emit(tile, image(head, data))

        self._tiles[tile] = self._ask("window", come, **place, **size)

    def _options(self) -> dict[str, Any]:
        assert self._path is not None
        return options(self._said, self._path)

    def _ask(self, task: str, then: Answered, **said: Any) -> int:
        told = {"options": self._options(), **said} if task != "window" else said
        number = self._link.ask(task, **self.model, **told)
        self._jobs[number] = then
        return number

    def _cancel(self, number: int) -> None:
        """Its answer is of no account any more."""
        if self._jobs.pop(number, None) is not None:
            self._link.steer(number, "cancel")

    def _answer(self, number: int, head: dict[str, Any], payload: bytes) -> None:
        then = self._jobs.pop(number, None)
        if then is not None:
            then(head, payload)
            if not self._jobs:
                self.busy.emit("", 1.0)

    def _refuse(self, number: int, kind: str, message: str, details: str) -> None:
        if self._jobs.pop(number, None) is None:
            return
        if kind == "WorkerEnded":
            self._drop()
        elif number == self._look:
            self._look = None
            if self._stale:
                self._look_again()
                return
        if kind != "CancelledError":
            self.failed.emit(kind, message, details)
        self.busy.emit("", 1.0)

    def _progress(self, number: int, head: dict[str, Any]) -> None:
        if number in self._jobs and "fraction" in head:
            self.busy.emit(str(head.get("stage")), float(head["fraction"]))
