"""The queue of exports, as a table."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from photochrom_desktop.state.exports import CODECS, ENDINGS, Export, Preset, Status
from photochrom_desktop.work.exporting import Exporting


class QueuePanel(QWidget):
    """What is exported, and how.

    Signals:
        exporting: the person wants the pictures that are marked, as a `Preset` says.
    """

    exporting = Signal(object)

    def __init__(self, exporting: Exporting) -> None:
        super().__init__()
        self._exporting = exporting
        self._rows: dict[int, int] = {}
        self._folder: Path | None = None
        column = QVBoxLayout(self)
        column.addLayout(self._preset_row())
        self.table = _table([self.tr("Picture"), self.tr("File"), self.tr("State")])
        self.table.setAccessibleName(self.tr("Exports"))
        column.addWidget(self.table, 1)
        column.addLayout(self._buttons())
        exporting.changed.connect(self._change)

    @property
    def preset(self) -> Preset:
        """What the person chose."""
        ending = str(self.kind.currentData())
        pattern = self.pattern.text() or "{name}.color"
        codec = str(self.codec.currentData())
        return Preset(ending, pattern, self._folder, codec, self.provenance.isChecked())

    def choose_folder(self, folder: Path | None) -> None:
        """Where files go; None: beside their sources."""
        self._folder = folder
        self.folder.setText(self.tr("Beside the source") if folder is None else str(folder))

    def _preset_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.kind = QComboBox()
        self.kind.setAccessibleName(self.tr("Kind of file"))
        names = (self.tr("As the source"), "TIFF", "PNG", "JPEG", "WebP")
        for name, ending in zip(names, ENDINGS, strict=True):
            self.kind.addItem(name, ending)
        self.codec = QComboBox()
        self.codec.setAccessibleName(self.tr("Films"))
        self.codec.setToolTip(self.tr("How films are coded"))
        names = ("MP4 H.264", "MP4 H.265", "MP4 AV1", "MKV FFV1", "MOV ProRes")
        for name, codec in zip(names, CODECS, strict=True):
            self.codec.addItem(name, codec)
        self.pattern = QLineEdit("{name}.color")
        self.pattern.setAccessibleName(self.tr("Name pattern"))
        self.pattern.setToolTip(self.tr("The file's name; {name} is the source's"))
        self.folder = QPushButton(self.tr("Beside the source"))
        self.folder.setAccessibleName(self.tr("Folder"))
        self.folder.clicked.connect(self._ask_folder)
        self.provenance = QCheckBox(self.tr("Say that a model coloured it"))
        self.provenance.setChecked(True)
        self.go = QPushButton(self.tr("Export"))
        self.go.clicked.connect(lambda: self.exporting.emit(self.preset))
        for part in (self.kind, self.codec, self.pattern, self.folder, self.provenance, self.go):
            row.addWidget(part)
        return row

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

    def _ask_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, self.tr("Folder for exports"))
        self.choose_folder(Path(chosen) if chosen else None)

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

    def _state(self, export: Export) -> str:
        if export.status is Status.WORKING:
            return f"{100 * export.fraction:.0f} %"
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
        if seconds is None:
            return ""
        minutes, rest = divmod(round(seconds), 60)
        return self.tr("%1 left").replace("%1", f"{minutes}:{rest:02d}")


def _table(names: list[str]) -> QTableWidget:
    table = QTableWidget(0, len(names))
    table.setHorizontalHeaderLabels(names)
    table.verticalHeader().hide()
    table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
    table.setTabKeyNavigation(False)
    header = table.horizontalHeader()
    header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
    header.resizeSection(0, 180)
    header.resizeSection(2, 220)
    return table


def _cell(text: str) -> QTableWidgetItem:
    cell = QTableWidgetItem(text)
    cell.setToolTip(text)
    cell.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
    return cell
