"""A million scans and a thousand films on a cluster, simulated: how long, and what breaks first.

Run: python benchmarks/schedule.py [--scans 1000000] [--films 1000] [--machines 1 4 16 64]
     [--storage 1 10] [--costs docs/item-costs.json] [--plot docs/scale.png]

The engine's own rules are simulated with SimPy: a core takes what can be done next; films are cut,
the parts of a shot follow each other, and a last order joins them; an order on a machine that fails
is done again elsewhere. Seconds of an order come from item_costs.py, times a lognormal factor
(orders differ) and the machine's own (some are slow). Machines fail at random and come back. Every
order's bytes go through one storage, which serves so many streams at once; the driver takes each
result by itself. Scans are given out in lots, so that a million takes minutes to simulate.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import deque
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import simpy

HOUR = 3600.0
RATE = 25
"""Frames a second of a film."""
LONGEST = 250
"""Frames of a part at most (`photochrom.video.segments`)."""
SPREAD = 0.25
"""Of the logarithm of an order's seconds."""
SLOW, SLOWNESS = 0.05, 2.0
"""Share of the cores on slow machines, and their seconds as a multiple."""
STREAM = 0.25e9
"""Bytes a second that one reader or writer gets at most."""

HEAD = (
    "| machines x cores | storage, GB/s | films | hours | cores' efficiency | storage busy | "
    "driver busy | tail, hours | failures | core hours lost |"
)


@dataclass(frozen=True)
class World:
    """What is simulated."""

    costs: dict[str, float]
    scans: int = 1_000_000
    films: int = 1_000
    minutes: float = 90.0
    """Of a film."""
    shot: float = 6.0
    """Seconds of a shot in the mean; exponential."""
    machines: int = 16
    cores: int = 16
    """Of a machine; an order takes one."""
    storage: float = 1e9
    """Bytes a second, both ways together."""
    failures: float = 30 * 24 * HOUR
    """Seconds between two failures of a machine in the mean."""
    repair: float = 0.5 * HOUR
    noticed: float = 30.0
    """Seconds until the cluster knows that a machine is gone."""
    whole: bool = False
    """Whether films are given out whole, and not in parts."""
    lot: int = 20
    """Scans of one simulated order; they run one after the other, on one core."""
    seed: int = 0


@dataclass(eq=False)
class Order:
    """One task, or a lot of scans."""

    seconds: float
    """Of a core."""
    moved: float
    """Bytes in and out."""
    results: int = 1
    """How many the driver takes."""
    after: deque[Order] = field(default_factory=deque)
    """What can be given out when this is done."""
    film: Film | None = None


@dataclass(eq=False)
class Film:
    """How far a film is."""

    left: int
    last: Order
    """Joins the parts."""


@dataclass
class Tally:
    """What came of a run."""

    hours: float = 0.0
    useful: float = 0.0
    """Core hours of orders that were done."""
    lost: float = 0.0
    """Core hours of orders that a failure ended."""
    failures: int = 0
    efficiency: float = 0.0
    """Useful core hours, of those that there were until the end."""
    storage: float = 0.0
    """Share."""
    driver: float = 0.0
    """Share."""
    tail: float = 0.0
    """Hours from the moment at which nothing waits any more to the end."""


