"""A film's shots on a line, and what plays it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QStyle,
    QToolButton,
    QWidget,
)

from photochrom_desktop.state.footage import Footage

HIGH = 34
"""Pixels of the line."""
SLOW = 0.95
"""Speed below which it is told."""
MARK = QColor("#e8a33d")
"""Of frames that a person painted on, as of pictures in the strip."""


class Line(QSlider):
    """The shots, the frames that were painted on, and the one that is shown."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._footage: Footage | None = None
        self._painted: list[int] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Frame"))

    def sizeHint(self) -> QSize:
        """Wide and low."""
        return QSize(400, HIGH)

    def show_film(self, footage: Footage) -> None:
        """Another film."""
        self._footage, self._painted = footage, []
        self.setRange(0, footage.frames - 1)
        second = next((at for at in range(footage.frames) if footage.seconds(at) >= 1), 1)
        self.setPageStep(max(second, 1))
        self.update()

    def show_painted(self, numbers: Iterable[int]) -> None:
        """Which frames were painted on."""
        self._painted = sorted(numbers)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Shots in turn lighter and darker."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        shades = palette.mid().color(), palette.dark().color()
        for number, area in enumerate(self._shots()):
            painter.fillRect(area, shades[number % 2])
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(MARK)
        for number in self._painted:
            x = self._at(number)
            painter.drawPolygon(QPolygonF([QPointF(x - 5, 1), QPointF(x + 5, 1), QPointF(x, 9)]))
        at, color = self._at(self.value()), palette.text().color()
        painter.fillRect(QRectF(at - 1, 0, 2, self.height()), color)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(palette.highlight().color())
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """To the place that was pressed."""
        self.setSliderDown(True)
        self._go(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Along with the mouse."""
        if self.isSliderDown():
            self._go(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self.setSliderDown(False)

    def place_of(self, number: int) -> QPointF:
        """Where a frame is in the widget."""
        return QPointF(self._at(number), self.height() / 2)

    def _go(self, event: QMouseEvent) -> None:
        wide = max(self.width() - 1, 1)
        self.setValue(
            QStyle.sliderValueFromPosition(
                self.minimum(), self.maximum(), round(event.position().x()), wide
            )
        )

    def _at(self, number: int) -> float:
        return number / max(self.maximum(), 1) * (self.width() - 1)

    def _shots(self) -> list[QRectF]:
        if self._footage is None:
            return []
        edges = [*(self._at(start) for start in self._footage.shots), float(self.width())]
        pairs = pairwise(edges)
        return [QRectF(left, 10, right - left, self.height() - 12) for left, right in pairs]


class Timeline(QWidget):
    """The line, with buttons and the time.

    Signals:
        sought: a frame's number.
        played: the person wants it to play, or to stop.
        cut: 1 or -1: to the next shot or back.
    """

    sought = Signal(int)
    played = Signal()
    cut = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.line = Line()
        self.line.valueChanged.connect(self.sought)
        self.words = QLabel()
        self.words.setMinimumWidth(300)
        back, self.play, on = (QToolButton() for _ in range(3))
        self._footage: Footage | None = None
        self._speed = 1.0
        icons = QStyle.StandardPixmap
        for button, icon, name in (
            (back, icons.SP_MediaSkipBackward, self.tr("Previous shot")),
            (self.play, icons.SP_MediaPlay, self.tr("Play")),
            (on, icons.SP_MediaSkipForward, self.tr("Next shot")),
        ):
            button.setIcon(self.style().standardIcon(icon))
            button.setAccessibleName(name)
            button.setToolTip(name)
            button.setAutoRaise(True)
        back.clicked.connect(lambda: self.cut.emit(-1))
        on.clicked.connect(lambda: self.cut.emit(1))
        self.play.clicked.connect(self.played)
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 2, 6, 2)
        for part in (back, self.play, on):
            row.addWidget(part)
        row.addWidget(self.line, 1)
        row.addWidget(self.words)

    def show_film(self, footage: Footage) -> None:
        """Another film."""
        self._footage = footage
        self.line.blockSignals(True)
        self.line.show_film(footage)
        self.line.blockSignals(False)
        self.show_frame(0)

    def show_frame(self, number: int) -> None:
        """Which frame is on the screen."""
        self.line.blockSignals(True)
        self.line.setValue(number)
        self.line.blockSignals(False)
        self.line.update()
        if self._footage is not None:
            self._tell(self._footage, number)

    def _tell(self, footage: Footage, number: int) -> None:
        times = (_clock(one) for one in (footage.seconds(number), footage.length))
        words = self.tr("%1 of %2 · shot %3 of %4 · silent")
        shots = footage.shot(number) + 1, len(footage.shots)
        for place, one in enumerate((*times, *shots), 1):
            words = words.replace(f"%{place}", str(one))
        if self._speed < SLOW:
            words += " · " + self.tr("%1 % speed").replace("%1", f"{100 * self._speed:.0f}")
        self.words.setText(words)
        about = self.tr("Frame %1. Films play without sound here; an export keeps it.")
        self.words.setToolTip(about.replace("%1", str(number)))

    def show_speed(self, speed: float) -> None:
        """How fast it plays; it is said if that is slower than it should."""
        self._speed = speed

    def show_playing(self, playing: bool) -> None:
        """Whether it plays."""
        self._speed = 1.0
        icons = QStyle.StandardPixmap
        name = self.tr("Stop") if playing else self.tr("Play")
        self.play.setIcon(
            self.style().standardIcon(icons.SP_MediaPause if playing else icons.SP_MediaPlay)
        )
        self.play.setAccessibleName(name)
        self.play.setToolTip(name)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes)}:{rest:04.1f}"
