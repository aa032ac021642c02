"""What is given out: a picture is one order; a film is cut, its parts are made, then joined."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from photochrom.batch.items import Item, Outcome
from photochrom.parts import Part, Parts

Task = Literal["whole", "cut", "part"]
TRIES = 3
"""How often an order is tried that a machine, not the item, may have failed."""
WORTH_TRYING = (
    "OutOfMemoryError",
    "OutputError",
    "UnreachableError",
    "WorkerEnded",
    "WorkerSilent",
)
"""Kinds of errors that another machine, or another moment, may not have."""


@dataclass(frozen=True)
class Order:
    """One task of the cluster. Its result is an outcome; a cut film's report has the parts."""

    item: Item
    task: Task
    part: Part | None = None
    survey: str = ""
    """File of the film's work folder that a part needs."""
    tries: int = 1


@dataclass
class Errand:
    """One item on its way."""

    item: Item
    failed: Outcome | None = None
    _running: int = 0
    """Orders that have no result yet."""
    _seconds: float = 0.0
    """Of all its orders together."""
    _parts: Parts | None = None
    _left: int = 0
    """Parts that are not finished."""

    def begin(self) -> list[Order]:
        """The first orders."""
        return self._given([Order(self.item, "cut" if self.item.kind == "film" else "whole")])

    def hear(self, order: Order, result: Outcome) -> tuple[list[Order], Outcome | None]:
        """What follows from a result: more orders, or the item's outcome, or neither yet."""
        self._running -= 1
        self._seconds += result.seconds
        if self.failed is None and not result.done:
            if result.error_kind in WORTH_TRYING and order.tries < TRIES:
                return self._given([replace(order, tries=order.tries + 1)]), None
            self.failed = result
        if self.failed is not None:
            return [], self._outcome(self.failed) if self._running == 0 else None
        if order.task == "whole":
            return [], self._outcome(result)
        return self._given(self._cut(result) if order.task == "cut" else self._after(order)), None

    def drop(self) -> Outcome | None:
        """One of its orders is not given out, as the item has failed; its outcome, if it was the
        last."""
        assert self.failed is not None
        self._running -= 1
        return self._outcome(self.failed) if self._running == 0 else None

    def _cut(self, result: Outcome) -> list[Order]:
        """Parts that wait for no other one."""
        self._parts = Parts.of(result.report)
        missing = [part for part in self._parts.parts if not part.done]
        self._left = len(missing)
        if self._left < 2:  # the process that joins them may as well make it
            return [Order(self.item, "whole")]
        coming = {part.leaves for part in missing if part.leaves}
        return [self._order(part) for part in missing if part.needs not in coming]

    def _after(self, order: Order) -> list[Order]:
        """What a part was waited for with."""
        assert self._parts is not None
        assert order.part is not None
        self._left -= 1
        if self._left == 0:
            return [Order(self.item, "whole")]
        if order.part.leaves is None:
            return []
        following = self._parts.parts[order.part.number + 1]
        return [] if following.done else [self._order(following)]

    def _order(self, part: Part) -> Order:
        assert self._parts is not None
        return Order(self.item, "part", part, self._parts.survey)

    def _given(self, orders: list[Order]) -> list[Order]:
        self._running += len(orders)
        return orders

    def _outcome(self, last: Outcome) -> Outcome:
        return replace(last, item=self.item, seconds=self._seconds)