class Simulation:
    """One run; use `simulate`."""

    def __init__(self, world: World) -> None:
        self.world, self.tally = world, Tally()
        self.chance = random.Random(world.seed)
        self.env = simpy.Environment()
        self.driver = simpy.Resource(self.env)
        self.streams = simpy.Resource(self.env, max(1, round(world.storage / STREAM)))
        self.waiting: deque[Order] = deque()
        self.items = self._items()
        self.idle: list[simpy.Event] = []
        self.open = 0
        """Orders that are given out or wait for others."""
        self.more = True
        self.finished = self.env.event()
        self._moved = self._taken = 0.0

    def run(self) -> Tally:
        """Until everything is done."""
        world, env = self.world, self.env
        for _ in range(world.machines):
            slowness = SLOWNESS if self.chance.random() < SLOW else 1.0
            Machine(self, slowness).start()
        env.run(self.finished)
        tally, total = self.tally, env.now
        tally.hours = total / HOUR
        cores = world.machines * world.cores
        tally.efficiency = tally.useful * HOUR / (cores * total)
        tally.storage = self._moved / (world.storage * total)
        tally.driver = self._taken / total
        tally.tail = (total - self._empty) / HOUR
        return tally

    _empty = 0.0

    def next(self) -> Order | None:
        """An order that can be done now; films before scans, what is begun before what is not."""
        if not self.waiting and self.more:
            order = next(self.items, None)
            if order is None:
                self.more = False
                self._empty = self.env.now
            else:
                self.give(order)
        return self.waiting.popleft() if self.waiting else None

    def give(self, order: Order, first: bool = False) -> None:
        """An order can be done; `first` puts it before the others."""
        self.open += not first
        (self.waiting.appendleft if first else self.waiting.append)(order)
        if self.idle:
            self.idle.pop().succeed()

    def move(self, order: Order) -> Generator[Any, Any, None]:
        """Its bytes, through the storage."""
        if order.moved:
            with self.streams.request() as stream:
                yield stream
                rate = min(STREAM, self.world.storage)
                yield self.env.timeout(order.moved / rate)
            self._moved += order.moved

    def done(self, order: Order) -> Generator[Any, Any, None]:
        """The driver takes a result, and gives out what follows."""
        with self.driver.request() as turn:
            yield turn
            seconds = order.results * self.world.costs["driver_done"]
            yield self.env.timeout(seconds)
            self._taken += seconds
        for follower in order.after:
            self.give(follower)
        film = order.film
        if film is not None:
            film.left -= 1
            if film.left == 0:
                self.give(film.last)
        self.open -= 1
        if not self.open and not self.more and not self.finished.triggered:
            self.finished.succeed()

    def seconds(self, mean: float, count: int = 1) -> float:
        """Of an order: they differ, and a lot of them less."""
        spread = SPREAD / count**0.5
        return mean * self.chance.lognormvariate(-(spread**2) / 2, spread)

    def _items(self) -> Iterator[Order]:
        for _ in range(self.world.films):
            yield self._film()
        left = self.world.scans
        while left > 0:
            count = min(self.world.lot, left)
            left -= count
            costs = self.world.costs
            moved = count * (costs["scan_read"] + costs["scan_written"])
            yield Order(self.seconds(count * costs["scan_seconds"], count), moved, count)

    def _film(self) -> Order:
        costs, frames = self.world.costs, int(self.world.minutes * 60 * RATE)
        read, written = costs["frame_read"], costs["frame_written"]
        surveyed = frames * costs["frame_seconds"] * costs["survey_share"]
        colored = costs["frame_seconds"] * (1 - costs["survey_share"])
        if self.world.whole:
            moved = frames * (2 * read + 3 * written)
            return Order(self.seconds(surveyed + frames * colored), moved)
        join = Order(frames * 2e-5, frames * (read + 2 * written))
        film = Film(0, join)
        cut = Order(self.seconds(surveyed), frames * read)
        while frames > 0:
            shot = min(frames, max(12, int(self.chance.expovariate(1 / (self.world.shot * RATE)))))
            frames -= shot
            before = cut
            while shot > 0:
                count = min(shot, LONGEST)
                shot -= count
                part = Order(self.seconds(count * colored), count * (read + written), film=film)
                before.after.append(part)
                before, film.left = part, film.left + 1
        return cut


