"""What lies beside a source and counts for a job that says so: the sidecar."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from photochrom.errors import UsageError
from photochrom.hints import sidecar

FILM_SETTINGS = ("strength", "saturation", "warmth", "size")
"""Those of a sidecar's settings that films heed."""
PICTURES = ("reference", "layer")
"""Options that are paths of pictures."""


def of_photo(head: Mapping[str, Any], source: Path) -> tuple[dict[str, Any], list[str]]:
    """A photo's options with what its sidecar says, which wins: strokes and points lie on top.

    Returns:
        Options as `photochrom.worker.asked.options_of` takes them, and the pictures that they name.

    Raises:
        InputError: if the sidecar can't be read or says what can't be meant.
    """
    said, told = _said(head), _told(head, source)
    for name in ("strokes", "points"):
        if told.get(name):
            said[name] = [*said.get(name, ()), *told[name]]
    if "settings" in told:
        said["settings"] = {**said.get("settings", {}), **told["settings"]}
    if told.get("restore") is not None:
        said["restore"] = told["restore"]
    if told.get("reference") is not None:
        said["reference"] = os.path.abspath(source.parent / told["reference"])
    return said, [str(said[name]) for name in PICTURES if said.get(name)]


def of_film(head: Mapping[str, Any], source: Path) -> dict[str, Any]:
    """A film's options with the settings of its sidecar that films heed.

    Raises:
        InputError: as `of_photo`.
    """
    said, told = _said(head), _told(head, source).get("settings", {})
    heeded = {name: value for name, value in told.items() if name in FILM_SETTINGS}
    return {**said, "settings": {**said.get("settings", {}), **heeded}} if heeded else said


def _said(head: Mapping[str, Any]) -> dict[str, Any]:
    said = head.get("options") or {}
    if not isinstance(said, dict) or not isinstance(said.get("settings", {}), dict):
        raise UsageError(f"options and their settings are objects, not {said!r}")
    return dict(said)


def _told(head: Mapping[str, Any], source: Path) -> dict[str, Any]:
    """What a sidecar says, checked; nothing if there is none, or it is not to be read."""
    path = sidecar.path_for(source)
    if head.get("sidecar") is not True or not os.path.isfile(path):
        return {}
    found = sidecar.load(path)
    sidecar.options(path, replace(found, reference=None))  # its errors name the file
    return sidecar.to_json(found)
