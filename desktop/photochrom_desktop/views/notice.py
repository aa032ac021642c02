"""What went wrong, in words, above the picture."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton


class Notice(QFrame):
    """One message at a time; hidden until there is one."""

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.copy = QPushButton(self.tr("Copy details"))
        self.copy.clicked.connect(self._copy)
        self.dismiss = QPushButton(self.tr("Close"))
        self.dismiss.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.addWidget(self.words, 1)
        row.addWidget(self.copy)
        row.addWidget(self.dismiss)
        self._details = ""
        self.hide()

    def tell(self, message: str, details: str = "") -> None:
        """Show a message."""
        self.words.setText(message)
        self.words.setAccessibleName(message)
        self._details = f"{message}\n{details}".strip()
        self.show()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._details)
