"""The report of a batch as CSV and JSON: every item that its journal knows, failures first."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from photochrom import __version__
from photochrom.batch.gathering import LeftOut
from photochrom.batch.journal import Journal, Row, State
from photochrom.batch.place import path_in
from photochrom.files.whole import whole_file

SCHEMA = 1
"""Of the JSON; it rises when a key changes its meaning or goes away."""
ORDER: tuple[State, ...] = ("failed", "waiting", "done")
COLUMNS = (
    *("state", "source", "output", "kind", "width", "height", "seconds", "finished", "tries"),
    *("source_sha256", "settings_sha256", "model_sha256", "output_sha256"),
    *("error_kind", "error", "device", "notes"),
)
NAME = "photochrom-report"
"""Of the files, in the destination."""


@dataclass(frozen=True)
class Told:
    """What a report is about."""

    journal: Journal
    destination: str
    left_out: Sequence[LeftOut] = ()
    """Of the run that is told of."""

    def rows(self) -> Iterator[Row]:
        """All items, failures first."""
        for state in ORDER:
            yield from self.journal.rows(state)

    def path(self, row: Row) -> str:
        """Of an item's output."""
        return path_in(self.destination, row.name)

    @property
    def facts(self) -> dict[str, Any]:
        """What stands above the items."""
        return {
            "photochrom": __version__,
            "made": moment(datetime.now(UTC).timestamp()),
            "destination": self.destination,
            "journal": str(self.journal.path),
            **self.journal.counts(),
        }


def write_csv(path: Path, told: Told) -> None:
    """A line an item; what is no UTF-8 in a name is written ``\\udcXX``.

    Raises:
        OutputError: if it can't be written.
    """
    with (
        whole_file(path) as temporary,
        temporary.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file,
    ):
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for row in told.rows():
            writer.writerow({**values_of(row, told), "notes": "; ".join(notes_of(row))})


def write_json(path: Path, told: Told) -> None:
    """An object with ``items`` and what was left out; written item by item.

    Raises:
        OutputError: if it can't be written.
    """
    head = {"schema": SCHEMA, **told.facts, "left_out": [asdict(one) for one in told.left_out]}
    with whole_file(path) as temporary, temporary.open("w", encoding="utf-8") as file:
        file.write(f'{json.dumps(head)[:-1]}, "items": [')
        for count, row in enumerate(told.rows()):
            file.write(f"{',' * (count > 0)}\n{json.dumps(values_of(row, told))}")
        file.write("\n]}\n")


def values_of(row: Row, told: Told) -> dict[str, Any]:
    """An item by the names of `COLUMNS`; what is not known is None."""
    report = row.report if row.state == "done" else {}
    return {
        "state": row.state,
        "source": row.source,
        "output": told.path(row),
        "kind": row.kind,
        "width": report.get("width"),
        "height": report.get("height"),
        "seconds": round(row.seconds, 3) if row.finished else None,
        "finished": moment(row.finished) if row.finished else None,
        "tries": row.tries,
        "source_sha256": None if row.source_seal is None else row.source_seal.sha256,
        "settings_sha256": row.settings or None,
        "model_sha256": row.model or None,
        "output_sha256": None if row.output_seal is None else row.output_seal.sha256,
        "error_kind": row.error_kind or None,
        "error": row.error or None,
        "device": report.get("device"),
        "notes": notes_of(row),
    }


def notes_of(row: Row) -> list[str]:
    """What the person should know of an item that is done."""
    return [str(note) for note in row.report.get("notes", ())] if row.state == "done" else []


def moment(seconds: float) -> str:
    """Seconds since 1970 as ISO 8601 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