class Machine:
    """Cores that take orders, and fail together."""

    def __init__(self, simulation: Simulation, slowness: float) -> None:
        self.of, self.slowness = simulation, slowness
        self.cores: list[simpy.Process] = []

    def start(self) -> None:
        """Begin to work."""
        self.cores = [self.of.env.process(self._work()) for _ in range(self.of.world.cores)]
        self.of.env.process(self._fail())

    def _work(self) -> Generator[Any, Any, None]:
        env = self.of.env
        yield env.timeout(self.of.world.costs["start_seconds"])
        while True:
            order = self.of.next()
            if order is None:
                event = env.event()
                self.of.idle.append(event)
                try:
                    yield event
                except simpy.Interrupt:
                    if event in self.of.idle:
                        self.of.idle.remove(event)
                    elif self.of.idle:  # it was called in vain
                        self.of.idle.pop().succeed()
                    return
                continue
            began = env.now
            try:
                yield from self.of.move(order)
                seconds = order.seconds * self.slowness
                yield env.timeout(seconds)
            except simpy.Interrupt:
                self.of.tally.lost += (env.now - began) / HOUR
                env.process(self._again(order))
                return
            self.of.tally.useful += order.seconds / HOUR
            env.process(self.of.done(order))

    def _again(self, order: Order) -> Generator[Any, Any, None]:
        yield self.of.env.timeout(self.of.world.noticed)
        self.of.give(order, first=True)

    def _fail(self) -> Generator[Any, Any, None]:
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


def row(world: World, tally: Tally) -> str:
    """For a table."""
    return (
        f"| {world.machines} x {world.cores} | {world.storage / 1e9:g} | "
        f"{'whole' if world.whole else 'in parts'} | {tally.hours:.1f} | "
        f"{100 * tally.efficiency:.0f} % | {100 * tally.storage:.0f} % | "
        f"{100 * tally.driver:.1f} % | {tally.tail:.2f} | {tally.failures} | {tally.lost:.1f} |"
    )


def plot(found: list[tuple[World, Tally]], path: Path) -> None:
    """Hours over machines, for each storage."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4.2), layout="constrained")
    for storage in sorted({world.storage for world, _ in found}):
        some = [one for one in found if one[0].storage == storage and not one[0].whole]
        cores = [world.machines * world.cores for world, _ in some]
        axes.plot(cores, [tally.hours for _, tally in some], "o-", label=f"{storage / 1e9:g} GB/s")
        floor = some[0][1].storage * some[0][1].hours
        axes.axhline(floor, color="grey", linewidth=0.8, linestyle=":")
    world, tally = found[0]
    cores = [one.machines * one.cores for one, _ in found]
    ideal = [tally.useful / count for count in cores]
    axes.plot(cores, ideal, "k--", linewidth=1, label="cores alone")
    axes.set(xscale="log", yscale="log", xlabel="cores", ylabel="hours")
    axes.set_title(f"{world.scans:,} scans and {world.films:,} films, simulated", fontsize=10)
    axes.legend(title="storage", frameon=False)
    figure.savefig(path, dpi=110)


def main() -> None:
    """Simulate and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    docs = Path(__file__).parents[1] / "docs"
    parser.add_argument("--scans", type=int, default=1_000_000)
    parser.add_argument("--films", type=int, default=1_000)
    parser.add_argument("--machines", type=int, nargs="+", default=[1, 4, 16, 64])
    parser.add_argument("--storage", type=float, nargs="+", default=[1, 10], metavar="GB/S")
    parser.add_argument("--costs", type=Path, default=docs / "item-costs.json")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--plot", type=Path)
    said = parser.parse_args()
    costs = json.loads(said.costs.read_text("utf-8"))
    first = World(costs, said.scans, said.films, seed=said.seed)
    worlds = [
        replace(first, machines=machines, storage=storage * 1e9)
        for storage in said.storage
        for machines in said.machines
    ]
    worlds.append(replace(worlds[-1], whole=True))
    print(HEAD)
    print("|" + "---|" * 10)
    found = []
    for world in worlds:
        found.append((world, simulate(world)))
        print(row(*found[-1]), flush=True)
    if said.plot is not None:
        plot(found, said.plot)


if __name__ == "__main__":
    main()
