"""A run's log, ``losses.jsonl``, as columns."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from photochrom.errors import InputError


@dataclass(frozen=True)
class History:
    """Every step that a run logged, in order."""

    steps: NDArray[np.int64]
    """N step numbers."""
    learning_rates: NDArray[np.float64]
    """N rates of the generator's decoder."""
    losses: dict[str, NDArray[np.float64]]
    """N values of each loss by its name (`in_order`); NaN in steps that didn't have it."""


def read_history(path: Path) -> History:
    """Read a run's log; one that isn't there is a run without steps.

    Raises:
        InputError: if it can't be read.
    """
    try:
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        entries: list[dict[str, Any]] = [json.loads(line) for line in lines]
        return _columns(entries)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"can't read the losses in {path}: {error}") from error


def in_order(names: Iterable[str]) -> list[str]:
    """Names of losses for people: the total, the generator's terms, the discriminator's."""
    return sorted(names, key=lambda name: (name != "total", name.startswith("discriminator")))


def _columns(entries: list[dict[str, Any]]) -> History:
    names = in_order(dict.fromkeys(name for entry in entries for name in entry["losses"]))
    return History(
        steps=np.array([entry["step"] for entry in entries], np.int64),
        learning_rates=np.array([entry["learning_rate"] for entry in entries], np.float64),
        losses={
            name: np.array([entry["losses"].get(name, np.nan) for entry in entries], np.float64)
            for name in names
        },
    )
