"""What runs items: on this machine (`photochrom.batch.local`), or elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Protocol

from photochrom.batch.items import Item, Outcome


class Engine(Protocol):
    """Runs items, and knows nothing of the journal."""

    def run(self, items: Iterator[Item | None], cancel: threading.Event) -> Iterator[Outcome]:
        """Give items out, and yield what becomes of them, in the order in which they finish.

        An item is taken only when there is room for it, in the caller's thread and between two
        yields; so the caller may decide late what comes next. Every item that is taken has one
        outcome, whatever happens to it; one that fails stops no other.

        Args:
            items: what is to be done; None: there is nothing at present, and more may come. It
                ends when nothing more comes.
            cancel: once set, no more items are taken, and those that run are stopped: their
                outcomes are `cancelled`.

        Raises:
            PhotochromError: if nothing can be run at all: no such model, no such device.
        """
