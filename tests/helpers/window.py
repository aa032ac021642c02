"""What tests of the window share."""

from pathlib import Path

import numpy as np
import pyvips
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from photochrom_desktop.views.window import Window

LEFT = Qt.MouseButton.LeftButton

PATIENCE = 120_000
"""Milliseconds that a worker may take to start, load a model and answer."""


def picture(path: Path, width: int = 150, height: int = 100) -> Path:
    """A grey ramp."""
    ramp = np.tile(np.linspace(30, 220, width), (height, 1)).astype(np.uint8)
    pyvips.Image.new_from_array(ramp).write_to_file(path)
    return path


def drop(part: QWidget, *paths: Path) -> None:
    """As a file manager does it, onto the window or a part of it."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    keys, copy = Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    enter = QDragEnterEvent(QPoint(50, 50), copy, data, LEFT, keys)
    QApplication.sendEvent(part, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(part, QDropEvent(QPointF(50, 50), copy, data, LEFT, keys))


def stroke(window: Window, *places: tuple[float, float]) -> None:
    """A drag with the left button over places of the picture (fractions)."""
    canvas = window.canvas
    spots = [canvas.place_of(x, y) for x, y in places]
    QTest.mousePress(canvas, LEFT, pos=spots[0])
    for spot in spots[1:]:
        QTest.mouseMove(canvas, spot)
    QTest.mouseRelease(canvas, LEFT, pos=spots[-1])


def color_at(window: Window, x: float, y: float) -> QColor:
    """What the screen shows at a place of the picture."""
    return window.canvas.grab().toImage().pixelColor(window.canvas.place_of(x, y))
