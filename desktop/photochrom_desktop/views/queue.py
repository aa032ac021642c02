"""The queue of exports, as a table."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from photochrom_desktop.state.exports import Export, Status
from photochrom_desktop.views.presets import Presets
from photochrom_desktop.work.exporting import Exporting

TABLE = 480
"""Pixels beside the form from which the table stands there, not below: so more rows are seen."""


class QueuePanel(QWidget):
    """What is exported, and how.

    Signals:
        wanted: the person wants the pictures that are marked, as `presets` say.
    """

    wanted = Signal()

    def __init__(self, exporting: Exporting) -> None:
        super().__init__()
        self._exporting = exporting
        self._rows: dict[int, int] = {}
        self.presets = Presets()
        self.presets.wanted.connect(self.wanted)
        self.table = _table([self.tr("Picture"), self.tr("File"), self.tr("State")])
        self.table.setAccessibleName(self.tr("Exports"))
        column = QVBoxLayout()
        column.addWidget(self.table, 1)
        column.addLayout(self._buttons())
        self._halves = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._halves.addWidget(self.presets, 0, Qt.AlignmentFlag.AlignTop)
        self._halves.addLayout(column, 1)
        exporting.changed.connect(self._change)

    def minimumSizeHint(self) -> QSize:
        """As high as it is laid out; as narrow as it is with the table below the form."""
        return QSize(self.presets.minimumSizeHint().width(), self._halves.minimumSize().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the table beside the form where there is room."""
        wide = event.size().width() >= self.presets.minimumSizeHint().width() + TABLE
        ways = QBoxLayout.Direction
        self._halves.setDirection(ways.LeftToRight if wide else ways.TopToBottom)
        super().resizeEvent(event)

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName(self.tr("Progress of all"))
        self.left = QLabel()
        self.pause = QPushButton(self.tr("Pause"))
        self.pause.setCheckable(True)
        self.pause.toggled.connect(self._exporting.pause)
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.clicked.connect(self._exporting.cancel)
        self.retry = QPushButton(self.tr("Retry"))
        self.retry.clicked.connect(self._exporting.retry)
        self.clear = QPushButton(self.tr("Clear"))
        self.clear.clicked.connect(self._clear)
        row.addWidget(self.bar, 1)
        for part in (self.left, self.pause, self.cancel, self.retry, self.clear):
            row.addWidget(part)
        return row

    def _clear(self) -> None:
        self._exporting.queue.clear()
        self._rows.clear()
        self.table.setRowCount(0)
        self._change(None)

    def _change(self, export: Export | None) -> None:
        for one in self._exporting.queue if export is None else (export,):
            self._show(one)
        queue = self._exporting.queue
        self.bar.setValue(round(1000 * queue.fraction))
        self.left.setText(self._words(self._exporting.seconds_left))

    def _show(self, export: Export) -> None:
        if export.number not in self._rows:
            row = self._rows[export.number] = self.table.rowCount()
            self.table.insertRow(row)
            for column, text in enumerate((export.source.name, str(export.target), "")):
                self.table.setItem(row, column, _cell(text))
        cell = self.table.item(self._rows[export.number], 2)
        words = self._state(export)
        if cell is not None and cell.text() != words:
            cell.setText(words)
            cell.setToolTip(export.message or words)
            if export.status is Status.WORKING and not export.fraction:
                self.table.scrollToItem(cell)

    def _state(self, export: Export) -> str:
        if export.status is Status.WORKING:
            done, left = f"{100 * export.fraction:.0f} %", export.seconds_left
            return done if left is None else f"{done} · {self._left(left)}"
        words = {
            Status.WAITING: self.tr("waiting"),
            Status.DONE: self.tr("done"),
            Status.FAILED: self.tr("failed"),
            Status.CANCELLED: self.tr("cancelled"),
        }
        first = export.message.splitlines()[0] if export.message else ""
        return f"{words[export.status]}: {first}" if first else words[export.status]

    def _words(self, seconds: float | None) -> str:
        if self._exporting.is_paused:
            return self.tr("paused")
        return "" if seconds is None else self._left(seconds)

    def _left(self, seconds: float) -> str:
        minutes, rest = divmod(round(seconds), 60)
        return self.tr("%1 left").replace("%1", f"{minutes}:{rest:02d}")


def _table(names: list[str]) -> QTableWidget:
    table = QTableWidget(0, len(names))
    table.setHorizontalHeaderLabels(names)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 6)
    table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
    table.setTabKeyNavigation(False)
    table.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # a file's name is at the end
    header = table.horizontalHeader()
    header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
    header.resizeSection(0, 130)
    header.resizeSection(2, 150)
    return table


def _cell(text: str) -> QTableWidgetItem:
    cell = QTableWidgetItem(text)
    cell.setToolTip(text)
    cell.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
    return cell
