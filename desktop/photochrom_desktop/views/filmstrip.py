"""The pictures at hand, small."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtCore import QSortFilterProxyModel as Proxy
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QLineEdit, QListView, QVBoxLayout, QWidget

from photochrom_desktop.state.document import is_begun
from photochrom_desktop.state.library import is_film
from photochrom_desktop.work.glances import SIDE, SIGHT, Glances

ICON = QSize(112, 84)
HELD = 2000
"""Thumbnails that are kept in memory, 38 kB each; the longest unused are made again."""
PATH = Qt.ItemDataRole.UserRole
BADGES = {"begun": "#e8a33d", "done": "#4a9a5a", "failed": "#c8323c"}
Index = QModelIndex | QPersistentModelIndex


class Pictures(QAbstractListModel):
    """What is at hand; thumbnails are asked for as they come into sight."""

    def __init__(self, glances: Glances) -> None:
        super().__init__()
        self._paths: list[Path] = []
        self._rows: dict[Path, int] = {}
        self._icons: dict[Path, QIcon] = {}
        self._states: dict[Path, str] = {}
        self._glances = glances
        glances.seen.connect(self._see)

    def add(self, paths: Iterable[Path]) -> None:
        """More pictures; those that are there stay where they are."""
        new = [path for path in dict.fromkeys(paths) if path not in self._rows]
        if not new:
            return
        first = len(self._paths)
        self.beginInsertRows(QModelIndex(), first, first + len(new) - 1)
        self._rows |= {path: row for row, path in enumerate(new, first)}
        self._paths += new
        self.endInsertRows()

    def mark(self, path: Path, state: str) -> None:
        """Badge a picture with a key of `BADGES`."""
        if path in self._rows and self._states.get(path) != state:
            self._states[path] = state
            self._renew(path)

    def row_of(self, path: Path) -> QModelIndex:
        """Where a picture is."""
        return self.index(self._rows[path])

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, Qt's own default
        """How many pictures."""
        return 0 if parent.isValid() else len(self._paths)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What the view shows of a picture."""
        path = self._paths[index.row()]
        if role == Qt.ItemDataRole.DecorationRole:
            return self._icon(path)
        words = {
            Qt.ItemDataRole.DisplayRole: path.name,
            Qt.ItemDataRole.ToolTipRole: str(path),
            Qt.ItemDataRole.AccessibleTextRole: f"{path.name} {self._state(path)}".strip(),
            PATH: path,
        }
        return words.get(Qt.ItemDataRole(role))

    def _state(self, path: Path) -> str:
        if path not in self._states:
            self._states[path] = "begun" if is_begun(path) else ""
        return self._states[path]

    def _icon(self, path: Path) -> QIcon:
        if path not in self._icons:
            self._keep(path, QIcon(_blank()))
            self._glances.want(path, round(SIDE * _ratio()))
        return self._icons[path]

    def _keep(self, path: Path, icon: QIcon) -> None:
        self._icons.pop(path, None)
        self._icons[path] = icon
        while len(self._icons) > HELD:
            del self._icons[next(iter(self._icons))]

    def _see(self, path: Path, side: int, picture: QImage) -> None:
        if path in self._rows and side < SIGHT:
            self._keep(path, QIcon(_badged(picture, self._state(path), is_film(path))))
            self._renew(path, again=False)

    def _renew(self, path: Path, again: bool = True) -> None:
        if again:
            self._icons.pop(path, None)
        row = self.row_of(path)
        self.dataChanged.emit(row, row)


class Filmstrip(QWidget):
    """The strip and its search.

    Signals:
        chosen: the path of the picture to show.
    """

    chosen = Signal(object)

    def __init__(self, glances: Glances) -> None:
        super().__init__()
        self.pictures = Pictures(glances)
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search by name"))
        self.search.setAccessibleName(self.tr("Search"))
        self.search.setClearButtonEnabled(True)
        self._found = Proxy()
        self._found.setSourceModel(self.pictures)
        self._found.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.search.textChanged.connect(self._search)
        self._current: Path | None = None
        self._is_searching = False
        self.view = _strip(self._found)
        self.view.setAccessibleName(self.tr("Pictures"))
        self.view.selectionModel().currentChanged.connect(self._choose)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.addWidget(self.search)
        column.addWidget(self.view, 1)

    @property
    def selected(self) -> list[Path]:
        """The pictures that are marked, in their order."""
        rows = sorted(index.row() for index in self.view.selectedIndexes())
        return [self._found.index(row, 0).data(PATH) for row in rows]

    @property
    def shown(self) -> int:
        """How many the search leaves."""
        return self._found.rowCount()

    def show_picture(self, path: Path) -> None:
        """Mark a picture as the one on the screen."""
        self._current = path
        self.view.setCurrentIndex(self._found.mapFromSource(self.pictures.row_of(path)))

    def _choose(self, current: QModelIndex) -> None:
        if current.isValid() and not self._is_searching:
            self.chosen.emit(current.data(PATH))

    def _search(self, words: str) -> None:
        """What is on the screen stays there, found or not."""
        self._is_searching = True
        self._found.setFilterFixedString(words)
        if self._current is not None:
            self.show_picture(self._current)
        self._is_searching = False


def _strip(model: Proxy) -> QListView:
    view = QListView()
    view.setModel(model)
    view.setFlow(QListView.Flow.LeftToRight)
    view.setWrapping(False)
    view.setUniformItemSizes(True)
    view.setIconSize(ICON)
    view.setGridSize(QSize(ICON.width() + 16, ICON.height() + 28))
    view.setViewMode(QListView.ViewMode.IconMode)
    view.setMovement(QListView.Movement.Static)
    view.setWrapping(False)
    view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    view.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
    view.setMinimumHeight(ICON.height() + 56)
    return view


def _ratio() -> float:
    """Device pixels of one of the screen's units."""
    app = QGuiApplication.instance()
    return app.devicePixelRatio() if isinstance(app, QGuiApplication) else 1.0


def _blank() -> QPixmap:
    picture = QPixmap(ICON * _ratio())
    picture.setDevicePixelRatio(_ratio())
    picture.fill(QColor(128, 128, 128, 60))
    return picture


def _badged(picture: QImage, state: str, film: bool) -> QPixmap:
    icon = _blank()
    painter = QPainter(icon)
    if picture.isNull():
        painter.drawText(icon.rect(), Qt.AlignmentFlag.AlignCenter, "?")
    else:
        aspect, smooth = Qt.AspectRatioMode, Qt.TransformationMode.SmoothTransformation
        small = picture.scaled(ICON * _ratio(), aspect.KeepAspectRatio, smooth)
        small.setDevicePixelRatio(_ratio())
        size = small.deviceIndependentSize().toSize()
        across, down = ICON.width() - size.width(), ICON.height() - size.height()
        painter.drawImage(across // 2, down // 2, small)
    if film:
        painter.fillRect(4, ICON.height() - 18, 18, 14, QColor(0, 0, 0, 170))
        painter.setPen(QColor("white"))
        painter.drawText(8, ICON.height() - 6, "▶")
    if state:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(BADGES[state]))
        painter.setPen(QColor("white"))
        painter.drawEllipse(ICON.width() - 18, 4, 13, 13)
    painter.end()
    return icon
