"""``photochrom batch`` from end to end, with real workers."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from helpers.clips import Clip, make_clip
from helpers.command import COMMAND, SOURCES, events_of, finish, run, run_process, start
from helpers.pictures import photograph, write_jpeg, write_png
from helpers.reading import pixels


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, toys: Path) -> Path:
    """A tree that was run once: pictures, a film, damage, a clash, other files."""
    folder = tmp_path_factory.mktemp("archive")
    tree = folder / "src"
    (tree / "sub").mkdir(parents=True)
    shutil.copy(toys / "warm.onnx", folder / "toy.onnx")
    write_jpeg(tree / "a.jpg", photograph("camera.png", 40))
    write_png(tree / "sub" / "b.png", photograph("camera.png", 50))
    write_jpeg(tree / "sub" / "B.png", photograph("camera.png", 30))
    (tree / "sub" / "damaged.jpg").write_bytes(b"\xff\xd8\xff damaged")
    (tree / "notes.txt").write_text("words")
    make_clip(tree / "film.mkv", Clip(frames=6, grey=True)).rename(tree / "film.dat")
    return folder


def batch(archive: Path, *arguments: object) -> Any:
    """Run in the archive."""
    return run_process(
        "batch", *arguments, cwd=archive, env={"PHOTOCHROM_DATA": str(archive / "data")}
    )


def colorize(archive: Path, *arguments: object) -> Any:
    return batch(archive, "src", "-o", "out", "--model", "toy.onnx", *arguments)


@pytest.fixture(scope="module")
def first(archive: Path) -> list[dict[str, Any]]:
    """What the first run told."""
    result = colorize(archive, "--jobs", 2, "--json")
    assert result.code == 7, result.err
    return events_of(result.out)


def files(folder: Path) -> list[str]:
    return sorted(str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file())


def test_the_tree(archive: Path, first: list[dict[str, Any]]) -> None:
    assert files(archive / "out") == [
        "a.color.jpg",
        "film.color.mp4",
        "photochrom-report.csv",
        "photochrom-report.html",
        "photochrom-report.json",
        "sub/B.color.png",
        "sub/b.color-2.png",
    ]


def test_what_it_tells(archive: Path, first: list[dict[str, Any]]) -> None:
    far = [event for event in first if event["event"] == "progress"]
    assert {event["input"] for event in far} == {str(archive / "src/film.dat")}
    assert {event["stage"] for event in far} >= {"survey", "color"}
    first = [event for event in first if event not in far]
    kinds = [event["event"] for event in first]
    assert kinds[:2] == ["renamed", "found"]
    assert first[0]["output"] == "sub/b.color-2.png"
    assert {name: first[1][name] for name in ("items", "others")} == {"items": 5, "others": 1}
    assert sorted(kinds[2:-1]) == ["done"] * 4 + ["error"]
    (error,) = (event for event in first if event["event"] == "error")
    assert (error["kind"], error["input"]) == ("InputError", str(archive / "src/sub/damaged.jpg"))
    summary = first[-1]
    assert (summary["done"], summary["skipped"], summary["failed"]) == (4, 0, 1)
    assert summary["report"] == str(archive / "out/photochrom-report.html")
    assert Path(summary["journal"]).parent == archive / "data" / "batches"


def test_status_verify_retry(archive: Path, first: list[dict[str, Any]]) -> None:
    status = batch(archive, "status", "out")
    assert status.code == 0
    assert status.out.splitlines()[1] == "0 waiting, 4 done, 1 failed"
    assert "failed: sub/damaged.color.jpg: can't read" in status.out
    counts = events_of(batch(archive, "status", "out", "--json").out)[-1]
    assert (counts["waiting"], counts["done"], counts["failed"]) == (0, 4, 1)
    verified = batch(archive, "verify", "out")
    assert (verified.code, verified.out.splitlines()[-1]) == (7, "1 failed, 4 right")
    write_jpeg(archive / "src/sub/damaged.jpg", photograph("camera.png", 20))
    retried = batch(archive, "retry", "out", "--no-report")
    assert retried.code == 0, retried.err
    assert retried.out.splitlines()[-2] == "1 done, 0 done before, 0 failed"
    assert batch(archive, "verify", "out").code == 0
    before = (archive / "out/a.color.jpg").read_bytes()
    again = colorize(archive, "--no-report")
    assert again.code == 0
    assert again.out.splitlines()[-2] == "0 done, 5 done before, 0 failed"
    (archive / "out/a.color.jpg").write_bytes(before[:-1] + b"x")
    (archive / "out/sub/B.color.png").unlink()
    verified = batch(archive, "verify", "out")
    assert verified.code == 7
    assert verified.out.splitlines() == [
        "changed: a.color.jpg",
        "missing: sub/B.color.png",
        "1 changed, 1 missing, 3 right",
    ]


def test_patterns_lists_and_settings(archive: Path, tmp_path: Path) -> None:
    """A list whose names end with NUL, one with a line end within; colours of all taken away."""
    name = os.fsdecode(b"caf\xe9\n.jpg")
    write_jpeg(tmp_path / name, photograph("camera.png", 20))
    (tmp_path / "settings.json").write_text('{"settings": {"strength": 0}}')
    command = ["batch", "-", "-0", "-o", "out", "--model", archive / "toy.onnx"]
    said = [*COMMAND, *map(str, command), "--settings", "settings.json", "--no-report"]
    result = subprocess.run(
        said, cwd=tmp_path, input=os.fsencode(name) + b"\0", capture_output=True, check=True,
        env={**os.environ, "PYTHONPATH": SOURCES},
    )  # fmt: skip
    assert b"caf\\udce9\\n.color.jpg" in result.stdout
    import numpy as np
    from PIL import Image

    with Image.open(tmp_path / "out" / os.fsdecode(b"caf\xe9\n.color.jpg")) as picture:
        bands = np.asarray(picture.convert("RGB"), int)
    assert np.abs(bands - bands[..., :1]).max() <= 2


def test_ctrl_c(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    for number in range(16):
        write_jpeg(tmp_path / "src" / f"{number}.jpg", photograph("camera.png", 30))
    arguments = ["batch", "src", "-o", "out", "--model", archive / "toy.onnx", "--json"]
    env = {"PHOTOCHROM_DATA": str(tmp_path / "data")}
    process = start(*arguments, cwd=tmp_path, env=env)
    assert process.stdout is not None
    while json.loads(process.stdout.readline())["event"] != "done":
        pass
    process.send_signal(signal.SIGINT)
    result = finish(process)
    assert result.code == 130
    assert result.error_line == "photochrom: stopped; the same command goes on where it was"
    assert not [name for name in files(tmp_path / "out") if "/." in f"/{name}"]
    again = finish(start(*arguments, cwd=tmp_path, env=env))
    assert again.code == 0
    summary = events_of(again.out)[-1]
    assert summary["done"] + summary["skipped"] == 16
    assert summary["skipped"] >= 1


def test_watch(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    arguments = ["batch", "src", "-o", "out", "--model", archive / "toy.onnx", "--json", "--watch"]
    process = start(*arguments, cwd=tmp_path, env={"PHOTOCHROM_DATA": str(tmp_path / "data")})
    assert process.stdout is not None
    write_jpeg(tmp_path / "src" / "a.jpg", photograph("camera.png", 20))
    assert json.loads(process.stdout.readline())["output"] == str(tmp_path / "out/a.color.jpg")
    write_jpeg(tmp_path / "src" / "b.jpg", photograph("camera.png", 20))
    assert json.loads(process.stdout.readline())["output"] == str(tmp_path / "out/b.color.jpg")
    process.send_signal(signal.SIGTERM)
    assert finish(process).code == 130
    assert len(files(tmp_path / "out")) == 5  # and the report


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["nowhere", "-o", "out"], 3, "no such file or folder: nowhere"),
        (["*.none", "-o", "out"], 3, "nothing fits *.none"),
        (["in.jpg", "-o", "in.jpg"], 4, "in.jpg is no folder"),
        (["in.jpg", "-o", "out", "--on-error", "ask"], 2, "--on-error is continue or stop"),
        (["in.jpg", "-o", "out", "--model", "none"], 5, "unknown model"),
        (["in.jpg", "-o", "out", "--device", "abacus"], 6, "unknown device"),
        (["in.jpg", "-o", "out", "--watch"], 2, "--watch looks into folders"),
        (["in.jpg", "-o", "out", "--settings", "none.json"], 3, "can't read the settings"),
        (["in.jpg", "-o", "out", "--root", "data"], 2, "does not lie in"),
        (["status", "out"], 3, "no journal"),
        (["verify"], 2, "name the destination"),
        (["retry", "--journal", "in.jpg"], 4, "can't use the journal"),
    ],
)
def test_what_can_not_be_meant(arguments: list[str], code: int, words: str, folder: Path) -> None:
    result = run("batch", *arguments)
    assert result.code == code
    assert words in result.error_line


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "no valid JSON"),
        ("[]", "holds an object"),
        ('{"settings": {"strength": 2}}', "strength"),
        ('{"sattings": {}}', "there is no 'sattings'"),
        ('{"film": {"codec": 1}}', "film has the keys"),
        ('{"reference": "none.jpg"}', "no such reference"),
        ('{"limits": {"pixels": -1}}', "pixels is a number above 0"),
        ("[" * 100000, "no valid JSON"),
    ],
)
def test_settings_that_can_not_be_meant(text: str, words: str, folder: Path) -> None:
    (folder / "s.json").write_text(text)
    result = run("batch", "in.jpg", "-o", "out", "--settings", "s.json")
    assert result.code in (2, 3)
    assert words in result.error_line
    assert "s.json" in result.error_line
    assert not (folder / "out").exists()


def test_help_stays_light() -> None:
    """The command's module loads nothing heavy."""
    script = (
        "import sys, photochrom.cli.app; heavy = {'onnxruntime', 'pyvips', 'av', 'cv2', 'numpy', "
        "'sqlite3'} & {*sys.modules}; sys.exit(str(heavy) if heavy else 0)"
    )
    env = {**os.environ, "PYTHONPATH": SOURCES}
    subprocess.run([sys.executable, "-c", script], check=True, env=env)


