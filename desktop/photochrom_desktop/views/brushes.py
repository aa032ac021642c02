"""Colours and sizes of the brush."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import (
    QColorDialog,
    QGridLayout,
    QGroupBox,
    QLabel,
    QPushButton,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from photochrom_desktop.state.palette import NEUTRAL, PALETTE
from photochrom_desktop.views.tools import LARGEST, SMALLEST


class Brushes(QWidget):
    """The panel.

    Signals:
        chosen: a colour for the brush.
        sized: a radius in screen pixels.
    """

    chosen = Signal(QColor)
    sized = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.addWidget(self._palette())
        self.more = QPushButton(self.tr("Another colour…"))
        self.more.clicked.connect(self._ask)
        self.neutral = QPushButton(self.tr("Neutral: no colour here"))
        self.neutral.setIcon(_swatch(QColor(NEUTRAL)))
        self.neutral.clicked.connect(lambda: self.chosen.emit(QColor(NEUTRAL)))
        self.radius = QSlider(Qt.Orientation.Horizontal)
        self.radius.setRange(round(SMALLEST), round(LARGEST))
        self.radius.setAccessibleName(self.tr("Brush size"))
        self.radius.valueChanged.connect(lambda value: self.sized.emit(float(value)))
        for part in (self.more, self.neutral, QLabel(self.tr("Brush size")), self.radius):
            column.addWidget(part)
        column.addStretch(1)

    def show_color(self, color: QColor) -> None:
        """Show what the brush paints with."""
        self.more.setIcon(_swatch(color))

    def show_size(self, radius: float) -> None:
        """Show how large it is."""
        self.radius.blockSignals(True)
        self.radius.setValue(round(radius))
        self.radius.blockSignals(False)

    def _palette(self) -> QGroupBox:
        box = QGroupBox(self.tr("Brush colours"))
        grid = QGridLayout(box)
        words = {
            "skin": self.tr("Skin"),
            "sky": self.tr("Sky"),
            "foliage": self.tr("Foliage"),
            "wood": self.tr("Wood"),
            "cloth": self.tr("Cloth"),
        }
        for row, (name, colors) in enumerate(PALETTE.items()):
            grid.addWidget(QLabel(words[name]), row, 0)
            for column, code in enumerate(colors, 1):
                grid.addWidget(self._button(words[name], code), row, column)
        return box

    def _button(self, name: str, code: str) -> QToolButton:
        button = QToolButton()
        button.setIcon(_swatch(QColor(code)))
        button.setAccessibleName(f"{name} {code}")
        button.setToolTip(f"{name} {code}")
        button.setAutoRaise(True)
        button.clicked.connect(partial(self.chosen.emit, QColor(code)))
        return button

    def _ask(self) -> None:
        color = QColorDialog.getColor(parent=self)
        if color.isValid():
            self.chosen.emit(color)


def _swatch(color: QColor) -> QIcon:
    picture = QPixmap(24, 24)
    picture.fill(color)
    return QIcon(picture)
