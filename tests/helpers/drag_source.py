"""A window to drag a file from, as file managers have them: drag_source.py FILE."""

import sys

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel


class Source(QLabel):
    """Dragging begins as soon as the mouse moves."""

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the file."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(sys.argv[1])])
        drag = QDrag(self)
        drag.setMimeData(data)
        drag.exec(Qt.DropAction.CopyAction)


if __name__ == "__main__":
    app = QApplication(sys.argv[:1])
    source = Source("drag me")
    source.setWindowTitle("drag source")
    source.setGeometry(0, 0, 160, 120)
    source.show()
    app.exec()
