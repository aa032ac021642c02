"""The journal: what became of every item, kept by the driver alone, after the output is durable.

SQLite in WAL mode with synchronous=FULL: what is committed survives a power cut. Names are kept as
the system's bytes, as they may be no UTF-8.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from photochrom.batch.disks import network
from photochrom.batch.items import Kind, Outcome
from photochrom.batch.seals import Seal
from photochrom.errors import InputError, OutputError
from photochrom.files.whole import held_file, make_folder

VERSION = 1
"""Of the tables; a newer one is refused."""
State = Literal["waiting", "done", "failed"]
TABLES = """
CREATE TABLE items (
    name BLOB PRIMARY KEY, source BLOB NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL,
    ours INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
    source_seal TEXT, settings_sha256 TEXT, model_sha256 TEXT, output_seal TEXT, read TEXT,
    seconds REAL, finished REAL, error TEXT, error_kind TEXT, report TEXT
) WITHOUT ROWID;
CREATE INDEX by_source ON items (source);
CREATE INDEX by_state ON items (state);
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
COLUMNS = (
    "name, source, kind, state, ours, tries, source_seal, settings_sha256, model_sha256, "
    "output_seal, read, seconds, finished, error, error_kind, report"
)
DONE = """
UPDATE items SET state = 'done', ours = 1, tries = tries + 1, source_seal = ?, settings_sha256 = ?,
    model_sha256 = ?, output_seal = ?, read = ?, seconds = ?, finished = ?, error = NULL,
    error_kind = NULL, report = ? WHERE name = ?
"""
FAILED = """
UPDATE items SET state = 'failed', ours = ours OR ?, tries = tries + 1, seconds = ?, finished = ?,
    error = ?, error_kind = ? WHERE name = ?
"""


@dataclass(frozen=True)
class Row:
    """What is known of one item."""

    name: str
    """The output's path seen from the destination."""
    source: str
    kind: Kind
    state: State
    ours: bool
    """Whether a file of that name in the destination is the batch's own."""
    tries: int = 0
    source_seal: Seal | None = None
    settings: str = ""
    model: str = ""
    output_seal: Seal | None = None
    read: tuple[str, ...] = ()
    """Other files that count in `settings`."""
    seconds: float = 0.0
    finished: float = 0.0
    error: str = ""
    error_kind: str = ""
    report: Mapping[str, Any] = field(default_factory=dict)


class Journal:
    """One process' hold of a journal. Use `open_journal`."""

    def __init__(self, path: Path, base: sqlite3.Connection) -> None:
        self.path, self._base = path, base

    @contextmanager
    def together(self) -> Iterator[None]:
        """All that is written in the block, or nothing of it."""
        with told(self.path):
            self._base.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._base.execute("ROLLBACK")
            raise
        with told(self.path):
            self._base.execute("COMMIT")

    def fact(self, name: str) -> Any:
        """Something that is kept of the whole batch; None if it is not."""
        with told(self.path):
            found = self._base.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return None if found is None else json.loads(found[0])

    def keep(self, **facts: Any) -> None:
        """Keep facts, in place of older ones of the same names."""
        with told(self.path):
            self._base.executemany(
                "INSERT OR REPLACE INTO facts VALUES (?, ?)",
                [(name, json.dumps(value)) for name, value in facts.items()],
            )

    def rows(self, state: State | None = None) -> Iterator[Row]:
        """All items, or those of one state, by name."""
        where, values = ("WHERE state = ?", (state,)) if state else ("", ())
        with told(self.path):
            found = self._base.execute(f"SELECT {COLUMNS} FROM items {where} ORDER BY name", values)
            for one in found:
                yield _row(one)

    def row(self, name: str) -> Row | None:
        """One item, by its name."""
        return self._one("name", name)

    def of_source(self, source: str) -> Row | None:
        """One item, by its source's absolute path."""
        return self._one("source", source)

    def counts(self) -> dict[str, int]:
        """Items by state."""
        with told(self.path):
            found = self._base.execute("SELECT state, count(*) FROM items GROUP BY state")
            return {"waiting": 0, "done": 0, "failed": 0, **dict(found)}

    def plan(self, name: str, source: str, kind: Kind, ours: bool) -> None:
        """Enter an item that is new."""
        values = (os.fsencode(name), os.fsencode(source), kind, ours)
        with told(self.path):
            self._base.execute(
                "INSERT INTO items (name, source, kind, state, ours) "
                "VALUES (?, ?, ?, 'waiting', ?)",
                values,
            )

    def moved(self, row: Row, source: str, kind: Kind) -> None:
        """The item's source lies elsewhere, with what lay beside it; or it is of another kind."""
        read = [
            source + path.removeprefix(row.source) if path.startswith(row.source) else path
            for path in row.read
        ]
        values = (os.fsencode(source), kind, _json(read), os.fsencode(row.name))
        with told(self.path):
            self._base.execute(
                "UPDATE items SET source = ?, kind = ?, read = ? WHERE name = ?", values
            )

    def reopen(self, names: Iterable[str]) -> None:
        """Items will be made again: what lies at their targets counts as half a result."""
        with told(self.path):
            self._base.executemany(
                "UPDATE items SET state = 'waiting', ours = 1 WHERE name = ?",
                [(os.fsencode(name),) for name in names],
            )

    def disown(self, name: str) -> None:
        """What lies at the item's target is somebody else's."""
        with told(self.path):
            self._base.execute("UPDATE items SET ours = 0 WHERE name = ?", (os.fsencode(name),))

    def refresh(self, name: str, source: Seal, output: Seal) -> None:
        """Remember newer seals of the same contents, so that the next look is quick."""
        values = (_text(source), _text(output), os.fsencode(name))
        with told(self.path):
            self._base.execute(
                "UPDATE items SET source_seal = ?, output_seal = ? WHERE name = ?", values
            )

    def record(self, outcome: Outcome, model: str) -> None:
        """What became of an item; its output, if there is one, must be durable by now.

        Args:
            outcome: that.
            model: hash of the model's file.
        """
        name = os.fsencode(outcome.item.name)
        times = (outcome.seconds, outcome.finished)
        with told(self.path):
            if outcome.done:
                read, report = _json(outcome.read), _json(outcome.report)
                seals = _text(outcome.source), outcome.settings, model, _text(outcome.output)
                self._base.execute(DONE, (*seals, read, *times, report, name))
            else:
                said = (_storable(outcome.error), outcome.error_kind)
                self._base.execute(FAILED, (outcome.item.replaces, *times, *said, name))

    def _one(self, column: str, value: str) -> Row | None:
        with told(self.path):
            found = self._base.execute(
                f"SELECT {COLUMNS} FROM items WHERE {column} = ?", (os.fsencode(value),)
            ).fetchone()
        return None if found is None else _row(found)


