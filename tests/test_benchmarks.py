"""Every benchmark runs, at a size that takes seconds."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_large_scan(tmp_path: Path) -> None:
    plot = tmp_path / "plot.png"
    script = ROOT / "benchmarks" / "large_scan.py"
    options = f"--megapixels 1 --runs 1 --folder {tmp_path} --plot {plot}".split()
    command = [sys.executable, str(script), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "1 megapixels, 16-bit grey TIFF" in done.stdout
    assert float(done.stdout.split("ratio")[1]) > 0
    assert plot.stat().st_size > 0
    assert [path.name for path in tmp_path.iterdir()] == ["plot.png"]
