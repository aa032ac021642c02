"""The benchmarks of speed and of edges run, at sizes that take seconds, and their rules hold."""

import os
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
BENCHMARKS = ROOT / "benchmarks"


def printed(script: str, options: str, folder: Path) -> list[str]:
    """What a benchmark prints; it must leave its plot behind and nothing else."""
    plot = folder / "plot.png"
    command = [sys.executable, str(BENCHMARKS / script), *options.split(), "--plot", str(plot)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    assert plot.read_bytes().startswith(b"\x89PNG")
    assert [path.name for path in folder.iterdir()] == ["plot.png"]
    return done.stdout.splitlines()


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_large_scan(tmp_path: Path) -> None:
    options = f"--megapixels 0.2 0.5 --runs 1 --folder {tmp_path}"
    lines = printed("large_scan.py", options, tmp_path)
    rows = [cells(line) for line in lines[3:]]
    assert [row[0] for row in rows] == ["0.2", "0.5"]
    for row in rows:
        ours, bare, ratio = (float(row[index].split()[0]) for index in (1, 4, 6))
        half = 0.0051  # of the last digit printed
        assert (ours - half) / (bare + half) <= ratio + half
        assert ratio - half <= (ours + half) / max(bare - half, 1e-9)
        assert float(row[3]) > 0  # the fixed cost is beside


def test_jpeg(tmp_path: Path) -> None:
    lines = printed("jpeg.py", f"--megapixels 0.3 --runs 1 --folder {tmp_path}", tmp_path)
    ours, bare, ratio = (cells(line) for line in lines[3:6])
    assert float(ratio[1]) == pytest.approx(float(ours[1]) / float(bare[1]), rel=0.5)
    assert lines[6].startswith("fixed cost")


def test_textbook(tmp_path: Path) -> None:
    """Without a limit; the search for one is tried below."""
    options = f"--megapixels 0.2 --runs 1 --limit 0 --folder {tmp_path}"
    lines = printed("textbook.py", options, tmp_path)
    row = cells(lines[3])
    assert float(row[2]) < float(row[4])  # PyTorch alone takes more memory
    assert float(row[7]) == pytest.approx(float(row[4]) / float(row[2]), rel=0.02)


@pytest.mark.parametrize(("ends", "low", "high"), [(37.0, 36.0, 40.0), (1e9, 64.0, np.inf)])
def test_the_search_for_the_limit(ends: float, low: float, high: float) -> None:
    benchmark = runpy.run_path(str(BENCHMARKS / "textbook.py"))
    death = benchmark["death"]
    death.__globals__["passes"] = lambda folder, kind, megapixels, gigabytes: megapixels < ends
    assert death(Path("unused"), 4, 64) == (low, high)


@pytest.mark.slow
def test_network_speed(tmp_path: Path) -> None:
    options = "--size 64 --runs 2 --threads 1 --weights fp16"
    lines = printed("network_speed.py", options, tmp_path)
    rows = {cells(line)[0]: cells(line) for line in lines[4:]}
    assert [*rows] == [
        "PyTorch, eager, fp32",
        "ONNX Runtime, fp16 weights",
    ]
    assert float(rows["PyTorch, eager, fp32"][2]) == 1
    assert 0 < float(lines[1].split()[0]) < 10


def test_bleeding(tmp_path: Path) -> None:
    """The first promise of the guided filter, on scikit-image's photographs."""
    rows = {cells(line)[0]: cells(line) for line in printed("bleeding.py", "", tmp_path)[3:]}
    assert [*rows] == ["nearest", "bilinear", "guided filter"]
    ours = float(rows["guided filter"][1])
    assert ours < min(float(rows[name][1]) for name in ("nearest", "bilinear"))


def test_edges_are_the_strongest() -> None:
    benchmark = runpy.run_path(str(BENCHMARKS / "bleeding.py"))
    lightness = np.zeros((100, 100), np.float32)
    lightness[:, 60:] = 50
    lightness += np.linspace(0, 5, 100, dtype=np.float32)[:, None]
    columns = np.flatnonzero(benchmark["strong_edges"](lightness).any(axis=0))
    assert (columns.min(), columns.max()) == (57, 62)
