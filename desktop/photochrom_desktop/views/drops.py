"""Files that are dropped or pasted."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QGroupBox


def files(data: QMimeData) -> list[Path]:
    """Those of this computer."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


class DropBox(QGroupBox):
    """A group that takes one file.

    Signals:
        dropped: its path.
    """

    dropped = Signal(object)

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self.setAcceptDrops(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A single file may come; others go to the window."""
        event.setAccepted(len(files(event.mimeData())) == 1)

    def dropEvent(self, event: QDropEvent) -> None:
        """It came."""
        self.dropped.emit(files(event.mimeData())[0])
        event.acceptProposedAction()
