"""What goes wrong, in words for a person: what, why, and what to do. No gi."""

from __future__ import annotations

from photochrom_worker.client import Refused, WorkerEnded, WorkerError, WorkerSilent

KILLED = "by signal 9"
AGAIN = "run: photochrom gimp doctor"
LONGEST = 1200
"""Characters; GIMP's dialog holds more, and nobody reads it."""


class CantColorizeError(Exception):
    """Nothing was done to the picture; the message says why, and what to do."""


def of(error: Exception) -> str:
    """What a person is told of an error."""
    text = f"{error}".strip() or type(error).__name__
    if isinstance(error, (Refused, CantColorizeError)):
        told = text
    elif isinstance(error, WorkerSilent):
        told = f"photochrom hangs: {text}. Try again; if it happens again, {AGAIN}"
    elif isinstance(error, WorkerEnded) and KILLED in text:
        told = f"{text}. There may be too little memory: close other programs, or take less detail"
    elif isinstance(error, WorkerError):
        told = f"{text}\nTo see what is wrong, {AGAIN}"
    else:
        told = text
    return told[:LONGEST]
