"""Whether all that a journal says is so: every output read again, to its last byte."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from photochrom.batch.journal import Journal, Row
from photochrom.batch.place import path_in
from photochrom.batch.seals import Seal, is_there, seal
from photochrom.errors import InputError

Verdict = Literal[
    "right", "missing", "changed", "source gone", "source changed", "failed", "waiting"
]
GOOD = ("right", "source gone")
"""An archive may have been put away since; its outputs are right still."""


@dataclass(frozen=True)
class Verified:
    """What was found out about one item."""

    row: Row
    verdict: Verdict

    @property
    def good(self) -> bool:
        """Whether the output is there, and what the source gives."""
        return self.verdict in GOOD


def verify(journal: Journal, destination: str) -> Iterator[Verified]:
    """Read every output and source again.

    Args:
        journal: what should be.
        destination: folder where it should be.
    """
    for row in journal.rows():
        yield Verified(row, _verdict(row, path_in(destination, row.name)))


def _verdict(row: Row, output: str) -> Verdict:
    if row.state != "done":
        return row.state
    if not is_there(output):
        return "missing"
    if not _is(output, row.output_seal):
        return "changed"
    if not is_there(row.source):
        return "source gone"
    return "right" if _is(row.source, row.source_seal) else "source changed"


def _is(path: str, known: Seal | None) -> bool:
    try:
        return known is not None and seal(path).sha256 == known.sha256
    except InputError:
        return False
