"""Picture after picture: one that fails does not stop the others."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from photochrom.cli import complaint
from photochrom.cli.interrupt import cancel_on_interrupt
from photochrom.cli.reporting import Reporter
from photochrom.errors import CancelledError, OutputError, PhotochromError, SomeFailedError
from photochrom.report import Report

Work = Callable[[Path, Path, threading.Event], Report]
"""Makes a target from a source, until the event says to stop."""


def each(pairs: Sequence[tuple[Path, Path]], reporter: Reporter, work: Work) -> None:
    """Do the same to (source, target) pairs.

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
                reporter.done(work(source, target, cancel))
            except CancelledError:
                raise
            except PhotochromError as error:
                errors.append(error)
                complaint.keep(error)
                reporter.failed(source, error)
    reporter.summary(len(pairs) - len(errors), len(errors))
    if errors and len(pairs) == 1:
        raise type(errors[0])  # reported already; this sets the exit code
    if errors:
        raise SomeFailedError


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells a file from all others, whatever its names; None if there is none."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino
