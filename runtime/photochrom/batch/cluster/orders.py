"""What is given out: a picture is one order; a film is cut, its parts are made, then joined."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from photochrom.batch.items import Item, Outcome
from photochrom.batch.parts import Part, Parts

Task = Literal["whole", "cut", "part"]
TRIES = 3
"""How often an order is tried that a machine, not the item, may have failed."""
WORTH_TRYING = ("OutputError", "OutOfMemoryError", "WorkerEnded", "WorkerHung", "WorkerError")
"""Kinds of errors that another machine, or another moment, may not have."""


@dataclass(frozen=True)
class Order:
    """One task of the cluster."""

    item: Item
    task: Task
    part: Part | None = None
    survey: str = ""
    """File of the film's work folder that a part needs."""
    tries: int = 1


@dataclass(frozen=True)
class Result:
    """What a task gives back."""

    outcome: Outcome | None = None
    """The item is finished, or has failed."""
    parts: Parts | None = None
    """A film that was cut."""
    seconds: float = 0.0


@dataclass
class Errand:
    """One item on its way."""

    item: Item
    running: int = 0
    seconds: float = 0.0
    """Of all its tasks together."""
    parts: Parts | None = None
    left: int = 0
    """Parts that are not finished."""
    failed: Outcome | None = field(default=None)

    def begin(self) -> list[Order]:
        """The first orders."""
        return self._given([Order(self.item, "cut" if self.item.kind == "film" else "whole")])

    def hear(self, order: Order, result: Result) -> tuple[list[Order], Outcome | None]:
        """What follows from a result: more orders, or the item's outcome, or neither yet."""
        self.running -= 1
        self.seconds += result.seconds
        outcome = result.outcome
        if outcome is not None and self.failed is None:
            if _is_worth_trying(outcome, order):
                return self._given([replace(order, tries=order.tries + 1)]), None
            if outcome.done:
                return [], replace(outcome, seconds=self.seconds)
            self.failed = outcome
        if self.failed is not None:
            done = replace(self.failed, seconds=self.seconds) if self.running == 0 else None
            return [], done
        return self._given(self._next(order, result)), None

    def drop(self, orders: int) -> None:
        """Orders that were not given out, as the item has failed."""
        self.running -= orders

    def _next(self, order: Order, result: Result) -> list[Order]:
        if result.parts is not None:
            self.parts = result.parts
            missing = [part for part in result.parts.parts if not part.done]
            self.left = len(missing)
            if self.left < 2:  # one process may as well make it
                return [Order(self.item, "whole")]
            open_ = {part.leaves for part in missing if part.leaves}
            return [self._order(part) for part in missing if part.needs not in open_]
        assert self.parts is not None
        assert order.part is not None
        self.left -= 1
        if self.left == 0:
            return [Order(self.item, "whole")]
        after = order.part.number + 1
        leaves = order.part.leaves
        follows = leaves is not None and not self.parts.parts[after].done
        return [self._order(self.parts.parts[after])] if follows else []

    def _order(self, part: Part) -> Order:
        assert self.parts is not None
        return Order(self.item, "part", part, self.parts.survey)

    def _given(self, orders: list[Order]) -> list[Order]:
        self.running += len(orders)
        return orders


def _is_worth_trying(outcome: Outcome, order: Order) -> bool:
    return outcome.error_kind in WORTH_TRYING and order.tries < TRIES
