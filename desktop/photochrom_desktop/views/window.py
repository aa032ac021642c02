"""The window: what goes where."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import (
    QCloseEvent,
    QColor,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QKeyEvent,
)
from PySide6.QtWidgets import QFileDialog

from photochrom.errors import OutputError
from photochrom_desktop.desk import Desk
from photochrom_desktop.state.document import Document
from photochrom_desktop.state.exports import Export, Status
from photochrom_desktop.state.footage import Footage
from photochrom_desktop.state.palette import NEUTRAL
from photochrom_desktop.state.reel import Reel
from photochrom_desktop.views import actions, drops, recent
from photochrom_desktop.views.dialogs import Keys, Plan, Variants
from photochrom_desktop.views.frame import Frame
from photochrom_desktop.work.glances import SIGHT

VARIANTS = 4


class Window(Frame):
    """One window over one desk."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.actions_by_name = actions.make(self)
        self.fill_menus(self.actions_by_name)
        self._connect_desk()
        self._connect_panels()
        self._connect_film()
        self._paint_with(self.canvas.brush.color)
        self.brushes.show_size(self.canvas.brush.radius)
        self.take_up()

    def _connect_desk(self) -> None:
        desk, viewing, canvas = self.desk, self.desk.viewing, self.canvas
        desk.added.connect(self.strip.pictures.add)
        desk.shown.connect(self._show)
        desk.edited.connect(self._show_said)
        desk.failed.connect(self.notice.tell)
        desk.equipped.connect(lambda model, device: self.equipment.setText(f"{model} · {device}"))
        viewing.opened.connect(canvas.open)
        viewing.opened.connect(self._show_holds)
        viewing.looked.connect(canvas.age)
        viewing.looked.connect(self._map_again)
        viewing.tiled.connect(canvas.put)
        viewing.sure.connect(self._show_sure)
        viewing.varied.connect(self._choose_variant)
        for part in (viewing, desk.reeling):
            part.busy.connect(self.show_busy)
            part.noted.connect(lambda notes: self.statusBar().showMessage("; ".join(notes), 15000))
        desk.glances.seen.connect(self._sight)
        desk.exporting.changed.connect(self._mark)

    def _connect_film(self) -> None:
        reeling, timeline = self.desk.reeling, self.timeline
        reeling.opened.connect(self._show_film)
        reeling.framed.connect(lambda _, side, frame: self.canvas.show_frame(side, frame))
        reeling.moved.connect(timeline.show_frame)
        reeling.playing.connect(timeline.show_playing)
        reeling.paced.connect(timeline.show_speed)
        reeling.planned.connect(self._show_plan)
        self.canvas.sided.connect(reeling.see)
        timeline.sought.connect(reeling.seek)
        timeline.played.connect(reeling.play)
        timeline.cut.connect(self.cut)

    def _connect_panels(self) -> None:
        desk, canvas = self.desk, self.canvas
        self.strip.chosen.connect(desk.show)
        canvas.wanting.connect(desk.viewing.want)
        canvas.painted.connect(
            lambda way, radius: desk.paint(way, radius, canvas.brush.color.name())
        )
        canvas.erased.connect(self._erase)
        canvas.touched.connect(desk.touch)
        canvas.touched.connect(lambda *_: self.adjust.damage.setChecked(True))
        canvas.picked.connect(self._paint_with)
        canvas.zoomed.connect(lambda scale: self.scale.setText(f"{100 * scale:.0f} %"))
        canvas.resized.connect(lambda: self.brushes.show_size(canvas.brush.radius))
        self.brushes.chosen.connect(self._paint_with)
        self.brushes.sized.connect(lambda radius: canvas.resize_brush(radius / canvas.brush.radius))
        adjust = self.adjust
        adjust.changed.connect(lambda *what: desk.edit(lambda one: one.set(*what)))
        adjust.restored.connect(lambda *what: desk.edit(lambda one: one.restore(*what)))
        adjust.masking.connect(canvas.show_mask)
        adjust.sure.connect(self._map_again)
        adjust.varying.connect(lambda: desk.viewing.vary(VARIANTS))
        adjust.referring.connect(self.ask_reference)
        adjust.suggestions.dropped.connect(self.refer)
        adjust.unreferred.connect(lambda: desk.edit(lambda one: one.refer(None)))
        self.queue.wanted.connect(self.export)

    def ask_files(self) -> None:
        """Let the person choose files."""
        names, _ = QFileDialog.getOpenFileNames(self, self.tr("Open"))
        self.desk.add(map(Path, names))

    def ask_folder(self) -> None:
        """Let the person choose a folder."""
        name = QFileDialog.getExistingDirectory(self, self.tr("Open folder"))
        if name:
            self.desk.add([Path(name)])

    def ask_reference(self) -> None:
        """Let the person choose a reference picture."""
        name, _ = QFileDialog.getOpenFileName(self, self.tr("Reference picture"))
        if name:
            self.refer(Path(name))

    def refer(self, reference: Path) -> None:
        """Take colours from another picture."""
        self.desk.edit(lambda one: one.refer(reference))

    def paste(self) -> None:
        """Take in files whose names were copied, or a picture."""
        try:
            self.desk.add(drops.pasted(QGuiApplication.clipboard().mimeData()))
        except OutputError as error:
            self.notice.tell(str(error))

    def export(self) -> None:
        """Queue the pictures that are marked, or the one that is shown."""
        shown = self.desk.document
        paths = self.strip.selected
        if not paths and shown is not None:
            paths = [shown.path]
        if isinstance(shown, Reel) and paths == [shown.path] and self.desk.reeling.footage:
            self.desk.plan(self.queue.presets.preset)  # the person sees it first
        else:
            self.desk.export(paths, self.queue.presets.preset)

    def spread(self) -> None:
        """Same settings for all pictures that are marked."""
        paths = self.strip.selected
        self.desk.spread(paths)
        for path in paths:
            self.strip.pictures.mark(path, "begun")

    def step(self, by: int) -> None:
        """Show a neighbour in the strip."""
        view = self.strip.view
        row = view.currentIndex().row() + by
        if 0 <= row < self.strip.shown:
            view.setCurrentIndex(view.model().index(row, 0))

    def turn(self, by: int) -> None:
        """So many frames on in the film."""
        self.desk.reeling.seek(self.desk.reeling.number + by)

    def cut(self, step: int) -> None:
        """To the next shot of the film, or back."""
        footage = self.desk.reeling.footage
        if footage is not None:
            self.desk.reeling.seek(footage.cut(self.desk.reeling.number, step))

    def take_neutral(self) -> None:
        """Paint "no colour here"."""
        self._paint_with(QColor(NEUTRAL))

    def show_keys(self) -> None:
        """Every key."""
        others = [
            (self.tr("Show the original as long as it is held"), self.tr("Space")),
            (self.tr("Closer, farther"), self.tr("Wheel")),
            (self.tr("Size of the brush"), self.tr("Ctrl+Wheel")),
            (self.tr("Move the picture"), self.tr("Middle button, arrows")),
            (self.tr("Move the divider"), self.tr("Shift+Arrows")),
            (self.tr("Use the tool in the middle of the view"), self.tr("Enter")),
        ]
        self.keys = Keys(self.actions_by_name.values(), others, self)
        self.keys.open()

    def quit(self) -> None:
        """Close; everything is kept already."""
        self.close()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may come."""
        if drops.files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Files came."""
        self.desk.add(drops.files(event.mimeData()))
        event.acceptProposedAction()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space shows the original as long as it is held."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.canvas.peek(True)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Let go of Space."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.canvas.peek(False)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the layout, and end the workers."""
        self.remember()
        self.desk.close()
        event.accept()

    def _show(self, document: Document | Reel) -> None:
        recent.add(document.path)
        self.setWindowTitle(f"{document.path.name} – photochrom")
        self.notice.hide()
        self.stack.setCurrentWidget(self.canvas)
        self.canvas.forget()
        self.timeline.hide()
        self.adjust.show_kind(isinstance(document, Reel))
        for name in ("damaged", "sound"):
            self.actions_by_name[name].setDisabled(isinstance(document, Reel))
        self.strip.show_picture(document.path)
        self._show_said()

    def _show_said(self) -> None:
        document = self.desk.document
        if document is None:
            return
        self.adjust.show_said(document.said)
        self.actions_by_name["undo"].setEnabled(document.can_undo)
        self.actions_by_name["redo"].setEnabled(document.can_redo)
        if isinstance(document, Reel):
            self._mark_painted(document)
        if document.can_undo:
            self.strip.pictures.mark(document.path, "begun")

    def _show_film(self, footage: Footage) -> None:
        self.canvas.open_film(footage.size)
        self.timeline.show_film(footage)
        self.timeline.show()
        self._show_said()

    def _show_holds(self, sizes: list[tuple[int, int]]) -> None:
        self.queue.presets.show_source(*sizes[0], self.desk.viewing.bits)

    def _show_plan(self, lines: list[str]) -> None:
        self.plan = Plan(lines, self)
        preset, shown = self.queue.presets.preset, self.desk.document
        assert shown is not None
        self.plan.accepted.connect(partial(self.desk.export, [shown.path], preset))
        self.plan.open()

    def _mark_painted(self, reel: Reel) -> None:
        footage = self.desk.reeling.footage
        if footage is not None:
            numbers = [footage.number(name) for name in reel.painted]
            self.timeline.line.show_painted(one for one in numbers if one is not None)

    def _sight(self, path: Path, side: int, picture: object) -> None:
        if side == SIGHT and self.desk.document is not None and path == self.desk.document.path:
            self.canvas.show_sight(picture)  # type: ignore[arg-type]  # a QImage, says the signal

    def _erase(self, way: list[tuple[float, float]], radius: float) -> None:
        if self.canvas.mapping is not None:
            self.desk.erase(way, radius, self.canvas.mapping.size)

    def _paint_with(self, color: QColor) -> None:
        self.canvas.brush.color = color
        self.brushes.show_color(color)

    def _map_again(self, *_: object) -> None:
        if self.adjust.map.isChecked():
            self.desk.viewing.map_confidence()
        else:
            self._show_sure(None)

    def _show_sure(self, sure: object) -> None:
        self.canvas.show_sure(sure if isinstance(sure, QImage) else QImage())

    def _choose_variant(self, numbers: list[int], pictures: list[object]) -> None:
        self.variants = Variants(numbers, pictures, self)  # type: ignore[arg-type]
        self.variants.accepted.connect(
            lambda: self.desk.edit(lambda one: one.set("variant", self.variants.number))
        )
        self.variants.open()

    def _mark(self, export: Export | None) -> None:
        states = {Status.DONE: "done", Status.FAILED: "failed"}
        if export is not None and export.status in states:
            self.strip.pictures.mark(export.source, states[export.status])

    def changeEvent(self, event: QEvent) -> None:
        """Let go of Space when another window takes over."""
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self.canvas.peek(False)
        super().changeEvent(event)
