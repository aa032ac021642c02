"""Large scans pass through in strips: memory does not grow with the picture."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tifffile

from helpers.command import SOURCES

MEGABYTE = 1 << 20
LIMIT = 500 * MEGABYTE
"""The level of ARCHITECTURE.md for 400 megapixels; a part of them must stay under it too."""

CHILD = """
import json, re, sys
from pathlib import Path
from photochrom import Colorizer

Colorizer(sys.argv[1], "cpu").colorize_file(sys.argv[2], sys.argv[3])
# Not getrusage: its peak counts the parent's memory at the fork.
peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
print(json.dumps({"peak": int(peak.group(1)) * 1024}))
"""


def scan(path: Path, height: int, width: int) -> Path:
    """A 16-bit grey TIFF with structure at every scale, uncompressed, written row by row."""
    chance = np.random.default_rng(0)
    block = chance.integers(8_000, 50_000, (500, width), np.uint16)
    block += np.linspace(0, 10_000, width).astype(np.uint16)
    tifffile.imwrite(
        path,
        (block[:100] for _ in range(height // 100)),
        shape=(height, width),
        dtype=np.uint16,
        rowsperstrip=100,
        photometric="minisblack",
    )
    return path


def peak_memory(model: Path, source: Path, target: Path) -> int:
    """Bytes that a process needs at most to colorize a file."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(model), str(source), str(target)],
        env={"PYTHONPATH": SOURCES, "PATH": ""},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return int(json.loads(done.stdout)["peak"])


@pytest.mark.slow
def test_memory_of_strips(toys: Path, tmp_path: Path) -> None:
    source, target = tmp_path / "scan.tif", tmp_path / "out.tif"
    peaks = []
    for height in (1000, 5000):
        scan(source, height, 6_000)
        peaks.append(peak_memory(toys / "warm.onnx", source, target))
        with tifffile.TiffFile(target) as file:
            assert file.pages.first.shape == (height, 6_000, 3)
            assert file.pages.first.dtype == np.uint16
        source.unlink()  # a quarter of a gigabyte that pytest would keep for three runs
        target.unlink()
    assert peaks[1] < LIMIT
    # 24 megapixels more are 48 MB in the source alone, and 144 MB in the result
    assert peaks[1] - peaks[0] < 40 * MEGABYTE


def tiles(path: Path, height: int, width: int) -> Path:
    """The same in deflated tiles of 256 x 256."""
    chance = np.random.default_rng(0)
    tile = chance.integers(8_000, 50_000, (256, 256), np.uint16)
    count = -(-height // 256) * -(-width // 256)
    tifffile.imwrite(
        path,
        (tile for _ in range(count)),
        shape=(height, width),
        dtype=np.uint16,
        tile=(256, 256),
        compression="deflate",
        compressionargs={"level": 1},
        photometric="minisblack",
    )
    return path


@pytest.mark.slow
def test_memory_of_tiles(toys: Path, tmp_path: Path) -> None:
    source, target = tmp_path / "scan.tif", tmp_path / "out.tif"
    peaks = []
    for height in (500, 2500):
        tiles(source, height, 5_000)
        peaks.append(peak_memory(toys / "warm.onnx", source, target))
        target.unlink()
    assert peaks[1] < LIMIT
    # 10 megapixels more are 60 MB in the result
    assert peaks[1] - peaks[0] < 30 * MEGABYTE


@pytest.mark.slow
def test_memory_of_pages(toys: Path, tmp_path: Path) -> None:
    """A box of prints needs what its largest needs, however many there are."""
    page = np.random.default_rng(0).integers(8_000, 50_000, (1000, 1000), np.uint16)
    peaks = []
    for count in (4, 24):
        source, target = tmp_path / f"{count}.tif", tmp_path / f"{count}.out.tif"
        with tifffile.TiffWriter(source) as file:
            for _ in range(count):
                file.write(page, photometric="minisblack", metadata=None)
        peaks.append(peak_memory(toys / "warm.onnx", source, target))
        with tifffile.TiffFile(target) as file:
            assert len(file.pages) == count
    # 20 pages more are 40 MB in the source and 120 MB in the result
    assert peaks[1] - peaks[0] < 30 * MEGABYTE