@contextmanager
def open_journal(path: Path) -> Iterator[Journal]:
    """Open a journal to write, made if it is not there; no other process may meanwhile.

    Raises:
        OutputError: if it can't be written, is damaged, lies on a network's disk, or another batch
            holds it.
    """
    kind = network(path)
    if kind is not None:
        raise OutputError(
            f"the journal {path} would lie on a disk of the network ({kind}), where SQLite is not "
            "safe; give --journal a place on a disk of this machine"
        )
    make_folder(path.parent)
    held = path.with_name(f"{path.name}.held")
    with (
        held_file(held, f"another batch writes the journal {path}; wait for it, or end it"),
        _opened(path, f"{path.absolute().as_uri()}?mode=rwc") as journal,
    ):
        yield journal


@contextmanager
def read_journal(path: Path) -> Iterator[Journal]:
    """Open a journal to read, while a batch writes it too.

    Raises:
        InputError: if there is none.
        OutputError: if it is damaged or was written by a newer photochrom.
    """
    if not path.is_file():
        raise InputError(f"no journal {path}; name the one that the batch was given, or its -o")
    with _opened(path, f"{path.absolute().as_uri()}?mode=rw") as journal:
        yield journal


@contextmanager
def _opened(path: Path, uri: str) -> Iterator[Journal]:
    with told(path):
        base = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=30)
    try:
        with told(path):
            _check_version(path, base)
            base.execute("PRAGMA journal_mode = WAL")
            base.execute("PRAGMA synchronous = FULL")
        yield Journal(path, base)
    finally:
        base.close()


def _check_version(path: Path, base: sqlite3.Connection) -> None:
    (version,) = base.execute("PRAGMA user_version").fetchone()
    if version == 0 and base.execute("SELECT 1 FROM sqlite_master").fetchone():
        raise OutputError(f"{path} is another program's database; choose another --journal")
    if version == 0:
        base.executescript(f"BEGIN; {TABLES} PRAGMA user_version = {VERSION}; COMMIT;")
    elif version != VERSION:
        raise OutputError(
            f"the journal {path} was written in version {version} and this photochrom reads "
            f"{VERSION}; use the newer photochrom, or another --journal"
        )


@contextmanager
def told(path: Path) -> Iterator[None]:
    """SQLite's errors as ours.

    Raises:
        OutputError: for all of them.
    """
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise OutputError(
            f"can't use the journal {path}: {error}; is its disk full, or the file damaged? "
            "Moved away, a new one is begun"
        ) from error


def _row(values: tuple[Any, ...]) -> Row:
    name, source, kind, state, ours, tries, source_seal, settings, model, output_seal = values[:10]
    read, seconds, finished, error, error_kind, report = values[10:]
    return Row(
        name=os.fsdecode(name),
        source=os.fsdecode(source),
        kind=kind,
        state=state,
        ours=bool(ours),
        tries=tries,
        source_seal=_seal(source_seal),
        settings=settings or "",
        model=model or "",
        output_seal=_seal(output_seal),
        read=tuple(json.loads(read or "[]")),
        seconds=seconds or 0.0,
        finished=finished or 0.0,
        error=error or "",
        error_kind=error_kind or "",
        report=json.loads(report or "{}"),
    )


def _text(seal: Seal | None) -> str | None:
    return None if seal is None else f"{seal.sha256} {seal.size} {seal.changed}"


def _seal(text: str | None) -> Seal | None:
    if text is None:
        return None
    sha256, size, changed = text.split(" ", 2)
    return Seal(sha256, int(size), changed)


def _storable(words: str) -> str:
    """Words that may hold a name that is no UTF-8."""
    return words.encode("utf-8", "backslashreplace").decode()


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
