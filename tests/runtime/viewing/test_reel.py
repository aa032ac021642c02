"""A film on a screen."""

import time
from dataclasses import replace
from itertools import islice, pairwise
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest

from helpers.clips import make_clip
from photochrom.errors import CancelledError, UsageError
from photochrom.files.pulling import Watch
from photochrom.files.shelf import FILMS
from photochrom.hints import sidecar
from photochrom.hints.sidecar import Sidecar
from photochrom.hints.strokes import Stroke
from photochrom.options import Options
from photochrom.video import keyframes, rendering
from photochrom.video.colorizer import FilmColorizer, look
from photochrom.video.options import FilmOptions
from photochrom.video.shots import shotlist
from photochrom.viewing.reel import Reel, lonely, open_reel

CUT = 20
SHOWN = FilmOptions()
WATCH = Watch()


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("film")
    return make_clip(
        folder / "in.mkv", grey=True, frames=40, cuts=(CUT,), size=(96, 64), seed=3,
        matrix=1, primaries=1,
    )  # fmt: skip


@pytest.fixture(scope="module")
def shots(path: Path) -> FilmOptions:
    seen, target = look(path), path.parent / "shots.csv"
    times = (seen.pts[0], seen.pts[CUT], seen.pts[-1] + 1)
    shotlist.save(target, [shotlist.Shot(*pair, "cut") for pair in pairwise(times)])
    return FilmOptions(shots=target)


@pytest.fixture
def reel(path: Path, shots: FilmOptions, films: FilmColorizer) -> Reel:
    return open_reel(films.model, path, shots, Watch())


@pytest.fixture(scope="module")
def films(toys: Path) -> FilmColorizer:
    return FilmColorizer(str(toys / "corners.onnx"), "cpu")


def painted(reel: Reel, folder: Path, frame: int) -> FilmOptions:
    """A green stroke across one frame."""
    folder.mkdir(exist_ok=True)
    stroke = Stroke(((0.1, 0.5), (0.9, 0.5)), 0.2, (32, 160, 48))
    name = keyframes.name_of(reel.film, frame)
    sidecar.save(sidecar.path_for(folder / name), Sidecar((stroke,)))
    return FilmOptions(keyframes=folder)


def test_frames_are_those_that_a_film_gets(reel: Reel, films: FilmColorizer, path: Path) -> None:
    wanted = [one.picture() for one in islice(films.frames(path, SHOWN, reel.film), 1)]
    np.testing.assert_array_equal(reel.frame(0, "after", SHOWN, False, WATCH), wanted[0])
    before = reel.frame(0, "before", SHOWN, True, WATCH).astype(int)
    assert before.shape == (64, 96, 3)
    assert np.ptp(before, axis=2).max() <= 1
    assert abs(before.mean() - wanted[0].mean()) < 6


def test_a_stroke_counts_on_its_frame_at_once_and_is_carried_in_its_shot_only(
    reel: Reel, tmp_path: Path
) -> None:
    told = painted(reel, tmp_path / "frames", 5)

    def changed(number: int, alone: bool) -> float:
        pictures = (reel.frame(number, "after", one, alone, WATCH) for one in (SHOWN, told))
        first, second = (picture.astype(float) for picture in pictures)
        return float(np.abs(first - second).mean())

    assert changed(5, alone=True) > 3
    assert changed(5, alone=False) == pytest.approx(changed(5, alone=True), rel=0.3)
    assert changed(8, alone=True) == 0
    assert changed(8, alone=False) > 1
    assert changed(CUT + 3, alone=False) == 0


def test_what_was_carried_is_kept_until_something_else_is_said(reel: Reel, tmp_path: Path) -> None:
    folder = tmp_path / "frames"
    told = painted(reel, folder, 5)
    first = reel._colored_by(reel.film, told, WATCH)
    assert reel._colored_by(reel.film, told, WATCH) is first
    painted(reel, folder, 9)
    assert reel._colored_by(reel.film, told, WATCH) is not first


def test_playing_goes_through_cuts_and_not_sooner_than_time(reel: Reel) -> None:
    began = time.monotonic()
    played = list(reel.play(CUT - 3, "after", SHOWN, 48, Watch()))
    assert time.monotonic() - began >= reel.film.seconds(39) - reel.film.seconds(CUT - 3) - 0.2
    assert [number for number, _ in played] == list(range(CUT - 3, 40))
    assert {picture.shape for _, picture in played} == {(32, 48, 3)}
    (first, before), *_ = reel.play(39, "before", SHOWN, 1000, Watch())
    assert (first, before.shape) == (39, (64, 96, 3))


@pytest.mark.parametrize("tags", [
    {"matrix": 1, "primaries": 1}, {"matrix": 6, "primaries": 1}, {"matrix": 5, "primaries": 5},
    {"matrix": 1, "primaries": 1, "full_range": True},
])  # fmt: skip
def test_what_is_glanced_at_has_the_colours_of_the_frame(
    tags: dict[str, Any], tmp_path: Path, films: FilmColorizer
) -> None:
    path = make_clip(tmp_path / "in.mkv", grey=True, frames=1, size=(96, 64), **tags)
    mild = FilmOptions(colors=Options(saturation=0.2))
    one = next(films.frames(path, mild))
    apart = one.picture().astype(int) - rendering.glanced(one.frame, one.info)
    assert np.abs(apart).max() <= 3


def test_playing_is_cancelled(reel: Reel) -> None:
    cancel = Event()
    playing = reel.play(0, "after", SHOWN, 1000, Watch(cancel=cancel))
    next(playing)
    cancel.set()
    with pytest.raises(CancelledError):
        list(playing)


def test_a_close_look_is_cancelled(reel: Reel, tmp_path: Path) -> None:
    told, cancel = painted(reel, tmp_path / "frames", 5), Event()
    cancel.set()
    for number in (8, CUT + 3):
        with pytest.raises(CancelledError):
            reel.frame(number, "after", told, False, Watch(cancel=cancel))
    assert reel.frame(8, "after", told, False, WATCH).shape == (64, 96, 3)


def test_the_first_pass_is_kept(reel: Reel, path: Path, films: FilmColorizer) -> None:
    told: list[str] = []
    again = open_reel(films.model, path, SHOWN, Watch(lambda stage, *_: told.append(stage)))
    assert (told, again.film.pts) == ([], reel.film.pts)
    assert len(list(FILMS.folder.iterdir())) == 1


def test_frames_that_are_not_there(reel: Reel) -> None:
    for number in (-1, 40):
        with pytest.raises(UsageError, match="40 frames"):
            reel.frame(number, "after", SHOWN, True, WATCH)


def test_a_lonely_frame_is_a_shot_of_its_own(path: Path) -> None:
    film = look(path)
    for number in (0, 1, CUT, 38, 39):
        seen = lonely(film, number)
        assert seen.ranges[seen.shot_of(number)] == range(number, number + 1)
        assert sum(map(len, seen.ranges)) == 40


def test_a_film_with_colours_is_shown_and_said(tmp_path: Path, films: FilmColorizer) -> None:
    path = make_clip(tmp_path / "in.mkv", frames=6, size=(96, 64))
    reel = open_reel(films.model, path, replace(SHOWN, force=True), Watch())
    assert any("has colours" in note for note in reel.notes)
    shown = reel.frame(0, "before", SHOWN, True, WATCH).astype(int)
    assert np.ptp(shown, axis=2).max() > 20
    grey = FilmOptions(colors=Options(strength=0.0))
    assert np.ptp(reel.frame(0, "after", grey, True, WATCH).astype(int), axis=2).max() <= 2
