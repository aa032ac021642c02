"""A film's way as a whole: work that stays, previews, lists of shots, plans, frames for others."""

import shutil
import threading
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from helpers.clips import Track, decoded, make_clip
from photochrom.errors import CancelledError, OutputError
from photochrom.options import Options
from photochrom.video import segments
from photochrom.video.colorizer import FilmColorizer, look
from photochrom.video.container.codecs import Encoding
from photochrom.video.making import FilmProgress
from photochrom.video.options import FilmOptions
from photochrom.video.shots import shotlist

CUTS = (20, 45)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three shots of 20, 25 and 15 frames."""
    path = tmp_path_factory.mktemp("film") / "in.mkv"
    return make_clip(
        path,
        grey=True,
        frames=60,
        cuts=CUTS,
        size=(96, 64),
        sound=(Track(),),
        matrix=1,
        primaries=1,
    )


@pytest.fixture(scope="module")
def lossless(film: Path) -> FilmOptions:
    """With a list of its shots."""
    return FilmOptions(encoding=Encoding("ffv1"), shots=listed(film, (0, *CUTS)))


def listed(film: Path, starts: tuple[int, ...]) -> Path:
    """A list of shots that begin at some frames."""
    seen, path = look(film), film.parent / f"shots-{len(starts)}.csv"
    times = [*(seen.pts[start] for start in starts), seen.pts[-1] + 1]
    shotlist.save(path, [shotlist.Shot(*pair, "cut") for pair in pairwise(times)])
    return path


@pytest.fixture(scope="module")
def whole(
    film: Path,
    lossless: FilmOptions,
    films: FilmColorizer,
    tmp_path_factory: pytest.TempPathFactory,
) -> list[list[np.ndarray]]:
    """Its coloured frames, made in one go."""
    target = tmp_path_factory.mktemp("whole") / "out.mkv"
    films.colorize_file(film, target, lossless)
    return decoded(target)


def same(first: list[list[np.ndarray]], second: list[list[np.ndarray]]) -> bool:
    return len(first) == len(second) and all(
        np.array_equal(a, b)
        for one, other in zip(first, second, strict=True)
        for a, b in zip(one, other, strict=True)
    )


def test_nothing_is_left_beside_the_target(
    lossless: FilmOptions, film: Path, films: FilmColorizer, tmp_path: Path
) -> None:
    report = films.colorize_file(film, tmp_path / "out.mkv", lossless)
    assert [path.name for path in tmp_path.iterdir()] == ["out.mkv"]
    assert (report.frames, report.made, report.shots) == (60, 60, 3)


def test_a_cancelled_film_goes_on_where_it_was(
    lossless: FilmOptions,
    film: Path,
    films: FilmColorizer,
    tmp_path: Path,
    whole: list[list[np.ndarray]],
) -> None:
    cancel, target = threading.Event(), tmp_path / "out.mkv"

    def stop(progress: FilmProgress) -> None:
        if progress.shot == 3:
            cancel.set()

    with pytest.raises(CancelledError, match="goes on where it was"):
        films.colorize_file(film, target, lossless, tell=stop, cancel=cancel)
    assert not target.exists()
    report = films.colorize_file(film, target, lossless)
    assert report.made == 15, "finished pieces were made again"
    assert same(decoded(target), whole)
    assert [path.name for path in tmp_path.iterdir()] == ["out.mkv"]


def test_a_long_shot_in_pieces_is_the_same(
    film: Path, films: FilmColorizer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = FilmOptions(encoding=Encoding("ffv1"), shots=listed(film, (0,)))
    films.colorize_file(film, tmp_path / "once.mkv", options)
    cut = segments.cut
    monkeypatch.setattr(segments, "cut", lambda shots, longest=0: cut(shots, 20))
    report = films.colorize_file(film, tmp_path / "pieces.mkv", options)
    assert report.shots == 1
    assert same(decoded(tmp_path / "once.mkv"), decoded(tmp_path / "pieces.mkv"))


def test_other_options_are_other_work(
    lossless: FilmOptions, film: Path, films: FilmColorizer, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    first = films.colorize_file(film, tmp_path / "a.mkv", lossless, work=work)
    again = films.colorize_file(film, tmp_path / "b.mkv", lossless, work=work)
    duller = replace(lossless, colors=Options(saturation=0.5))
    other = films.colorize_file(film, tmp_path / "c.mkv", duller, work=work)
    assert [first.made, again.made, other.made] == [60, 0, 60]
    assert same(decoded(tmp_path / "a.mkv"), decoded(tmp_path / "b.mkv"))
    assert not same(decoded(tmp_path / "a.mkv"), decoded(tmp_path / "c.mkv"))


def test_only_the_shots_that_a_list_changes_are_made_again(
    lossless: FilmOptions, film: Path, films: FilmColorizer, tmp_path: Path
) -> None:
    films.colorize_file(film, tmp_path / "a.mkv", lossless, work=tmp_path / "work")
    options = FilmOptions(encoding=Encoding("ffv1"), shots=listed(film, (0, *CUTS, 52)))
    report = films.colorize_file(film, tmp_path / "b.mkv", options, work=tmp_path / "work")
    assert (report.made, report.shots) == (15, 4)


def test_a_preview_is_the_beginning_of_each_shot(
    lossless: FilmOptions, film: Path, films: FilmColorizer, tmp_path: Path
) -> None:
    options = replace(lossless, preview=0.2)
    report = films.colorize_file(film, tmp_path / "out.mkv", options)
    assert report.frames == 15
    source = decoded(film)
    luma = [frame[0] for frame in decoded(tmp_path / "out.mkv")]
    wanted = [source[start + at][0] for start in (0, *CUTS) for at in range(5)]
    assert all(np.array_equal(a, b) for a, b in zip(luma, wanted, strict=True))
    with av.open(str(tmp_path / "out.mkv")) as container:
        assert not container.streams.audio
        times = [frame.time for frame in container.decode(video=0)]
    np.testing.assert_allclose(np.diff(times), 0.04, atol=0.002)


def test_a_plan_writes_nothing(
    lossless: FilmOptions, film: Path, films: FilmColorizer, tmp_path: Path
) -> None:
    options = replace(lossless, encoding=Encoding())
    plan = films.plan(film, tmp_path / "out.mkv", options)
    assert list(tmp_path.iterdir()) == []
    assert (plan.frames, plan.shots, plan.pieces) == (60, 3, 3)
    assert plan.encoding == "H.264 (libx264), crf 18, preset medium, 8 bits, 4:2:0"
    films.colorize_file(film, tmp_path / "out.mkv", options)
    size = (tmp_path / "out.mkv").stat().st_size
    assert size / 3 < plan.space.result < 3 * size


def test_frames_are_those_of_the_film(
    lossless: FilmOptions, film: Path, films: FilmColorizer, whole: list[list[np.ndarray]]
) -> None:
    frames = list(films.frames(film, lossless))
    assert [frame.number for frame in frames] == list(range(60))
    assert [frame.shot for frame in frames] == [0] * 20 + [1] * 25 + [2] * 15
    assert frames[25].seconds == pytest.approx(1.0)
    picture = frames[25].picture()
    assert picture.shape == (64, 96, 3)
    luma = picture @ np.array([0.2126, 0.7152, 0.0722])
    codes = (whole[25][0].astype(float) - 16) / 219 * 255
    assert abs(luma - codes).max() < 2


def test_frames_can_be_left_early(film: Path, films: FilmColorizer) -> None:
    frames = films.frames(film)
    assert next(frames).number == 0
    threads = threading.active_count()
    frames.close()
    assert threading.active_count() < threads


def test_a_full_disk_is_told_before_the_work(
    lossless: FilmOptions,
    film: Path,
    films: FilmColorizer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    usage = type("Usage", (), {"free": 1000})
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage)
    with pytest.raises(OutputError, match=r"has 1.0 kB of room, and the film needs about"):
        films.colorize_file(film, tmp_path / "out.mkv", lossless)
    assert list(tmp_path.iterdir()) == []


def test_another_process_in_the_work_is_told(
    lossless: FilmOptions, film: Path, films: FilmColorizer, tmp_path: Path
) -> None:
    from photochrom.files.whole import held_folder

    with (
        held_folder(tmp_path / "work"),
        pytest.raises(OutputError, match="another photochrom works in"),
    ):
        films.colorize_file(film, tmp_path / "out.mkv", lossless, work=tmp_path / "work")


def test_every_shot_of_one_frame(films: FilmColorizer, tmp_path: Path) -> None:
    """The shortest film, and shots as short as can be."""
    path = make_clip(tmp_path / "in.mkv", grey=True, frames=4, rate=Fraction(10))
    seen = look(path)
    shotlist.save(
        tmp_path / "shots.csv", [shotlist.Shot(pts, pts + 100, "cut") for pts in seen.pts[:-1]]
        + [shotlist.Shot(seen.pts[-1], seen.pts[-1] + 1, "cut")],
    )  # fmt: skip
    options = FilmOptions(encoding=Encoding("ffv1"), shots=tmp_path / "shots.csv")
    report = films.colorize_file(path, tmp_path / "out.mkv", options)
    assert (report.frames, report.shots) == (4, 4)
    assert len(decoded(tmp_path / "out.mkv")) == 4
