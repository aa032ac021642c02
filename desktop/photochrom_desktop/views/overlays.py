"""What is painted over the picture: the divider, the brush, its way, where the model is unsure."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap

UNSURE = QColor(220, 30, 60)
HIDING = 0.6
"""How much the map of confidence hides at most."""
WAY_ALPHA = 140
"""Of a stroke that is being painted, 0..255."""


def unsure(sure: QImage) -> QPixmap:
    """Red where the model is unsure and nothing where it is sure; nothing at all of no map."""
    if sure.isNull():
        return QPixmap()
    over = QImage(sure.size(), QImage.Format.Format_ARGB32)
    over.fill(UNSURE)
    alpha = sure.copy()
    alpha.invertPixels()
    over.setAlphaChannel(alpha)
    return QPixmap.fromImage(over)


def paint_unsure(painter: QPainter, over: QPixmap, area: QRectF) -> None:
    """Lay what `unsure` made over the picture's area."""
    painter.setOpacity(HIDING)
    painter.drawPixmap(area, over, QRectF(over.rect()))
    painter.setOpacity(1)


def paint_divider(painter: QPainter, size: QSize, divider: float, ratio: float) -> None:
    """The line between before and after with its grip, in device pixels."""
    at, high = round(size.width() * divider), size.height()
    for color, width in ((QColor(0, 0, 0, 120), 3), (QColor("white"), 1.5)):
        painter.setPen(QPen(color, width * ratio))
        painter.drawLine(QPointF(at, 0), QPointF(at, high))
    painter.setBrush(QColor("white"))
    painter.drawEllipse(QPointF(at, high / 2), 7 * ratio, 7 * ratio)


def paint_ring(painter: QPainter, place: QPointF, radius: float) -> None:
    """The brush's ring, seen on light and dark."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, wider in ((QColor(0, 0, 0, 160), 1.0), (QColor("white"), 0.0)):
        painter.setPen(QPen(color, 1))
        painter.drawEllipse(place, radius + wider, radius + wider)


def paint_way(painter: QPainter, places: list[QPointF], color: QColor, radius: float) -> None:
    """A stroke as far as it has come."""
    seen = QColor(color)
    seen.setAlpha(WAY_ALPHA)
    pen = QPen(seen, 2 * radius)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.drawPolyline(places if len(places) > 1 else places * 2)
