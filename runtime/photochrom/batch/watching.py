"""Files as they arrive in folders, each once it is whole and whenever it has changed."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from photochrom.batch.gathering import Found, Gathered
from photochrom.batch.items import Kind
from photochrom.batch.signatures import kind_of
from photochrom.hints.sidecar import ENDING as SIDECAR

if sys.platform == "linux":
    import fcntl

SETTLED = 2.0
"""Seconds for which a whole file has not changed."""
POLL = 1.0
"""Seconds between two looks at the folders, at least."""
SHARE = 0.1
"""Of the time, at most, that goes into looking."""
State = tuple[object, ...]
"""What differs when a file, or its sidecar, has changed."""


@dataclass
class Watching:
    """Looks again and again. Folders are asked, not the system, as network disks tell nothing.

    Args:
        look: gathers what is there.
        enter: gives names to what is whole.
        cancel: ends it.
        settled: seconds for which a whole file has not changed.
        clock: seconds, from anywhere on.
    """

    look: Callable[[], Gathered]
    enter: Callable[[list[Found]], list[str]]
    cancel: threading.Event
    settled: float = SETTLED
    clock: Callable[[], float] = time.monotonic
    _seen: dict[str, tuple[State, float]] = field(default_factory=dict)
    """By path: the last state, and since when."""
    _given: dict[str, State] = field(default_factory=dict)
    """States in which files were handed on."""

    def names(self) -> Iterator[str | None]:
        """Names of items that are whole and new, or changed; None: none at present."""
        if sys.platform == "linux" and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGIO, signal.SIG_IGN)  # see `is_written`
        while not self.cancel.is_set():
            began = self.clock()
            yield from self.enter(self._ready())
            spent = self.clock() - began
            following = self.clock() + max(POLL, spent / SHARE)
            while self.clock() < following and not self.cancel.is_set():
                yield None

    def _ready(self) -> list[Found]:
        return [one for one in self.look().found if self._is_ready(one.path)]

    def _is_ready(self, path: str) -> bool:
        state = _state(path)
        if state is None or self._given.get(path) == state:
            return False
        before, since = self._seen.get(path, (None, 0.0))
        if before != state:
            since = self.clock() - _age(path)
            self._seen[path] = state, since
        if self.clock() - since < self.settled or is_written(path):
            return False
        self._given[path] = state
        del self._seen[path]
        return True


class Kinds:
    """`kind_of` that reads a file again only if it has changed."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[State, Kind | None]] = {}

    def __call__(self, path: str) -> Kind | None:
        """See `photochrom.batch.signatures.kind_of`."""
        state = _state(path)
        known = self._known.get(path)
        if state is None or known is None or known[0] != state:
            known = (state or (), kind_of(path))
            self._known[path] = known
        return known[1]


def is_written(path: str) -> bool:
    """Whether another process has a file open for writing; False where nobody can tell.

    Linux grants a lease for reading only while nobody has the file open for writing. Whoever opens
    it while the lease is held waits, and its holder gets SIGIO.
    """
    if sys.platform != "linux":
        return False
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:  # somebody else's file, or a disk without leases
        return False
    finally:
        os.close(handle)
    return False


def _state(path: str) -> State | None:
    """None: it is gone."""
    try:
        return (*_times(path), *_sidecar(path))
    except OSError:
        return None


def _sidecar(path: str) -> State:
    try:
        return _times(path + SIDECAR)
    except OSError:
        return ()


def _times(path: str) -> State:
    status = os.stat(path)
    return status.st_ino, status.st_size, status.st_mtime_ns


def _age(path: str) -> float:
    """Seconds since a file was changed or renamed, by this machine's clock; 0 if it can't be."""
    try:
        return max(0.0, time.time() - os.stat(path).st_ctime)
    except OSError:
        return 0.0
