"""A batch without a network: an engine that copies, and what a test wants to know of a run."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from photochrom.batch.driver import Tally
from photochrom.batch.items import Asked, Item, Outcome
from photochrom.batch.journal import Row
from photochrom.batch.running import Open, Wanted, open_batch
from photochrom.batch.seals import seal, settings_hash
from photochrom.errors import OutputError, PhotochromError
from photochrom.files.whole import whole_file
from photochrom.hints.sidecar import path_for


@dataclass
class Copying:
    """An engine: the output is the source and the text of what is asked; ``bad`` in it fails."""

    asked: Asked
    before: Callable[[Item], None] = lambda item: None
    """Called before an item is made."""
    made: list[str] = field(default_factory=list)
    """Names of items that it was given."""

    def run(self, items: Iterator[Item | None], cancel: threading.Event) -> Iterator[Outcome]:
        """See `photochrom.batch.engine.Engine`."""
        for item in items:
            if item is not None and not cancel.is_set():
                self.made.append(item.name)
                yield self._outcome(item)

    def _outcome(self, item: Item) -> Outcome:
        try:
            self.before(item)
            read = (str(path_for(Path(item.source))),)
            before = seal(item.source)
            self._copy(item)
        except PhotochromError as error:
            kind = type(error).__name__
            return Outcome(item, 0.1, time.time(), error=str(error), error_kind=kind)
        settings = settings_hash(self.asked.text(), read)
        output = seal(item.target)
        return Outcome(item, 0.1, time.time(), before, settings, read, output)

    def _copy(self, item: Item) -> None:
        if b"bad" in Path(item.source).read_bytes():
            raise OutputError("it is bad")
        if Path(item.target).exists() and not item.replaces:
            raise OutputError("exists already")
        with whole_file(Path(item.target)) as temporary:
            shutil.copyfile(item.source, temporary)
            with temporary.open("a") as file:
                file.write(self.asked.text())


@dataclass
class Heard:
    """A listener that remembers."""

    outcomes: list[Outcome] = field(default_factory=list)
    skips: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)

    def renamed(self, source: str, name: str) -> None:
        """See `photochrom.batch.driver.Listener`."""
        self.names[Path(source).name] = name

    def progress(self, item: Item, stage: str, fraction: float) -> None:
        """See `photochrom.batch.driver.Listener`."""

    def skipped(self, row: Row) -> None:
        """See `photochrom.batch.driver.Listener`."""
        self.skips.append(row.name)

    def finished(self, outcome: Outcome) -> None:
        """See `photochrom.batch.driver.Listener`."""
        self.outcomes.append(outcome)

    @property
    def errors(self) -> dict[str, str]:
        """Of items that failed, by name."""
        return {one.item.name: one.error for one in self.outcomes if not one.done}


@dataclass
class Ran:
    """What one run did."""

    tally: Tally
    heard: Heard
    engine: Copying


def run(
    wanted: Wanted,
    before: Callable[[Item, threading.Event], None] = lambda item, cancel: None,
    names: Callable[[Open], list[str]] = lambda batch: batch.gather()[1],
) -> Ran:
    """Run a batch of copies."""
    heard, cancel = Heard(), threading.Event()
    engine = Copying(wanted.asked, lambda item: before(item, cancel))
    with open_batch(wanted, heard, cancel, lambda _: engine) as batch:
        return Ran(batch.driver.run(names(batch)), heard, engine)
