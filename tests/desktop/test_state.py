"""What is open and was done, without a window."""

import sys
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
from photochrom_desktop.state import erasing, library
from photochrom_desktop.state.document import Document, options, said_of
from photochrom_desktop.state.exports import Preset, Queue, Status
from photochrom_desktop.state.history import History
from photochrom_desktop.state.palette import PALETTE

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
