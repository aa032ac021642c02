"""The benchmark of a call runs, at a size that takes seconds."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.gimp
SCRIPT = Path(__file__).parents[2] / "benchmarks" / "gimp.py"


def test_it_prints_what_it_measured(tree: None) -> None:
    del tree
    command = [sys.executable, str(SCRIPT), "--megapixels", "0.2", "--rounds", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    lines = done.stdout.splitlines()
    assert "x 365" in lines[0]
    assert [line.split(":")[0] for line in lines[1::2]] == ["lch-layer", "in-place"]
    assert all("transfer" in line for line in lines[1::2])
