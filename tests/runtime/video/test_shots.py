"""Where shots begin, in films that make them hard to find."""

import tracemalloc

import numpy as np
import pytest

from helpers.shots import HEIGHT, WIDTH, Frame, coded, dissolve, joined, shot, starts, view
from photochrom.video.shots.finding import ShotFinder, Start
from shot_films import OWN, TROUBLES, make, read
from shots import Score, matched, small

FIRST = Start(0, "first")


def test_a_film_without_frames_has_no_shots_and_one_frame_is_one() -> None:
    assert starts([]) == []
    assert starts([view(0)]) == [FIRST]


@pytest.mark.parametrize("length", [1, 2, 3, 5, 9])
def test_a_film_too_short_to_look_ahead_still_has_its_cut(length: int) -> None:
    film = joined(shot(1, length), shot(2, length))
    assert starts(film) == [FIRST, Start(length, "cut")]


def test_cuts_are_found_at_the_very_frame() -> None:
    film = joined(shot(1, 20), shot(2, 7), shot(3, 30), shot(4, 5))
    assert starts(film) == [FIRST, Start(20, "cut"), Start(27, "cut"), Start(57, "cut")]


def test_a_shot_of_one_frame_between_two_others_is_one() -> None:
    film = joined(shot(1, 20), shot(2, 1), shot(3, 20))
    assert starts(film) == [FIRST, Start(20, "cut"), Start(21, "cut")]


@pytest.mark.parametrize("length", [1, 2, 3])
def test_a_few_strange_frames_are_no_shot_if_the_view_comes_back(length: int) -> None:
    film = shot(1, 60, step=0)
    film[30 : 30 + length] = shot(2, length)
    assert starts(film) == [FIRST]


@pytest.mark.parametrize("length", [1, 2, 3])
def test_a_flash_is_no_cut(length: int) -> None:
    film = shot(1, 60)
    film[30 : 30 + length] = [coded(frame * 1.5 + 120.0) for frame in film[30 : 30 + length]]
    assert starts(film) == [FIRST]


def test_a_white_flash_on_the_cut_leaves_one_cut() -> None:
    film = joined(shot(1, 30), [np.full((HEIGHT, WIDTH), 255, np.uint8)], shot(2, 30))
    found = starts(film)
    assert len(found) == 2
    assert found[1].index in (30, 31)


def test_brightness_that_pumps_is_no_cut_and_hides_none() -> None:
    rng = np.random.default_rng(0)
    across = np.linspace(-0.2, 0.2, WIDTH)
    film = joined(shot(1, 40), shot(2, 40))
    pumped = [coded(frame * (rng.uniform(0.6, 1.3) + across * rng.normal())) for frame in film]
    assert starts(pumped) == [FIRST, Start(40, "cut")]


def test_scratches_and_grain_are_no_cut_and_hide_none() -> None:
    rng = np.random.default_rng(0)
    worn = []
    for frame in joined(shot(1, 40), shot(2, 40)):
        values = frame + rng.normal(0, 8, frame.shape)
        values[:, rng.integers(WIDTH, size=2)] = 240
        worn.append(coded(values))
    assert starts(worn) == [FIRST, Start(40, "cut")]


def test_a_fast_pan_and_shake_are_no_cuts() -> None:
    rng = np.random.default_rng(0)
    place = view(1)
    shaken = [place[:, left : left + WIDTH] for left in 40 + rng.integers(-4, 5, 60)]
    assert starts(shaken) == starts(shot(1, 60, step=8)) == [FIRST]


def test_frames_shown_twice_are_no_trouble() -> None:
    film = joined(shot(1, 40, step=2), shot(2, 40, step=2))
    doubled = [frame for n, frame in enumerate(film) for _ in range(2 if n % 4 == 3 else 1)]
    assert starts(doubled) == [FIRST, Start(50, "cut")]


