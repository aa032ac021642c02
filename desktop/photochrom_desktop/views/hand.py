"""What the mouse holds on the canvas: the divider, the picture or the brush."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent

from photochrom_desktop.views.tools import Mode, Tool

if TYPE_CHECKING:
    from photochrom_desktop.views.canvas import Canvas

GRIP = 8
"""Screen pixels on each side of the divider that take hold of it."""


class Hand:
    """From a press to its release."""

    def __init__(self) -> None:
        self.way: list[tuple[float, float]] = []
        """Of the brush so far, as fractions of the picture."""
        self._held: QPointF | None = None
        self._grips = False

    def press(self, canvas: Canvas, event: QMouseEvent) -> None:
        """Take hold; a picker picks at once."""
        place, left = event.position(), event.button() == Qt.MouseButton.LeftButton
        middle, tool = event.button() == Qt.MouseButton.MiddleButton, canvas.tool
        self._grips = left and _is_grip(canvas, place)
        if self._grips or middle or tool is Tool.MOVE:
            self._held = place
        elif left and tool is Tool.PICKER:
            canvas.pick(place)
        elif left:
            self.way = [canvas.fraction(place)]

    def move(self, canvas: Canvas, event: QMouseEvent) -> None:
        """Drag on."""
        place = event.position()
        if self._grips:
            canvas.divide(place.x() / max(canvas.width(), 1))
        elif self._held is not None:
            moved, self._held = place - self._held, place
            canvas.pan(moved.x(), moved.y())
        elif self.way:
            self.way.append(canvas.fraction(place))

    def release(self, canvas: Canvas) -> None:
        """Let go; what was painted counts now."""
        self._held, self._grips = None, False
        way, self.way = self.way, []
        canvas.use(way)


def _is_grip(canvas: Canvas, place: QPointF) -> bool:
    near = abs(place.x() - canvas.width() * canvas.divider) <= GRIP
    return canvas.mode is Mode.DIVIDED and near
