"""The benchmark of devices, on a machine that has none, and with one that is made up."""

import json
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.fake_provider import FakeRuntime, use

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "benchmarks" / "gpu.py"


def test_on_the_cpu_alone(tmp_path: Path) -> None:
    figures, plot = tmp_path / "figures.json", tmp_path / "plot.png"
    options = f"--device cpu --size 64 --batches 1 2 --rounds 2 --threads 1 --json {figures}"
    command = [sys.executable, str(SCRIPT), *options.split(), "--plot", str(plot)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert done.stdout.endswith("nothing was measured on a GPU\n")
    rows = json.loads(figures.read_text("utf-8"))["rows"]
    assert [(row["batch"], row["bound"]) for row in rows] == [
        (1, False),
        (1, True),
        (2, False),
        (2, True),
    ]
    assert {row["max_difference"] for row in rows} == {0.0}
    assert rows[0]["ratio"] == 1.0
    assert rows[3]["pictures_per_second"] == pytest.approx(2 / rows[3]["seconds"])
    assert plot.read_bytes().startswith(b"\x89PNG")


def test_every_way_of_a_device(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    use(monkeypatch, FakeRuntime())
    figures = tmp_path / "figures.json"
    options = f"--size 64 --batches 1 --rounds 1 --threads 1 --json {figures}".split()
    monkeypatch.setattr(sys, "argv", ["gpu.py", *options])
    runpy.run_path(str(SCRIPT), run_name="__main__")
    rows = json.loads(figures.read_text("utf-8"))["rows"]
    assert [(row["device"], row["precision"], row["bound"]) for row in rows] == [
        ("cpu", "fp32", False),
        ("cpu", "fp32", True),
        ("cuda", "fp32", False),
        ("cuda", "fp32", True),
        ("cuda", "fp16", False),
        ("cuda", "fp16", True),
    ]
    assert [row["max_difference"] > 0 for row in rows] == [False] * 4 + [True] * 2
    assert "| 1 | cuda fp16 bound |" in capsys.readouterr().out
