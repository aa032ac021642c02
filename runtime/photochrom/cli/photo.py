"""``photochrom photo``: colorize pictures."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from photochrom.cli.each import Work, each
from photochrom.cli.reporting import Reporter, open_reporter
from photochrom.cli.targets import targets_for
from photochrom.errors import UsageError
from photochrom.models.names import DEFAULT_MODEL
from photochrom.options import Options, Point
from photochrom.report import Report
from photochrom.restoration.options import Restoration, parse_steps

if TYPE_CHECKING:
    from photochrom.colorizer import Colorizer

ModelOption = Annotated[
    str, typer.Option(help="Name of a model (photochrom models list) or path of an .onnx file.")
]
DeviceOption = Annotated[
    str, typer.Option(help="auto, cpu, cuda, directml, coreml, openvino or tensorrt.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Report as JSON, one event a line.")]


def photo(
    sources: Annotated[list[Path], typer.Argument(help="Pictures to colorize.", metavar="IN...")],
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            help="A file for one picture, or a folder. Default: NAME.color.EXT beside it.",
        ),
    ] = None,
    model: ModelOption = DEFAULT_MODEL,
    device: DeviceOption = "auto",
    strength: Annotated[
        float, typer.Option(help="1: the new colours; 0: the picture's own; or between.")
    ] = 1.0,
    saturation: Annotated[
        float, typer.Option(help="Multiplies the new colours' chroma, 0 to 3.")
    ] = 1.0,
    point: Annotated[
        list[str] | None,
        typer.Option(
            help="A colour you know, as X,Y=#RRGGBB; X and Y are fractions of the upright "
            "picture's width and height. Repeatable."
        ),
    ] = None,
    page: Annotated[
        str,
        typer.Option(metavar="N|all", help="Page of a TIFF; all of them need a .tif to go to."),
    ] = "all",
    detail: Annotated[
        str,
        typer.Option(
            metavar="auto|0|1|2|3",
            help="How often the picture is looked at again at twice the size, in tiles.",
        ),
    ] = "auto",
    restore: Annotated[
        str,
        typer.Option(
            metavar="none|auto|LIST",
            help="Put the scan right first: auto does what it surely needs; or some of "
            "dust,negative,tone,levels,contrast,grain.",
        ),
    ] = "none",
    scratch: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Folder for what memory can't hold. Default: the system's own."
        ),
    ] = None,
    no_provenance: Annotated[
        bool,
        typer.Option(
            "--no-provenance", help="Don't say in the file that a model coloured the picture."
        ),
    ] = False,
    overwrite: Annotated[bool, typer.Option(help="Replace existing outputs.")] = False,
    json: JsonOption = False,
) -> None:
    """Colorize pictures: JPEG, PNG, TIFF or WebP of 8 or 16 bits, of any size."""
    points = tuple(Point.parse(text) for text in point or [])
    options = Options(
        strength=strength,
        saturation=saturation,
        points=points,
        provenance=not no_provenance,
        page=_page(page),
        restoration=Restoration(parse_steps(restore)),
        detail=_detail(detail),
    )
    targets = targets_for(sources, output, "color")
    from photochrom.colorizer import Colorizer

    colorizer = Colorizer(model, device)
    pairs = list(zip(sources, targets, strict=True))
    with open_reporter(json) as reporter:
        each(pairs, reporter, colorize(colorizer, options, reporter, overwrite, scratch))


def _page(text: str) -> int | None:
    if text == "all":
        return None
    if not text.isdecimal():
        raise UsageError(f"--page is a number or the word all, not {text!r}")
    return int(text)


def _detail(text: str) -> int | None:
    if text == "auto":
        return None
    if text not in ("0", "1", "2", "3"):
        raise UsageError(f"--detail is auto, 0, 1, 2 or 3, not {text!r}")
    return int(text)


def colorize(
    colorizer: Colorizer,
    options: Options,
    reporter: Reporter,
    overwrite: bool,
    scratch: Path | None = None,
) -> Work:
    """What is done to each picture."""

    def work(source: Path, target: Path, cancel: threading.Event) -> Report:
        return colorizer.colorize_file(
            source,
            target,
            options,
            overwrite=overwrite,
            progress=reporter.progress,
            cancel=cancel,
            scratch=scratch,
        )

    return work
