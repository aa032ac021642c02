"""The benchmark of references runs, at a size that takes seconds."""

import subprocess
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from helpers.pictures import photograph
from reference import PART, pairs

SCRIPT = Path(__file__).parents[1] / "benchmarks" / "reference.py"


def test_it_prints_its_table(tmp_path: Path) -> None:
    folder = tmp_path / "photographs"
    folder.mkdir()
    for name in ("astronaut.png", "coffee.png"):
        Image.fromarray(photograph(name, 400)).save(folder / name)
    command = [sys.executable, str(SCRIPT), str(folder), "--pictures", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    rows = [line.strip("| ").split(" | ") for line in done.stdout.splitlines()]
    assert len(rows) == 9
    shifted = dict(zip(rows[0], rows[2], strict=True))
    level = {way: float(shifted[way].split(" / ")[0]) for way in ("no reference", "reference")}
    assert level["reference"] > level["no reference"]


def test_parts_share_what_the_benchmark_says() -> None:
    rows, columns = np.indices((224, 224))
    rgb = np.dstack((rows, columns, rows * 0)).astype(np.uint8)
    cut = {pair.kind: pair for pair in pairs(rgb, np.zeros_like(rgb), 0)}
    shifted = cut["shifted"]
    assert shifted.truth.shape == shifted.reference.shape == (PART, PART, 3)
    np.testing.assert_array_equal(shifted.truth[56:, 56:], shifted.reference[:-56, :-56])
    np.testing.assert_array_equal(cut["mirrored"].reference, shifted.reference[:, ::-1])
    far = cut["far apart"]
    np.testing.assert_array_equal(far.truth[89:, 89:], far.reference[:-89, :-89])
