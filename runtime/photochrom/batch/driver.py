"""A batch's way: what is to be done, what is skipped, what is given out, and what is kept of it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from photochrom.batch.engine import Engine
from photochrom.batch.gathering import Found
from photochrom.batch.items import Asked, Item, Outcome
from photochrom.batch.journal import Journal, Row
from photochrom.batch.naming import Names, folded
from photochrom.batch.place import Place
from photochrom.batch.seals import Seal, is_there, settings_hash, still
from photochrom.errors import InputError, OutputError, PhotochromError

Policy = Literal["continue", "stop"]


class Listener(Protocol):
    """Hears of everything that happens to items."""

    def renamed(self, source: str, name: str) -> None:
        """An output's name is not the usual one, as another output has that."""

    def progress(self, item: Item, stage: str, fraction: float) -> None:
        """How far a film is; told from several threads."""

    def skipped(self, row: Row) -> None:
        """It is done, and nothing has changed."""

    def finished(self, outcome: Outcome) -> None:
        """It is done, or has failed; both are in the journal."""


@dataclass
class Tally:
    """Items of one run."""

    done: int = 0
    skipped: int = 0
    failed: int = 0


@dataclass
class Driver:
    """Runs one batch. It alone writes the journal."""

    journal: Journal
    place: Place
    engine: Engine
    asked: Asked
    model: str
    """Hash of the model's file."""
    listener: Listener
    overwrite: bool = False
    """Whether files in the destination that are not the batch's own may be replaced."""
    on_error: Policy = "continue"
    cancel: threading.Event = field(default_factory=threading.Event)
    tally: Tally = field(default_factory=Tally)
    stopped: bool = False
    """Whether no more items are given out, after an error."""
    _results: set[str] | None = None
    """Paths of all outputs, once they are known."""
    _new: set[str] = field(default_factory=set)
    """Names that this run has entered: nobody else made what lies at their targets."""

    def enter(self, found: Sequence[Found], root: str, names: Names) -> list[str]:
        """Give every source a name; one that the journal knows keeps its own.

        Returns:
            Names of items, in the order of the sources.
        """
        if self._results is None:
            known = [row.name for row in self.journal.rows()]
            names.taken.update(map(folded, known))
            self._results = {self.place.path(name) for name in known}
        with self.journal.together():
            entered = [self._enter(one, root, names) for one in found]
        results = self._results
        results.update(map(self.place.path, entered))
        return [name for name, one in zip(entered, found, strict=True) if one.path not in results]

    def run(self, names: Iterable[str | None]) -> Tally:
        """Do items, by their names; None: nothing at present.

        Raises:
            PhotochromError: if nothing more can be done: no model, no destination, a full disk.
        """
        for outcome in self.engine.run(self._items(names), self.cancel):
            self._hear(outcome)
        return self.tally

    def _enter(self, found: Found, root: str, names: Names) -> str:
        known = self.journal.of_source(found.path)
        if known is None:
            return self._new_name(found, root, names)
        if known.kind != found.kind:
            self.journal.moved(known, found.path, found.kind)
        return known.name

    def _new_name(self, found: Found, root: str, names: Names) -> str:
        path = os.path.relpath(found.path, root).replace(os.sep, "/")
        usual = names.usual(path, found.kind)
        before = self.journal.row(usual)
        if before is not None and not is_there(before.source):  # the tree lies elsewhere now
            self.journal.moved(before, found.path, found.kind)
            return usual
        name = names.take(path, found.kind)
        if name != usual:
            self.listener.renamed(found.path, name)
        self.journal.plan(name, found.path, found.kind, ours=not is_there(self.place.path(name)))
        self._new.add(name)
        return name

    def _items(self, names: Iterable[str | None]) -> Iterator[Item | None]:
        """What is given out; what is refused or skipped is told at once."""
        for name in names:
            if self.stopped or self.cancel.is_set():
                return
            if name is None:
                yield None
                continue
            self.place.check()
            row = self.journal.row(name)
            assert row is not None
            item = self._item(row)
            try:
                if self._is_fresh(row):
                    self.tally.skipped += 1
                    self.listener.skipped(row)
                    continue
                item = self._prepare(row)
            except PhotochromError as error:
                self._hear(_refused(item, error))
                continue
            yield item

    def _item(self, row: Row, replaces: bool = False) -> Item:
        return Item(row.name, row.source, self.place.path(row.name), row.kind, replaces)

    def _is_fresh(self, row: Row) -> bool:
        """Whether an item is done and nothing has changed since."""
        if row.state != "done" or row.source_seal is None or row.output_seal is None:
            return False
        if (row.model, row.settings) != (self.model, settings_hash(self.asked.text(), row.read)):
            return False
        source = still(row.source, row.source_seal)
        output = still(self.place.path(row.name), row.output_seal) if source else None
        if source is None or output is None:
            return False
        if (source, output) != (row.source_seal, row.output_seal):
            self.journal.refresh(row.name, source, output)
        return True

    def _prepare(self, row: Row) -> Item:
        """An item that is to be made.

        Raises:
            PhotochromError: if it must not, or can't.
        """
        if not is_there(row.source):
            raise InputError(f"{row.source} is gone")
        target = self.place.path(row.name)
        self.place.prepare(target)
        there = is_there(target)
        if there and not self.overwrite:
            self._check_ours(row, target)
        if row.state == "done" or (there and not row.ours):
            self.journal.reopen([row.name])
        return self._item(row, replaces=there)

    def _check_ours(self, row: Row, target: str) -> None:
        changed = row.state == "done" and not _same(target, row.output_seal)
        if changed:
            self.journal.disown(row.name)
            raise OutputError(
                f"{target} was changed after it was made; move it away, or use --overwrite"
            )
        if not row.ours or row.name in self._new:
            self.journal.disown(row.name)
            raise OutputError(f"{target} exists already; move it away, or use --overwrite")

    def _hear(self, outcome: Outcome) -> None:
        if outcome.cancelled:
            return
        with self.journal.together():
            self.journal.record(outcome, self.model)
        self._new.discard(outcome.item.name)
        self.tally.done += outcome.done
        self.tally.failed += not outcome.done
        self.listener.finished(outcome)
        if not outcome.done:
            self.stopped = self.stopped or self.on_error == "stop"
            if outcome.error_kind == "OutputError" and self.place.full:
                raise OutputError(
                    f"no room is left in {self.place.folder}; make some, and run the command again"
                )


def _same(target: str, known: Seal | None) -> bool:
    return known is not None and still(target, known) is not None


def _refused(item: Item, error: PhotochromError) -> Outcome:
    kind = type(error).__name__
    return Outcome(item, 0.0, time.time(), error=str(error), error_kind=kind)
