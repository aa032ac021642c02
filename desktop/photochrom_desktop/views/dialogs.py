"""Small windows: variants to choose from, and the keys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QIcon, QImage, QKeySequence, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)


class Variants(QDialog):
    """Other colourings, to choose one by looking."""

    def __init__(
        self, numbers: Sequence[int], pictures: Sequence[QImage], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Variants"))
        self.list = QListWidget()
        self.list.setViewMode(QListWidget.ViewMode.IconMode)
        self.list.setIconSize(QSize(256, 256))
        self.list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.list.setAccessibleName(self.tr("Variants"))
        for number, picture in zip(numbers, pictures, strict=True):
            icon = QIcon(QPixmap.fromImage(picture))
            self.list.addItem(QListWidgetItem(icon, f"{number}"))
        self._numbers = list(numbers)
        self.list.setCurrentRow(0)
        self.list.itemDoubleClicked.connect(self.accept)
        buttons = _buttons(self)
        column = QVBoxLayout(self)
        column.addWidget(self.list)
        column.addWidget(buttons)
        self.resize(880, 640)

    @property
    def number(self) -> int:
        """Of the variant that is chosen."""
        return self._numbers[max(self.list.currentRow(), 0)]


class Keys(QDialog):
    """Every action and its key."""

    def __init__(
        self,
        actions: Iterable[QAction],
        others: Sequence[tuple[str, str]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keys"))
        rows = [(one.text().replace("&", ""), _keys(one)) for one in actions] + list(others)
        self.table = QTableWidget(len(rows), 2)
        self.table.setHorizontalHeaderLabels([self.tr("Action"), self.tr("Key")])
        self.table.setAccessibleName(self.tr("Keys"))
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.verticalHeader().hide()
        for row, words in enumerate(rows):
            for column, text in enumerate(words):
                self.table.setItem(row, column, QTableWidgetItem(text))
        self.table.resizeColumnsToContents()
        self.table.horizontalHeader().setStretchLastSection(True)
        column_box = QVBoxLayout(self)
        column_box.addWidget(self.table)
        self.resize(560, 640)


def _keys(action: QAction) -> str:
    shown = QKeySequence.SequenceFormat.NativeText
    return ", ".join(keys.toString(shown) for keys in action.shortcuts())


def _buttons(dialog: QDialog) -> QDialogButtonBox:
    kinds = QDialogButtonBox.StandardButton
    buttons = QDialogButtonBox(kinds.Ok | kinds.Cancel)
    buttons.accepted.connect(dialog.accept)
    buttons.rejected.connect(dialog.reject)
    return buttons


class Plan(QDialog):
    """What an export of a film would do, before it is done."""

    def __init__(self, lines: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export of the film"))
        self.words = QLabel("\n".join(line.strip() for line in lines))
        self.words.setWordWrap(True)
        self.words.setMinimumWidth(460)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.addButton(self.tr("Export"), QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(self.words)
        column.addWidget(buttons)
