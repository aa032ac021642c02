"""``photochrom restore``: scans put right, without colour."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from photochrom.cli.interrupt import cancel_on_interrupt
from photochrom.cli.photo import JsonOption, targets_for
from photochrom.cli.reporting import SCHEMA, Reporter, open_reporter, printable
from photochrom.errors import (
    CancelledError,
    OutputError,
    PhotochromError,
    SomeFailedError,
    UsageError,
)

if TYPE_CHECKING:
    from photochrom.restoration.options import Restoration
    from photochrom.restoration.restorer import Report


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
    from photochrom.restoration.options import Restoration, parse_steps

    options = Restoration(parse_steps(steps), film, infrared, mask, mask_out)
    if len(sources) > 1 and (mask is not None or mask_out is not None):
        raise UsageError("a mask is of one picture; give the pictures one at a time")
    pairs = list(zip(sources, _targets(sources, output), strict=True))
    with open_reporter(json) as reporter:
        _restore_all(pairs, options, page, overwrite, scratch, _Teller(reporter, json))


def _targets(sources: Sequence[Path], output: str | None) -> list[Path]:
    """As `targets_for`, with ``restored`` in the place of ``color``."""
    targets = targets_for(sources, output)
    if output is not None and not os.path.isdir(output):
        return targets
    return [
        target.with_name(f"{source.stem}.restored{target.suffix}")
        for source, target in zip(sources, targets, strict=True)
    ]


def _restore_all(
    pairs: Sequence[tuple[Path, Path]],
    options: Restoration,
    page: int | None,
    overwrite: bool,
    scratch: Path | None,
    teller: _Teller,
) -> None:
    """Restore (source, target) pairs; one that fails does not stop the others."""
    from photochrom.restoration.restorer import restore_file

    errors: list[PhotochromError] = []
    reporter = teller.reporter
    with cancel_on_interrupt() as cancel:
        for source, target in pairs:
            reporter.start(source)
            try:
                _check_no_source(target, [other for other, _ in pairs if other != source])
                report = restore_file(
                    source,
                    target,
                    options,
                    page=page,
                    overwrite=overwrite,
                    progress=reporter.progress,
                    cancel=cancel,
                    scratch=scratch,
                )
                teller.done(report)
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


def _check_no_source(target: Path, others: Sequence[Path]) -> None:
    there = os.path.exists(target)
    if there and any(os.path.exists(other) and target.samefile(other) for other in others):
        raise OutputError(f"{target} is another source; sources are never changed")


class _Teller:
    """Tells of a restored picture, beside what every command's reporter tells."""

    def __init__(self, reporter: Reporter, as_json: bool) -> None:
        self.reporter, self._as_json = reporter, as_json

    def done(self, report: Report) -> None:
        """The current picture is written."""
        if self._as_json:
            self._event(report)
            return
        size = f"{report.width} x {report.height}"
        typer.echo(printable(f"{report.target}  ({size}, {report.seconds:.1f} s)"))
        for finding in report.findings:
            what = "done" if finding.done else "suggested" if finding.sure >= 0.5 else "not done"
            sure = f"{100 * finding.sure:.0f} % sure"
            typer.echo(printable(f"  {finding.step}: {what} ({sure}): {finding.seen}"))
        for note in report.notes:
            typer.echo(printable(f"  note: {note}"))

    def _event(self, report: Report) -> None:
        import json

        values = {
            "schema": SCHEMA,
            "event": "done",
            "input": str(report.source),
            "output": str(report.target),
            "width": report.width,
            "height": report.height,
            "seconds": round(report.seconds, 3),
            "findings": [asdict(finding) for finding in report.findings],
            "notes": list(report.notes),
        }
        typer.echo(json.dumps(values))
