"""Brushes, the picker, what is pasted and dropped; and all of it without a mouse."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import pyvips
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTabBar, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from helpers.pictures import photograph, write_png
from helpers.window import LEFT, PATIENCE, color_at, drop, picture, stroke
from photochrom_desktop.state.document import said_of
from photochrom_desktop.state.palette import NEUTRAL, PALETTE
from photochrom_desktop.views.window import Window

Calm = Callable[[Window], None]


@pytest.mark.parametrize("model", ["lite-unet"])  # toys can't use a reference
def test_a_reference_is_dropped_and_undone(window: Window, tmp_path: Path, calm: Calm) -> None:
    path, other = picture(tmp_path / "a.png"), tmp_path / "b.png"
    write_png(other, photograph("coffee.png", 120))
    drop(window, path)
    calm(window)
    drop(window.adjust.suggestions, other)
    assert said_of(path).reference == str(other)
    assert window.adjust.reference.text() == str(other)
    assert window.strip.shown == 1
    calm(window)
    assert not window.notice.isVisible(), window.notice.words.text()
    window.actions_by_name["undo"].trigger()
    assert said_of(path).reference is None
    window.actions_by_name["redo"].trigger()
    window.adjust.no_reference.click()
    assert said_of(path).reference is None


def test_what_is_no_file_is_not_taken(window: Window) -> None:
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/a.png")])
    keys, copy = Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    for part in (window, window.adjust.suggestions):
        enter = QDragEnterEvent(QPoint(5, 5), copy, data, LEFT, keys)
        QApplication.sendEvent(part, enter)
        assert not enter.isAccepted()


def test_files_are_pasted(window: Window, tmp_path: Path, calm: Calm) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(picture(tmp_path / "a.png")))])
    QGuiApplication.clipboard().setMimeData(data)
    window.actions_by_name["paste"].trigger()
    calm(window)
    assert window.windowTitle().startswith("a.png")


def test_a_picture_is_pasted_as_a_file_of_its_own(
    window: Window, tmp_path: Path, calm: Calm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "user-dirs.dirs").write_text(f'XDG_PICTURES_DIR="{tmp_path}"\n')
    image = QImage(64, 48, QImage.Format.Format_RGB32)
    image.fill(QColor("#607080"))
    QGuiApplication.clipboard().setImage(image)
    window.actions_by_name["paste"].trigger()
    calm(window)
    (kept,) = (tmp_path / "photochrom").glob("pasted *.png")
    assert window.windowTitle().startswith("pasted ")
    assert QImage(str(kept)).pixelColor(20, 20) == QColor("#607080")
    (tmp_path / "photochrom").rename(tmp_path / "away")
    (tmp_path / "photochrom").write_text("in the way")
    window.actions_by_name["paste"].trigger()
    assert str(tmp_path / "photochrom") in window.notice.words.text()


def test_colours_from_the_picture_the_palette_and_none(
    window: Window, tmp_path: Path, calm: Calm
) -> None:
    path = picture(tmp_path / "a.png")
    drop(window, path)
    calm(window)
    window.actions_by_name["picker"].trigger()
    QTest.mouseClick(window.canvas, LEFT, pos=window.canvas.place_of(0.3, 0.3))
    assert window.canvas.brush.color == color_at(window, 0.3, 0.3)
    buttons = {one.accessibleName(): one for one in window.brushes.findChildren(QToolButton)}
    assert len(buttons) == sum(len(codes) for codes in PALETTE.values())
    buttons[f"Sky {PALETTE['sky'][0]}"].click()
    assert window.canvas.brush.color == QColor(PALETTE["sky"][0])
    window.actions_by_name["brush"].trigger()
    stroke(window, (0.2, 0.5))
    window.actions_by_name["neutral"].trigger()
    stroke(window, (0.8, 0.5))
    colors = ["#{:02x}{:02x}{:02x}".format(*one.color) for one in said_of(path).strokes]
    assert colors == [PALETTE["sky"][0], NEUTRAL]
    radius = window.canvas.brush.radius
    QTest.keyClick(window.canvas, Qt.Key.Key_BracketRight)
    assert window.canvas.brush.radius > radius
    QTest.keyClick(window.canvas, Qt.Key.Key_BracketLeft)
    assert window.canvas.brush.radius == radius
    assert window.brushes.radius.value() == round(radius)


def test_the_picture_without_a_mouse(window: Window, tmp_path: Path, calm: Calm) -> None:
    path, canvas = picture(tmp_path / "a.png", 600, 400), window.canvas
    drop(window, path)
    calm(window)
    window.actions_by_name["brush"].trigger()
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert said_of(path).strokes[0].points[0] == pytest.approx((0.5, 0.5), abs=0.01)
    assert canvas.mapping is not None
    before = canvas.mapping.center
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    QTest.keyClick(canvas, Qt.Key.Key_Down)
    assert canvas.mapping.center[0] > before[0]
    assert canvas.mapping.center[1] > before[1]
    QTest.keyClick(canvas, Qt.Key.Key_Enter)
    (x, y), *_ = said_of(path).strokes[1].points
    assert min(x, y) > 0.5
    window.actions_by_name["divided"].trigger()
    QTest.keyClick(canvas, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert 0.4 < canvas.divider < 0.5
    window.actions_by_name["beside"].trigger()
    calm(window)
    middle = canvas.height() // 2
    half = canvas.grab().toImage()
    before_it = half.pixelColor(canvas.width() // 4, middle)
    assert before_it.red() == before_it.green() == before_it.blue()


def test_what_was_done_comes_back_with_a_picture_and_spreading_is_undone(
    window: Window, tmp_path: Path, calm: Calm
) -> None:
    first, second = picture(tmp_path / "a.png"), picture(tmp_path / "b.png")
    drop(window, first, second)
    window.desk.show(second)
    window.desk.edit(lambda one: one.set("warmth", 0.3))
    window.desk.show(first)
    window.desk.edit(lambda one: one.set("saturation", 1.7))
    window.strip.view.selectAll()
    window.spread()
    assert said_of(second).settings == {"saturation": 1.7}
    window.desk.show(second)
    window.actions_by_name["undo"].trigger()
    assert said_of(second).settings == {"warmth": 0.3}
    window.actions_by_name["undo"].trigger()
    assert said_of(second).settings == {}
    window.desk.show(first)
    window.desk.edit(lambda one: one.reset())
    window.actions_by_name["undo"].trigger()
    assert said_of(first).settings == {"saturation": 1.7}
    calm(window)


def chain(window: Window) -> list[QWidget]:
    """What Tab goes through, from the picture on."""
    found: list[QWidget] = []
    one: QWidget = window.canvas
    while one not in found:
        found.append(one)
        after = one.nextInFocusChain()
        assert after is not None
        one = after
    tab = Qt.FocusPolicy.TabFocus.value
    return [one for one in found if one.isEnabledTo(window) and one.focusPolicy().value & tab]


def test_everything_has_a_name_and_its_turn(window: Window, tmp_path: Path, calm: Calm) -> None:
    drop(window, picture(tmp_path / "a.png"))
    calm(window)
    parts = chain(window)
    nameless = [
        one
        for one in parts
        if not (one.accessibleName() or one.property("text") or isinstance(one, QTabBar))
    ]
    assert nameless == []
    turns = [
        window.canvas,
        window.timeline.line,
        window.adjust.dials["strength"].number,
        window.adjust.choose,
        window.adjust.automatic,
        window.brushes.more,
        window.strip.search,
        window.strip.view,
        window.queue.presets.go,
        window.queue.cancel,
        window.notice.copy,
        window.notice.dismiss,
    ]
    assert [one for one in parts if one in turns] == turns


def test_tab_goes_from_the_picture_on(window: Window, tmp_path: Path, qtbot: QtBot) -> None:
    drop(window, picture(tmp_path / "a.png"))
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=PATIENCE)
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_Tab)
    names = []
    for _ in range(4):
        focused = QApplication.focusWidget()
        assert focused is not None
        names.append(focused.accessibleName())
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    assert names[-1] == "Strength"


TWICE = """
import sys
from pathlib import Path
from PySide6.QtTest import QTest
from photochrom_desktop.app import make_app
from photochrom_desktop.desk import Desk
from photochrom_desktop.views.window import Window
app = make_app(["photochrom"])
window = Window(Desk(sys.argv[2], "cpu"))
window.show()
window.desk.add([Path(sys.argv[1])])
for name in ("before", "pixels"):
    while not window.desk.viewing.is_calm:
        QTest.qWait(20)
    window.actions_by_name[name].trigger()
    QTest.qWait(50)
