"""``photochrom photo``: colorize pictures."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from photochrom.cli.interrupt import cancel_on_interrupt
from photochrom.cli.reporting import Reporter, open_reporter
from photochrom.errors import (
    CancelledError,
    OutputError,
    PhotochromError,
    SomeFailedError,
    UsageError,
)
from photochrom.models.names import DEFAULT_MODEL
from photochrom.options import Options, Point

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
        detail=_detail(detail),
    )
    targets = targets_for(sources, output)
    from photochrom.colorizer import Colorizer

    colorizer = Colorizer(model, device)
    pairs = list(zip(sources, targets, strict=True))
    with open_reporter(json) as reporter:
        colorize_all(colorizer, pairs, options, overwrite, reporter, scratch)


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


def targets_for(sources: Sequence[Path], output: str | None) -> list[Path]:
    """Where each picture goes.

    Raises:
        UsageError: if several pictures would go to one file.
    """
    folder = None if output is None else Path(output)
    if folder is None:
        targets = [source.parent / colored_name(source) for source in sources]
    elif os.path.isdir(folder) or str(output).endswith(("/", "\\")):
        from photochrom.files.whole import make_folder

        make_folder(folder)
        targets = [folder / colored_name(source) for source in sources]
    elif len(sources) == 1:
        targets = [folder]
    else:
        raise UsageError(f"{len(sources)} pictures need a folder to go to, and {output} is none")
    if len({os.path.realpath(target) for target in targets}) < len(targets):
        raise UsageError("two of the pictures would go to the same file; give them one at a time")
    return targets


def colored_name(source: Path) -> str:
    """``NAME.color.EXT``; pictures of a kind that can't be written become PNG."""
    from photochrom.files.formats import WRITABLE

    suffix = source.suffix if source.suffix.lower() in WRITABLE else ".png"
    return f"{source.stem}.color{suffix}"


def colorize_all(
    colorizer: Colorizer,
    pairs: Sequence[tuple[Path, Path]],
    options: Options,
    overwrite: bool,
    reporter: Reporter,
    scratch: Path | None = None,
) -> None:
    """Colorize (source, target) pairs; one that fails does not stop the others.

    Raises:
        PhotochromError: the error itself if a single picture failed.
        SomeFailedError: if some of several failed.
    """
    errors: list[PhotochromError] = []
    sources = {_identity(source) for source, _ in pairs} - {None}
    with cancel_on_interrupt() as cancel:
        for source, target in pairs:
            reporter.start(source)
            try:
                if _identity(target) in sources - {_identity(source)}:
                    raise OutputError(f"{target} is another source; sources are never changed")
                report = colorizer.colorize_file(
                    source,
                    target,
                    options,
                    overwrite=overwrite,
                    progress=reporter.progress,
                    cancel=cancel,
                    scratch=scratch,
                )
                reporter.done(report)
            except CancelledError:
                raise
            except PhotochromError as error:
                errors.append(error)
                reporter.failed(source, error)
    reporter.summary(len(pairs) - len(errors), len(errors))
    if errors and len(pairs) == 1:
        raise type(errors[0])  # reported already; this sets the exit code
    if errors:
        raise SomeFailedError


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells a file from all others, whatever its names; None if there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
