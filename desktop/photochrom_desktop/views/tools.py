"""What the mouse does on the picture."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from PySide6.QtGui import QColor

SMALLEST, LARGEST = 2.0, 400.0
"""Radius of the brush in screen pixels."""


class Tool(Enum):
    """What a drag with the left button does."""

    MOVE = "move"
    BRUSH = "brush"
    ERASER = "eraser"
    PICKER = "picker"
    DAMAGED = "damaged"
    SOUND = "sound"


BRUSHES = (Tool.BRUSH, Tool.ERASER, Tool.DAMAGED, Tool.SOUND)
"""Those with a size."""
MARKS = {Tool.DAMAGED: QColor(220, 30, 60), Tool.SOUND: QColor(40, 160, 80)}
"""What is seen of a way that marks damage, or that there is none."""


class Mode(Enum):
    """What is seen."""

    AFTER = "after"
    BEFORE = "before"
    DIVIDED = "divided"
    BESIDE = "beside"


@dataclass
class Brush:
    """How strokes are painted."""

    color: QColor
    radius: float = 24.0
    """In screen pixels, so that a closer look paints finer."""

    def resize(self, factor: float) -> None:
        """Larger or smaller, within bounds."""
        self.radius = min(max(self.radius * factor, SMALLEST), LARGEST)
