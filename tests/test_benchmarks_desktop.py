"""The benchmark of the window runs, at a size that takes seconds."""

import subprocess
import sys
from pathlib import Path

from PIL import Image

from helpers.toy_model import write_toy

SCRIPT = Path(__file__).parents[1] / "benchmarks" / "desktop.py"


def test_it_prints_what_it_measured(tmp_path: Path) -> None:
    plot, model = tmp_path / "plot.png", write_toy(tmp_path / "toy.onnx")
    sizes = "--pictures 12 --megapixels 0.2 --export 1 --scan 2 --rounds 2"
    options = f"{sizes} --model {model} --plot {plot}"
    command = [sys.executable, str(SCRIPT), *options.split()]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=200)
    words = [line.split(":")[0] for line in done.stdout.splitlines()]
    assert words == [
        "first colour of 0.2 MP",
        "first sight of 2 MP",
        "stroke to colour",
        "longest stall",
        "memory",
    ]
    with Image.open(plot) as picture:
        assert picture.width > 500
