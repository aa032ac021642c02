"""What is simulated, and the orders of its archive; `schedule.py` says what it is.

A film is cut, the parts of a shot follow each other, and a last order joins them. Assumed, as films
are what takes longest: films come before scans.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from photochrom.video.segments import LONGEST

HOUR = 3600.0
RATE = 25
"""Frames a second of a film."""
SPREAD = 0.25
"""Of the logarithm of an order's seconds."""


@dataclass(frozen=True)
class World:
    """What is simulated."""

    costs: dict[str, float]
    """Of `item_costs.py`."""
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
    failures: float = float("inf")
    """Seconds between two failures of a machine in the mean."""
    repair: float = 0.5 * HOUR
    noticed: float = 30.0
    """Seconds until the cluster knows that a machine is gone."""
    whole: bool = False
    """Whether films are given out whole, and begun anew after a failure, and not in parts."""
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
    after: list[Order] = field(default_factory=list)
    """What can be given out when this is done."""
    film: Film | None = None
    crashes: int = 0
    """Of machines that had it."""


@dataclass(eq=False)
class Film:
    """How far a film is."""

    left: int
    last: Order
    """Joins the parts."""


class Archive:
    """The items, as they are given out first."""

    def __init__(self, world: World, chance: random.Random) -> None:
        self.world, self.chance = world, chance

    def orders(self) -> Iterator[Order]:
        """Films, then scans."""
        for _ in range(self.world.films):
            yield self._whole() if self.world.whole else self._cut()
        for begin in range(0, self.world.scans, self.world.lot):
            yield self._scans(min(self.world.lot, self.world.scans - begin))

    def _scans(self, count: int) -> Order:
        costs = self.world.costs
        moved = count * (costs["scan_read"] + costs["scan_written"])
        return Order(self._seconds(count * costs["scan_seconds"], count), moved, count)

    def _whole(self) -> Order:
        costs = self.world.costs
        moved = self._frames * (2 * costs["frame_read"] + 3 * costs["frame_written"])
        return Order(self._seconds(self._frames * costs["frame_seconds"]), moved)

    def _cut(self) -> Order:
        """The first pass over a film, with all that follows."""
        costs, frames = self.world.costs, self._frames
        read, written = costs["frame_read"], costs["frame_written"]
        film = Film(0, Order(frames * 2e-5, frames * (read + 2 * written)))
        surveyed = frames * costs["frame_seconds"] * costs["survey_share"]
        cut = Order(self._seconds(surveyed), frames * read)
        while frames > 0:
            length = int(self.chance.expovariate(1 / (self.world.shot * RATE)))
            shot = min(frames, max(12, length))
            frames -= shot
            self._parts(shot, film, cut)
        return cut

    def _parts(self, shot: int, film: Film, before: Order) -> None:
        """Of one shot, each after the one before."""
        costs = self.world.costs
        each = costs["frame_seconds"] * (1 - costs["survey_share"])
        moved = costs["frame_read"] + costs["frame_written"]
        for begin in range(0, shot, LONGEST):
            count = min(LONGEST, shot - begin)
            part = Order(self._seconds(count * each), count * moved, film=film)
            before.after.append(part)
            before, film.left = part, film.left + 1

    @property
    def _frames(self) -> int:
        return int(self.world.minutes * 60 * RATE)

    def _seconds(self, mean: float, count: int = 1) -> float:
        """Orders differ, and a lot of them less."""
        spread = SPREAD / count**0.5
        return mean * self.chance.lognormvariate(-(spread**2) / 2, spread)
