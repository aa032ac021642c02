"""What is told of a picture when it is done. Nothing heavy, as the command line knows it too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Finding:
    """What a step of a restoration saw, and what became of it."""

    step: str
    seen: str
    """In words."""
    sure: float
    """That the picture needs the step, 0..1."""
    done: bool = False
    """Whether the picture that is written went through it."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """What was done to one file."""

    source: Path
    target: Path
    width: int
    height: int
    seconds: float
    findings: tuple[Finding, ...]
    """What restoration saw in the picture (in its first page, if there are more)."""
    notes: tuple[str, ...]
    """What the person should know: conversions, depth lost, pages left out."""


@dataclass(frozen=True, kw_only=True)
class ColorReport(Report):
    """What was done to one file that was colorized."""

    device: str
    model: str
    detail: int
    """How often the picture was looked at again in tiles (of the first page, if there are more)."""
    variants: tuple[int, ...] = ()
    """Numbers on a sheet of variants that was written."""
    beside: tuple[Path, ...] = ()
    """What was written beside `target`: a map of confidence, a sheet of variants, a sidecar."""


@dataclass(frozen=True, kw_only=True)
class FilmReport(Report):
    """What was done to a film."""

    device: str
    model: str
    frames: int
    made: int
    """Frames that this run coloured; earlier ones coloured the others."""
    shots: int


@dataclass(frozen=True)
class Page:
    """What is told of one page; its pipeline is let go."""

    width: int
    height: int
    detail: int
    notes: list[str]
    findings: list[Finding]


def together(pages: Sequence[Page]) -> list[str]:
    """The pages' notes, each once, with the pages that it is about unless it is about all."""
    if len(pages) == 1:
        return pages[0].notes
    notes = [f"{len(pages)} pages, each colorized by itself"]
    for note in dict.fromkeys(note for page in pages for note in page.notes):
        having = [str(number) for number, page in enumerate(pages, 1) if note in page.notes]
        notes.append(note if len(having) == len(pages) else f"{note} (page {', '.join(having)})")
    return notes
