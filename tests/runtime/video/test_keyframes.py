"""Hand repair: frames are written, corrected in any editor, given back, and carried through."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import pyvips
from PIL import Image

from helpers.clips import decoded, make_clip
from photochrom.color import lab
from photochrom.errors import InputError, UsageError
from photochrom.hints import sidecar
from photochrom.hints.strokes import Stroke
from photochrom.options import Options
from photochrom.video.colorizer import FilmColorizer, look
from photochrom.video.container.codecs import Encoding
from photochrom.video.options import FilmOptions
from photochrom.video.shots import shotlist

CUT = 25
TAGS = {"matrix": 1, "primaries": 1}


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("film") / "in.mkv"
    return make_clip(path, grey=True, frames=50, cuts=(CUT,), size=(96, 64), seed=3, **TAGS)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def options(film: Path) -> FilmOptions:
    """Lossless, with two shots."""
    seen, path = look(film), film.parent / "shots.csv"
    times = (seen.pts[0], seen.pts[CUT], seen.pts[-1] + 1)
    shotlist.save(path, [shotlist.Shot(*pair, "cut") for pair in pairwise(times)])
    return FilmOptions(encoding=Encoding("ffv1"), shots=path)


@pytest.fixture
def folder(film: Path, options: FilmOptions, films: FilmColorizer, tmp_path: Path) -> Path:
    """One frame of each shot, as they were written."""
    films.keyframes(film, tmp_path / "frames", options, most=1)
    return tmp_path / "frames"


def grade(path: Path, color: tuple[int, int, int]) -> None:
    """Paint a picture over with a colour, as an editor would in a colour layer."""
    picture = np.asarray(Image.open(path))
    light = picture.mean(2, keepdims=True) / 128
    painted = np.clip(light * np.array(color), 0, 255).astype(np.uint8)
    pyvips.Image.new_from_array(painted).copy(interpretation="srgb").pngsave(str(path))


def colored(path: Path, at: int) -> tuple[float, float]:
    """Mean of Cb and Cr of a frame, from grey."""
    _, u, v = decoded(path)[at]
    return float(u.mean()) - 128, float(v.mean()) - 128


def test_frames_are_pictures_of_the_film(film: Path, folder: Path) -> None:
    seen = look(film)
    paths = sorted(folder.glob("*.png"))
    assert len(paths) == 2
    for path in paths:
        stream, pts = path.stem.split("_")
        assert (int(stream), int(pts) in seen.pts) == (0, True)
        picture = pyvips.Image.new_from_file(str(path))
        assert (picture.width, picture.height, picture.bands) == (96, 64, 3)
        luma = decoded(film)[seen.pts.index(int(pts))][0]
        weighed = picture.numpy() @ np.array([0.2126, 0.7152, 0.0722])
        assert abs(weighed - (luma.astype(float) - 16) / 219 * 255).mean() < 1


def test_frames_as_they_were_written_say_nothing(
    film: Path, options: FilmOptions, films: FilmColorizer, folder: Path, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    films.colorize_file(film, tmp_path / "a.mkv", options, work=work)
    given = replace(options, keyframes=folder)
    assert films.colorize_file(film, tmp_path / "b.mkv", given, work=work).made == 0


def test_only_a_repaired_shot_is_made_again(
    film: Path, options: FilmOptions, films: FilmColorizer, folder: Path, tmp_path: Path
) -> None:
    given = replace(options, keyframes=folder)
    films.colorize_file(film, tmp_path / "a.mkv", given)
    path = sorted(folder.glob("*.png"), key=lambda path: int(path.stem[2:]))[1]
    grade(path, (40, 60, 220))
    corrected = look(film).pts.index(int(path.stem[2:]))
    report = films.colorize_file(film, tmp_path / "b.mkv", given)
    assert report.made == 50 - CUT
    for at in (0, CUT - 1):
        assert colored(tmp_path / "b.mkv", at) == colored(tmp_path / "a.mkv", at)
    for at in range(max(CUT, corrected - 15), min(50, corrected + 15)):
        blue, before = (colored(tmp_path / f"{name}.mkv", at)[0] for name in "ba")
        # the picture moves away from what was corrected: what comes in is not known to be blue
        near = abs(at - corrected) <= 5
        assert blue - before > (20 if near else 5), f"frame {at} is not blue"
    for source, repaired in zip(decoded(film), decoded(tmp_path / "b.mkv"), strict=True):
        np.testing.assert_array_equal(source[0], repaired[0])


def test_a_saturation_does_not_change_what_was_painted(
    film: Path, options: FilmOptions, films: FilmColorizer, folder: Path, tmp_path: Path
) -> None:
    path = sorted(folder.glob("*.png"))[0]
    grade(path, (90, 120, 160))
    frame = look(film).pts.index(int(path.stem[2:]))
    for saturation in (0.5, 1.0):
        colors = Options(saturation=saturation, warmth=0.5)
        given = replace(options, keyframes=folder, colors=colors)
        films.colorize_file(film, tmp_path / f"{saturation}.mkv", given)
    dull, full = (colored(tmp_path / f"{value}.mkv", frame) for value in (0.5, 1.0))
    assert dull == pytest.approx(full, abs=1)


def test_strokes_in_a_sidecar(
    film: Path, options: FilmOptions, films: FilmColorizer, folder: Path, tmp_path: Path
) -> None:
    path = sorted(folder.glob("*.png"))[0]
    stroke = Stroke(((0.1, 0.5), (0.9, 0.5)), 0.3, (200, 40, 60))
    sidecar.save(sidecar.path_for(path), sidecar.Sidecar((stroke,)))
    films.colorize_file(film, tmp_path / "a.mkv", options)
    films.colorize_file(film, tmp_path / "b.mkv", replace(options, keyframes=folder))
    frame = look(film).pts.index(int(path.stem[2:]))
    red_before, red_after = (colored(tmp_path / f"{name}.mkv", frame)[1] for name in "ab")
    assert red_after > red_before + 5


def test_a_sidecar_counts_without_its_picture(
    film: Path, options: FilmOptions, folder: Path, films: FilmColorizer, tmp_path: Path
) -> None:
    path = sorted(folder.glob("*.png"))[0]
    green = Stroke(((0.1, 0.5), (0.9, 0.5)), 0.2, (32, 160, 48))
    sidecar.save(sidecar.path_for(path), sidecar.Sidecar((green,)))
    found = {}
    for name in ("with", "without"):
        told = replace(options, keyframes=folder)
        films.colorize_file(film, tmp_path / f"{name}.mkv", told, work=tmp_path / name)
        found[name] = decoded(tmp_path / f"{name}.mkv")
        path.unlink(missing_ok=True)
    for one, other in zip(found["with"], found["without"], strict=True):
        for plane, same in zip(one, other, strict=True):
            np.testing.assert_array_equal(plane, same)


def test_a_transparent_frame_counts_where_it_is_painted(
    film: Path, options: FilmOptions, films: FilmColorizer, folder: Path, tmp_path: Path
) -> None:
    path = sorted(folder.glob("*.png"))[0]
    painted = np.zeros((64, 96, 4), np.uint8)
    painted[:, :20] = (30, 60, 230, 255)
    pyvips.Image.new_from_array(painted).copy(interpretation="srgb").pngsave(str(path))
    films.colorize_file(film, tmp_path / "out.mkv", replace(options, keyframes=folder))
    frame = look(film).pts.index(int(path.stem[2:]))
    _, u, _ = decoded(tmp_path / "out.mkv")[frame]
    assert float(u[:, :6].mean()) > 150


def test_keyframes_of_another_film(
    film: Path, options: FilmOptions, films: FilmColorizer, folder: Path, tmp_path: Path
) -> None:
    path = sorted(folder.glob("*.png"))[0]
    path.rename(folder / "0_7.png")
    with pytest.raises(InputError, match=r"is no frame of .* stream 0 has none at 7"):
        films.colorize_file(film, tmp_path / "out.mkv", replace(options, keyframes=folder))


def test_a_frame_of_another_shape(
    film: Path, options: FilmOptions, films: FilmColorizer, folder: Path, tmp_path: Path
) -> None:
    path = sorted(folder.glob("*.png"))[0]
    pyvips.Image.black(64, 64, bands=3).copy(interpretation="srgb").pngsave(str(path))
    with pytest.raises(InputError, match="aspect"):
        films.colorize_file(film, tmp_path / "out.mkv", replace(options, keyframes=folder))


def test_frames_at_times(
    film: Path, films: FilmColorizer, options: FilmOptions, tmp_path: Path
) -> None:
    paths = films.keyframes(film, tmp_path, options, most=1, times=[0.41])
    assert tmp_path / f"0_{look(film).pts[10]}.png" in paths
    with pytest.raises(UsageError, match="no frame at 99"):
        films.keyframes(film, tmp_path, options, times=[99])


def test_what_is_corrected_is_not_written_over(
    film: Path, films: FilmColorizer, options: FilmOptions, folder: Path
) -> None:
    path = sorted(folder.glob("*.png"))[0]
    grade(path, (40, 60, 220))
    content = path.read_bytes()
    films.keyframes(film, folder, options, most=2)
    assert path.read_bytes() == content


def test_no_such_folder(
    film: Path, films: FilmColorizer, options: FilmOptions, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="no such folder"):
        films.colorize_file(film, tmp_path / "o.mkv", replace(options, keyframes=tmp_path / "no"))


def test_a_grade_is_what_was_meant(film: Path, folder: Path) -> None:
    """The test's own tool: a graded picture is blue."""
    path = sorted(folder.glob("*.png"))[0]
    grade(path, (40, 60, 220))
    colors = lab.from_srgb(np.asarray(Image.open(path)) / np.float32(255))
    assert colors[..., 2].mean() < -20
