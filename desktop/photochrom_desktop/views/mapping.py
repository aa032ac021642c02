"""Where the picture lies on the screen."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRect, QRectF

from photochrom_desktop.work.viewing import EDGE

LARGEST = 32.0
"""Screen pixels of a picture's pixel at most."""


@dataclass(frozen=True)
class Mapping:
    """Of a picture's pixels, at full size, onto the screen's (device pixels of the pane)."""

    size: tuple[int, int]
    """Of the picture."""
    scale: float = 1.0
    """Screen pixels of one picture pixel."""
    center: tuple[float, float] = (0.0, 0.0)
    """The picture's place in the middle of the pane."""

    def fitted(self, pane: QRect) -> Mapping:
        """All of it in a pane; small pictures are not enlarged beyond their pixels."""
        width, height = self.size
        scale = min(pane.width() / width, pane.height() / height, 1.0)
        return replace(self, scale=max(scale, 1e-4), center=(width / 2, height / 2))

    def origin(self, pane: QRect) -> QPointF:
        """Where the picture's upper left corner is."""
        left = pane.x() + pane.width() / 2 - self.center[0] * self.scale
        top = pane.y() + pane.height() / 2 - self.center[1] * self.scale
        # on whole pixels, so that 100 % shows the picture's own
        return QPointF(round(left), round(top))

    def to_picture(self, place: QPointF, pane: QRect) -> tuple[float, float]:
        """A place on the screen, in pixels of the picture."""
        origin = self.origin(pane)
        return (place.x() - origin.x()) / self.scale, (place.y() - origin.y()) / self.scale

    def zoomed(self, factor: float, place: QPointF, pane: QRect) -> Mapping:
        """Larger by a factor, with what is under a place staying there."""
        x, y = self.to_picture(place, pane)
        smallest = min(self.fitted(pane).scale, 1.0) / 4
        scale = min(max(self.scale * factor, smallest), LARGEST)
        middle = QPointF(pane.center())
        return replace(
            self,
            scale=scale,
            center=(x - (place.x() - middle.x()) / scale, y - (place.y() - middle.y()) / scale),
        )

    def moved(self, by: QPointF) -> Mapping:
        """Dragged along; its middle stays inside the picture."""
        x = min(max(self.center[0] - by.x() / self.scale, 0), self.size[0])
        y = min(max(self.center[1] - by.y() / self.scale, 0), self.size[1])
        return replace(self, center=(x, y))

    def level(self, levels: int) -> int:
        """The smallest copy that still has a pixel for each of the screen's."""
        wanted = math.floor(math.log2(1 / self.scale)) if self.scale < 1 else 0
        return min(max(wanted, 0), levels - 1)

    def area(self, level: int, tile: QRectF, pane: QRect) -> QRectF:
        """Where a part of a level, in the level's pixels, lies on the screen."""
        origin, scale = self.origin(pane), self.scale * 2**level
        return QRectF(
            origin.x() + tile.x() * scale,
            origin.y() + tile.y() * scale,
            tile.width() * scale,
            tile.height() * scale,
        )

    def tiles(
        self, level: int, size: tuple[int, int], pane: QRect, clip: QRect
    ) -> Iterator[tuple[int, int]]:
        """Columns and rows of the tiles of a level that are seen in a part of the pane.

        Args:
            level: which.
            size: its width and height.
            pane, clip: of the screen.
        """
        origin, edge = self.origin(pane), EDGE * self.scale * 2**level
        first = [(clip.left() - origin.x()) / edge, (clip.top() - origin.y()) / edge]
        last = [(clip.right() + 1 - origin.x()) / edge, (clip.bottom() + 1 - origin.y()) / edge]
        ranges = [
            range(max(0, math.floor(low)), min(math.ceil(high), math.ceil(side / EDGE)))
            for low, high, side in zip(first, last, size, strict=True)
        ]
        yield from ((column, row) for row in ranges[1] for column in ranges[0])
