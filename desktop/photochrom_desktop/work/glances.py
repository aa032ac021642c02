"""Thumbnails, made one after the other in a worker of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from photochrom_desktop.work.link import Link
from photochrom_desktop.work.pictures import image

SIDE = 160
"""Pixels of a thumbnail's long side."""
SIGHT = 2048
"""Of the first sight of a picture that is about to be shown."""
AT_ONCE = 4
"""Jobs that the worker has at a time: what is asked for last comes first."""


class Glances(QObject):
    """First sights of files; the last one asked for is made first.

    Signals:
        seen: path, the side asked for, and the picture; an empty one if it can't be read.
    """

    seen = Signal(object, int, QImage)

    def __init__(self, link: Link, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self._wanted: dict[tuple[Path, int], None] = {}
        self._jobs: dict[int, tuple[Path, int]] = {}
        link.answered.connect(self._answer)
        link.refused.connect(self._refuse)

    def want(self, path: Path, side: int = SIDE) -> None:
        """Ask for one."""
        key = (path, side)
        if key not in self._jobs.values():
            self._wanted.pop(key, None)
            self._wanted[key] = None
            self._go_on()

    def _go_on(self) -> None:
        while self._wanted and len(self._jobs) < AT_ONCE:
            key, _ = self._wanted.popitem()
            number = self._link.ask("glance", source=str(key[0]), side=key[1])
            self._jobs[number] = key

    def _answer(self, number: int, head: dict[str, Any], payload: bytes) -> None:
        self._tell(number, image(head, payload))

    def _refuse(self, number: int, *_: str) -> None:
        self._tell(number, QImage())

    def _tell(self, number: int, picture: QImage) -> None:
        key = self._jobs.pop(number, None)
        if key is not None:
            self.seen.emit(*key, picture)
            self._go_on()
