"""Files that are dropped or pasted."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QDateTime, QMimeData, QStandardPaths, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtWidgets import QGroupBox

from photochrom.errors import OutputError
from photochrom.files.whole import make_folder, whole_file


def files(data: QMimeData) -> list[Path]:
    """Those of this computer."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


def pasted(data: QMimeData) -> list[Path]:
    """Copied files, or a copied picture as a new PNG file among the person's pictures.

    Raises:
        OutputError: if the picture can't be written.
    """
    found = files(data)
    image = QImage(data.imageData()) if not found and data.hasImage() else QImage()
    return found if image.isNull() else [_kept(image)]


def _kept(image: QImage) -> Path:
    pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
    folder = make_folder(Path(pictures) / "photochrom")
    moment = QDateTime.currentDateTime().toString("yyyy-MM-dd HH.mm.ss.zzz")
    path = folder / f"pasted {moment}.png"
    with whole_file(path) as temporary:
        if not image.save(str(temporary)):
            raise OutputError(f"can't write {path}; make room, or save the picture elsewhere")
    return path


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
