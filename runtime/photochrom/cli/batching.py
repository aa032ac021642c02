"""What ``photochrom batch`` does and says; errors and lines go one way for all its commands."""

from __future__ import annotations

import json
import sys
import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from photochrom import errors
from photochrom.batch import page, telling
from photochrom.batch.driver import Tally
from photochrom.batch.gathering import Gathered, LeftOut
from photochrom.batch.items import Item, Outcome
from photochrom.batch.journal import Row, read_journal
from photochrom.batch.running import Open, Wanted, open_batch
from photochrom.batch.verifying import verify as verified
from photochrom.cli.interrupt import cancel_on_interrupt
from photochrom.cli.reporting import SCHEMA, STAGES, printable
from photochrom.errors import CancelledError, SomeFailedError

STEP = 0.1
"""Films' progress is told in steps of at least this fraction."""


@dataclass(frozen=True)
class Telling:
    """How a run is told of."""

    as_json: bool = False
    report: bool = True
    """Whether one is written at the end."""
    path: Path | None = None
    """Of the report's page; None: in the destination."""


class Teller:
    """Lines for people, or JSON for programs."""

    def __init__(self, as_json: bool) -> None:
        self._json = as_json
        self._total = self._far = 0
        self._told: dict[str, tuple[str, float]] = {}
        self._turn = threading.Lock()

    def gathered(self, gathered: Gathered, items: int) -> None:
        """What was found."""
        self._total = items
        for one in gathered.left_out:
            words = f"left out: {one.path}: {one.why}"
            self.say("left-out", words, input=one.path, why=one.why, failed=one.failed)
        words = f"{items} pictures and films; {gathered.others} files are neither"
        self.say("found", words, items=items, others=gathered.others)

    def expect(self, items: int) -> None:
        """So many items are meant."""
        self._total = items

    def renamed(self, source: str, name: str) -> None:
        """See `photochrom.batch.driver.Listener`."""
        words = f"{source} goes to {name}, as another one has its usual name"
        self.say("renamed", words, input=source, output=name)

    def progress(self, item: Item, stage: str, fraction: float) -> None:
        """See `photochrom.batch.driver.Listener`."""
        before, done = self._told.get(item.name, ("", 0.0))
        if stage == before and fraction - done < STEP:
            return
        self._told[item.name] = stage, fraction
        words = f"{item.name}: {STAGES.get(stage, stage)}, {100 * fraction:.0f} %"
        told = {"input": item.source, "stage": stage, "fraction": round(fraction, 3)}
        self.say("progress", words, **told)

    def skipped(self, row: Row) -> None:
        """See `photochrom.batch.driver.Listener`."""
        self._far += 1
        self.say("skipped", input=row.source, output=row.name)

    def finished(self, outcome: Outcome) -> None:
        """See `photochrom.batch.driver.Listener`."""
        self._far += 1
        self._told.pop(outcome.item.name, None)
        place = f"[{self._far}/{self._total}] " if self._total else ""
        told = {"input": outcome.item.source, "output": outcome.item.target}
        if outcome.done:
            words = f"{place}{outcome.item.name} ({outcome.seconds:.1f} s)"
            notes = outcome.report.get("notes", [])
            self.say("done", words, **told, seconds=round(outcome.seconds, 3), notes=notes)
        else:
            words = f"{place}failed: {outcome.error}"
            self.say("error", words, **told, **_error(outcome.error_kind, outcome.error))

    def say(self, event: str, *words: str, **values: Any) -> None:
        """Lines for people, or one for programs."""
        if self._json:
            words = (json.dumps({"schema": SCHEMA, "event": event, **values}),)
        with self._turn:
            for line in words:
                sys.stdout.write(printable(line) + "\n")
            sys.stdout.flush()


def run(wanted: Wanted, how: Telling, watch: bool = False, retry: bool = False) -> None:
    """Run a batch.

    Args:
        wanted: that.
        how: it is told of.
        watch: whether to go on with files as they arrive.
        retry: whether to do only what failed before.

    Raises:
        SomeFailedError: if some items failed.
        CancelledError: if the person stopped it.
    """
    teller = Teller(how.as_json)
    with cancel_on_interrupt() as cancel, open_batch(wanted, teller, cancel) as batch:
        names, left_out = _names(batch, teller, watch, retry)
        tally = batch.driver.run(names)
        if cancel.is_set() and not watch:  # whoever stops it won't wait for thumbnails
            how = replace(how, report=False)
        _end(batch, tally, left_out, teller, how)
    if cancel.is_set():
        raise CancelledError("stopped; the same command goes on where it was")
    if tally.failed or any(one.failed for one in left_out):
        raise SomeFailedError


def _names(
    batch: Open, teller: Teller, watch: bool, retry: bool
) -> tuple[Iterable[str | None], list[LeftOut]]:
    """Of the items that are to be done; and what is left out."""
    if watch:
        return batch.watch(), []
    if retry:
        failed = [row.name for row in batch.journal.rows("failed")]
        teller.expect(len(failed))
        return failed, []
    gathered, names = batch.gather()
    teller.gathered(gathered, len(names))
    return names, gathered.left_out


def status(path: Path, as_json: bool) -> None:
    """Tell what a journal knows."""
    teller = Teller(as_json)
    with read_journal(path) as journal:
        counts = journal.counts()
        for row in journal.rows("failed"):
            words = f"failed: {row.name}: {row.error}"
            teller.say("error", words, input=row.source, **_error(row.error_kind, row.error))
        words = ", ".join(f"{count} {state}" for state, count in counts.items())
        told = {"destination": journal.fact("destination"), "journal": str(path)}
        teller.say("status", words, f"journal: {path}", **counts, **told)


def verify(path: Path, as_json: bool) -> None:
    """Tell of every item that is not what a journal says.

    Raises:
        SomeFailedError: if there is one.
    """
    teller, counts = Teller(as_json), Counter[str]()
    with read_journal(path) as journal:
        for one in verified(journal, str(journal.fact("destination"))):
            counts[one.verdict] += 1
            if one.verdict != "right":
                told = {"input": one.row.source, "output": one.row.name}
                teller.say(
                    "verified", f"{one.verdict}: {one.row.name}", **told, verdict=one.verdict
                )
            bad = counts.total() - counts["right"] - counts["source gone"]
    words = ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items()))
    teller.say("summary", words or "nothing is in the journal", counts=dict(counts))
    if bad:
        raise SomeFailedError


def _error(kind: str, message: str) -> dict[str, Any]:
    known = getattr(errors, kind, errors.PhotochromError)
    return {"kind": kind, "message": message, "exit_code": known.exit_code}


def _end(batch: Open, tally: Tally, left_out: list[LeftOut], teller: Teller, how: Telling) -> None:
    words = [f"{tally.done} done, {tally.skipped} done before, {tally.failed} failed"]
    told: dict[str, Any] = {"journal": str(batch.journal.path)}
    if how.report:
        path = how.path or batch.report_path
        about = telling.Told(batch.journal, batch.driver.place.folder, left_out)
        telling.write_csv(path.with_suffix(".csv"), about)
        telling.write_json(path.with_suffix(".json"), about)
        page.write_html(path, about, batch.wanted.jobs)
        words, told = [*words, f"report: {path}"], {**told, "report": str(path)}
    words.append(f"journal: {batch.journal.path}")
    teller.say(
        "summary", *words, done=tally.done, skipped=tally.skipped, failed=tally.failed, **told
    )
