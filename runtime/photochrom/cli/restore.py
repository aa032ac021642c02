"""``photochrom restore``: scans put right, without colour."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Annotated

import typer

from photochrom.cli.each import each
from photochrom.cli.photo import JsonOption
from photochrom.cli.reporting import open_reporter
from photochrom.cli.targets import targets_for
from photochrom.errors import UsageError
from photochrom.report import Report
from photochrom.restoration.options import Restoration, parse_steps


def restore(
    sources: Annotated[list[Path], typer.Argument(help="Scans to restore.", metavar="IN...")],
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            help="A file for one picture, or a folder. Default: NAME.restored.EXT beside it.",
        ),
    ] = None,
    steps: Annotated[
        str,
        typer.Option(
            metavar="auto|LIST",
            help="auto does what a scan surely needs and suggests the rest; or some of "
            "dust,negative,tone,levels,contrast,grain.",
        ),
    ] = "auto",
    film: Annotated[
        str, typer.Option(metavar="auto|bw|color", help="What a negative is.")
    ] = "auto",
    infrared: Annotated[
        str,
        typer.Option(
            metavar="auto|none|band:N|page:N|FILE",
            help="Where the scan has what infrared saw, for dust.",
        ),
    ] = "auto",
    mask: Annotated[
        Path | None,
        typer.Option(help="A picture of the same size, white where there is damage."),
    ] = None,
    mask_out: Annotated[
        Path | None, typer.Option(help="Save the mask of damage, to see and edit it (.png).")
    ] = None,
    page: Annotated[
        int | None, typer.Option(min=1, help="Page of a TIFF. Default: the first.")
    ] = None,
    scratch: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Folder for what memory can't hold. Default: the system's own."
        ),
    ] = None,
    overwrite: Annotated[bool, typer.Option(help="Replace existing outputs.")] = False,
    json: JsonOption = False,
) -> None:
    """Restore scans: negatives, fading, tone, dust, scratches, grain; says what it did and why."""
    options = Restoration(parse_steps(steps), film, infrared, mask, mask_out)
    if len(sources) > 1 and (mask is not None or mask_out is not None):
        raise UsageError("a mask is of one picture; give the pictures one at a time")
    targets = targets_for(sources, output, "restored")
    from photochrom.restoration.restorer import restore_file

    def work(source: Path, target: Path, cancel: threading.Event) -> Report:
        return restore_file(
            source,
            target,
            options,
            page=page,
            overwrite=overwrite,
            progress=reporter.progress,
            cancel=cancel,
            scratch=scratch,
        )

    with open_reporter(json) as reporter:
        each(list(zip(sources, targets, strict=True)), reporter, work)
