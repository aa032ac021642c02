"""A film made in parts, by several processes, is the film that one process makes, byte by byte."""

from pathlib import Path

import pytest

from helpers.clips import Track, make_clip
from photochrom.errors import DeviceError, InputError
from photochrom.parts import Part, Parts
from photochrom.video import segments
from photochrom.video.colorizer import FilmColorizer
from photochrom.video.work import open_part


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two shots, of 40 and 25 frames."""
    path = tmp_path_factory.mktemp("film") / "in.mp4"
    return make_clip(path, grey=True, frames=65, cuts=(40,), size=(96, 64), sound=(Track(),))


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shots are split sooner."""
    cut = segments.cut
    monkeypatch.setattr(segments, "cut", lambda shots, longest=0: cut(shots, 20))


@pytest.fixture(scope="module")
def whole(film: Path, films: FilmColorizer, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Made in one go."""
    target = tmp_path_factory.mktemp("whole") / "out.mp4"
    with pytest.MonkeyPatch.context() as patch:
        cut = segments.cut
        patch.setattr(segments, "cut", lambda shots, longest=0: cut(shots, 20))
        films.colorize_file(film, target)
    return target.read_bytes()


def made(films: FilmColorizer, film: Path, folder: Path, part: Part) -> int:
    return films.make_part(
        film,
        folder / "out.mp4",
        work=folder / "work",
        number=part.number,
        piece=part.piece,
    )


def cut(films: FilmColorizer, film: Path, folder: Path) -> Parts:
    return films.cut(film, folder / "out.mp4", work=folder / "work")


def test_parts_made_out_of_turn_are_the_whole_film(
    films: FilmColorizer, film: Path, whole: bytes, tmp_path: Path
) -> None:
    parts = cut(films, film, tmp_path).parts
    assert [part.needs is not None for part in parts] == [False, True, False, True]
    assert [part.leaves for part in parts] == [parts[1].needs, None, parts[3].needs, None]
    for number in (2, 0, 3, 1):
        assert made(films, film, tmp_path, parts[number]) == parts[number].frames
    report = films.colorize_file(film, tmp_path / "out.mp4", work=tmp_path / "work")
    assert (report.frames, report.made) == (65, 0), "the last step made pieces again"
    assert (tmp_path / "out.mp4").read_bytes() == whole


def test_a_part_that_is_finished_is_not_made_again(
    films: FilmColorizer, film: Path, tmp_path: Path
) -> None:
    first = cut(films, film, tmp_path).parts[0]
    assert [made(films, film, tmp_path, first) for _ in range(2)] == [first.frames, 0]
    assert [part.done for part in cut(films, film, tmp_path).parts] == [True, False, False, False]


def test_a_lost_beginning_of_a_shot_is_made_again(
    films: FilmColorizer, film: Path, whole: bytes, tmp_path: Path
) -> None:
    parts = cut(films, film, tmp_path).parts
    made(films, film, tmp_path, parts[0])
    assert parts[0].leaves is not None
    (tmp_path / "work" / parts[0].leaves).unlink()
    assert made(films, film, tmp_path, parts[1]) == parts[0].frames + parts[1].frames
    films.colorize_file(film, tmp_path / "out.mp4", work=tmp_path / "work")
    assert (tmp_path / "out.mp4").read_bytes() == whole


def test_two_processes_list_their_pieces_apart(tmp_path: Path) -> None:
    works = [open_part(tmp_path, number) for number in (0, 1)]
    for work, name in zip(works, ("a.nut", "b.nut"), strict=True):
        with work.piece(name) as path:
            path.write_bytes(b"abc")
    third = open_part(tmp_path, 2)
    assert third.has("a.nut")
    assert third.has("b.nut")


def test_a_machine_that_would_make_something_else_says_so(
    films: FilmColorizer, film: Path, toys: Path, tmp_path: Path
) -> None:
    part = cut(films, film, tmp_path).parts[0]
    other = FilmColorizer(str(toys / "warm.onnx"), "cpu")
    with pytest.raises(DeviceError, match="name a --device"):
        made(other, film, tmp_path, part)
    assert not (tmp_path / "work" / part.piece).exists()


def test_a_film_that_can_not_be_read_is_not_cut(films: FilmColorizer, tmp_path: Path) -> None:
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(b"no film" * 100)
    with pytest.raises(InputError):
        cut(films, bad, tmp_path)
