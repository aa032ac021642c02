"""What ``photochrom batch`` says while it works."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from photochrom.batch.driver import Tally
from photochrom.batch.items import Outcome
from photochrom.batch.journal import Row
from photochrom.batch.running import Wanted, open_batch
from photochrom.cli.interrupt import cancel_on_interrupt
from photochrom.cli.reporting import SCHEMA, printable
from photochrom.errors import CancelledError, SomeFailedError

if TYPE_CHECKING:
    from photochrom.batch.gathering import Gathered


class Teller:
    """Lines for people, or JSON for programs."""

    def __init__(self, as_json: bool) -> None:
        self._json = as_json
        self._total = self._far = 0

    def gathered(self, gathered: Gathered, items: int) -> None:
        """What was found."""
        self._total = items
        for one in gathered.left_out:
            self._say(
                "left-out", f"left out: {one.path}: {one.why}", input=one.path, why=one.why,
                failed=one.failed,
            )  # fmt: skip
        words = f"{items} to look after, {gathered.others} files that are no pictures or films"
        self._say("found", words, items=items, others=gathered.others)

    def renamed(self, source: str, name: str) -> None:
        """See `photochrom.batch.driver.Listener`."""
        words = f"{source} goes to {name}, as another one has its usual name"
        self._say("renamed", words, input=source, output=name)

    def skipped(self, row: Row) -> None:
        """See `photochrom.batch.driver.Listener`."""
        self._far += 1
        if self._json:
            self._say("skipped", "", input=row.source, output=row.name)

    def finished(self, outcome: Outcome) -> None:
        """See `photochrom.batch.driver.Listener`."""
        self._far += 1
        item, place = outcome.item, f"[{self._far}/{self._total}]"
        told: dict[str, Any] = {"input": item.source, "output": item.target}
        if outcome.done:
            seconds = round(outcome.seconds, 3)
            words = f"{place} {item.name} ({outcome.seconds:.1f} s)"
            self._say("done", words, **told, seconds=seconds, notes=outcome.report.get("notes", []))
        else:
            kind = outcome.error_kind
            words = f"{place} failed: {outcome.error}"
            self._say("error", words, **told, kind=kind, message=outcome.error)

    def summary(self, tally: Tally) -> None:
        """Everything was tried."""
        words = f"{tally.done} done, {tally.skipped} done before, {tally.failed} failed"
        self._say("summary", words, done=tally.done, skipped=tally.skipped, failed=tally.failed)

    def _say(self, event: str, words: str, **values: Any) -> None:
        line = {"schema": SCHEMA, "event": event, **values}
        sys.stdout.write(f"{json.dumps(line) if self._json else printable(words)}\n")
        sys.stdout.flush()


def run(wanted: Wanted, as_json: bool) -> None:
    """Run a batch.

    Raises:
        SomeFailedError: if some items failed.
        CancelledError: if the person stopped it.
    """
    teller = Teller(as_json)
    with cancel_on_interrupt() as cancel, open_batch(wanted, teller, cancel) as batch:
        gathered, names = batch.gather()
        teller.gathered(gathered, len(names))
        tally = batch.driver.run(names)
        teller.summary(tally)
    if cancel.is_set():
        raise CancelledError("stopped; the same command goes on")
    if tally.failed or any(one.failed for one in gathered.left_out):
        raise SomeFailedError
