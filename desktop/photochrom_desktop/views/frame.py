"""Where everything in the window is."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QDockWidget,
    QLabel,
    QMainWindow,
    QMenu,
    QProgressBar,
    QScrollArea,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from photochrom_desktop.desk import Desk
from photochrom_desktop.views import actions, recent
from photochrom_desktop.views.adjust import Adjust
from photochrom_desktop.views.brushes import Brushes
from photochrom_desktop.views.canvas import Canvas
from photochrom_desktop.views.filmstrip import Filmstrip
from photochrom_desktop.views.notice import Notice
from photochrom_desktop.views.queue import QueuePanel
from photochrom_desktop.views.timeline import Timeline

SIZE = 1240, 820
"""Pixels of a window that was never seen before."""
STRIP = 190
"""Height of the strip with its search, in pixels."""


class Frame(QMainWindow):
    """The parts, laid out; `photochrom_desktop.views.window.Window` lets them work together."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setWindowTitle("photochrom")
        self.setAcceptDrops(True)
        self.canvas, self.notice = Canvas(), Notice()
        self.strip = Filmstrip(desk.glances)
        self.adjust, self.brushes, self.timeline = Adjust(), Brushes(), Timeline()
        self.queue = QueuePanel(desk.exporting)
        self.recent = QMenu(self.tr("&Recent"), self)
        self.recent.aboutToShow.connect(self._fill_recent)
        self._lay_out_middle()
        self._lay_out_docks()
        self._lay_out_status()

    def fill_menus(self, entries: Mapping[str, QAction]) -> None:
        """Put the actions into the menus and the bar."""
        titles = {
            "file": self.tr("&File"),
            "edit": self.tr("&Edit"),
            "view": self.tr("&View"),
            "film": self.tr("Fi&lm"),
            "tools": self.tr("&Tools"),
            "help": self.tr("&Help"),
        }
        for name, names in actions.MENUS.items():
            menu = self.menuBar().addMenu(titles[name])
            for one in names:
                menu.addAction(entries[one])
            if name == "file":
                menu.addMenu(self.recent)
        bar = self.addToolBar(self.tr("Tools"))
        bar.setObjectName("tools")
        for one in actions.BAR:
            bar.addAction(entries[one])

    def remember(self) -> None:
        """Keep size, place and layout for the next time."""
        settings = QSettings()
        settings.setValue("geometry", self.saveGeometry())
        settings.setValue("state", self.saveState())

    def take_up(self) -> None:
        """Look as the last time."""
        settings = QSettings()
        self.resize(*SIZE)
        for name, restore in (("geometry", self.restoreGeometry), ("state", self.restoreState)):
            value = settings.value(name)
            if isinstance(value, QByteArray):
                restore(value)

    def show_busy(self, stage: str, fraction: float) -> None:
        """Show how far work on the picture is; an empty stage is rest."""
        self.busy.setVisible(bool(stage))
        self.busy.setRange(0, 0 if fraction <= 0 else 1000)
        self.busy.setValue(round(1000 * fraction))

    def _lay_out_middle(self) -> None:
        self.empty = QLabel(self.tr("Drop photographs, scans or folders here\nor press Ctrl+O"))
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.canvas)
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.notice)
        column.addWidget(self.stack, 1)
        column.addWidget(self.timeline)
        self.timeline.hide()
        self.setCentralWidget(middle)
        self.setTabOrder(self.notice.copy, self.notice.dismiss)
        self.setTabOrder(self.notice.dismiss, self.canvas)

    def _panels(self) -> QTabWidget:
        panels = QTabWidget()
        panels.setAccessibleName(self.tr("Correct"))
        for panel, name in (
            (self.adjust, self.tr("Adjust")),
            (self.brushes, self.tr("Brush")),
        ):
            area = QScrollArea()
            area.setAccessibleName(name)
            area.setWidget(panel)
            area.setWidgetResizable(True)
            area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            area.setMinimumWidth(panel.minimumSizeHint().width() + 24)
            panels.addTab(area, name)
        return panels

    def _lay_out_docks(self) -> None:
        right, bottom = (
            Qt.DockWidgetArea.RightDockWidgetArea,
            Qt.DockWidgetArea.BottomDockWidgetArea,
        )
        self._dock("panels", self.tr("Correct"), self._panels(), right)
        strip = self._dock("pictures", self.tr("Pictures"), self.strip, bottom)
        queue = self._dock("queue", self.tr("Export"), self.queue, bottom)
        self.tabifyDockWidget(strip, queue)
        strip.raise_()
        self.resizeDocks([strip], [STRIP], Qt.Orientation.Vertical)

    def _lay_out_status(self) -> None:
        self.equipment, self.scale, self.busy = QLabel(), QLabel(), QProgressBar()
        self.busy.setMaximumWidth(160)
        self.busy.setAccessibleName(self.tr("Work on this picture"))
        self.busy.hide()
        for part in (self.busy, self.scale, self.equipment):
            self.statusBar().addPermanentWidget(part)
        self.equipment.setText(self.tr("loading the model…"))

    def _dock(self, name: str, title: str, panel: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title)
        dock.setObjectName(name)
        dock.setWidget(panel)
        self.addDockWidget(area, dock)
        return dock

    def _fill_recent(self) -> None:
        self.recent.clear()
        for name in recent.names():
            self.recent.addAction(name, partial(self.desk.add, [Path(name)]))
