"""The benchmark of ways of finding shots runs, and its films are what it says."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from shot_films import OWN, TROUBLES, Boundary, make, read
from shots import Row, Score, matched

SCRIPT = Path(__file__).parents[1] / "benchmarks" / "shots.py"


def test_tables_and_plot(tmp_path: Path) -> None:
    plot = tmp_path / "plot.png"
    options = ["--films", "1", "--shots", "3", "--trouble", "calm", "fades", "--plot", str(plot)]
    command = [sys.executable, str(SCRIPT), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr in ("", "PySceneDetect is not installed: its rows are left out\n")
    rows = [line.strip("| ").split(" | ") for line in done.stdout.splitlines() if "|" in line]
    figures = {row[0]: [float(cell) for cell in row[1:]] for row in rows if row[0] == "photochrom"}
    assert figures["photochrom"][:3] == [1, 1, 1]
    assert [row[0] for row in rows[-2:]] == ["calm", "fades"]
    assert plot.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("name", TROUBLES)
def test_boundaries_are_where_shots_change(name: str) -> None:
    """The same seed gives the same film; two shots have one boundary, inside it."""
    photos = read(None, len(OWN))
    film, again = (make(photos, TROUBLES[name], 2, 5) for _ in "ab")
    assert film.boundaries == again.boundaries
    assert all(np.array_equal(a, b) for a, b in zip(film.frames, again.frames, strict=True))
    (boundary,) = film.boundaries
    assert 0 < boundary.first <= boundary.last < len(film.frames)
    assert boundary.kind == TROUBLES[name].join


def test_a_start_finds_one_boundary_at_most_one_frame_away() -> None:
    cuts = [Boundary(10, 10, "cut"), Boundary(11, 11, "cut"), Boundary(40, 50, "fade")]
    assert matched(cuts, [10, 11, 45]) == Score(3, 0, 0)
    assert matched(cuts, [11, 12, 40]) == Score(3, 0, 0)
    assert matched(cuts, [8, 13, 39, 51]) == Score(0, 4, 3)
    assert matched(cuts, [42, 43]) == Score(1, 1, 2)
    assert matched([], []).f1 == 0
    total = Row({"a": Score(3, 1, 0), "b": Score(1, 0, 4)}).total
    assert (total.precision, total.recall) == (0.8, 0.5)
    assert total.f1 == pytest.approx(8 / 13)
