"""What the canvas has of a picture: tiles as they come, a first sight until then."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap

from photochrom_desktop.views.mapping import Mapping
from photochrom_desktop.work.viewing import EDGE, Tile

MOST = 320
"""Tiles that are held, 1 MB each at most; the longest unused go."""

DAMAGE = QColor(230, 20, 60)


class Layers:
    """A picture in parts, before and after."""

    def __init__(self) -> None:
        self.sizes: list[tuple[int, int]] = []
        """Of its levels, from full size down; empty until it is open."""
        self.sight = QPixmap()
        self._frames: dict[str, QPixmap] = {}
        """Whole frames of a film, by their sides."""
        self._tiles: dict[Tile, tuple[QPixmap, bool]] = {}
        """With whether each is of the newest look."""

    def forget(self) -> None:
        """Another picture comes."""
        self.sizes, self.sight = [], QPixmap()
        self._tiles.clear()
        self._frames.clear()

    def open(self, sizes: list[tuple[int, int]]) -> None:
        """Its levels are known; a picture of the same size stays until it is seen anew."""
        if sizes != self.sizes:
            self._tiles.clear()
        self.sizes = sizes
        self._tiles = {tile: (picture, False) for tile, (picture, _) in self._tiles.items()}

    def age(self) -> None:
        """It was coloured anew: what there is stays until the new comes."""
        for tile, (picture, _) in self._tiles.items():
            self._tiles[tile] = picture, tile.side != "after"

    def put(self, tile: Tile, picture: QImage) -> None:
        """A tile came."""
        seen = QPixmap.fromImage(_reddened(picture) if tile.side == "mask" else picture)
        self._tiles[tile] = seen, True
        while len(self._tiles) > MOST:
            del self._tiles[next(iter(self._tiles))]

    def put_frame(self, side: str, picture: QImage) -> None:
        """A frame of a film came; it takes the last one's place."""
        self._frames[side] = QPixmap.fromImage(picture)

    def missing(self, tiles: list[Tile]) -> list[Tile]:
        """Those that are not there, or old."""
        return [tile for tile in tiles if not self._tiles.get(tile, (None, False))[1]]

    def wanted(self, side: str, mapping: Mapping, pane: QRect, clip: QRect) -> list[Tile]:
        """Tiles that a part of the screen needs."""
        level = mapping.level(len(self.sizes))
        places = mapping.tiles(level, self.sizes[level], pane, clip)
        return [Tile(side, level, column, row) for column, row in places]

    def paint(
        self, painter: QPainter, side: str, mapping: Mapping, pane: QRect, clip: QRect
    ) -> None:
        """What there is of a side, coarse below fine."""
        whole = self._frames.get(side, self.sight)
        if not whole.isNull():
            area = mapping.area(0, QRectF(0, 0, *mapping.size), pane)
            painter.drawPixmap(area, whole, QRectF(whole.rect()))
        if not self.sizes:
            return
        self._paint_tiles(painter, side, mapping, pane, clip)

    def paint_mask(self, painter: QPainter, mapping: Mapping, pane: QRect, clip: QRect) -> None:
        """What there is of the mask."""
        if self.sizes:
            level = mapping.level(len(self.sizes))
            for column, row in mapping.tiles(level, self.sizes[level], pane, clip):
                self._paint_tile(painter, Tile("mask", level, column, row), mapping, pane)

    def _paint_tiles(
        self, painter: QPainter, side: str, mapping: Mapping, pane: QRect, clip: QRect
    ) -> None:
        level = mapping.level(len(self.sizes))
        for coarse in range(len(self.sizes) - 1, level - 1, -1):
            for column, row in mapping.tiles(coarse, self.sizes[coarse], pane, clip):
                self._paint_tile(painter, Tile(side, coarse, column, row), mapping, pane)

    def color_at(self, side: str, x: float, y: float, size: tuple[int, int]) -> QColor | None:
        """The colour at a place of the picture, in its pixels, as it is shown; None if unknown."""
        if side in self._frames:
            frame = self._frames[side].toImage()
            across, down = frame.width() / size[0], frame.height() / size[1]
            return frame.pixelColor(int(x * across), int(y * down))
        for level in range(len(self.sizes)):
            column, row = (int(part) >> level for part in (x, y))
            found = self._tiles.get(Tile(side, level, column // EDGE, row // EDGE))
            if found is not None:
                return found[0].toImage().pixelColor(column % EDGE, row % EDGE)
        return None

    def _paint_tile(self, painter: QPainter, tile: Tile, mapping: Mapping, pane: QRect) -> None:
        found = self._tiles.pop(tile, None)
        if found is None:
            return
        self._tiles[tile] = found  # used just now
        picture = found[0]
        place = QRectF(tile.column * EDGE, tile.row * EDGE, picture.width(), picture.height())
        area = mapping.area(tile.level, place, pane)
        painter.drawPixmap(area, picture, QRectF(picture.rect()))


def _reddened(mask: QImage) -> QImage:
    """Red where it is white, and nothing else."""
    over = QImage(mask.size(), QImage.Format.Format_ARGB32)
    over.fill(DAMAGE)
    over.setAlphaChannel(mask.convertToFormat(QImage.Format.Format_Grayscale8))
    return over