def test_bars_do_not_make_views_alike() -> None:
    film = joined(shot(1, 30), shot(2, 30))
    barred = [np.pad(frame[8:-8], ((8, 8), (0, 0)), constant_values=16) for frame in film]
    assert starts(barred) == [FIRST, Start(30, "cut")]


def _faded(frames: list[Frame], out: bool) -> list[Frame]:
    shares = np.linspace(0, 1, len(frames))
    return [coded(frame * (1 - s if out else s)) for frame, s in zip(frames, shares, strict=True)]


@pytest.mark.parametrize("black", [0, 5, 40])
def test_a_fade_through_black_begins_a_shot_inside_it(black: int) -> None:
    dark = [np.zeros((HEIGHT, WIDTH), np.uint8)] * black
    film = joined(
        shot(1, 30), _faded(shot(1, 10), True), dark, _faded(shot(2, 10), False), shot(2, 30)
    )
    first, fade = starts(film)
    assert first == FIRST
    assert fade.kind == "fade"
    assert 30 <= fade.index <= 50 + black


def test_black_between_two_cuts_begins_a_shot_behind_it() -> None:
    dark = [np.zeros((HEIGHT, WIDTH), np.uint8)] * 10
    assert starts(joined(shot(1, 30), dark, shot(2, 30))) == [FIRST, Start(40, "cut")]


def test_black_inside_a_shot_begins_none() -> None:
    film = shot(1, 60, step=0)
    film[30:40] = [np.zeros((HEIGHT, WIDTH), np.uint8)] * 10
    assert starts(film) == [FIRST]


def test_a_black_film_is_one_shot() -> None:
    assert starts([np.zeros((HEIGHT, WIDTH), np.uint8)] * 100) == [FIRST]


@pytest.mark.parametrize("length", [8, 12, 24])
def test_a_dissolve_begins_a_shot_in_its_middle(length: int) -> None:
    before, after = shot(1, 50, step=0.1), shot(2, 50, step=0.1)
    film = joined(before, dissolve(before[-1], after[0], length), after)
    first, middle = starts(film)
    assert first == FIRST
    assert middle.kind == "dissolve"
    assert abs(middle.index - (50 + length / 2)) <= 2


def test_a_cut_is_not_told_twice_as_a_dissolve() -> None:
    film = joined(shot(1, 100, step=0), shot(2, 100, step=0))
    assert starts(film) == [FIRST, Start(100, "cut")]


def test_frames_of_other_sizes_are_taken() -> None:
    film = joined(shot(1, 20), shot(2, 20))
    large = [np.kron(frame, np.ones((3, 3), np.uint8)) for frame in film]
    tall = [np.ascontiguousarray(frame[:, :54].T) for frame in film]
    assert starts(large) == starts(tall) == [FIRST, Start(20, "cut")]


def test_the_same_film_gives_the_same_starts() -> None:
    film = make(read(None, 8), TROUBLES["old film"], 5, 0)
    frames = [small(frame, WIDTH, HEIGHT) for frame in film.frames]
    assert starts(frames) == starts(frames)


def test_memory_stays_flat_over_a_long_film() -> None:
    finder, film = ShotFinder(), shot(1, 40)
    tracemalloc.start()
    for frame in film * 3:
        finder.add(frame)
    before, _ = tracemalloc.get_traced_memory()
    for frame in film * 25:
        finder.add(frame)
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after - before < 30 * len(film) * 25


def test_most_shots_are_found_in_all_troubles_together() -> None:
    """The level of docs/decisions/0014-finding-shots.md, with a margin, on fewer films."""
    photos, total = read(None, len(OWN)), Score()
    for number, trouble in enumerate(TROUBLES.values()):
        film = make(photos, trouble, 5, number)
        found = starts([small(frame, WIDTH, HEIGHT) for frame in film.frames])
        total.add(matched(film.boundaries, [start.index for start in found[1:]]))
    assert total.f1 > 0.9
