"""The engine that gives a batch's orders to a Ray cluster."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from photochrom.batch.cluster import connection
from photochrom.batch.cluster.connection import Demand
from photochrom.batch.cluster.orders import Errand, Order
from photochrom.batch.cluster.performing import Setup, perform
from photochrom.batch.items import Asked, Item, Outcome
from photochrom.batch.seals import seal
from photochrom.models.names import DEFAULT_MODEL
from photochrom.models.store import find_model

AHEAD = 1
"""Orders that wait, for each that can run: no machine idles while the driver writes its journal,
and a cluster that grows by itself sees that there is work."""
NAP = 0.2
"""Seconds between two looks whether something happened."""
CRASHES = 3
"""How often Ray gives an order to another machine when the one that had it is gone."""
COUNTED = 5.0
"""Seconds for which a count of the cluster's machines holds."""


class RayEngine:
    """Workers on the machines of a Ray cluster that is there already.

    Args:
        asked: of every item.
        address: of the cluster; None: what Ray finds (``RAY_ADDRESS``, or the one of this machine).
        demand: what each order takes of a machine.
        jobs: orders at once; None: as many as the cluster holds.
    """

    def __init__(
        self,
        asked: Asked,
        address: str | None = None,
        demand: Demand | None = None,
        jobs: int | None = None,
    ) -> None:
        self._address, self._jobs = address, jobs
        self._demand = demand or Demand()
        model = seal(str(find_model(asked.model or DEFAULT_MODEL))).sha256
        self._setup = Setup(asked, self._demand.threads, model)

    def run(self, items: Iterator[Item | None], cancel: threading.Event) -> Iterator[Outcome]:
        """See `photochrom.batch.engine.Engine`."""
        with connection.connected(self._address) as ray:
            task = ray.remote(perform).options(
                **self._demand.options(), max_retries=CRASHES, retry_exceptions=False
            )
            yield from _Flow(ray, task, ray.put(self._setup), self._demand, self._jobs).run(
                items, cancel
            )


@dataclass
class _Flow:
    """Orders on their way through the cluster."""

    ray: Any
    task: Any
    setup: Any
    demand: Demand
    jobs: int | None
    running: dict[Any, Order] = field(default_factory=dict)
    """What the cluster has, by what stands for its result."""
    waiting: deque[Order] = field(default_factory=deque)
    """What follows from results: parts of films, and second tries."""
    errands: dict[str, Errand] = field(default_factory=dict)
    _room: int = 0
    _counted: float = 0.0

    def run(self, items: Iterator[Item | None], cancel: threading.Event) -> Iterator[Outcome]:
        more = True
        try:
            while more or self.errands:
                if cancel.is_set():
                    yield from self._cancelled()
                    return
                more = self._fill(items) if more else False
                yield from self._give()
                if self.running:
                    yield from self._heard()
                elif more:
                    cancel.wait(NAP)
        finally:
            self._stop()

    def _fill(self, items: Iterator[Item | None]) -> bool:
        """Take items while there is room; returns whether more may come."""
        while len(self.running) + len(self.waiting) < self.room:
            item = next(items, ...)
            if not isinstance(item, Item):
                return item is None
            errand = self.errands[item.name] = Errand(item)
            self.waiting += errand.begin()
        return True

    def _give(self) -> Iterator[Outcome]:
        """Give out what waits, the oldest first, and drop what has become useless."""
        while self.waiting and len(self.running) < self.room:
            order = self.waiting.popleft()
            errand = self.errands[order.item.name]
            if errand.failed is None:
                self.running[self.task.remote(order, self.setup)] = order
            else:
                yield from self._ended(errand.drop())

    def _heard(self) -> Iterator[Outcome]:
        """Results that are there by now, or soon."""
        ready, _ = self.ray.wait(list(self.running), num_returns=1, timeout=NAP)
        if ready:  # and all others that came meanwhile
            many = list(self.running)
            ready, _ = self.ray.wait(many, num_returns=len(many), timeout=0)
        for reference in ready:
            order = self.running.pop(reference)
            orders, outcome = self.errands[order.item.name].hear(
                order, connection.result(self.ray, reference, order.item)
            )
            # what is begun is finished first, so that few films are half done
            self.waiting.extendleft(reversed(orders))
            yield from self._ended(outcome)

    def _ended(self, outcome: Outcome | None) -> Iterator[Outcome]:
        if outcome is not None:
            del self.errands[outcome.item.name]
            yield outcome

    @property
    def room(self) -> int:
        """Orders that the cluster has at once, running or waiting; machines come and go."""
        if time.monotonic() - self._counted > COUNTED:
            slots = self.demand.slots(self.ray)
            at_once = slots if self.jobs is None else min(slots, self.jobs)
            self._room = at_once * (1 + AHEAD) if self.jobs is None else self.jobs
            self._counted = time.monotonic()
        return self._room

    def _cancelled(self) -> Iterator[Outcome]:
        self._stop()
        for errand in self.errands.values():
            yield Outcome(
                errand.item, 0.0, time.time(), error="cancelled", error_kind="CancelledError"
            )
        self.errands.clear()

    def _stop(self) -> None:
        """End what runs: its process goes, and the worker that it has with it."""
        for reference in self.running:
            self.ray.cancel(reference, force=True)
        self.running.clear()
