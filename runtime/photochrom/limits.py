"""How much a file may ask for, so that one that nobody has to trust can't take the machine.

A process has one set of limits at a time. What a file tells of itself is held against it when it is
opened, before anything of it is decoded; `photochrom.worker.limits` has the system hold the rest.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from math import isfinite
from pathlib import Path
from typing import Any, ClassVar

from photochrom.errors import LimitError, UsageError

VARIABLE = "PHOTOCHROM_LIMITS"
"""Of the environment: limits as ``pixels=3e9,memory=none``."""
DAY = 24 * 3600.0


@dataclass(frozen=True)
class Limits:
    """The most that a file may have or take; None means no limit.

    Raises:
        UsageError: if a limit is no number above zero.
    """

    pixels: int | None = 2_000_000_000
    """Width times height of a picture's page."""
    pages: int | None = 10_000
    """Pages of a file."""
    frame_pixels: int | None = 150_000_000
    """Width times height of a film's frame; 8K has 33 million."""
    frames: int | None = 2_000_000
    """Frames of a film; 23 hours at 24 a second."""
    memory: int | None = 6_000_000_000
    """Bytes that a worker's process may hold for itself; Linux keeps to it, other systems don't."""
    seconds: float | None = 3600.0
    """That a worker may take for a job that is no film."""
    film_seconds: float | None = 7 * DAY
    """That a worker may take for a film, or a piece of one."""
    silence: float | None = 300.0
    """Seconds without a word after which a worker counts as hung."""

    FILM_TASKS: ClassVar = frozenset({"film", "play"})
    """Tasks of a worker that `film_seconds` is for."""

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            kinds = (int,) if name not in SECONDS else (int, float)
            if value is not None and (type(value) not in kinds or not 0 < value < float("inf")):
                raise UsageError(f"limits: {name} is a number above 0 or none, not {value!r}")

    def seconds_for(self, task: str) -> float | None:
        """That a worker may take for a job."""
        return self.film_seconds if task in self.FILM_TASKS else self.seconds

    def to_text(self) -> str:
        """As `parse` reads it."""
        return ",".join(
            f"{name}={'none' if value is None else value}" for name, value in asdict(self).items()
        )

    @classmethod
    def from_mapping(cls, said: Mapping[str, Any], base: Limits | None = None) -> Limits:
        """Limits as settings give them: names and numbers; ``none``, or JSON's null, for no limit.

        Args:
            said: by name.
            base: what counts where nothing is said; None: the defaults.

        Raises:
            UsageError: if there is no limit of a name, or a value can't be meant.
        """
        if not isinstance(said, Mapping):
            raise UsageError(f"limits are names with numbers, not {said!r}")
        unknown = sorted({*said} - {*NAMES})
        if unknown:
            raise UsageError(f"there is no limit {unknown[0]!r}; limits: {', '.join(NAMES)}")
        values = asdict(base or cls())
        return cls(**{**values, **{name: _number(name, value) for name, value in said.items()}})

    @classmethod
    def parse(cls, text: str, base: Limits | None = None) -> Limits:
        """Limits as one line has them: ``pixels=3e9,memory=none``; as `from_mapping` else."""
        pairs = [part.partition("=") for part in text.split(",") if part.strip()]
        return cls.from_mapping({name.strip(): value for name, _, value in pairs}, base)

    @classmethod
    def from_environment(cls, base: Limits | None = None) -> Limits:
        """Those that `VARIABLE` changes."""
        return cls.parse(os.environ.get(VARIABLE, ""), base)


NAMES = tuple(one.name for one in fields(Limits))
SECONDS = ("seconds", "film_seconds", "silence")
"""Limits that need not be whole."""
INTERACTIVE = Limits(memory=None, seconds=None, film_seconds=None, silence=None)
"""Where a person looks on, who knows their files and can stop what takes too long: what a file
tells of itself is checked, and nothing is killed."""


def _number(name: str, value: Any) -> float | int | None:
    """A limit out of JSON, TOML or text: whole where it has to be."""
    if value is None or str(value).strip().lower() == "none":
        return None
    try:
        number = value if type(value) in (int, float) else float(str(value).replace("_", ""))
    except ValueError:
        raise UsageError(f"limits: {name} is a number or none, not {value!r}") from None
    whole = name not in SECONDS and isfinite(number) and number == int(number)
    return int(number) if whole else number


_held: Limits | None = None


def hold(limits: Limits | None) -> None:
    """Let other limits count in this process; None: those of the environment."""
    global _held
    _held = limits


def current() -> Limits:
    """Limits that count in this process: those held, else those of the environment.

    Raises:
        UsageError: if `VARIABLE` can't be meant.
    """
    return Limits.from_environment(INTERACTIVE) if _held is None else _held


def memory_words() -> str:
    """What is said where memory does not suffice."""
    most = current().memory
    if most is None:
        return "there is too little memory for it; close other programs, or make it smaller"
    return (
        f"it needs more memory than the limit memory ({most:,} bytes); if you trust it, set "
        f"{VARIABLE}=memory=… to more, or to none"
    )


def check_picture(path: Path, width: int, height: int) -> None:
    """Refuse a picture whose header tells of too many pixels.

    Raises:
        LimitError: the limit, and how it is raised.
    """
    check(path, "pixels", width * height)


def check(path: Path, name: str, found: int) -> None:
    """Refuse a file that tells of more than a limit.

    Args:
        path: for the message.
        name: of the limit.
        found: what the file tells of.

    Raises:
        LimitError: the limit, and how it is raised.
    """
    most = getattr(current(), name)
    if most is not None and found > most:
        what = name.replace("_", " ")
        raise LimitError(
            f"{path} has {found:,} {what}, more than the limit {name} ({most:,}); if you trust it, "
            f"set {VARIABLE}={name}={found}"
        )
