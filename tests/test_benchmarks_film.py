"""The benchmarks of film run, and their clips and ways are what they say."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np

import stability
from helpers.clips import make_clip
from stability_clips import made

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


def printed(script: str, *options: object) -> str:
    command = [sys.executable, str(BENCHMARKS / script), *map(str, options)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_speed(tmp_path: Path) -> None:
    plot = tmp_path / "plot.png"
    text = printed("film_speed.py", "--sizes", 96, "--frames", 24, "--runs", 1, "--plot", plot)
    assert text.startswith("96p: transcode ")
    assert "ms a frame: looking through" in text
    assert plot.read_bytes().startswith(b"\x89PNG")


def test_stability(tmp_path: Path) -> None:
    film = make_clip(tmp_path / "in.mkv", frames=8, size=(64, 48))
    table, plot = tmp_path / "table.json", tmp_path / "plot.png"
    text = printed("stability.py", film, "--frames", 8, "--json", table, "--plot", plot)
    assert "| two-sided, every 3rd |" in text
    rows = {row["way"]: row for row in json.loads(table.read_text())}
    assert rows["two-sided only"]["warped"] < rows["per frame"]["warped"]
    assert plot.read_bytes().startswith(b"\x89PNG")


def test_corrections(tmp_path: Path) -> None:
    film = make_clip(tmp_path / "in.mkv", frames=7, size=(64, 48))
    rows = printed("corrections.py", film, "--frames", 7).splitlines()
    automatic, *_, both = (float(row.split()[-1]) for row in rows[2:])
    assert both > automatic + 3


def test_made_clips_are_the_same_every_time() -> None:
    first, again = next(made(2)), next(made(2))
    for one, other in zip(first.lightness, again.lightness, strict=True):
        np.testing.assert_array_equal(one, other)


def test_divergence_of_equal_pictures_is_none() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)
    assert stability.cdc([picture] * 6) == 0
    black, white = np.zeros_like(picture), np.full_like(picture, 255)
    assert abs(stability.cdc([black, white] * 3) - np.log(2) / 3) < 1e-9


def test_still_chroma_has_no_warped_error() -> None:
    rng = np.random.default_rng(0)
    light = [rng.uniform(20, 80, (48, 64)).astype(np.float32)] * 3
    chroma = [np.full((2, 48, 64), 20, np.float32)] * 3
    assert stability.warped(light, chroma) == 0
    pumped = [chroma[0], chroma[0] + 3, chroma[0]]
    assert abs(stability.warped(light, pumped) - 3) < 1e-4
