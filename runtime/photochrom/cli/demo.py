"""``photochrom demo``: colorize photographs that come with scikit-image, and show them."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from photochrom.cli.each import each
from photochrom.cli.making import colorize
from photochrom.cli.photo import DeviceOption, ModelOption
from photochrom.cli.reporting import open_reporter
from photochrom.errors import OutputError, UsageError
from photochrom.files.whole import make_folder, whole_file
from photochrom.models.names import DEFAULT_MODEL
from photochrom.options import Options

if TYPE_CHECKING:
    import pyvips

PHOTOGRAPHS = ("camera.png", "astronaut.png", "coffee.png", "chelsea.png", "rocket.jpg")
"""`camera` was taken in black and white; the others are colour, of which only the light is used."""
SHEET_HEIGHT = 300


def demo(
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the pictures.")] = Path(
        "demo"
    ),
    model: ModelOption = DEFAULT_MODEL,
    device: DeviceOption = "auto",
) -> None:
    """Colorize photographs that come with scikit-image and lay them out on one sheet."""
    photographs = _photographs()
    from photochrom.colorizer import Colorizer

    colorizer = Colorizer(model, device)
    make_folder(output)
    greys = [_make_grey(path, output) for path in photographs]
    pairs = [(grey, grey.with_name(grey.name.replace(".grey.", ".color."))) for grey in greys]
    with open_reporter(as_json=False) as reporter:
        each(pairs, reporter, colorize(colorizer, Options(), reporter, overwrite=True))
    sheet = output / "before-after.png"
    _lay_out(pairs, sheet)
    typer.echo(f"device: {colorizer.device}")
    typer.echo(f"before and after: {sheet.resolve()}")


def _photographs() -> list[Path]:
    spec = find_spec("skimage")
    if spec is None or spec.origin is None:
        raise UsageError("the demo's photographs come with scikit-image; install photochrom[demo]")
    folder = Path(spec.origin).parent / "data"
    found = [folder / name for name in PHOTOGRAPHS if (folder / name).exists()]
    if not found:
        raise UsageError(f"this scikit-image has no photographs in {folder}")
    return found


def _make_grey(photograph: Path, folder: Path) -> Path:
    """A copy with the light only, as a scan of a black-and-white print would be."""
    import pyvips

    grey = folder / f"{photograph.stem}.grey.png"
    _save(pyvips.Image.new_from_file(str(photograph)).colourspace("b-w"), grey)
    return grey


def _save(image: pyvips.Image, path: Path) -> None:
    import pyvips

    try:
        with whole_file(path) as temporary:
            image.pngsave(os.fsencode(temporary), keep="none")
    except pyvips.Error as error:
        raise OutputError(f"can't write {path}; is the disk full?") from error


def _lay_out(pairs: list[tuple[Path, Path]], sheet: Path) -> None:
    """Each photograph before and after, side by side, two pairs a row."""
    import pyvips

    def strip(pair: tuple[Path, Path]) -> pyvips.Image:
        grey, color = (
            pyvips.Image.thumbnail_buffer(path.read_bytes(), 10_000, height=SHEET_HEIGHT)
            for path in pair
        )
        grey = grey.colourspace("srgb")
        return grey.join(color, "horizontal", shim=4, background=255)

    strips = [strip(pair) for pair in pairs]
    _save(pyvips.Image.arrayjoin(strips, across=2, shim=16, background=255), sheet)
