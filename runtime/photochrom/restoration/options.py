"""What a person may ask of a restoration; the same in every front end."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from photochrom.errors import UsageError

STEPS = ("dust", "negative", "tone", "levels", "contrast", "grain")
"""Every step, in the order in which they are done."""
FILMS = ("auto", "bw", "color")


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