def test_the_driver_decodes_nothing() -> None:
    """What opens files of strangers is in the workers."""
    script = (
        "import sys, photochrom.cli.batching, photochrom.batch.wishes, photochrom.batch.running; "
        "heavy = {'onnxruntime', 'pyvips', 'av', 'cv2'} & {*sys.modules}; "
        "sys.exit(str(heavy) if heavy else 0)"
    )
    env = {**os.environ, "PYTHONPATH": SOURCES}
    subprocess.run([sys.executable, "-c", script], check=True, env=env)


def test_a_journal_is_plain_sqlite(archive: Path, first: list[dict[str, Any]]) -> None:
    (journal,) = (archive / "data" / "batches").glob("*.sqlite")
    base = sqlite3.connect(journal)
    names = {column[1] for column in base.execute("PRAGMA table_info(items)")}
    base.close()
    wanted = {"source_seal", "settings_sha256", "model_sha256", "output_seal", "seconds", "error"}
    assert wanted <= names


def test_corrected_frames_beside_a_film(toys: Path, tmp_path: Path) -> None:
    """A film is made again when a frame in its folder of keyframes was corrected, and only then."""
    source = tmp_path / "src"
    source.mkdir()
    make_clip(source / "reel.mkv", Clip(frames=6, grey=True))
    frames = source / "reel.mkv.keyframes"
    model = ("--model", toys / "corners.onnx")
    made = run_process(
        "video", "keyframes", source / "reel.mkv", "-o", frames, *model, cwd=tmp_path
    )
    assert made.code == 0, made.err

    def again() -> tuple[int, bytes]:
        env = {"PHOTOCHROM_DATA": str(tmp_path / "data")}
        result = run_process("batch", "src", "-o", "out", "--json", *model, cwd=tmp_path, env=env)
        assert result.code == 0, result.err
        done = [event for event in events_of(result.out) if event["event"] == "done"]
        return len(done), (tmp_path / "out" / "reel.color.mkv").read_bytes()

    count, before = again()
    assert (count, again()[0]) == (1, 0)
    frame = min(frames.glob("*.png"))
    write_png(frame, np.full_like(pixels(frame), (30, 60, 220)))
    count, after = again()
    assert (count, again()[0]) == (1, 0)
    assert after != before
    shutil.rmtree(frames)
    assert again()[0] == 1
