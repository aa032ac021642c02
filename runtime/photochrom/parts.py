"""What a film is cut into when several processes make it. Plain data: nothing is imported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Part:
    """A piece of work that can be given out."""

    number: int
    frames: int
    piece: str
    """Name of its file in the work folder."""
    needs: str | None
    """File that the part before it leaves there: it goes on with that one's shot. None: it can be
    made at any time."""
    leaves: str | None
    """File for the part after it."""
    done: bool
    """Whether it is finished already."""


@dataclass(frozen=True)
class Parts:
    """A film that was cut."""

    survey: str
    """File in the work folder that every part needs."""
    parts: Sequence[Part]

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Parts:
        """What a worker told of them."""
        return cls(str(told["survey"]), [Part(**part) for part in told["parts"]])
