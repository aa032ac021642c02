"""The window with a film: scrubbed, played, painted on, exported."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from helpers.clips import decoded, make_clip
from helpers.window import LEFT, PATIENCE, color_at, picture, stroke
from photochrom.hints import sidecar
from photochrom_desktop.state.exports import Status
from photochrom_desktop.state.reel import Reel, folder_of
from photochrom_desktop.views.window import Window

Calm = Callable[[], None]


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return make_clip(
        tmp_path / "in.mkv", grey=True, frames=40, cuts=(20,), size=(160, 96), seed=3,
        matrix=1, primaries=1,
    )  # fmt: skip


@pytest.fixture
def calm(qtbot: QtBot, window: Window) -> Calm:
    def wait() -> None:
        reeling = window.desk.reeling
        qtbot.waitUntil(lambda: reeling.footage is not None, timeout=PATIENCE)
        qtbot.waitUntil(lambda: reeling.is_calm, timeout=PATIENCE)

    return wait


@pytest.fixture
def opened(window: Window, film: Path, calm: Calm) -> Window:
    window.desk.add([film])
    calm()
    return window


def spread_of(color: QColor) -> int:
    parts = color.red(), color.green(), color.blue()
    return max(parts) - min(parts)


def test_a_film_is_seen_in_colour_with_its_shots(opened: Window) -> None:
    assert opened.timeline.isVisible()
    assert opened.timeline.line.maximum() == 39
    assert spread_of(color_at(opened, 0.2, 0.2)) > 10
    assert "silent" in opened.timeline.words.text()
    assert not opened.notice.isVisible()
    assert not opened.adjust.restoration.isEnabled()


def test_scrubbing_stepping_and_cuts(opened: Window, calm: Calm) -> None:
    line, reeling = opened.timeline.line, opened.desk.reeling
    before = opened.canvas.grab().toImage()
    QTest.mouseClick(line, LEFT, pos=line.place_of(30).toPoint())
    calm()
    assert reeling.number == pytest.approx(30, abs=1)
    assert opened.canvas.grab().toImage() != before
    number = reeling.number
    opened.actions_by_name["forward"].trigger()
    assert reeling.number == number + 1
    opened.actions_by_name["back"].trigger()
    assert reeling.number == number
    assert reeling.footage is not None
    shots = list(reeling.footage.shots)
    opened.actions_by_name["previous-shot"].trigger()
    assert reeling.number == shots[-1]
    QTest.keyClick(line, Qt.Key.Key_Home)
    assert reeling.number == 0
    opened.actions_by_name["next-shot"].trigger()
    assert reeling.number == (shots[1] if len(shots) > 1 else 39)
    calm()


def test_it_plays_to_its_end_and_stops_when_told(opened: Window, calm: Calm, qtbot: QtBot) -> None:
    reeling = opened.desk.reeling
    opened.timeline.play.click()
    assert reeling.is_playing
    assert opened.timeline.play.accessibleName() == "Stop"
    qtbot.waitUntil(lambda: reeling.number > 3, timeout=PATIENCE)
    opened.actions_by_name["play"].trigger()
    assert not reeling.is_playing
    stopped = reeling.number
    calm()
    assert reeling.number == stopped < 39
    opened.timeline.play.click()
    qtbot.waitUntil(lambda: reeling.number == 39, timeout=PATIENCE)
    qtbot.waitUntil(lambda: not reeling.is_playing, timeout=PATIENCE)
    assert opened.timeline.play.accessibleName() == "Play"


def test_before_and_after(opened: Window, calm: Calm) -> None:
    opened.actions_by_name["before"].trigger()
    calm()
    assert spread_of(color_at(opened, 0.2, 0.2)) <= 2
    opened.actions_by_name["divided"].trigger()
    calm()
    assert spread_of(color_at(opened, 0.45, 0.2)) <= 2
    assert spread_of(color_at(opened, 0.55, 0.2)) > 5


def test_what_is_painted_on_a_frame_is_carried_and_undone(
    opened: Window, film: Path, calm: Calm
) -> None:
    reeling, folder = opened.desk.reeling, folder_of(film)
    reeling.seek(5)
    calm()
    plain = color_at(opened, 0.5, 0.5)
    opened.actions_by_name["brush"].trigger()
    opened.brushes.chosen.emit(QColor("#20a030"))
    stroke(opened, (0.2, 0.5), (0.8, 0.5))
    calm()
    painted = color_at(opened, 0.5, 0.5)
    assert painted.green() - painted.red() > plain.green() - plain.red() + 10
    assert len(list(folder.iterdir())) == 1
    assert opened.timeline.line._painted == [5]
    opened.adjust.dials["saturation"].number.setValue(1.2)
    reeling.seek(30)
    calm()
    document = opened.desk.document
    assert isinstance(document, Reel)
    assert not document.said.strokes
    for name in ("undo", "undo"):
        opened.actions_by_name[name].trigger()
    assert reeling.number == 5
    assert not document.said.strokes
    assert not folder.exists()
    assert not sidecar.path_for(film).exists()
    calm()
    assert color_at(opened, 0.5, 0.5) == plain
    opened.actions_by_name["redo"].trigger()
    assert len(document.said.strokes) == 1
    opened.actions_by_name["eraser"].trigger()
    stroke(opened, (0.5, 0.5))
    assert not document.said.strokes
    calm()


def test_work_on_a_film_is_there_again(opened: Window, film: Path, calm: Calm) -> None:
    opened.desk.reeling.seek(7)
    opened.desk.paint([(0.5, 0.5)], 0.2, "#20a030")
    opened.desk.edit(lambda one: one.set("warmth", 0.4))
    opened.desk.edit(lambda one: one.set("protect", 0.4))  # not for films
    again = Reel(film)
    assert again.said.settings == {"warmth": 0.4}
    assert len(again.painted) == 1
    calm()


def test_a_film_is_exported_once_its_plan_was_seen(
    opened: Window, film: Path, calm: Calm, qtbot: QtBot
) -> None:
    data = film.read_bytes()
    opened.desk.edit(lambda one: one.set("saturation", 0.0))
    opened.queue.presets.codec.setCurrentIndex(opened.queue.presets.codec.findData("ffv1"))
    with qtbot.waitSignal(opened.desk.reeling.planned, timeout=PATIENCE):
        opened.queue.presets.go.click()
    assert "40 frames" in opened.plan.words.text()
    assert "FFV1" in opened.plan.words.text().upper()
    assert not len(opened.desk.exporting.queue)
    opened.plan.accept()
    queue = opened.desk.exporting.queue
    qtbot.waitUntil(lambda: next(iter(queue)).status is Status.DONE, timeout=PATIENCE)
    target = next(iter(queue)).target
    assert target == film.with_name("in.color.mkv")
    luma, *chroma = decoded(target)[20]
    np.testing.assert_array_equal(luma, decoded(film)[20][0])
    assert max(np.ptp(plane) for plane in chroma) == 0
    assert film.read_bytes() == data
    calm()


def test_from_a_film_to_a_picture_and_back(
    opened: Window, film: Path, tmp_path: Path, calm: Calm, qtbot: QtBot
) -> None:
    other = picture(tmp_path / "a.png")
    opened.desk.add([other])
    qtbot.waitUntil(lambda: bool(opened.canvas.layers.sizes), timeout=PATIENCE)
    qtbot.waitUntil(lambda: opened.desk.viewing.is_calm, timeout=PATIENCE)
    assert not opened.timeline.isVisible()
    assert opened.adjust.restoration.isEnabled()
    opened.desk.show(film)
    calm()
    assert opened.timeline.isVisible()
    assert spread_of(color_at(opened, 0.2, 0.2)) > 10


def test_a_film_that_cant_be_read_is_said(window: Window, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "a.mp4").write_bytes(b"no film")
    window.desk.add([tmp_path / "a.mp4"])
    qtbot.waitUntil(window.notice.isVisible, timeout=PATIENCE)
    assert "a.mp4" in window.notice.words.text()
