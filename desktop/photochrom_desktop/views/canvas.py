"""The picture, large: zoom, pan, before and after, and the brush."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QCursor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from photochrom_desktop.views import keyboard, overlays
from photochrom_desktop.views.hand import Hand
from photochrom_desktop.views.layers import Layers
from photochrom_desktop.views.mapping import Mapping
from photochrom_desktop.views.panes import Pane, panes_of
from photochrom_desktop.views.tools import BRUSHES, MARKS, Brush, Mode, Tool
from photochrom_desktop.work.viewing import Tile

SURROUND = QColor(64, 64, 64)
"""Neutral and darker than most pictures, so that their colours are judged rightly."""
STEP = 1.25
"""Zoom of one notch of the wheel."""


class Canvas(QWidget):
    """Shows what `Viewing` gives.

    Signals:
        wanting: the tiles that are missing.
        painted: a way (places as fractions of the picture) and a radius over its long side.
        erased: the same, of the eraser.
        touched: the same, of a tool that marks, and whether as damaged.
        picked: a colour of the picture.
        zoomed: the scale, screen pixels of one picture pixel.
        resized: the radius of the brush changed.
        sided: which sides are seen, ``before``, ``after`` or both.
    """

    wanting = Signal(list)
    painted = Signal(list, float)
    erased = Signal(list, float)
    touched = Signal(list, float, bool)
    picked = Signal(QColor)
    zoomed = Signal(float)
    resized = Signal()
    sided = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.brush = Brush(QColor("#c68863"))
        self.layers = Layers()
        self.divider = 0.5
        """Where before ends and after begins, over the width."""
        self._tool, self._mode, self._peeking = Tool.MOVE, Mode.AFTER, False
        self._mapping: Mapping | None = None
        self._is_fitted = True
        self._hand = Hand()
        self._sure = QPixmap()
        self._masks = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(240, 180)
        self.setAccessibleName(self.tr("Picture"))
        self.setAccessibleDescription(self.tr("The picture, before and after colouring"))

    def sizeHint(self) -> QSize:
        """A comfortable size."""
        return QSize(900, 600)

    @property
    def mapping(self) -> Mapping | None:
        """Where the picture lies; None without one."""
        return self._mapping

    @property
    def mode(self) -> Mode:
        """What is seen."""
        return Mode.BEFORE if self._peeking else self._mode

    @property
    def tool(self) -> Tool:
        """What a drag does."""
        return self._tool

    def forget(self) -> None:
        """Another picture comes."""
        self.layers.forget()
        self._mapping, self._sure = None, QPixmap()
        self.update()

    def show_sight(self, sight: QImage) -> None:
        """A first sight, until tiles come."""
        if not self.layers.sizes and not sight.isNull():
            self.layers.sight = QPixmap.fromImage(sight)
            if self._mapping is None:
                self._place((sight.width(), sight.height()))

    def open_film(self, size: tuple[int, int]) -> None:
        """The size of a film's frames is known."""
        if self._mapping is None or self._mapping.size != size:
            self._place(size)

    def show_frame(self, side: str, frame: QImage) -> None:
        """Show a film's frame."""
        self.layers.put_frame(side, frame)
        self.update()

    def open(self, sizes: list[tuple[int, int]]) -> None:
        """The picture's levels are known."""
        self.layers.open(sizes)
        if self._mapping is None or self._mapping.size != sizes[0]:
            self._place(sizes[0])
        self.refresh()

    def age(self) -> None:
        """The picture was coloured anew."""
        self.layers.age()
        self.refresh()

    def put(self, tile: Tile, picture: QImage) -> None:
        """A tile came."""
        self.layers.put(tile, picture)
        self.update()

    def show_sure(self, sure: QImage) -> None:
        """Lay the map of confidence over the picture; an empty one takes it away."""
        self._sure = overlays.unsure(sure)
        self.update()

    def show_mask(self, shown: bool) -> None:
        """Lay the mask of damage over the picture."""
        self._masks = shown
        self.refresh()

    def set_mode(self, mode: Mode) -> None:
        """Show before, after, or both."""
        self._mode = mode
        self._fit_again()
        self._tell_sides()

    def peek(self, peeking: bool) -> None:
        """Show the original as long as a key is held."""
        self._peeking = peeking
        self.refresh()
        self._tell_sides()

    def set_tool(self, tool: Tool) -> None:
        """What a drag does from now on."""
        self._tool = tool
        moves = tool is Tool.MOVE
        self.setCursor(Qt.CursorShape.OpenHandCursor if moves else Qt.CursorShape.CrossCursor)
        self.update()

    def fit(self) -> None:
        """All of the picture."""
        if self._mapping is not None:
            self._is_fitted = True
            self._set(self._mapping.fitted(self._panes()[0][1]))

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Closer or farther; at a place of the widget, or in its middle."""
        if self._mapping is None:
            return
        place = QPointF(self.rect().center()) if at is None else at
        self._is_fitted = False
        pane = self._pane_at(place)
        self._set(self._mapping.zoomed(factor, place * self.devicePixelRatioF(), pane))

    def zoom_to(self, scale: float) -> None:
        """To a scale; 1 shows the picture's own pixels."""
        if self._mapping is not None:
            self.zoom(scale / self._mapping.scale)

    def resize_brush(self, factor: float) -> None:
        """Larger or smaller."""
        self.brush.resize(factor)
        self.resized.emit()
        self.update()

    def place_of(self, x: float, y: float) -> QPoint:
        """Where a place of the picture (fractions) is in the widget."""
        assert self._mapping is not None
        width, height = self._mapping.size
        pane = self._panes()[-1][1]
        where = self._mapping.area(0, QRectF(x * width, y * height, 0, 0), pane).topLeft()
        return (where / self.devicePixelRatioF()).toPoint()

    def refresh(self) -> None:
        """Ask for what is missing, and paint."""
        if self._mapping is not None and self.layers.sizes:
            tiles: list[Tile] = []
            for side, pane, clip in self._panes():
                tiles += self.layers.wanted(side, self._mapping, pane, clip)
                if self._masks and side == "after":
                    tiles += self.layers.wanted("mask", self._mapping, pane, clip)
            self.wanting.emit(self.layers.missing(tiles))
        self.update()

    def _tell_sides(self) -> None:
        self.sided.emit([side for side, _, _ in self._panes()])

    def _place(self, size: tuple[int, int]) -> None:
        self._mapping = Mapping(size).fitted(self._panes()[0][1])
        self._is_fitted = True
        self.zoomed.emit(self._mapping.scale)
        self.update()

    def _set(self, mapping: Mapping) -> None:
        self._mapping = mapping
        self.zoomed.emit(mapping.scale)
        self.refresh()

    def _fit_again(self) -> None:
        if self._is_fitted:
            self.fit()
        self.refresh()

    def _panes(self) -> list[Pane]:
        ratio = self.devicePixelRatioF()
        whole = QRect(0, 0, round(self.width() * ratio), round(self.height() * ratio))
        return panes_of(self.mode, whole, self.divider)

    def _pane_at(self, place: QPointF) -> QRect:
        at = (place * self.devicePixelRatioF()).toPoint()
        panes = self._panes()
        return next((pane for _, pane, clip in panes if clip.contains(at)), panes[-1][1])

    def fraction(self, place: QPointF) -> tuple[float, float]:
        """A place of the widget over the picture's size, inside it."""
        assert self._mapping is not None
        place_on = place * self.devicePixelRatioF()
        where = self._mapping.to_picture(place_on, self._pane_at(place))
        width, height = self._mapping.size
        return min(max(where[0] / width, 0.0), 1.0), min(max(where[1] / height, 0.0), 1.0)

    @property
    def _radius(self) -> float:
        """The brush's, over the picture's long side."""
        assert self._mapping is not None
        pixels = self.brush.radius * self.devicePixelRatioF() / self._mapping.scale
        return min(max(pixels / max(self._mapping.size), 1e-5), 1.0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what there is."""
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        painter.scale(1 / ratio, 1 / ratio)
        painter.fillRect(QRect(QPoint(0, 0), self.size() * ratio), SURROUND)
        if self._mapping is None:
            return
        whole = self._mapping.scale < 2  # closer than that, pixels are seen as such
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, whole)
        for side, pane, clip in self._panes():
            painter.setClipRect(clip)
            self.layers.paint(painter, side, self._mapping, pane, clip)
            if self._masks and side == "after":
                self.layers.paint_mask(painter, self._mapping, pane, clip)
            if side == "after" and not self._sure.isNull():
                area = self._mapping.area(0, QRectF(0, 0, *self._mapping.size), pane)
                overlays.paint_unsure(painter, self._sure, area)
        painter.setClipping(False)
        self._paint_over(painter, ratio)

    def _paint_over(self, painter: QPainter, ratio: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.mode is Mode.DIVIDED:
            overlays.paint_divider(painter, self.size() * ratio, self.divider, ratio)
        painter.scale(ratio, ratio)
        if self._hand.way and self._tool is not Tool.ERASER:
            places = [QPointF(self.place_of(x, y)) for x, y in self._hand.way]
            color = MARKS.get(self._tool, self.brush.color)
            overlays.paint_way(painter, places, color, self.brush.radius)
        if self._tool in BRUSHES and (self.underMouse() or self.hasFocus()):
            mouse = self.mapFromGlobal(QCursor.pos())
            place = QPointF(mouse if self.underMouse() else self.rect().center())
            overlays.paint_ring(painter, place, self.brush.radius)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The picture stays fitted, if it was."""
        self._fit_again()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom; with Ctrl the brush's size."""
        notches = event.angleDelta().y() / 120
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.resize_brush(STEP**notches)
        else:
            self.zoom(STEP**notches, event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """As `Hand.press`."""
        if self._mapping is not None:
            self._hand.press(self, event)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """As `Hand.move`."""
        self._hand.move(self, event)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """As `Hand.release`."""
        self._hand.release(self)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """As `keyboard.press`."""
        if not keyboard.press(self, event):
            super().keyPressEvent(event)

    def pan(self, across: float, down: float) -> None:
        """Move the picture, in the widget's pixels."""
        if self._mapping is not None:
            self._is_fitted = False
            self._set(self._mapping.moved(QPointF(across, down) * self.devicePixelRatioF()))

    def divide(self, at: float) -> None:
        """Put the divider somewhere, over the width."""
        self.divider = min(max(at, 0.0), 1.0)
        self.refresh()

    def use_in_the_middle(self) -> None:
        """A dab with the tool, or a colour picked, without a mouse."""
        middle = QPointF(self.rect().center())
        if self._mapping is None or self._tool is Tool.MOVE:
            return
        if self._tool is Tool.PICKER:
            self.pick(middle)
        else:
            self.use([self.fraction(middle)])

    def use(self, way: list[tuple[float, float]]) -> None:
        """Paint, erase or mark along a way; none does nothing."""
        if way and self._tool in MARKS:
            self.touched.emit(way, self._radius, self._tool is Tool.DAMAGED)
        elif way:
            (self.erased if self._tool is Tool.ERASER else self.painted).emit(way, self._radius)

    def leaveEvent(self, event: QEvent) -> None:
        """The brush's ring goes."""
        self.update()

    def pick(self, place: QPointF) -> None:
        """Tell the colour at a place of the widget."""
        assert self._mapping is not None
        (x, y), (width, height) = self.fraction(place), self._mapping.size
        x, y = min(x * width, width - 1), min(y * height, height - 1)
        color = self.layers.color_at("after", x, y, (width, height))
        if color is not None:
            self.picked.emit(color)
