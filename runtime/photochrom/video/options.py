"""What a person may ask of a film's colouring; the same in every front end."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from photochrom.errors import UsageError
from photochrom.options import Options
from photochrom.video.container.codecs import Encoding

COLORS = ("strength", "saturation", "warmth", "size", "provenance")
"""Fields of `Options` that a film heeds."""


@dataclass(frozen=True)
class FilmOptions:
    """How a film is colorized; the defaults are what most people want."""

    colors: Options = field(default_factory=Options)
    """Strength, saturation, warmth, working size and provenance; a film heeds no others."""
    encoding: Encoding = field(default_factory=Encoding)
    shots: Path | None = None
    """A list of shots that a person edited; None: those that are found."""
    keyframes: Path | None = None
    """A folder of frames that a person corrected (docs/film.md)."""
    preview: float | None = None
    """Seconds of each shot's beginning that are wanted, without sound; None: the whole film."""
    rate: Fraction | None = None
    """Frames a second of numbered pictures; None: 24. A film has its own."""
    force: bool = False
    """Whether a film that has colours is coloured anew."""
    salvage: bool = False
    """Whether what can be read of a damaged film is coloured."""

    def __post_init__(self) -> None:
        if self.rate is not None and not self.rate > 0:
            raise UsageError(f"a film has some frames a second, not {self.rate}")
        usual = Options()
        asked = [
            name
            for name in vars(usual)
            if name not in COLORS and getattr(self.colors, name) != getattr(usual, name)
        ]
        if asked:
            raise UsageError(f"{asked[0]} is for photographs; films have keyframes instead")
        if self.preview is not None and not self.preview > 0:
            raise UsageError(f"a preview has some seconds of each shot, not {self.preview:g}")
