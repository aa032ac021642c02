"""``--settings FILE``: what is asked of every picture and film, in the words of sidecars."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from photochrom.batch.items import Asked
from photochrom.errors import InputError, UsageError
from photochrom.limits import Limits
from photochrom.worker.asked import KEYS, options_of
from photochrom.worker.beside import PICTURES

FILM = ("encoding", "force", "salvage", "preview")
"""What may be said of all films (docs/worker-protocol.md)."""
LARGEST = 1 << 20
"""Bytes of the file."""


def read(path: Path | None, model: str, device: str, sidecars: bool) -> Asked:
    """What is asked, checked as far as that needs no picture.

    Args:
        path: a JSON file with keys of sidecars and of the worker's ``options``, ``film``, and
            ``limits``.
        model, device: of all items.
        sidecars: whether what lies beside a source counts.

    Raises:
        InputError: if the file can't be read.
        UsageError: if it says what can't be meant.
    """
    said = {} if path is None else _read(path)
    said.pop("photochrom", None)  # sidecars have their version
    film = said.pop("film", {})
    if not isinstance(film, dict) or set(film) - set(FILM):
        raise UsageError(f"{path}: film has the keys {', '.join(FILM)}, not {film!r}")
    limits = said.pop("limits", {})
    unknown = sorted(set(said) - set(KEYS))
    if unknown:
        raise UsageError(
            f"{path}: there is no {unknown[0]!r}; there are {', '.join(KEYS)}, film, limits"
        )
    for name in PICTURES:
        if said.get(name) is not None:
            said[name] = _beside(path, name, said[name])
    try:
        Limits.from_mapping(limits)
        options_of({name: value for name, value in said.items() if name not in PICTURES})
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from error
    return Asked(said, film, model, device, sidecars, limits)


def _read(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"{path} is too large for settings")
        said = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise InputError(f"can't read the settings {path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"the settings {path} are no valid JSON ({error})") from error
    if not isinstance(said, dict):
        raise UsageError(f"{path} holds an object, as sidecars do, not {type(said).__name__}")
    return said


def _beside(path: Path | None, name: str, value: Any) -> str:
    """A picture that is named, seen from the settings' folder."""
    if not isinstance(value, str):
        raise UsageError(f"{path}: {name} is the path of a picture, not {value!r}")
    found = os.path.abspath((path or Path()).parent / value)
    if not os.path.isfile(found):
        raise InputError(f"{path}: no such {name}: {found}")
    return found
