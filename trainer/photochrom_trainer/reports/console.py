"""What a person sees while a run goes on: bars on a terminal, plain lines elsewhere."""

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeAlias

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Column

from photochrom_trainer.evaluation.measure import ProgressCallback
from photochrom_trainer.reports.history import in_order
from photochrom_trainer.training.loop import Progress as Report

LINE_EVERY = 50
"""Steps between two plain lines."""
MEMORY = 50
"""Steps that the shown losses are means over: one batch's own loss jumps too much to be read."""
SPEED_PERIOD = 600
"""Seconds that the time left is worked out from; it takes two steps to know a speed."""

Smoothed: TypeAlias = tuple[Report, dict[str, float]]
"""A report with the running means of its losses."""


def follow(reports: Iterable[Report], console: Console) -> int:
    """Show a training run step by step until it ends; returns the number of steps taken."""
    show = _bar if console.is_terminal else _lines
    return sum(1 for _ in show(_smooth(reports), console))


def _smooth(reports: Iterable[Report]) -> Iterator[Smoothed]:
    """Exponential moving averages that begin as plain means, so they owe nothing to a start."""
    counts: Counter[str] = Counter()
    means: dict[str, float] = defaultdict(float)
    for report in reports:
        for name, value in report.losses.items():
            counts[name] += 1
            means[name] += max(1 / MEMORY, 1 / counts[name]) * (value - means[name])
        yield report, {name: means[name] for name in report.losses}


def _bar(reports: Iterable[Smoothed], console: Console) -> Iterator[Report]:
    columns = (
        BarColumn(bar_width=12),
        MofNCompleteColumn(),
        # All terms are too long for most terminals; the total comes first.
        TextColumn(
            "{task.description}", table_column=Column(ratio=1, no_wrap=True, overflow="ellipsis")
        ),
        TextColumn("{task.fields[speed]:.1f} images/s"),
        TimeRemainingColumn(),
        TextColumn("left"),
    )
    with Progress(
        *columns, console=console, expand=True, speed_estimate_period=SPEED_PERIOD
    ) as progress:
        task = progress.add_task("", total=None, speed=0.0)
        for report, losses in reports:
            progress.update(
                task,
                total=report.steps,
                completed=report.step,
                description=_summary(losses),
                speed=report.images_per_second,
            )
            yield report


def _lines(reports: Iterable[Smoothed], console: Console) -> Iterator[Report]:
    began = time.perf_counter()
    for count, (report, losses) in enumerate(reports, 1):
        if report.step % LINE_EVERY == 0 or report.step == report.steps:
            seconds = (time.perf_counter() - began) / count * (report.steps - report.step)
            left = timedelta(seconds=round(seconds))
            console.print(
                f"step {report.step} of {report.steps}, {_summary(losses)}, "
                f"{report.images_per_second:.1f} images/s, {left} left",
                soft_wrap=True,
            )
        yield report


def _summary(losses: dict[str, float]) -> str:
    """The total, and its terms where there are several."""
    total, *terms = [f"{name} {losses[name]:.4f}" for name in in_order(losses)]
    loss = total.replace("total", "loss")
    return f"{loss} ({', '.join(terms)})" if len(terms) > 1 else loss


@contextmanager
def counting(what: str, console: Console) -> Iterator[ProgressCallback]:
    """A bar that counts, as a progress callback; nothing where there is no terminal."""
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
