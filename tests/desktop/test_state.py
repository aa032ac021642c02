"""What is open and was done, without a window."""

import json
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QObject, Signal

from helpers.window import picture
from photochrom.errors import InputError
from photochrom.hints import sidecar
from photochrom.hints.sidecar import Sidecar
from photochrom.hints.strokes import Stroke
from photochrom.options import Point
from photochrom_desktop.state import erasing, library
from photochrom_desktop.state.document import Document, options, said_of
from photochrom_desktop.state.exports import Preset, Queue, Status
from photochrom_desktop.state.footage import Footage
from photochrom_desktop.state.history import History
from photochrom_desktop.state.palette import PALETTE
from photochrom_desktop.state.reel import Reel, film_options, folder_of

DAB = Stroke(((0.5, 0.5),), 0.1, (200, 30, 40))


@given(st.lists(st.integers(0, 5)), st.data())
def test_undo_goes_back_through_every_state(states: list[int], data: st.DataObject) -> None:
    history, seen = History(-1), [-1]
    for state in states:
        history.do(state)
        if state != seen[-1]:
            seen.append(state)
    for state in reversed(seen):
        assert history.now == state
        history.undo()
    for state in seen:
        assert history.now == state
        history.redo()


def test_what_is_held_is_one_step() -> None:
    history = History(0)
    for value in (1, 2, 3):
        history.do(value, "saturation")
    history.undo()
    assert history.now == 0
    history.redo()
    history.do(4, "saturation")
    history.undo()
    assert history.now == 3


def test_a_new_step_forgets_what_was_undone() -> None:
    history = History(0)
    history.do(1)
    history.undo()
    history.do(2)
    assert not history.can_redo
    history.undo()
    assert history.now == 0


def test_every_change_is_in_the_sidecar_at_once(tmp_path: Path) -> None:
    document = Document(picture(tmp_path / "a.png"))
    assert not sidecar.path_for(document.path).exists()
    document.paint(DAB)
    document.set("saturation", 1.5)
    document.restore(("levels",))
    assert said_of(document.path) == document.said
    document.undo()
    assert said_of(document.path).restore is None
    document.redo()
    assert said_of(document.path).restore == {"steps": ["levels"], "film": "auto"}
    assert Document(document.path).said == document.said


