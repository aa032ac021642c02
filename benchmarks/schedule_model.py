"""A cluster that does an archive, simulated with SimPy; `schedule.py` says what it is.

The engine's own rules: a core takes what can be done next, and what is begun comes first; an order
whose machine fails is done again elsewhere, three times at most, then its item has failed.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import simpy

from photochrom.batch.cluster.engine import CRASHES
from schedule_archive import HOUR, Archive, Order, World

SLOW, SLOWNESS = 0.05, 2.0
"""Share of slow machines, rounded to whole ones, and their seconds as a multiple."""
STREAM = 0.25e9
"""Bytes a second that one reader or writer gets at most."""

Steps = Generator[Any, Any, None]
"""What SimPy runs."""


@dataclass
class Tally:
    """What came of a run."""

    hours: float = 0.0
    useful: float = 0.0
    """Core hours of orders that were done, as a machine that is not slow takes them."""
    lost: float = 0.0
    """Core hours of orders that a failure ended."""
    failures: int = 0
    given_up: int = 0
    """Orders whose machines failed too often: their items have failed."""
    efficiency: float = 0.0
    """Useful core hours, of those that all machines have until the end."""
    storage: float = 0.0
    """Share of the time."""
    driver: float = 0.0
    """Share of the time."""
    tail: float = 0.0
    """Hours from the moment at which nothing waits any more to the end."""


class Simulation:
    """One run; use `simulate`."""

    def __init__(self, world: World) -> None:
        self.world, self.tally = world, Tally()
        self.chance = random.Random(world.seed)
        self.env = simpy.Environment()
        self.items = Archive(world, random.Random(world.seed)).orders()
        self.waiting: deque[Order] = deque()
        self.idle: list[simpy.Event] = []
        self._driver = simpy.Resource(self.env)
        self._streams = simpy.Resource(self.env, max(1, round(world.storage / STREAM)))
        self._open = 0
        """Orders that were given out and have no result."""
        self._empty: float | None = None
        """Since when nothing more comes."""
        self._finished = self.env.event()
        self._moved = self._taken = 0.0

    def run(self) -> Tally:
        """Until everything is done."""
        world, tally = self.world, self.tally
        slow = round(world.machines * SLOW)
        for number in range(world.machines):
            Machine(self, SLOWNESS if number < slow else 1.0).start()
        self.env.run(self._finished)
        total = self.env.now
        tally.hours = total / HOUR
        tally.efficiency = tally.useful * HOUR / (world.machines * world.cores * total)
        tally.storage = self._moved / (world.storage * total)
        tally.driver = self._taken / total
        tally.tail = (total - (self._empty or 0.0)) / HOUR
        return tally

    def next(self) -> Order | None:
        """An order that can be done now; a new item only if nothing else can."""
        if not self.waiting and self._empty is None:
            order = next(self.items, None)
            if order is not None:
                self._open += 1
                return order
            self._empty = self.env.now
            self._end()
        return self.waiting.popleft() if self.waiting else None

    def give(self, orders: Sequence[Order]) -> None:
        """Orders can be done, and come first."""
        self.waiting.extendleft(reversed(orders))
        for _ in orders:
            self.wake()

    def wake(self) -> None:
        """A core that waits, if there is one."""
        if self.idle:
            self.idle.pop().succeed()

    def move(self, order: Order) -> Steps:
        """Its bytes, through the storage."""
        if order.moved:
            with self._streams.request() as stream:
                yield stream
                yield self.env.timeout(order.moved / min(STREAM, self.world.storage))
            self._moved += order.moved

    def done(self, order: Order) -> Steps:
        """The driver takes a result, and gives out what follows."""
        self.tally.useful += order.seconds / HOUR
        with self._driver.request() as turn:
            yield turn
            seconds = order.results * self.world.costs["driver_done"]
            yield self.env.timeout(seconds)
            self._taken += seconds
        self._close(self._following(order))

    def lost(self, order: Order, seconds: float) -> Steps:
        """Its machine is gone: another one gets it, unless that was so too often."""
        self.tally.lost += seconds / HOUR
        yield self.env.timeout(self.world.noticed)
        order.crashes += 1
        if order.crashes > CRASHES:
            self.tally.given_up += 1
            self._close([])
        else:
            self.give([order])

    def _following(self, order: Order) -> list[Order]:
        film = order.film
        if film is None:
            return order.after
        film.left -= 1
        return order.after if film.left else [*order.after, film.last]

    def _close(self, following: list[Order]) -> None:
        self._open += len(following) - 1
        self.give(following)
        self._end()

    def _end(self) -> None:
        if not self._open and self._empty is not None and not self._finished.triggered:
            self._finished.succeed()


class Machine:
    """Cores that take orders, and fail together."""

    def __init__(self, simulation: Simulation, slowness: float) -> None:
        self.of, self.slowness = simulation, slowness
        self.cores: list[simpy.Process] = []

    def start(self) -> None:
        """Begin to work."""
        self.cores = [self.of.env.process(self._work()) for _ in range(self.of.world.cores)]
        if self.of.world.failures < float("inf"):
            self.of.env.process(self._fail())

    def _work(self) -> Steps:
        with suppress(simpy.Interrupt):  # the machine fails
            yield self.of.env.timeout(self.of.world.costs["start_seconds"])
            while True:
                order = self.of.next()
                yield from self._wait() if order is None else self._do(order)

    def _do(self, order: Order) -> Steps:
        env, began = self.of.env, self.of.env.now
        try:
            yield from self.of.move(order)
            yield env.timeout(order.seconds * self.slowness)
        except simpy.Interrupt:
            env.process(self.of.lost(order, env.now - began))
            raise
        env.process(self.of.done(order))

    def _wait(self) -> Steps:
        event = self.of.env.event()
        self.of.idle.append(event)
        try:
            yield event
        except simpy.Interrupt:
            if event in self.of.idle:
                self.of.idle.remove(event)
            else:  # it was called in vain
                self.of.wake()
            raise

    def _fail(self) -> Steps:
        world, env = self.of.world, self.of.env
        yield env.timeout(self.of.chance.expovariate(1 / world.failures))
        self.of.tally.failures += 1
        for core in self.cores:
            if core.is_alive:
                core.interrupt()
        yield env.timeout(world.repair)
        self.start()


def simulate(world: World) -> Tally:
    """What would come of it."""
    return Simulation(world).run()
