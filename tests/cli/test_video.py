"""``photochrom video``: films on the command line."""

import csv
import json
import os
import random
import shutil
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from helpers.clips import Track, decoded, make_clip
from helpers.command import finish, run, start

KILLS = int(os.environ.get("PHOTOCHROM_FILM_KILLS", "3"))


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """300 frames with sound: two pieces."""
    path = tmp_path_factory.mktemp("film") / "in.mkv"
    return make_clip(path, grey=True, frames=300, size=(160, 120), sound=(Track(),))


@pytest.fixture(scope="module")
def whole(film: Path, toy: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Coloured without a stop."""
    target = tmp_path_factory.mktemp("whole") / "out.mkv"
    assert run("video", film, "-o", target, "--codec", "ffv1", "--model", toy).code == 0
    return target


def same(first: Path, second: Path) -> bool:
    """Whether all frames and all sound are the same."""
    return all(
        np.array_equal(a, b)
        for one, other in zip(decoded(first), decoded(second), strict=True)
        for a, b in zip(one, other, strict=True)
    )


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(KILLS))
def test_killed_at_a_random_moment_it_goes_on(
    seed: int, film: Path, toy: Path, whole: Path, tmp_path: Path
) -> None:
    """However often it is killed: the same film in the end, and nothing beside it."""
    target, moments = tmp_path / "out.mkv", random.Random(seed)
    command = ("video", film, "-o", target, "--codec", "ffv1", "--model", toy, "--json")
    for _ in range(moments.randint(1, 3)):
        process = start(*command, cwd=tmp_path)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(moments.uniform(0, 3))
        process.kill()
        finish(process)
        if target.exists():
            break
    if not target.exists():
        assert run(*command).code == 0
    assert same(target, whole)
    assert [path.name for path in tmp_path.iterdir()] == ["out.mkv"]


def test_the_report(film: Path, toy: Path, tmp_path: Path) -> None:
    result = run("video", film, "-o", tmp_path / "out.mp4", "--model", toy)
    assert result.code == 0, result.err
    first, *notes = result.out.splitlines()
    assert first.startswith(f"{tmp_path / 'out.mp4'}  (160 x 120, 300 frames in 1 shot, ")
    assert notes == [
        "  note: the film does not tell its matrix; BT.601 is taken, as players do for 120 lines"
    ]


def test_events(film: Path, toy: Path, tmp_path: Path) -> None:
    result = run("video", film, "-o", tmp_path / "out.mkv", "--model", toy, "--json")
    events = [json.loads(line) for line in result.out.splitlines()]
    stages = [event["stage"] for event in events if event["event"] == "progress"]
    assert sorted(set(stages), key=stages.index) == ["survey", "color", "join"]
    far = [event for event in events if event["event"] == "frames"]
    assert far[-1]["frames"] == 300
    assert [event["frame"] for event in far] == sorted({event["frame"] for event in far})
    assert len(far) < 30, "too many to read"
    assert events[-2]["made"] == 300


def test_dry_run(film: Path, toy: Path, tmp_path: Path) -> None:
    result = run("video", film, "-o", tmp_path / "out.mp4", "--dry-run", "--model", toy)
    assert result.code == 0, result.err
    lines = result.out.splitlines()
    assert lines[0] == f"{film} -> {tmp_path / 'out.mp4'}"
    assert lines[1] == "  film: 160 x 120, 300 frames, 12.0 s, 1 shot"
    assert lines[2] == "  encoding: H.264 (libx264), crf 18, preset medium, 8 bits, 4:2:0"
    assert list(tmp_path.iterdir()) == []


def test_shots_are_listed_and_given_back(film: Path, toy: Path, tmp_path: Path) -> None:
    shots = tmp_path / "shots.csv"
    assert run("video", "shots", film, "-o", shots).code == 0
    with shots.open() as file:
        rows = list(csv.DictReader(file))
    assert rows == [{"start_pts": "0", "end_pts": "11961", "kind": "first"}]
    shots.write_text("start_pts,end_pts,kind\n0,4000,cut\n4000,11961,cut\n")
    result = run("video", film, "-o", tmp_path / "o.mkv", "--shots", shots, "--model", toy)
    assert "300 frames in 2 shots" in result.out


def test_a_list_of_another_film(film: Path, toy: Path, tmp_path: Path) -> None:
    shots = tmp_path / "shots.csv"
    shots.write_text("start_pts,end_pts,kind\n0,4001,cut\n4001,11961,cut\n")
    result = run("video", film, "-o", tmp_path / "o.mkv", "--shots", shots, "--model", toy)
    assert result.code == 3
    assert "no frame is shown at 4001" in result.error_line


def test_a_film_that_has_colours(toy: Path, tmp_path: Path) -> None:
    path = make_clip(tmp_path / "in.mp4", frames=10)
    result = run("video", path, "--model", toy)
    assert result.code == 3
    assert "--force" in result.error_line
    assert run("video", path, "--model", toy, "--force").code == 0
    assert (tmp_path / "in.color.mp4").is_file()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--hardware", "--bits", "10"), "graphics cards encode 8 bits"),
        (("--codec", "ffv1", "--hardware"), "no graphics card encodes FFV1"),
        (("--codec", "divx"), "unknown codec"),
        (("--preview", "-1"), "a preview has some seconds"),
    ],
)
def test_options_that_cant_be_meant(
    arguments: tuple[str, ...], said: str, film: Path, toy: Path
) -> None:
    result = run("video", film, *arguments, "--model", toy)
    assert result.code == 2
    assert said in result.err


def test_no_graphics_card(film: Path, toy: Path, tmp_path: Path) -> None:
    """There is none that encodes where the tests run; where there is one, it does."""
    result = run("video", film, "-o", tmp_path / "out.mp4", "--hardware", "--model", toy)
    if result.code == 0:
        assert len(decoded(tmp_path / "out.mp4")) == 300
    else:
        assert result.code == 6
        assert "no graphics card here encodes h264 (tried h264_nvenc, " in result.error_line


@pytest.mark.skipif(shutil.which("prlimit") is None, reason="limits the size of files with prlimit")
def test_a_disk_that_is_full_in_the_middle(
    toy: Path, tmp_path: Path, whole: Path, film: Path
) -> None:
    """Whatever is finished stays, and there is no half of a film under the final name."""
    size = max(path.stat().st_size for path in (whole, film)) // 3
    command = ["video", film, "-o", "out.mkv", "--codec", "ffv1", "--model", toy]
    process = start(*command, cwd=tmp_path, before=("prlimit", f"--fsize={size}"))
    result = finish(process)
    assert result.code == 4
    assert "can't write" in result.error_line
    assert not (tmp_path / "out.mkv").exists()
    assert finish(start(*command, cwd=tmp_path)).code == 0
    assert same(tmp_path / "out.mkv", whole)
    assert [path.name for path in tmp_path.iterdir()] == ["out.mkv"]


@pytest.fixture(scope="module")
def pictures(film: Path, toy: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """40 numbered pictures, and beside them what becomes of them."""
    folder = tmp_path_factory.mktemp("pictures") / "scans"
    folder.mkdir()
    for number, (luma, _, _) in zip(range(40), decoded(film), strict=False):
        Image.fromarray(luma).save(folder / f"{number:04d}.png")
    assert run("video", folder, "--model", toy).code == 0
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_pictures_killed_at_a_random_moment(
    seed: int, pictures: Path, toy: Path, tmp_path: Path
) -> None:
    whole = pictures.with_name("scans.color")
    target, moments = tmp_path / "out", random.Random(seed)
    command = ("video", pictures, "-o", target, "--model", toy, "--json")
    for _ in range(2):
        process = start(*command, cwd=tmp_path)
        assert process.stdout is not None
        process.stdout.readline()
        if seed == 0:  # else somewhere before
            while not list(target.glob("*.png")) and process.poll() is None:
                time.sleep(0.01)
        time.sleep(moments.uniform(0, 0.3))
        process.kill()
        if finish(process).code == 0:
            break
    else:
        assert run(*command).code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert sorted(path.name for path in target.iterdir()) == [f"{n:04d}.png" for n in range(40)]
    for path in target.iterdir():
        same_picture = np.asarray(Image.open(path)) == np.asarray(Image.open(whole / path.name))
        assert same_picture.all()


def test_a_rate_that_is_none(pictures: Path, toy: Path, tmp_path: Path) -> None:
    done = run("video", pictures, "-o", tmp_path / "out", "--model", toy, "--rate", "fast")
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "--rate is frames a second" in done.err
