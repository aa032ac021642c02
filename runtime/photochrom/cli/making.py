"""What is made of each picture by the commands that colour, and where it goes."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from photochrom.cli.hinting import Said
from photochrom.cli.reporting import Reporter
from photochrom.cli.targets import targets_for
from photochrom.errors import OutputError, UsageError
from photochrom.options import Options
from photochrom.report import ColorReport, Report

if TYPE_CHECKING:
    from photochrom.colorizer import Colorizer

Coloring = Callable[[Path, Path, threading.Event], ColorReport]
"""Colours a source into a target, until the event says to stop."""


@dataclass(frozen=True)
class Outputs:
    """Where what is made of one picture goes; None: it is not wanted."""

    colors: Path | None
    sheet: Path | None
    confidence: Path | None

    @property
    def target(self) -> Path:
        """What stands for all of them: the colouring, else the sheet."""
        first = self.colors or self.sheet
        assert first is not None  # one of both is always wanted
        return first

    @property
    def previews(self) -> list[Path]:
        """Those that are about the colouring."""
        return [path for path in (self.sheet, self.confidence) if path is not None]


def outputs_for(
    sources: Sequence[Path], output: str | None, colors: bool, sheet: bool, confidence: Path | None
) -> dict[Path, Outputs]:
    """Everything that is written, by the targets of the pictures, in their order.

    Args:
        sources: the pictures.
        output: a file, a folder, or None; what it names is the colouring, else the sheet.
        colors, sheet: what is wanted of each picture; one of both is.
        confidence: where the only picture's map goes.

    Raises:
        UsageError: if two things would go to one file.
        OutputError: if a source would be replaced.
    """
    colored = targets_for(sources, output, "color") if colors else [None] * len(sources)
    folder = f"{colored[0].parent}{os.sep}" if output and colored[0] else output
    sheets = targets_for(sources, folder, "variants", ".png") if sheet else [None] * len(sources)
    every = [Outputs(*paths, confidence) for paths in zip(colored, sheets, strict=True)]
    _check(sources, every)
    return {one.target: one for one in every}


def _check(sources: Sequence[Path], every: Sequence[Outputs]) -> None:
    previews = [path for one in every for path in one.previews]
    written = [*previews, *(one.colors for one in every if one.colors is not None)]
    if len({os.path.realpath(path) for path in written}) < len(written):
        raise UsageError("two results would go to the same file; give them names of their own")
    pictures = {os.path.realpath(source) for source in sources}
    for preview in previews:
        if os.path.realpath(preview) in pictures:
            raise OutputError(f"{preview} is a source; sources are never changed")


def colorize(
    colorizer: Colorizer,
    options: Options,
    reporter: Reporter,
    overwrite: bool,
    scratch: Path | None = None,
) -> Coloring:
    """Colouring each picture alike, and nothing else."""

    def work(source: Path, target: Path, cancel: threading.Event) -> ColorReport:
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


@dataclass(frozen=True)
class Making:
    """How everything that is wanted of a picture is made."""

    colorizer: Colorizer
    said: Said
    outputs: Mapping[Path, Outputs]
    """By the pictures' targets."""
    variants: int
    """Colourings on a sheet."""
    reporter: Reporter
    overwrite: bool
    scratch: Path | None

    def work(self, source: Path, target: Path, cancel: threading.Event) -> Report:
        """Write what is wanted of one picture; what is in the way is found before any work."""
        from photochrom.previews import check_png

        outputs, asked = self.outputs[target], self.said.of(source)
        for path in outputs.previews:
            check_png(source, path, self.overwrite)
        reports = self._made(source, outputs, asked.options, cancel)
        report = replace(
            reports[0],
            variants=reports[-1].variants,
            beside=tuple(path for path in outputs.previews if path != target),
            notes=(*asked.notes, *reports[0].notes, *_choice(reports[-1].variants)),
        )
        return asked.save(report) if self.said.saves else report

    def _made(
        self, source: Path, outputs: Outputs, options: Options, cancel: threading.Event
    ) -> list[ColorReport]:
        """The colouring's report, the sheet's, or both."""
        from photochrom.previews import Previewer

        previewer, reports = Previewer(self.colorizer), []
        if outputs.colors is not None:
            work = colorize(self.colorizer, options, self.reporter, self.overwrite, self.scratch)
            reports.append(work(source, outputs.colors, cancel))
        if outputs.sheet is not None:
            sheet = previewer.variants_file(
                source,
                outputs.sheet,
                self.variants,
                options,
                overwrite=self.overwrite,
                progress=self.reporter.progress,
                cancel=cancel,
                scratch=self.scratch,
            )
            reports.append(sheet)
        if outputs.confidence is not None:
            previewer.confidence_file(
                source,
                outputs.confidence,
                options,
                overwrite=self.overwrite,
                cancel=cancel,
                scratch=self.scratch,
            )
        return reports


def _choice(numbers: Sequence[int]) -> list[str]:
    return [f"--variant takes one of {', '.join(map(str, numbers))}"] if numbers else []