while not window.desk.viewing.is_calm:
    QTest.qWait(20)
canvas, shown = window.canvas, window.canvas.grab().toImage()
for x in (0.4, 0.5, 0.6):
    spot = canvas.place_of(x, 0.5) * canvas.devicePixelRatioF()
    place = canvas.mapping.to_picture(spot, canvas._panes()[0][1])
    print(int(place[0]), shown.pixelColor(spot).red())
icon = window.strip.pictures.data(window.strip.pictures.row_of(Path(sys.argv[1])), 1)
print(shown.width() / canvas.width(), icon.pixmap(112, 84).width())
window.close()
"""


def test_a_screen_of_two_pixels_for_one_shows_the_files_own(tmp_path: Path, model: str) -> None:
    path = picture(tmp_path / "a.png", 1900, 300)
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": "2"}
    argv = [sys.executable, "-c", TWICE, str(path), model]
    done = subprocess.run(argv, env=env, capture_output=True, text=True, check=True, timeout=120)
    *seen, scales = [line.split() for line in done.stdout.splitlines()]
    true = pyvips.Image.new_from_file(path).numpy()[0]
    assert [abs(int(code) - int(true[int(column)])) for column, code in seen] == [0, 0, 0]
    assert scales == ["2.0", "224"]


def test_the_queue_stands_beside_its_form_where_there_is_room(window: Window) -> None:
    queue = window.findChild(QWidget, "queue")
    assert queue is not None
    queue.raise_()
    form, table = window.queue.presets, window.queue.table
    for size, is_beside in (((1300, 820), True), ((800, 600), False), ((1300, 820), True)):
        window.resize(*size)
        QTest.qWait(50)
        assert (window.width(), window.height()) == size
        assert (table.x() > form.geometry().right()) is is_beside
        assert (table.y() > form.geometry().bottom()) is not is_beside
