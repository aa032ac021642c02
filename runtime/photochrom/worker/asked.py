"""What a job is told, as options: the same JSON as a sidecar, and what only a caller can say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from photochrom.errors import InputError, UsageError
from photochrom.hints import sidecar
from photochrom.options import Delivery, Options
from photochrom.restoration.options import from_json

PLACE = Path("the job's options")
"""Where options come from, for messages."""
PART = ("strokes", "points", "settings")
"""What sidecars have too."""
KEYS = (*PART, "restore", "reference", "layer", "provenance", "page", "delivery")
"""What may be said."""


def options_of(said: Any) -> Options:
    """Options of a picture.

    Args:
        said: an object with some of `KEYS`: ``strokes``, ``points`` and ``settings`` as in sidecars
            (docs/sidecar.md); ``restore`` with fields of `Restoration`; ``reference`` and ``layer``
            are paths of pictures; ``provenance`` and ``page`` as in `Options`; ``delivery`` with
            fields of `Delivery`.

    Raises:
        UsageError: if something is said that can't be meant.
        InputError: if a picture that is named can't be read.
    """
    if said is None:
        return Options()
    if not isinstance(said, dict):
        raise UsageError(f"options are an object, not {said!r}")
    unknown = sorted({*said} - {*KEYS})
    if unknown:
        raise UsageError(f"there is no option {unknown[0]!r}; options: {', '.join(KEYS)}")
    try:
        told = sidecar.from_json(PLACE, {"photochrom": sidecar.VERSION, **_part(said)})
        return replace(sidecar.options(PLACE, told), **_others(said))
    except InputError as error:
        if str(PLACE) in str(error):
            raise UsageError(str(error)) from error
        raise
    except TypeError as error:
        raise UsageError(f"{PLACE}: {error}") from error


def _part(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: said[name] for name in PART if name in said}


def _others(said: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        name: said[name] for name in ("provenance", "page") if said.get(name) is not None
    }
    if said.get("restore") is not None:
        if not isinstance(said["restore"], dict):
            raise UsageError(f"restore is an object, not {said['restore']!r}")
        found["restoration"] = from_json(said["restore"])
    if said.get("delivery") is not None:
        found["delivery"] = Delivery(**said["delivery"])
    if said.get("reference") is not None:
        from photochrom.hints import reference

        found["reference"] = reference.read(Path(said["reference"]))
    if said.get("layer") is not None:
        from photochrom.hints import layer

        found["layer"] = layer.read(Path(said["layer"]))
    return found
