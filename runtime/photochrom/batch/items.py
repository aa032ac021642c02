"""What a batch is made of: items that are given out, and what became of them. Plain and picklable.

Paths are text as `os.fsdecode` gives it, so that names that are no UTF-8 survive pickle and JSON.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from photochrom.batch.seals import Seal

Kind = Literal["photo", "film"]


@dataclass(frozen=True)
class Asked:
    """What is asked of every item; a worker hears it once."""

    options: Mapping[str, Any] = field(default_factory=dict)
    """As the worker's jobs take them (docs/worker-protocol.md)."""
    film: Mapping[str, Any] = field(default_factory=dict)
    """What only films heed."""
    model: str = ""
    """Name or path; empty: the shipped one."""
    device: str = "auto"
    sidecars: bool = True
    """Whether what lies beside a source counts: its sidecar, a film's painted keyframes."""
    limits: Mapping[str, Any] = field(default_factory=dict)
    """Of the workers, by names of `photochrom.limits.Limits`, where they are not the usual ones;
    results are the same whatever they are."""

    def text(self) -> str:
        """What decides how pictures look, but for the model: the same text for the same wishes."""
        said = {"options": self.options, "film": self.film, "sidecars": self.sidecars}
        return json.dumps(said, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True)
class Item:
    """One picture or film, and where its colouring goes."""

    name: str
    """The target's path seen from the destination, with ``/``: what the journal calls it."""
    source: str
    """Absolute path."""
    target: str
    """Absolute path."""
    kind: Kind
    replaces: bool = False
    """Whether a file at `target` is the batch's own, or was given up, and may be replaced."""


@dataclass(frozen=True)
class Outcome:
    """What became of an item."""

    item: Item
    seconds: float
    """That it took, hashing included."""
    finished: float
    """Seconds since 1970 (UTC)."""
    source: Seal | None = None
    """What was read."""
    settings: str = ""
    """Hash of what was asked, sidecars and other pictures that count included."""
    read: tuple[str, ...] = ()
    """Those other files, absolute paths, whether or not they are there."""
    output: Seal | None = None
    """What was written; None: it failed."""
    error: str = ""
    """One line; empty: it is done."""
    error_kind: str = ""
    """Name of a class in `photochrom.errors`, or ``WorkerEnded`` and its like."""
    report: Mapping[str, Any] = field(default_factory=dict)
    """Size, device, notes and so on, as the worker tells them."""

    @property
    def done(self) -> bool:
        """Whether there is an output."""
        return not self.error

    @property
    def cancelled(self) -> bool:
        """Whether a person stopped it; it counts as not tried."""
        return self.error_kind == "CancelledError"
