"""The picture without a mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

if TYPE_CHECKING:
    from photochrom_desktop.views.canvas import Canvas

STEP = 48.0
"""Pixels that an arrow moves the picture."""
DIVIDER = 0.02
"""How far an arrow moves the divider, over the width."""
ARROWS = {
    Qt.Key.Key_Left: (1, 0), Qt.Key.Key_Right: (-1, 0),
    Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1),
}  # fmt: skip
"""Towards what is seen next: the picture goes the other way."""


def press(canvas: Canvas, event: QKeyEvent) -> bool:
    """Arrows show more of a side, with Shift they move the divider; Enter uses the tool in the
    middle. Returns whether the key was one of these."""
    key = Qt.Key(event.key())
    if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        canvas.use_in_the_middle()
    elif key not in ARROWS:
        return False
    elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
        canvas.divide(canvas.divider - ARROWS[key][0] * DIVIDER)
    else:
        across, down = ARROWS[key]
        canvas.pan(across * STEP, down * STEP)
    return True
