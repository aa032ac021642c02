"""The benchmarks of tiles run, at a size that takes seconds."""

import subprocess
import sys
from pathlib import Path

import pytest

from helpers.toy_model import WARM, write_toy

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"


def rows_of(script: str, *options: object) -> list[list[str]]:
    """The cells of the table that a benchmark prints, its head left out."""
    command = [sys.executable, str(BENCHMARKS / script), *map(str, options)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    lines = [line.strip("| ") for line in done.stdout.splitlines() if line.startswith("|")]
    return [line.split(" | ") for line in lines[2:]]


def test_seams(tmp_path: Path) -> None:
    plot, toy = tmp_path / "plot.png", write_toy(tmp_path / "toy.onnx", WARM, native_size=128)
    rows = rows_of("seams.py", "--side", 300, "--levels", 1, 2, "--model", toy, "--plot", plot)
    assert [row[:2] for row in rows] == [
        [picture, level] for picture in ("sky", "gradient", "noise") for level in "12"
    ]
    assert all(float(row[4]) == pytest.approx(1, abs=0.05) for row in rows)  # the toy has none
    assert plot.read_bytes().startswith(b"\x89PNG")


def test_detail(tmp_path: Path) -> None:
    plot = tmp_path / "plot.png"
    options = ["--megapixels", 0.3, "--levels", 0, 1, "--runs", 1, "--folder", tmp_path]
    rows = rows_of("detail.py", *options, "--plot", plot)
    assert [row[0] for row in rows] == ["0", "1"]
    assert float(rows[0][3]) == 1
    assert float(rows[1][3]) > 1
    assert [path.name for path in tmp_path.iterdir()] == ["plot.png"]
