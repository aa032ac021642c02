"""The benchmark of hints runs, at a size that takes seconds."""

import subprocess
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from helpers.toy_model import write_toy
from hint_cases import SIDE, Told, Truth, strokes
from hints import inside, leakage
from photochrom.color.arrays import FloatImage

SCRIPT = Path(__file__).parents[1] / "benchmarks" / "hints.py"


def test_it_prints_its_tables(tmp_path: Path) -> None:
    sheet, model = tmp_path / "sheet.png", write_toy(tmp_path / "toy.onnx")
    options = f"--pictures 1 --strokes 1 --confidence --sheet {sheet} --model {model}".split()
    command = [sys.executable, str(SCRIPT), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    rows = [line.strip("| ").split(" | ") for line in done.stdout.splitlines() if "|" in line]
    assert [row[0] for row in rows[2:5]] == ["the network", "spreading", "both"]
    assert rows[0][1:5] == ["0 points", "10 points", "50 points", "100 points"]
    assert all(float(value) >= 0 for row in rows[2:5] for value in row[1:])
    assert len(rows[7:]) == 4
    with Image.open(sheet) as picture:
        assert picture.size == (13 * SIDE, SIDE)


def test_strokes_lie_inside_their_regions() -> None:
    rgb = np.full((SIDE, SIDE, 3), 80, np.uint8)
    light: FloatImage = np.full((SIDE, SIDE), 40, np.float32)
    light[60:160, 60:160] = 80
    chroma: FloatImage = np.stack((light - 60, light / 4))
    told = list(strokes(Truth(rgb, light, chroma), 3, 0))
    assert told
    for one in told:
        assert not (one.stroke & ~one.region).any()
        assert one.stroke.sum() > 20
        assert np.hypot(*one.color) >= (30 if one.turned else 0) - 1e-3


def test_what_inside_and_leakage_say() -> None:
    """Right inside and untouched outside is 0 and 0; moving wrongly outside leaks by as much."""
    light = np.full((SIDE, SIDE), 50, np.float32)
    chroma = np.full((2, SIDE, SIDE), 3, np.float32)
    truth = Truth(np.zeros((SIDE, SIDE, 3), np.uint8), light, chroma)
    bare = np.zeros((2, SIDE, SIDE), np.float32)
    region = np.zeros((SIDE, SIDE), bool)
    region[:100] = True
    told = Told(region, region, np.array([3, 3], np.float32), turned=False)
    good = np.where(region, truth.chroma, bare)
    assert inside(told, truth, good) == 0
    assert leakage(told, truth, good, bare) == 0
    assert leakage(told, truth, truth.chroma, bare) < 1e-6
    wrong = np.where(region, truth.chroma, np.float32(-2))
    np.testing.assert_allclose(leakage(told, truth, wrong, bare), np.hypot(2, 2), rtol=1e-5)
