"""Pulling a picture through its pipeline: progress, cancelling, and whose fault an error is."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyvips

from photochrom.errors import CancelledError, InputError, OutputError
from photochrom.files.source import Source, unreadable

SOONEST = 0.5
"""Seconds of a stage after which the time that is left can be told."""
POLL = 0.05
"""Seconds between two looks whether a pause is over."""

Progress = Callable[[str, float, float | None], None]
"""Called with a stage (``look``, ``color``, ``write``), its done fraction 0..1, and the seconds
that this stage still takes, None until that can be told."""


class Watch:
    """Progress, cancelling and pausing in one."""

    def __init__(
        self,
        progress: Progress | None = None,
        cancel: threading.Event | None = None,
        pause: threading.Event | None = None,
    ) -> None:
        self._progress, self._cancel, self._pause = progress, cancel, pause
        self._stage, self._began = "", 0.0

    def __call__(self, stage: str, fraction: float) -> None:
        """Hear that a stage is done to a fraction; return when the work may go on.

        Raises:
            CancelledError: if the person asked for it.
        """
        if stage != self._stage or fraction == 0:
            self._stage, self._began = stage, time.monotonic()
        self._began += self._paused()
        if self._cancel is not None and self._cancel.is_set():
            raise CancelledError("cancelled; nothing was written")
        if self._progress is not None:
            self._progress(stage, fraction, self._left(fraction))

    def rest(self, seconds: float) -> None:
        """Let time go by; less of it if the person cancels."""
        (self._cancel or threading.Event()).wait(max(0.0, seconds))

    def quiet(self) -> Watch:
        """One that cancels and pauses with this one, and tells nobody how far it is."""
        return Watch(None, self._cancel, self._pause)

    def _paused(self) -> float:
        """Wait until the pause is over, or the work is cancelled; how many seconds that took."""
        began = time.monotonic()
        while self._pause is not None and self._pause.is_set():
            if self._cancel is not None and self._cancel.is_set():
                break
            time.sleep(POLL)
        return time.monotonic() - began

    def _left(self, fraction: float) -> float | None:
        """Seconds that the stage still takes, if it goes on as it went so far."""
        spent = time.monotonic() - self._began
        if fraction >= 1:
            return 0.0
        return spent * (1 - fraction) / fraction if fraction > 0 and spent > SOONEST else None


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
        write(target, picture, source, lambda final: followed(final, watch), mark)
    except pyvips.Error as error:
        raise _write_failure(source, target, error) from error


@contextmanager
def followed(picture: pyvips.Image, watch: Watch) -> Iterator[None]:
    """Report, as ``write``, while a picture is pulled; what `watch` raises ends the pulling."""
    watch("write", 0.0)  # a small picture may be done before libvips reports anything
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
