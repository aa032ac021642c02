"""The film that a worker holds open for a person to look at."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from photochrom.errors import UsageError
from photochrom.files.pulling import Watch
from photochrom.worker.calls import Answer

if TYPE_CHECKING:
    from photochrom.tiles.answers import TileModel
    from photochrom.video.options import FilmOptions
    from photochrom.viewing.reel import Reel


class Reels:
    """One film at a time; the next one that is opened takes its place."""

    def __init__(self) -> None:
        self._reel: Reel | None = None

    def open(self, model: TileModel, source: Path, options: FilmOptions, watch: Watch) -> Answer:
        """Open a film; errors are as `open_reel`'s."""
        from photochrom.viewing.reel import open_reel

        self.close()
        self._reel = open_reel(model, source, options, watch)
        return told(self._reel)

    def close(self) -> None:
        """Let the film go, if there is one."""
        self._reel = None

    @property
    def reel(self) -> Reel:
        """The one that is open.

        Raises:
            UsageError: if there is none.
        """
        if self._reel is None:
            raise UsageError("no film is open; send a job of the task reel first")
        return self._reel


def told(reel: Reel) -> Answer:
    """What a program must know of a film to show it; the payload holds the frames' time stamps."""
    film = reel.film
    width, height = film.info.shown_size
    base = film.info.time_base
    head = {
        "width": width,
        "height": height,
        "frames": len(film.pts),
        "stream": film.info.index,
        "time_base": [base.numerator, base.denominator],
        "shots": [frames.start for frames in film.ranges],
        "notes": reel.notes,
    }
    return head, np.array(film.pts, "<i8")
