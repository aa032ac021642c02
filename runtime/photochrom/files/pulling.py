"""Pulling a picture through its pipeline: progress, cancelling, and whose fault an error is."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyvips

from photochrom.errors import CancelledError, InputError, OutputError
from photochrom.files.source import Source, unreadable

Progress = Callable[[str, float], None]
"""Called with a stage (``look``, ``color``, ``write``) and its done fraction 0..1."""


@dataclass(frozen=True)
class Watch:
    """Progress and cancelling in one."""

    progress: Progress
    cancel: threading.Event

    def __call__(self, stage: str, fraction: float) -> None:
        if self.cancel.is_set():
            raise CancelledError("cancelled; nothing was written")
        self.progress(stage, fraction)


def ignore(stage: str, fraction: float) -> None:
    """Progress that nobody wants to hear of."""
    del stage, fraction


def pull(
    picture: pyvips.Image,
    source: Source,
    target: Path,
    watch: Watch,
    mark: bool,
    write: Callable[..., None],
) -> None:
    """Second pass: decode, recombine and encode in strips.

    Args:
        picture: not yet computed.
        source: what it is made from.
        target: where `write` puts it.
        watch: told how far the work is.
        mark: see `photochrom.files.sink.write`.
        write: that, or `photochrom.files.sink.write_into`.

    Raises:
        InputError: if the source turns out to be damaged.
        OutputError: if the target can't be written.
        CancelledError: if the person asked for it.
    """
    try:
        write(target, picture, source, lambda final: _followed(final, watch), mark)
    except pyvips.Error as error:
        raise _write_failure(source, target, error) from error


@contextmanager
def _followed(picture: pyvips.Image, watch: Watch) -> Iterator[None]:
    """Report while a picture is pulled; an error of the callback, or a cancel, ends the pulling."""
    failures: list[BaseException] = []

    def report(image: pyvips.Image, state: Any) -> None:
        try:
            watch("write", state.percent / 100)
        except BaseException as error:  # libvips can't carry it; it is raised again below
            failures.append(error)
            image.set_kill(True)

    picture.set_progress(True)
    picture.signal_connect("eval", report)
    try:
        yield
    except pyvips.Error:
        if not failures:
            raise
    if failures:
        raise failures[0]
    watch("write", 1.0)


def _write_failure(source: Source, target: Path, error: pyvips.Error) -> InputError | OutputError:
    """libvips names one error for both ends of a pipeline; its words tell which end broke."""
    text = str(error.detail or error)
    if any(word in text for word in ("rite", "No space", "unable to open")):
        line = text.strip().splitlines()[-1]
        return OutputError(f"can't write {target}: {line}; is the disk full or the folder gone?")
    return unreadable(source.path, error)
