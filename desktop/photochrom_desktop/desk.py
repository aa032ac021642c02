"""What is on the desk: the picture or film that is open, those at hand, and the three workers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from photochrom.errors import PhotochromError
from photochrom.hints.strokes import Stroke
from photochrom.restoration.options import Touch
from photochrom_desktop.state.document import Document, options, said_of
from photochrom_desktop.state.erasing import met
from photochrom_desktop.state.exports import Preset
from photochrom_desktop.state.library import found, is_film
from photochrom_desktop.state.reel import Reel, film_options
from photochrom_desktop.work.exporting import Exporting
from photochrom_desktop.work.glances import SIGHT, Glances
from photochrom_desktop.work.link import Link
from photochrom_desktop.work.reeling import Reeling
from photochrom_desktop.work.viewing import Viewing

LARGE = 50 << 20
"""Bytes of a file from which a picture is seen before it is opened: at once, both take longer."""


class Desk(QObject):
    """The application without its window.

    Signals:
        added: paths of pictures that came.
        shown: the `Document` or `Reel` that is on the screen now.
        edited: it changed, or its history did.
        equipped: what runs: the model's and the device's name.
        failed: what happened, in a line, and details.
    """

    added = Signal(list)
    shown = Signal(object)
    edited = Signal()
    equipped = Signal(str, str)
    failed = Signal(str, str)

    def __init__(self, model: str = "", device: str = "auto") -> None:
        super().__init__()
        self.links = {name: Link(self) for name in ("viewer", "exporter", "thumbnails")}
        self.viewing = Viewing(self.links["viewer"], self)
        self.reeling = Reeling(self.links["viewer"], self)
        self.glances = Glances(self.links["thumbnails"], self)
        self.exporting = Exporting(self.links["exporter"], self)
        self.document: Document | Reel | None = None
        self._documents: dict[Path, Document | Reel] = {}
        """All that were open, so that what was done can be undone when one comes back."""
        equipment = {"device": device, **({"model": model} if model else {})}
        self.viewing.model = self.reeling.model = self.exporting.model = equipment
        self._loading = 0
        self._awaited: Path | None = None
        """A picture that is opened when its first sight has come."""
        self.glances.seen.connect(self._see)
        viewer = self.links["viewer"]
        viewer.answered.connect(self._loaded)
        viewer.refused.connect(self._refuse_load)
        viewer.died.connect(self._revive)
        for part in (self.viewing, self.reeling):
            part.failed.connect(lambda _, message, details: self.failed.emit(message, details))
        self._revived = False
        self.viewing.looked.connect(self._live)
        self.reeling.framed.connect(self._live)
        self.reeling.moved.connect(self._turn)

    def start(self) -> None:
        """Load the model, so that the first picture finds it."""
        self._loading = self.links["viewer"].ask("load", **self.viewing.model)

    def close(self) -> None:
        """End the workers; what was said of pictures is kept already."""
        self.exporting.cancel()
        for link in self.links.values():
            link.close()

    def add(self, paths: Iterable[Path]) -> list[Path]:
        """Take in files, and what is in folders; the first is shown. Returns what came."""
        came = [path.absolute() for path in found(paths)]
        if came:
            self.glances.want(came[0], SIGHT)  # before the strip asks for its small ones
        self.added.emit(came)
        if came:
            self.show(came[0])
        return came

    def show(self, path: Path) -> None:
        """Open a picture."""
        if self.document is not None and self.document.path == path:
            return
        try:
            self.document = self._document(path)
        except PhotochromError as error:
            self.failed.emit(str(error), "")
            return
        self._revived = False
        self.shown.emit(self.document)
        self.glances.want(path, SIGHT)
        self._awaited = path if _is_large(self.document) else None
        if self._awaited is None:
            self._open()

    def paint(self, way: list[tuple[float, float]], radius: float, color: str) -> None:
        """A stroke of the brush; the colour is ``#rrggbb``."""
        red, green, blue = bytes.fromhex(color[1:])
        stroke = Stroke(tuple(way), radius, (red, green, blue))
        self.edit(lambda document: document.paint(stroke))

    def touch(self, way: list[tuple[float, float]], radius: float, damaged: bool) -> None:
        """Mark damage with the brush, or that there is none."""
        if isinstance(self.document, Document):
            self.edit(lambda document: document.touch(Touch(tuple(way), radius, damaged)))

    def erase(self, way: list[tuple[float, float]], radius: float, size: tuple[int, int]) -> None:
        """Take away the strokes that an eraser meets; `size` is the picture's."""
        if self.document is not None:
            numbers = met(self.document.said.strokes, way, radius, size)
            self.edit(lambda document: document.erase(numbers))

    def edit(self, change: Callable[[Any], None]) -> None:
        """Change what is said of the picture; it is coloured anew if that is something else."""
        document = self.document
        if document is None:
            return
        before = document.everything
        try:
            change(document)
        except PhotochromError as error:
            self.failed.emit(str(error), "")
        if document.everything != before:
            self._change(document)
        self.edited.emit()

    def spread(self, paths: Iterable[Path]) -> None:
        """Give other pictures the settings and the restoration of this one; each can undo it."""
        if self.document is None:
            return
        for path in paths:
            if path == self.document.path:
                continue
            try:
                self._document(path).adopt(self.document.said)
            except PhotochromError as error:
                self.failed.emit(str(error), "")

    def export(self, paths: Iterable[Path], preset: Preset) -> None:
        """Queue pictures as they are said to be now."""
        for path in paths:
            try:
                told = film_told(path) if is_film(path) else picture_told(path)
                self.exporting.add(path, preset, told)
            except (PhotochromError, ValueError) as error:
                self.failed.emit(str(error), "")

    def _loaded(self, number: int, head: dict[str, Any], _: bytes) -> None:
        if number == self._loading:
            self.equipped.emit(head["model"], head["device"])

    def _refuse_load(self, number: int, kind: str, message: str, details: str) -> None:
        if number == self._loading and kind != "WorkerEnded":
            self.failed.emit(message, details)

    def plan(self, preset: Preset) -> None:
        """Ask what an export of the film that is shown would do; `reeling` tells."""
        if isinstance(self.document, Reel):
            path = self.document.path
            self.reeling.plan(preset.target(path, ()), preset.film_told)

    def _document(self, path: Path) -> Document | Reel:
        """With its history, unless another program has said something since."""
        known = self._documents.get(path)
        if known is None or not known.is_current:
            self._documents[path] = known = Reel(path) if is_film(path) else Document(path)
        return known

    def _see(self, path: Path, side: int, _: object) -> None:
        if side == SIGHT and path == self._awaited:
            self._open()

    def _open(self) -> None:
        document, self._awaited = self.document, None
        if isinstance(document, Reel):
            self.viewing.close()
            self.reeling.show(document.path, film_options(document.everything, document.path))
        elif document is not None:
            self.reeling.close()
            self.viewing.show(document.path, document.said)

    def _change(self, document: Document | Reel) -> None:
        if isinstance(document, Document):
            self.viewing.change(document.said)
            return
        self.reeling.change(film_options(document.everything, document.path))
        footage = self.reeling.footage
        number = None if footage is None else footage.number(document.shown)
        if number is not None and number != self.reeling.number:
            self.reeling.seek(number)

    def _turn(self, number: int) -> None:
        """Strokes are of the frame that is shown."""
        if isinstance(self.document, Reel) and self.reeling.footage is not None:
            self.document.shown = self.reeling.footage.name(number)

    def _live(self) -> None:
        """The worker is well: if it dies, it may be tried again."""
        self._revived = False

    def _revive(self, reason: str) -> None:
        """Start again, once: what kills the worker twice in a row needs the person."""
        self.failed.emit(
            self.tr("The part that colours has ended; nothing you did is lost."), reason
        )
        if self.document is not None and not self._revived:
            self._revived = True
            self.start()
            self._open()


def _is_large(document: Document | Reel) -> bool:
    try:
        return isinstance(document, Document) and document.path.stat().st_size >= LARGE
    except OSError:  # opening it tells why
        return False


def picture_told(path: Path) -> dict[str, Any]:
    """What a worker is told of a picture's export.

    Raises:
        InputError: if its sidecar can't be read.
    """
    return {"options": options(said_of(path), path)}


def film_told(path: Path) -> dict[str, Any]:
    """What a worker is told of a film's export.

    Raises:
        InputError: if its sidecar can't be read.
    """
    return film_options(Reel(path).everything, path)
