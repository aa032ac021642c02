"""Make the gallery: photographs of scikit-image, damaged by the tests' tools and colorized.

Run from the checkout: python docs/gallery/make.py (needs the extras demo, test and restore).
"""

import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyvips

HERE = Path(__file__).parent
sys.path.append(str(HERE.parents[1] / "tests"))

from helpers import damage  # noqa: E402
from helpers.pictures import Pixels, photograph  # noqa: E402
from photochrom import Colorizer, Options  # noqa: E402
from photochrom.restoration.options import Restoration  # noqa: E402

SIDE = 260
SIZES = (96, 160, 256, 384, 640)
"""Working sizes on the sheet; 256 is the shipped model's own."""
Damage = Callable[[Pixels], Pixels]


@dataclass(frozen=True)
class Case:
    """A row: what was done to a photograph, and what was asked for."""

    photograph: str
    damaged: Damage
    steps: tuple[str, ...] = ()


PLAIN = tuple(
    Case(name, lambda grey: grey) for name in ("astronaut.png", "coffee.png", "chelsea.png")
)
DAMAGED = (
    Case("astronaut.png", damage.faded, ("levels",)),
    Case("coffee.png", lambda grey: damage.stained(damage.sepia(grey), depth=1.5), ("tone",)),
    Case("chelsea.png", lambda grey: damage.dusty(damage.grainy(grey, 4)).picture, ("dust",)),
    Case("astronaut.png", lambda grey: damage.negative(grey), ("negative",)),
)


def main() -> None:
    """Write plain.jpg, damaged.jpg (with a column restored first) and sizes.jpg."""
    colorizer = Colorizer()
    with tempfile.TemporaryDirectory() as folder:
        for name, cases in (("plain.jpg", PLAIN), ("damaged.jpg", DAMAGED)):
            _write([_row(colorizer, case, Path(folder)) for case in cases], name)
        rows = [_sizes(colorizer, name, Path(folder)) for name in ("astronaut.png", "coffee.png")]
        _write(rows, "sizes.jpg")


def _row(colorizer: Colorizer, case: Case, folder: Path) -> list[pyvips.Image]:
    truth = photograph(case.photograph)
    given, target = folder / "given.tif", folder / "color.png"
    grey = pyvips.Image.new_from_array(truth).colourspace("b-w").numpy()
    pyvips.Image.new_from_array(np.ascontiguousarray(case.damaged(grey))).tiffsave(str(given))
    row = [_cell(given)]
    for steps in dict.fromkeys([(), case.steps]):
        options = Options(restoration=Restoration(steps))
        colorizer.colorize_file(given, target, options, overwrite=True)
        row.append(_cell(target))
    return [*row, _shown(pyvips.Image.new_from_array(truth))]


def _sizes(colorizer: Colorizer, name: str, folder: Path) -> list[pyvips.Image]:
    given, target = folder / "given.tif", folder / "color.png"
    pyvips.Image.new_from_array(photograph(name)).colourspace("b-w").tiffsave(str(given))
    row = []
    for size in SIZES:
        colorizer.colorize_file(given, target, Options(size=size), overwrite=True)
        row.append(_cell(target))
    return row


def _cell(path: Path) -> pyvips.Image:
    # from bytes, since libvips remembers what a file of that name looked like
    return _shown(pyvips.Image.new_from_buffer(path.read_bytes(), ""))


def _shown(picture: pyvips.Image) -> pyvips.Image:
    """A square, 8 bits, that no longer depends on the file."""
    picture = picture.colourspace("srgb")
    return picture.thumbnail_image(SIDE, height=SIDE, crop="centre").copy_memory()


def _write(rows: list[list[pyvips.Image]], name: str) -> None:
    cells = [cell for row in rows for cell in row]
    laid = pyvips.Image.arrayjoin(cells, across=len(rows[0]), shim=6, background=255)
    laid.jpegsave(str(HERE / name), Q=85, keep="none")


if __name__ == "__main__":
    main()
