"""The window with its real workers: what a person does with it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import pyvips
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from helpers.window import LEFT, PATIENCE, color_at, drop, picture, stroke
from photochrom.hints import sidecar
from photochrom_desktop import desk
from photochrom_desktop.state.document import said_of
from photochrom_desktop.state.exports import Status
from photochrom_desktop.views.window import Window

Calm = Callable[[Window], None]


def test_a_dropped_picture_is_seen_in_colour(window: Window, tmp_path: Path, calm: Calm) -> None:
    drop(window, picture(tmp_path / "a.png"))
    calm(window)
    assert window.windowTitle().startswith("a.png")
    seen = color_at(window, 0.2, 0.2)
    parts = (seen.red(), seen.green(), seen.blue())
    assert max(parts) - min(parts) > 10
    assert not window.notice.isVisible()


def test_at_100_percent_pixels_are_those_of_the_file(
    window: Window, tmp_path: Path, calm: Calm
) -> None:
    drop(window, picture(tmp_path / "a.png", 1400, 900))
    window.actions_by_name["before"].trigger()
    window.actions_by_name["pixels"].trigger()
    calm(window)
    shown = window.canvas.grab().toImage()
    true = pyvips.Image.new_from_file(tmp_path / "a.png").numpy()
    for x, y in ((0.4, 0.5), (0.5, 0.5), (0.55, 0.6)):
        spot = window.canvas.place_of(x, y)
        assert abs(shown.pixelColor(spot).red() - int(true[round(y * 900), round(x * 1400)])) <= 1


def test_a_folder_comes_into_the_strip_and_is_searched(
    window: Window, tmp_path: Path, calm: Calm
) -> None:
    for number in range(12):
        picture(tmp_path / f"scan{number}.png")
    drop(window, tmp_path)
    calm(window)
    assert window.strip.shown == 12
    window.strip.search.setText("SCAN1")
    assert window.strip.shown == 3
    assert window.windowTitle().startswith("scan0.png")
    window.strip.search.clear()
    window.actions_by_name["next"].trigger()
    assert window.windowTitle().startswith("scan1.png")


def test_strokes_colour_and_every_action_can_be_undone(
    window: Window, tmp_path: Path, calm: Calm
) -> None:
    path = picture(tmp_path / "a.png")
    drop(window, path)
    calm(window)
    plain = color_at(window, 0.5, 0.5)
    window.actions_by_name["brush"].trigger()
    window.brushes.chosen.emit(QColor("#20a030"))
    stroke(window, (0.4, 0.5), (0.6, 0.5))
    calm(window)
    painted = color_at(window, 0.5, 0.5)
    assert painted.green() - painted.red() > plain.green() - plain.red() + 10
    assert len(said_of(path).strokes) == 1
    window.actions_by_name["eraser"].trigger()
    stroke(window, (0.5, 0.5))
    assert not said_of(path).strokes
    window.adjust.dials["saturation"].number.setValue(2.0)
    window.adjust.steps["levels"].setChecked(True)
    window.adjust.detail.setCurrentIndex(1)
    assert said_of(path).settings == {"saturation": 2.0, "detail": 0}
    for _ in range(4):
        window.actions_by_name["undo"].trigger()
    assert len(said_of(path).strokes) == 1
    assert said_of(path).restore is None
    assert window.adjust.dials["saturation"].number.value() == 1.0
    window.actions_by_name["undo"].trigger()
    assert not window.actions_by_name["undo"].isEnabled()
    calm(window)
    assert color_at(window, 0.5, 0.5) == plain


def test_damage_is_marked_seen_repaired_and_undone(
    window: Window, tmp_path: Path, calm: Calm, qtbot: QtBot
) -> None:
    path = picture(tmp_path / "a.png", 300, 200)
    codes = pyvips.Image.new_from_file(path).numpy().copy()
    codes[90:110, 140:160] = 255
    pyvips.Image.new_from_array(codes).write_to_file(path)
    drop(window, path)
    calm(window)
    spot = color_at(window, 0.5, 0.5)
    assert spot.lightness() > 240
    window.actions_by_name["damaged"].trigger()
    window.canvas.resize_brush(0.7)
    stroke(window, (0.48, 0.5), (0.52, 0.5))
    assert window.adjust.damage.isChecked()
    calm(window)
    marked = color_at(window, 0.5, 0.5)
    assert marked.red() > 200 > 80 > marked.green()
    sound = color_at(window, 0.5, 0.15)
    assert abs(sound.red() - sound.green()) < 80
    window.adjust.damage.setChecked(False)
    calm(window)
    repaired = color_at(window, 0.5, 0.5)
    assert repaired.lightness() < 170
    assert said_of(path).restore["steps"] == []  # type: ignore[index]
    window.actions_by_name["sound"].trigger()
    window.canvas.resize_brush(3)
    stroke(window, (0.5, 0.5))
    window.adjust.damage.setChecked(False)
    calm(window)
    assert color_at(window, 0.5, 0.5) == spot
    window.actions_by_name["undo"].trigger()
    calm(window)
    assert color_at(window, 0.5, 0.5) == repaired
    window.queue.presets.go.click()
    queue = window.desk.exporting.queue
    qtbot.waitUntil(lambda: next(iter(queue)).status is Status.DONE, timeout=PATIENCE)
    made = pyvips.Image.new_from_file(next(iter(queue)).target).numpy()
    assert made[95:105, 145:155].mean() < 190
    window.actions_by_name["undo"].trigger()
    assert said_of(path).restore is None


def test_before_after_and_the_divider(window: Window, tmp_path: Path, calm: Calm) -> None:
    drop(window, picture(tmp_path / "a.png"))
    window.actions_by_name["divided"].trigger()
    calm(window)
    canvas = window.canvas
    first, second = color_at(window, 0.45, 0.2), color_at(window, 0.55, 0.2)
    assert first.red() == first.green() == first.blue()
    assert second.red() != second.blue()
    grip = QPoint(canvas.width() // 2, canvas.height() // 2)
    QTest.mousePress(canvas, LEFT, pos=grip)
    QTest.mouseMove(canvas, QPoint(5, grip.y()))
    QTest.mouseRelease(canvas, LEFT, pos=QPoint(5, grip.y()))
    calm(window)
    again = color_at(window, 0.45, 0.2)
    assert again.red() != again.blue()
    window.actions_by_name["after"].trigger()
    QTest.keyPress(window, Qt.Key.Key_Space)
    assert canvas.mode.value == "before"
    QTest.keyRelease(window, Qt.Key.Key_Space)
    assert canvas.mode.value == "after"


def test_the_wheel_zooms_and_sizes_the_brush(window: Window, tmp_path: Path, calm: Calm) -> None:
    drop(window, picture(tmp_path / "a.png", 600, 400))
    calm(window)
    canvas = window.canvas
    assert canvas.mapping is not None
    scale, radius = canvas.mapping.scale, canvas.brush.radius

    def wheel(keys: Qt.KeyboardModifier) -> None:
        middle = QPointF(canvas.rect().center())
        event = QWheelEvent(
            middle,
            middle,
            QPoint(),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            keys,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(canvas, event)

    wheel(Qt.KeyboardModifier.NoModifier)
    assert canvas.mapping.scale > scale
    wheel(Qt.KeyboardModifier.ControlModifier)
    assert canvas.brush.radius > radius
    window.actions_by_name["fit"].trigger()
    assert canvas.mapping.scale == pytest.approx(scale)


def test_exports_equal_the_worker_and_keep_the_source(
    window: Window, tmp_path: Path, calm: Calm, qtbot: QtBot
) -> None:
    paths = [picture(tmp_path / f"{name}.png") for name in "abc"]
    before = [path.read_bytes() for path in paths]
    drop(window, *paths)
    calm(window)
    window.desk.edit(lambda one: one.set("saturation", 0.0))
    window.strip.view.selectAll()
    window.spread()
    window.queue.presets.choose_folder(tmp_path)
    window.queue.presets.go.click()
    queue = window.desk.exporting.queue
    qtbot.waitUntil(lambda: all(one.status is Status.DONE for one in queue), timeout=PATIENCE)
    assert [path.read_bytes() for path in paths] == before
    for one in queue:
        codes = pyvips.Image.new_from_file(one.target).numpy().astype(int)
        assert np.ptp(codes, axis=2).max() == 0  # no saturation was asked for
    assert window.queue.table.rowCount() == 3
    assert window.queue.table.item(2, 2).text() == "done"  # type: ignore[union-attr]


def test_presets_say_what_a_file_holds_and_are_kept(
    make_window: Callable[[], Window], tmp_path: Path, calm: Calm, qtbot: QtBot
) -> None:
    window = make_window()
    path = picture(tmp_path / "a.png")
    drop(window, path)
    calm(window)
    presets = window.queue.presets
    assert presets.holds.text() == "150 × 100 pixels, 8 bits"
    presets.kind.setCurrentIndex(presets.kind.findData(".tif"))
    presets.bits.setCurrentIndex(presets.bits.findData(16))
    presets.side.setValue(75)
    assert presets.holds.text() == "75 × 50 pixels, 16 bits"
    presets.keep_as("mine")
    presets.go.click()
    queue = window.desk.exporting.queue
    qtbot.waitUntil(lambda: next(iter(queue)).status is Status.DONE, timeout=PATIENCE)
    made = pyvips.Image.new_from_file(next(iter(queue)).target)
    assert (made.width, made.height, made.format) == (75, 50, "ushort")
    window.close()
    again = make_window().queue.presets
    again.list.setCurrentText("mine")
    again.list.activated.emit(again.list.currentIndex())
    assert again.preset == presets.preset
    again.forget.click()
    assert again.list.findText("mine") < 0


def test_a_failed_export_says_why_and_can_be_tried_again(
    window: Window, tmp_path: Path, calm: Calm, qtbot: QtBot
) -> None:
    path = picture(tmp_path / "a.png")
    drop(window, path)
    calm(window)
    data = path.read_bytes()
    path.write_bytes(b"no picture")
    window.queue.presets.go.click()
    queue = window.desk.exporting.queue
    qtbot.waitUntil(lambda: next(iter(queue)).status is Status.FAILED, timeout=PATIENCE)
    assert "a.png" in window.queue.table.item(0, 2).text()  # type: ignore[union-attr]
    path.write_bytes(data)
    window.queue.retry.click()
    qtbot.waitUntil(lambda: next(iter(queue)).status is Status.DONE, timeout=PATIENCE)


def test_a_queue_is_cancelled_in_the_middle(
    window: Window, tmp_path: Path, calm: Calm, qtbot: QtBot
) -> None:
    paths = [picture(tmp_path / f"{number}.png", 3000, 2500) for number in range(3)]
    drop(window, *paths)
    calm(window)
    window.strip.view.selectAll()
    window.queue.presets.go.click()
    queue = window.desk.exporting.queue
    qtbot.waitUntil(lambda: any(one.status is Status.WORKING for one in queue), timeout=PATIENCE)
    window.queue.cancel.click()
    over = (Status.CANCELLED, Status.DONE)
    qtbot.waitUntil(lambda: all(one.status in over for one in queue), timeout=PATIENCE)
    done = [one.target for one in queue if one.status is Status.DONE]
    assert sorted(tmp_path.glob("*.color.png")) == sorted(done)


def test_an_export_whose_worker_is_killed_is_tried_again(
    window: Window, tmp_path: Path, calm: Calm, qtbot: QtBot
) -> None:
    path = picture(tmp_path / "a.png", 2000, 1500)
    drop(window, path)
    window.queue.presets.go.click()
    queue, cell = window.desk.exporting.queue, window.queue.table.item(0, 2)
    qtbot.waitUntil(lambda: next(iter(queue)).fraction > 0, timeout=PATIENCE)
    pid = window.desk.links["exporter"].pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: next(iter(queue)).status is Status.FAILED, timeout=PATIENCE)
    assert cell is not None
    assert "signal 9" in cell.text()
    assert not list(tmp_path.glob("*.color.png"))
    window.queue.retry.click()
    qtbot.waitUntil(lambda: next(iter(queue)).status is Status.DONE, timeout=PATIENCE)
    assert next(iter(queue)).target.is_file()
    calm(window)


def test_a_killed_worker_comes_back(
    window: Window, tmp_path: Path, calm: Calm, qtbot: QtBot
) -> None:
    path = picture(tmp_path / "a.png")
    drop(window, path)
    calm(window)
    window.desk.edit(lambda one: one.set("warmth", 0.5))
    pid = window.desk.links["viewer"].pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    qtbot.waitUntil(window.notice.isVisible, timeout=PATIENCE)
    qtbot.waitUntil(lambda: window.desk.links["viewer"].pid not in (None, pid), timeout=PATIENCE)
    calm(window)
    window.notice.copy.click()
    assert "signal 9" in QGuiApplication.clipboard().text()
    assert said_of(path).settings == {"warmth": 0.5}
    window.desk.edit(lambda one: one.set("warmth", -0.5))
    calm(window)


def test_what_cant_be_read_is_said(window: Window, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "a.png").write_bytes(b"nothing")
    drop(window, tmp_path / "a.png")
    qtbot.waitUntil(window.notice.isVisible, timeout=PATIENCE)
    assert "a.png" in window.notice.words.text()


def test_a_large_picture_is_seen_before_it_is_opened(
    window: Window, tmp_path: Path, qtbot: QtBot, calm: Calm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "LARGE", 1)
    order: list[str] = []
    window.desk.glances.seen.connect(lambda _, side, __: order.append(f"seen {side}"))
    window.desk.viewing.opened.connect(lambda _: order.append("opened"))
    drop(window, picture(tmp_path / "a.png"))
    calm(window)
    assert order[0] == "seen 2048"
    assert order.index("opened") > 0
    assert color_at(window, 0.5, 0.5).isValid()
    (tmp_path / "b.png").write_bytes(b"no picture")
    drop(window, tmp_path / "b.png")
    qtbot.waitUntil(window.notice.isVisible, timeout=PATIENCE)
    assert "b.png" in window.notice.words.text()


def test_a_broken_sidecar_is_said_and_stays(window: Window, tmp_path: Path) -> None:
    path = picture(tmp_path / "a.png")
    sidecar.path_for(path).write_text("{")
    drop(window, path)
    assert window.notice.isVisible()
    assert sidecar.path_for(path).read_text() == "{"


def test_variants_and_the_map_of_confidence(
    window: Window, tmp_path: Path, calm: Calm, qtbot: QtBot
) -> None:
    path = picture(tmp_path / "a.png")
    drop(window, path)
    calm(window)
    with qtbot.waitSignal(window.desk.viewing.sure, timeout=PATIENCE):
        window.adjust.map.setChecked(True)
    with qtbot.waitSignal(window.desk.viewing.varied, timeout=PATIENCE):
        window.adjust.variants.click()
    dialog = window.variants
    assert dialog.list.count() == 4
    dialog.list.setCurrentRow(2)
    dialog.accept()
    assert said_of(path).settings["variant"] == dialog.number > 0
    calm(window)


def test_every_action_has_words_and_no_key_twice(window: Window) -> None:
    keys = [
        one.shortcut().toString()
        for one in window.actions_by_name.values()
        if not one.shortcut().isEmpty()
    ]
    assert len(keys) == len(set(keys))
    window.actions_by_name["keys"].trigger()
    assert window.keys.table.rowCount() == len(window.actions_by_name) + 6
    window.keys.close()


def test_the_layout_and_recent_files_are_remembered(
    make_window: Callable[[], Window], tmp_path: Path, calm: Calm
) -> None:
    first = make_window()
    drop(first, picture(tmp_path / "a.png"))
    calm(first)
    first.resize(770, 650)
    first.close()
    second = make_window()
    assert (second.width(), second.height()) == (770, 650)
    second.recent.aboutToShow.emit()
    assert [one.text() for one in second.recent.actions()] == [str(tmp_path / "a.png")]


KILLED = """
import os, signal, sys
from pathlib import Path
from PySide6.QtTest import QTest
from photochrom_desktop.app import make_app
from photochrom_desktop.desk import Desk
from photochrom_desktop.views.window import Window
app = make_app(["photochrom"])
window = Window(Desk(sys.argv[2], "cpu"))
window.show()
window.desk.add([Path(sys.argv[1])])
while not window.desk.viewing.is_calm:
    QTest.qWait(20)