def test_what_another_program_said_stays(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.png")
    sidecar.save(sidecar.path_for(path), Sidecar(unknown={"later": 1}, settings={"x": 2}))
    document = Document(path)
    document.paint(DAB)
    document.reset()
    assert said_of(path).unknown == {"later": 1}
    assert "x" not in options(document.said, path)["settings"]


def test_a_broken_sidecar_is_not_replaced(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.png")
    sidecar.path_for(path).write_text("{")
    with pytest.raises(InputError, match="no valid JSON"):
        Document(path)
    assert sidecar.path_for(path).read_text() == "{"


def test_a_folder_gives_pictures_and_films_but_not_what_we_wrote(tmp_path: Path) -> None:
    for name in ("b.jpg", "a.TIF", "c.mkv", "a.color.tif", ".d.jpg", "e.txt", "in/f.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    names = [path.name for path in library.found([tmp_path, tmp_path / "a.color.tif"])]
    assert names == ["a.TIF", "b.jpg", "c.mkv", "f.png", "a.color.tif"]


def test_an_eraser_meets_the_strokes_on_its_way() -> None:
    far = Stroke(((0.9, 0.9),), 0.02, (1, 2, 3))
    line = Stroke(((0.1, 0.1), (0.9, 0.1)), 0.01, (1, 2, 3))
    met = erasing.met((DAB, far, line), [(0.45, 0.11), (0.5, 0.45)], 0.01, (400, 300))
    assert met == {0, 2}
    assert erasing.met((DAB, far, line), [(0.5, 0.9)], 0.01, (400, 300)) == set()


def test_no_two_exports_go_to_one_file(tmp_path: Path) -> None:
    queue, preset = Queue(), Preset(".png", "{name}-x", tmp_path)
    (tmp_path / "a-x.png").touch()
    targets = [queue.add(Path(home, "a.tif"), preset, {}).target for home in ("one", "two")]
    assert [path.name for path in targets] == ["a-x-2.png", "a-x-3.png"]


@pytest.mark.parametrize("pattern", ["{date}", "{", "", "a/{name}", "{0}"])
def test_a_pattern_that_makes_no_name_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="pattern"):
        Preset(pattern=pattern).target(Path("a.tif"), ())


def test_a_source_that_cant_be_written_becomes_png() -> None:
    assert Preset().target(Path("a.cr2"), ()).name == "a.color.png"
    assert Preset().target(Path("a.JPG"), ()).name == "a.color.JPG"


def test_what_failed_waits_again() -> None:
    queue = Queue()
    for name in "abc":
        queue.add(Path(name), Preset(), {})
    queue.change(1, status=Status.DONE)
    queue.change(2, status=Status.FAILED, message="no")
    queue.cancel()
    assert queue.retry() == 2
    assert [one.status.value for one in queue] == ["done", "waiting", "waiting"]
    assert queue.fraction == pytest.approx(1 / 3)
    queue.cancel()
    queue.clear()
    assert len(queue) == 0


def test_the_palette_has_colours() -> None:
    assert all(len(bytes.fromhex(code[1:])) == 3 for codes in PALETTE.values() for code in codes)


def test_signals_take_no_references_away() -> None:
    """PySide6 6.12.0 did, of None and True, until Python itself broke down."""
    signaller = Signaller()
    signaller.told.connect(lambda _: None)
    before = sys.getrefcount(None), sys.getrefcount(True)
    for _ in range(500):
        signaller.told.emit(None)
    after = sys.getrefcount(None), sys.getrefcount(True)
    assert all(now > then - 250 for then, now in zip(before, after, strict=True))


class Signaller(QObject):
    """One signal."""

    told = Signal(object)


def test_presets_are_told_kept_and_held() -> None:
    web = Preset(".jpg", "{name}-web", Path("/out"), bits=8, long_side=2048, profile="srgb")
    assert Preset.from_json(json.loads(json.dumps(web.to_json()))) == web
    assert web.holds(6000, 4000, 16) == (2048, 1365, 8)
    assert Preset(".tif", bits=16).holds(60, 40, 8) == (60, 40, 16)
    assert Preset().holds(60, 40, 16) == (60, 40, 16)
    told = web.told(Path("a.tif"), {"options": {"settings": {"warmth": 1}}})
    assert told["options"] == {
        "settings": {"warmth": 1},
        "provenance": True,
        "delivery": {"bits": 8, "long_side": 2048, "profile": "srgb"},
    }
    film = Preset(codec="prores").told(Path("a.mkv"), {"film": {"force": True}, "options": {}})
    assert film["film"] == {"force": True, "encoding": {"codec": "prores"}}
    assert "delivery" not in film["options"]
    assert Preset(codec="prores").target(Path("/x/a.mkv"), ()) == Path("/x/a.color.mov")


def test_footage_finds_frames_and_shots() -> None:
    film = Footage((64, 48), 0, [0, 40, 80, 160, 200], Fraction(1, 1000), (0, 2, 4))
    assert [film.shot(number) for number in range(5)] == [0, 0, 1, 1, 2]
    assert [film.cut(number, 1) for number in range(5)] == [2, 2, 4, 4, 4]
    assert [film.cut(number, -1) for number in range(5)] == [0, 0, 0, 2, 2]
    assert [film.number(film.name(number)) for number in range(5)] == list(range(5))
    for name in ("0_60.png", "1_40.png", "0_x.png", ""):
        assert film.number(name) is None
    assert film.length == 0.2


def test_a_film_keeps_what_is_painted_by_frames(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    reel = Reel(path)
    reel.shown = "0_40.png"
    reel.paint(DAB)
    reel.set("warmth", 0.5)
    reel.shown = "0_80.png"
    reel.paint(DAB)
    again = Reel(path)
    assert sorted(again.painted) == ["0_40.png", "0_80.png"]
    told = film_options(again.everything, path)
    assert told["film"]["keyframes"] == str(folder_of(path))
    assert told["options"] == {"settings": {"warmth": 0.5}}
    for shown in ("0_80.png", "0_40.png", "0_40.png"):
        reel.undo()
        assert reel.shown == shown
    assert (reel.painted, Reel(path).painted) == ([], [])
    assert list(tmp_path.iterdir()) == []
    reel.redo()
    assert (reel.shown, Reel(path).painted) == ("0_40.png", ["0_40.png"])
    reel.reset()
    assert list(tmp_path.iterdir()) == []


def test_what_others_said_of_a_frame_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    frame = folder_of(path) / "0_40.png"
    frame.parent.mkdir()
    point = Point(0.5, 0.5, (200, 100, 50))
    sidecar.save(sidecar.path_for(frame), Sidecar(points=(point,), unknown={"note": "Oma"}))
    reel = Reel(path)
    reel.shown = frame.name
    reel.paint(DAB)
    reel.undo()
    assert said_of(frame) == Sidecar(points=(point,), unknown={"note": "Oma"})
