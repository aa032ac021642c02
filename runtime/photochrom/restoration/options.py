"""What a person may ask of a restoration; the same in every front end."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from photochrom.errors import UsageError
from photochrom.hints import way
from photochrom.hints.way import Place

STEPS = ("dust", "negative", "tone", "levels", "contrast", "grain")
"""Every step, in the order in which they are done."""
FILMS = ("auto", "bw", "color")


@dataclass(frozen=True)
class Touch:
    """What a person marked in the mask of dust and scratches with a brush."""

    points: tuple[Place, ...]
    """The brush's way."""
    radius: float
    """The brush's, over the upright picture's long side."""
    damaged: bool = True
    """Whether there is damage; False: there is none, whatever was found."""

    def __post_init__(self) -> None:
        way.check("touch", self.points, self.radius)

    @classmethod
    def from_json(cls, data: Any) -> Touch:
        """What a sidecar has: ``points``, ``radius`` and ``damaged``.

        Raises:
            UsageError: if it is none.
        """
        try:
            places = tuple((float(x), float(y)) for x, y in data["points"])
            return cls(places, float(data["radius"]), bool(data.get("damaged", True)))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UsageError(f"a touch has points and a radius, not {data!r}") from error

    def to_json(self) -> dict[str, Any]:
        """As a sidecar has it."""
        points = [list(place) for place in self.points]
        return {"points": points, "radius": self.radius, "damaged": self.damaged}


@dataclass(frozen=True)
class Restoration:
    """Which steps, and what they need to be told; the default does nothing."""

    steps: tuple[str, ...] | None = ()
    """Names out of `STEPS`; None does what the picture surely needs and suggests the rest."""
    film: str = "auto"
    """What a negative is: ``bw``, ``color``, or ``auto``."""
    infrared: str = "auto"
    """Where infrared is: ``auto``, ``none``, ``band:N`` (from 1), ``page:N`` (from 1) or a file."""
    mask: Path | None = None
    """A picture that is white where there is damage, upright, of the source's size."""
    mask_out: Path | None = None
    """Where the mask that is used goes, as PNG."""
    touches: tuple[Touch, ...] = ()
    """What a person marked, later ones on top: of what ``dust`` found; without that step nothing
    else counts as damaged."""

    def __post_init__(self) -> None:
        unknown = [step for step in self.steps or () if step not in STEPS]
        if unknown:
            raise UsageError(
                f"there is no restoration step {unknown[0]!r}; steps: {', '.join(STEPS)}"
            )
        if self.film not in FILMS:
            raise UsageError(f"a negative's film is {', '.join(FILMS)}, not {self.film!r}")
        if re.match(r"(band|page):", self.infrared) and not self.infrared_number:
            raise UsageError(
                f"infrared is auto, none, band:N, page:N or a file, not {self.infrared!r}"
            )
        if self.steps is not None and "dust" not in self.steps and (self.mask or self.mask_out):
            raise UsageError("a mask is of use only to the step dust; add it to the steps")

    @property
    def infrared_number(self) -> int | None:
        """N of ``band:N`` and ``page:N``."""
        match = re.fullmatch(r"(?:band|page):([1-9]\d{0,4})", self.infrared)
        return int(match[1]) if match else None


def from_json(data: Mapping[str, Any]) -> Restoration:
    """What JSON says, with names of fields as keys.

    Raises:
        TypeError: if a key or a value is of no such field.
        UsageError: if a value can't be meant.
    """
    steps = data.get("steps", ())
    paths = {name: Path(data[name]) for name in ("mask", "mask_out") if data.get(name)}
    touches = tuple(map(Touch.from_json, data.get("touches", ())))
    taken = {"steps": None if steps is None else tuple(steps), "touches": touches, **paths}
    return Restoration(**{**data, **taken})


def parse_steps(text: str) -> tuple[str, ...] | None:
    """Read ``none``, ``auto`` or a list with commas.

    Raises:
        UsageError: if a step is unknown (by `Restoration`) or none is named.
    """
    if text in ("none", "auto"):
        return () if text == "none" else None
    names = tuple(name.strip() for name in text.split(","))
    if not all(names):
        raise UsageError(f"steps are auto, none or some of {','.join(STEPS)}, not {text!r}")
    return names
