"""The sidecar: what a person said of a picture, in a file beside it that every tool reads.

``NAME.EXT.photochrom.json``; docs/sidecar.md describes it. What this version does not know is kept
as it was found, so that an older tool loses nothing of what a newer one wrote.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NoReturn

from photochrom.errors import InputError, UsageError
from photochrom.files.whole import whole_file
from photochrom.hints.strokes import Stroke
from photochrom.options import Options, Point
from photochrom.restoration import options as restoration
from photochrom.restoration.options import Restoration

VERSION = 1
"""What the key ``photochrom`` says; a reader refuses higher ones."""
ENDING = ".photochrom.json"
LARGEST = 64 * 2**20
"""Bytes of a file that is read; no person paints more."""
SETTINGS = ("strength", "saturation", "warmth", "protect", "variant", "size", "detail")
"""Fields of `Options` that are read from ``settings`` and written there."""
_KNOWN = ("photochrom", "strokes", "points", "settings", "restore", "reference")
RESTORE = ("steps", "film", "infrared", "touches")
"""Fields of `Restoration` that ``restore`` may hold."""
_STROKE = ("points", "radius", "color", "strength")


@dataclass(frozen=True)
class Sidecar:
    """What a person said of one picture."""

    strokes: tuple[Stroke, ...] = ()
    """In the order of painting, later ones on top."""
    points: tuple[Point, ...] = ()
    """Places whose colour the person knows; they lie on top of strokes."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Values of `SETTINGS` by name, as JSON has them; others are kept and not used."""
    unknown: Mapping[str, Any] = field(default_factory=dict)
    """Other keys of the file, kept as they are."""
    restore: Mapping[str, Any] | None = None
    """What is done to the scan first: ``steps`` (names; None: what it needs), ``film``,
    ``infrared``, ``touches`` (as `Touch.to_json` gives them)."""
    reference: str | None = None
    """Path of a colour picture, seen from the sidecar's folder."""


def path_for(picture: Path) -> Path:
    """Where a picture's sidecar lies, whether or not there is one."""
    return picture.parent / (picture.name + ENDING)


def load(path: Path) -> Sidecar:
    """Read a sidecar.

    Raises:
        InputError: if it can't be read, is no sidecar, is of a newer version, or holds a value out
            of range; the message says where.
    """
    return from_json(path, _read(path))


def from_json(path: Path, data: Any) -> Sidecar:
    """What a sidecar's file holds, as `to_json` gives it.

    Args:
        path: where it comes from, for messages.
        data: any value that JSON has.

    Raises:
        InputError: as `load`.
    """
    if not isinstance(data, dict) or "photochrom" not in data:
        raise InputError(f"{path} is no sidecar of photochrom: it lacks the key photochrom")
    _check_version(path, data["photochrom"])
    strokes = [_stroke(path, *item) for item in enumerate(_list(path, data, "strokes"), 1)]
    points = [_point(path, *item) for item in enumerate(_list(path, data, "points"), 1)]
    settings = data.get("settings", {})
    if not isinstance(settings, dict):
        raise InputError(f"{path}: settings is an object of names and values, not {settings!r}")
    unknown = {key: value for key, value in data.items() if key not in _KNOWN}
    restore, reference = data.get("restore"), data.get("reference")
    _restoration(path, restore)
    if reference is not None and not isinstance(reference, str):
        raise InputError(f"{path}: reference is the path of a picture, not {reference!r}")
    return Sidecar(tuple(strokes), tuple(points), settings, unknown, restore, reference)


