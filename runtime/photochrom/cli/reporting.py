"""What the commands say while they work: bars and lines for people, JSON lines for programs."""

from __future__ import annotations

import json
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from photochrom.errors import PhotochromError
from photochrom.report import ColorReport, FilmReport, Report

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress

    from photochrom.video.making import FilmProgress
    from photochrom.video.plan import Plan


SCHEMA = 1
"""Version of the JSON events; it rises when a key changes its meaning or goes away."""
STAGES = {
    "look": "looking",
    "survey": "looking through",
    "color": "colorizing",
    "write": "writing",
    "join": "joining",
}
STEP = 0.05
"""JSON progress is reported in steps of at least this fraction."""


def printable(line: str) -> str:
    """A line that stays one, as file names may hold line ends and terminal codes."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in line
    )


class Reporter(ABC):
    """Hears of every picture's start, progress, end or failure."""

    @abstractmethod
    def start(self, source: Path) -> None:
        """Work on a picture begins."""

    @abstractmethod
    def progress(self, stage: str, fraction: float, seconds_left: float | None) -> None:
        """A stage of the current picture (a key of `STAGES`) is done to a fraction 0..1."""

    @abstractmethod
    def frames(self, progress: FilmProgress) -> None:
        """How far the current film is."""

    @abstractmethod
    def plan(self, plan: Plan) -> None:
        """What would be done to the current film."""

    @abstractmethod
    def wrote(self, paths: Sequence[Path]) -> None:
        """Files that were made from the current film."""

    @abstractmethod
    def done(self, report: Report) -> None:
        """The current picture is written."""

    @abstractmethod
    def failed(self, source: Path, error: PhotochromError) -> None:
        """The current picture failed."""

    @abstractmethod
    def summary(self, done: int, failed: int) -> None:
        """All pictures were tried."""


class JsonReporter(Reporter):
    """One JSON object a line on stdout; docs/json-events.md describes them."""

    def __init__(self) -> None:
        self._source = Path()
        self._last, self._far = ("", 0.0), -1.0

    def start(self, source: Path) -> None:
        self._source, self._last, self._far = source, ("", 0.0), -1.0
        self._emit("start")

    def progress(self, stage: str, fraction: float, seconds_left: float | None) -> None:
        last_stage, last = self._last
        if stage == last_stage and fraction - last < STEP:
            return
        self._last = (stage, fraction)
        left = None if seconds_left is None else round(seconds_left, 1)
        self._emit("progress", stage=stage, fraction=round(fraction, 3), seconds_left=left)

    def frames(self, progress: FilmProgress) -> None:
        far = progress.frame / progress.frames
        if 0 < far - self._far < STEP:
            return
        self._far = far
        values = asdict(progress)
        rate = values.pop("rate")
        self._emit("frames", rate=None if rate is None else round(rate, 2), **values)

    def plan(self, plan: Plan) -> None:
        values = asdict(plan)
        values.pop("source")
        self._emit("plan", output=str(values.pop("target")), **values)

    def wrote(self, paths: Sequence[Path]) -> None:
        self._emit("wrote", outputs=[str(path) for path in paths])

    def done(self, report: Report) -> None:
        values = asdict(report)
        values.pop("source")
        output, seconds = str(values.pop("target")), round(values.pop("seconds"), 3)
        self._emit("done", output=output, seconds=seconds, **values)

    def failed(self, source: Path, error: PhotochromError) -> None:
        self._source = source
        kind, code = type(error).__name__, error.exit_code
        self._emit("error", kind=kind, message=str(error), exit_code=code)

    def summary(self, done: int, failed: int) -> None:
        self._write({"schema": SCHEMA, "event": "summary", "done": done, "failed": failed})

    def _emit(self, event: str, **values: Any) -> None:
        self._write({"schema": SCHEMA, "event": event, "input": str(self._source), **values})

    def _write(self, values: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(values, default=str) + "\n")  # paths
        sys.stdout.flush()


class TextReporter(Reporter):
    """A line a picture, and a bar where there is a terminal."""

    def __init__(self, bars: RichProgress | None) -> None:
        self._bars = bars
        self._task = bars.add_task("", total=1.0) if bars else None
        self._name = self._stage = self._more = ""

    def start(self, source: Path) -> None:
        self._name, self._stage = source.name, ""

    def progress(self, stage: str, fraction: float, seconds_left: float | None) -> None:
        del seconds_left  # the bar has its own
        if self._bars is not None and self._task is not None:
            if stage != self._stage:
                self._stage, self._more = stage, ""
                self._bars.reset(self._task, total=1.0)  # else it stays finished, no time left
            words = printable(f"{self._name}: {STAGES[stage]}{self._more}")
            self._bars.update(self._task, description=words, completed=fraction)

    def frames(self, progress: FilmProgress) -> None:
        shot = f"shot {progress.shot} of {progress.shots}"
        rate = "" if progress.rate is None else f", {progress.rate:.1f} frames/s"
        self._more = f", {shot}{rate}"

    def plan(self, plan: Plan) -> None:
        for line in plan.lines():
            self._say(line)

    def wrote(self, paths: Sequence[Path]) -> None:
        for path in paths:
            self._say(str(path))

    def done(self, report: Report) -> None:
        size = f"{report.width} x {report.height}"
        device = f" on {report.device}" if isinstance(report, ColorReport | FilmReport) else ""
        if isinstance(report, FilmReport):
            size += f", {report.frames} frames in {_count(report.shots, 'shot')}"
        self._say(f"{report.target}  ({size}, {report.seconds:.1f} s{device})")
        for finding in report.findings:
            what = "done" if finding.done else "suggested" if finding.sure >= 0.5 else "not done"
            sure = f"{100 * finding.sure:.0f} % sure"
            self._say(f"  {finding.step}: {what} ({sure}): {finding.seen}")
        for path in report.beside if isinstance(report, ColorReport) else ():
            self._say(f"  beside it: {path}")
        for note in report.notes:
            self._say(f"  note: {note}")

    def failed(self, source: Path, error: PhotochromError) -> None:
        self._say(f"photochrom: {error}", sys.stderr)

    def summary(self, done: int, failed: int) -> None:
        if done + failed > 1:
            self._say(f"{done} done, {failed} failed")

    def _say(self, line: str, stream: Any = None) -> None:
        line = printable(line)
        # Through the bar's console a line appears above the bar, but only if both are one terminal.
        if self._bars is not None and (stream is sys.stderr or sys.stdout.isatty()):
            self._bars.console.print(line, markup=False, highlight=False, soft_wrap=True)
        else:
            (stream or sys.stdout).write(line + "\n")


def _count(number: int, name: str) -> str:
    return f"{number} {name}{'s' * (number != 1)}"


@contextmanager
def open_reporter(as_json: bool) -> Iterator[Reporter]:
    """JSON lines if asked for; else lines, with a bar on stderr when that is a terminal."""
    if as_json:
        yield JsonReporter()
    elif not sys.stderr.isatty():
        yield TextReporter(None)
    else:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        text = TextColumn("{task.description}", markup=False)  # file names may hold brackets
        columns = (text, BarColumn(), TimeRemainingColumn())
        console = Console(stderr=True)
        # Not redirected: results that go to a pipe must not turn up among the bars instead.
        with Progress(*columns, console=console, transient=True, redirect_stdout=False) as bars:
            yield TextReporter(bars)
