"""What a person sees while a run goes on: bars on a terminal, plain lines elsewhere."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from photochrom_trainer.evaluation.measure import ProgressCallback
from photochrom_trainer.training.run import Progress as Report

LINE_EVERY = 50
"""Steps between two plain lines."""
SMOOTHING = 0.98
"""Decay of the shown loss: one batch's own loss jumps too much to be read."""


def follow(reports: Iterable[Report], console: Console) -> int:
    """Show a training run step by step until it ends; returns the number of steps taken."""
    show = _bar if console.is_terminal else _lines
    return sum(1 for _ in show(_smooth(reports), console))


def _smooth(reports: Iterable[Report]) -> Iterator[tuple[Report, float]]:
    """Each report with the running mean of the loss."""
    mean = 0.0
    for count, report in enumerate(reports):
        weight = max(1 - SMOOTHING, 1 / (count + 1))
        mean += weight * (report.loss - mean)
        yield report, mean


def _bar(reports: Iterable[tuple[Report, float]], console: Console) -> Iterator[Report]:
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("loss {task.fields[loss]:.4f}"),
        TextColumn("{task.fields[speed]:.1f} images/s"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("training", total=None, loss=0.0, speed=0.0)
        for report, loss in reports:
            progress.update(
                task,
                total=report.steps,
                completed=report.step,
                loss=loss,
                speed=report.images_per_second,
            )
            yield report


def _lines(reports: Iterable[tuple[Report, float]], console: Console) -> Iterator[Report]:
    began = time.perf_counter()
    for count, (report, loss) in enumerate(reports, 1):
        if report.step % LINE_EVERY == 0 or report.step == report.steps:
            seconds = (time.perf_counter() - began) / count * (report.steps - report.step)
            left = timedelta(seconds=round(seconds))
            console.print(
                f"step {report.step} of {report.steps}, loss {loss:.4f}, "
                f"{report.images_per_second:.1f} images/s, {left} left",
                soft_wrap=True,
            )
        yield report


@contextmanager
def counting(what: str, console: Console) -> Iterator[ProgressCallback]:
    """A bar that counts, as a progress callback; nothing where there is no terminal."""
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