def save(path: Path, sidecar: Sidecar) -> None:
    """Write a sidecar, whole or not at all; an older one is replaced.

    Raises:
        OutputError: if it can't be written.
        UsageError: if a setting is nothing that JSON has.
    """
    try:
        text = json.dumps(to_json(sidecar), indent=1, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise UsageError(f"can't write {path}: a setting is not JSON ({error})") from error
    with whole_file(path) as temporary:
        temporary.write_text(text + "\n", "utf-8")


def options(path: Path, sidecar: Sidecar, **said: Any) -> Options:
    """What a sidecar asks for.

    Args:
        path: where it was read, for messages.
        sidecar: what it says; of its settings those that `SETTINGS` names.
        said: fields of `Options` that were said elsewhere, and win; their points lie on top.

    Raises:
        InputError: if a setting has a value that it can't have, or the reference can't be read.
    """
    settings = {name: sidecar.settings[name] for name in SETTINGS if name in sidecar.settings}
    try:
        for name, value in settings.items():
            if not (name in ("size", "detail") and value is None):
                _number(value)
        Options(**settings)
    except (ValueError, UsageError) as error:
        raise InputError(f"{path}, settings: {error}") from error
    above = said.pop("points", ())
    points = (*(point for point in sidecar.points if point not in above), *above)
    restoration = _restoration(path, sidecar.restore)
    if sidecar.reference is not None and "reference" not in said:
        from photochrom.hints import reference

        said["reference"] = reference.read(path.parent / sidecar.reference)
    usual = {"strokes": sidecar.strokes, "points": points, "restoration": restoration}
    return Options(**{**usual, **settings, **said})


def updated(sidecar: Sidecar, options: Options) -> Sidecar:
    """A sidecar that says what options do of a picture, and keeps whatever else it said."""
    usual = Options()
    settings = {
        name: getattr(options, name)
        for name in SETTINGS
        if name in sidecar.settings or getattr(options, name) != getattr(usual, name)
    }
    return replace(
        sidecar,
        strokes=options.strokes,
        points=options.points,
        settings={**sidecar.settings, **settings},
    )


def to_json(sidecar: Sidecar) -> dict[str, Any]:
    """The sidecar as the value that its file holds."""
    others = {"restore": sidecar.restore, "reference": sidecar.reference}
    return {
        "photochrom": VERSION,
        "strokes": [_stroke_to_json(stroke) for stroke in sidecar.strokes],
        "points": [{"x": p.x, "y": p.y, "color": _hex(p.color)} for p in sidecar.points],
        "settings": dict(sidecar.settings),
        **{name: value for name, value in others.items() if value is not None},
        **sidecar.unknown,
    }


def _stroke_to_json(stroke: Stroke) -> dict[str, Any]:
    return {
        "points": [list(place) for place in stroke.points],
        "radius": stroke.radius,
        "color": _hex(stroke.color),
        "strength": stroke.strength,
        **stroke.unknown,
    }


def _read(path: Path) -> Any:
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"{path} is too large to be a sidecar of photochrom")
        return json.loads(path.read_text("utf-8"), parse_constant=_refuse)
    except OSError as error:
        raise InputError(f"can't read the sidecar {path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"the sidecar {path} is no valid JSON ({error}); mend it, or move it away"
        ) from error


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")


def _check_version(path: Path, version: Any) -> None:
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise InputError(f"{path}: photochrom is the format's version, 1 or more, not {version!r}")
    if version > VERSION:
        raise InputError(
            f"{path} was written in version {version} of the format and this photochrom reads "
            f"{VERSION}; update photochrom, or move the sidecar away"
        )


def _list(path: Path, data: dict[str, Any], key: str) -> list[Any]:
    value = data.get(key, [])
    if not isinstance(value, list):
        raise InputError(f"{path}: {key} is a list, not {value!r}")
    return value


def _stroke(path: Path, number: int, data: Any) -> Stroke:
    """The stroke of that number, from 1."""
    try:
        places = tuple((_number(x), _number(y)) for x, y in data["points"])
        known = {"strength": _number(data["strength"])} if "strength" in data else {}
        unknown = {key: value for key, value in data.items() if key not in _STROKE}
        radius, color = _number(data["radius"]), _color(data["color"])
        return Stroke(places, radius, color, **known, unknown=unknown)
    except (KeyError, TypeError, ValueError, AttributeError, UsageError) as error:
        raise InputError(f"{path}, stroke {number}: {_words(error)}") from error


def _point(path: Path, number: int, data: Any) -> Point:
    try:
        return Point(_number(data["x"]), _number(data["y"]), _color(data["color"]))
    except (KeyError, TypeError, ValueError, UsageError) as error:
        raise InputError(f"{path}, point {number}: {_words(error)}") from error


def _restoration(path: Path, data: Any) -> Restoration:
    if data is None:
        return Restoration()
    unknown = sorted({*data} - {*RESTORE}) if isinstance(data, dict) else ["it"]
    if unknown:
        raise InputError(f"{path}: restore has the keys {', '.join(RESTORE)}, not {unknown[0]!r}")
    try:
        return restoration.from_json(data)
    except (TypeError, UsageError) as error:
        raise InputError(f"{path}, restore: {error}") from error


def _words(error: Exception) -> str:
    return f"it lacks {error}" if isinstance(error, KeyError) else str(error)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{value!r} is no number")
    return float(value)


def _color(value: Any) -> tuple[int, int, int]:
    if not isinstance(value, str) or len(value) != 7 or value[0] != "#":
        raise ValueError(f"a colour is written #rrggbb, not {value!r}")
    try:
        red, green, blue = (int(value[at : at + 2], 16) for at in (1, 3, 5))
    except ValueError as error:
        raise ValueError(f"a colour is written #rrggbb, not {value!r}") from error
    return red, green, blue


def _hex(color: tuple[int, int, int]) -> str:
    return "#" + bytes(color).hex()