window.desk.paint([(0.5, 0.5)], 0.1, "#20a030")
window.desk.edit(lambda one: one.set("saturation", 1.5))
print(*(link.pid for link in window.desk.links.values() if link.pid), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_work_is_there_after_the_window_was_killed(
    window: Window, model: str, tmp_path: Path, calm: Calm
) -> None:
    path = picture(tmp_path / "a.png")
    argv = [sys.executable, "-c", KILLED, str(path), model]
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    killed = subprocess.run(argv, env=env, capture_output=True, text=True, check=False, timeout=90)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    for pid in map(int, killed.stdout.split()):
        end = time.monotonic() + 10
        while os.path.exists(f"/proc/{pid}/cmdline") and time.monotonic() < end:
            if not Path(f"/proc/{pid}/cmdline").read_bytes():  # ended, and not waited for
                break
            time.sleep(0.05)
        else:
            assert not os.path.exists(f"/proc/{pid}")
    drop(window, path)
    calm(window)
    assert len(said_of(path).strokes) == 1
    assert window.adjust.dials["saturation"].number.value() == 1.5


def test_the_command_opens_a_window_and_ends_when_it_is_told(tmp_path: Path) -> None:
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": str(tmp_path)}
    command = str(Path(sys.executable).with_name("photochrom"))
    argv = [command, "desktop", str(picture(tmp_path / "a.png"))]
    with subprocess.Popen(argv, env=env, stderr=subprocess.PIPE, text=True) as process:
        end = time.monotonic() + PATIENCE / 1000
        while not list(tmp_path.rglob("photochrom.conf")):  # kept once the window is at work
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.05)
        process.terminate()
        assert process.wait(60) == 0
