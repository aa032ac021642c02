"""benchmarks/batch.py runs and prints what it promises."""

import json
import os
import subprocess
import sys
from pathlib import Path

import batch
from batch import Used, figures
from helpers.command import SOURCES


def test_batch(toys: Path) -> None:
    model = str(toys / "warm.onnx")
    options = ["--pictures", "6", "--size", "32", "--rounds", "1", "--model", model, "--json"]
    result = subprocess.run(
        [sys.executable, str(Path(batch.__file__)), *options],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": SOURCES},
    )
    found = json.loads(result.stdout)
    assert found["pictures"] == 6
    assert found["ratio"] > 0
    assert found["one"][0]["memory_end"] > 0
    assert found["all"][0]["pictures_per_second"] > 0


def test_figures() -> None:
    taken = [[Used(10.0, 1.0), Used(30.0, 3.0 + number)] for number in range(4)]
    found = figures([2.0, 3.0, 4.0, 5.0], taken, 2.7)
    assert (found.pictures_per_second, found.start) == (1.0, 2.0)
    assert (found.memory_middle, found.memory_end) == (40.0, 40.0)
    assert found.busy == 0.9
    assert (found.seconds_each, found.driver_share) == (1.0, 1 / 7)
