"""The engine of one machine: some workers, each a process that does one item at a time."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from photochrom.batch.hands import Hands, Tell
from photochrom.batch.items import Asked, Item, Outcome

AHEAD = 1
"""Items for each worker that wait, so that none idles while the driver writes its journal."""
NAP = 0.1
"""Seconds between two looks whether something happened."""
WORKER_MEMORY = 2 << 30
"""Bytes that a worker may need for a large scan: no more start by default than memory holds."""


class LocalEngine:
    """Workers on this machine.

    Args:
        asked: of every item.
        jobs: items at once; None: as many as cores, if memory holds so many.
        tell: told how far films are, from several threads.
    """

    def __init__(self, asked: Asked, jobs: int | None = None, tell: Tell | None = None) -> None:
        self.jobs = jobs or usual_jobs()
        self._asked, self._said, self._tell = asked, jobs is not None, tell
        self._hands: list[Hands] = []

    @property
    def threads(self) -> int:
        """Of the processor, for each worker: jobs x threads = cores."""
        return max(1, cores() // self.jobs)

    def expect(self, items: int) -> None:
        """So few come that fewer workers, with more threads each, do as well; unless jobs are said.

        Args:
            items: how many will come at most.
        """
        if not self._said:
            self.jobs = max(1, min(self.jobs, items))

    def run(self, items: Iterator[Item | None], cancel: threading.Event) -> Iterator[Outcome]:
        """See `photochrom.batch.engine.Engine`."""
        self._hands = [Hands(self._asked, self.threads, self._tell) for _ in range(self.jobs)]
        try:
            with ThreadPoolExecutor(self.jobs, thread_name_prefix="batch") as pool:
                yield from self._flow(_Flow(pool, self._hands, self.jobs, items), cancel)
        finally:
            for hands in self._hands:
                hands.close()

    def _flow(self, flow: _Flow, cancel: threading.Event) -> Iterator[Outcome]:
        try:
            while flow.running or flow.more:
                if cancel.is_set():
                    flow.more = False
                    self._cancel()
                idle = flow.fill()
                if flow.running:
                    yield from flow.finished()
                elif idle:
                    cancel.wait(NAP)
        finally:
            if flow.running:  # the caller left
                self._cancel()

    def _cancel(self) -> None:
        for hands in self._hands:
            hands.cancel()


@dataclass
class _Flow:
    """Items on their way through the workers."""

    pool: ThreadPoolExecutor
    hands: list[Hands]
    jobs: int
    items: Iterator[Item | None]
    more: bool = True
    """Whether items may still come."""
    running: set[Future[Outcome]] = field(default_factory=set)
    _loaded: bool = False
    _free: queue.SimpleQueue[Hands] = field(default_factory=queue.SimpleQueue)

    def __post_init__(self) -> None:
        for one in self.hands:
            self._free.put(one)

    def fill(self) -> bool:
        """Take items while there is room; returns whether none is there at present."""
        while self.more and len(self.running) < self.jobs * (1 + AHEAD):
            item = next(self.items, ...)
            if item is None:
                return True
            self.more = item is not ...
            if isinstance(item, Item):
                self._give(item)
        return False

    def _give(self, item: Item) -> None:
        if not self._loaded:  # a model that does not load fails all, and is told once
            self.hands[0].load()
            self._loaded = True
        self.running.add(self.pool.submit(self._do, item))

    def finished(self) -> Iterator[Outcome]:
        """What is done by now, or soon."""
        finished, self.running = wait(self.running, NAP, FIRST_COMPLETED)
        yield from (future.result() for future in finished)

    def _do(self, item: Item) -> Outcome:
        hands = self._free.get()
        try:
            return hands.do(item)
        finally:
            self._free.put(hands)


def cores() -> int:
    """Of the processor, that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def usual_jobs() -> int:
    """As many as cores, if memory holds so many workers."""
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # Windows
        return cores()
    return max(1, min(cores(), memory // WORKER_MEMORY))
