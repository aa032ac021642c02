"""The benchmark runs, prints sensible figures and draws its sheet."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_it_prints_a_table_and_draws_a_sheet(tmp_path: Path) -> None:
    sheet = tmp_path / "pictures" / "sheet.jpg"
    script = ROOT / "benchmarks" / "restoration.py"
    command = [sys.executable, str(script), "--names", "chelsea.png", "--sheet", str(sheet)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures = [cell.strip() for cell in done.stdout.splitlines()[-1].split("|")]
    assert figures[1] == "chelsea.png"
    assert float(figures[2]) > 0.8
    assert sheet.stat().st_size > 10_000
