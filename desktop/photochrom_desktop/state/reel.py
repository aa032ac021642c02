"""A film that a person has open: what they say of it and of its frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from photochrom.files.whole import make_folder
from photochrom.hints import sidecar
from photochrom.hints.sidecar import Sidecar
from photochrom.hints.strokes import Stroke
from photochrom_desktop.state.document import said_of
from photochrom_desktop.state.history import History

FOLDER = ".keyframes"
"""Ending of the folder beside a film that keeps what was painted on its frames."""
SETTINGS = ("strength", "saturation", "warmth", "size")
"""Those that a film heeds."""


@dataclass(frozen=True)
class Said:
    """All that is said of a film; immutable."""

    film: Sidecar
    """Its own sidecar: settings."""
    frames: Mapping[str, Sidecar] = field(default_factory=dict)
    """Strokes, by names of frames as `photochrom.video.keyframes` has them."""
    at: str = ""
    """The frame that was shown when it was said."""


class Reel:
    """A film that is open, with one of its frames shown.

    Args:
        path: of its file.

    Raises:
        InputError: if its sidecar, or one of its frames', can't be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.folder = folder_of(path)
        self.shown = ""
        """Name of the frame that is shown: strokes are its."""
        self._history = History(self._kept())

    @property
    def said(self) -> Sidecar:
        """What counts now, with the strokes of the frame that is shown."""
        now = self._history.now
        strokes = now.frames.get(self.shown, Sidecar()).strokes
        return replace(now.film, strokes=strokes)

    @property
    def everything(self) -> Said:
        """What counts now, of all frames."""
        return self._history.now

    @property
    def is_current(self) -> bool:
        """Whether the sidecars say what counts here.

        Raises:
            InputError: if one can't be read.
        """
        kept, now = self._kept(), self.everything
        frames = {name: one for name, one in now.frames.items() if one != Sidecar()}
        return (kept.film, kept.frames) == (now.film, frames)

    @property
    def painted(self) -> list[str]:
        """Names of the frames with strokes."""
        return [name for name, one in self._history.now.frames.items() if one.strokes]

    @property
    def can_undo(self) -> bool:
        """Whether there is something to undo."""
        return self._history.can_undo

    @property
    def can_redo(self) -> bool:
        """Whether something was undone."""
        return self._history.can_redo

    def paint(self, stroke: Stroke) -> None:
        """One more stroke on the frame that is shown, on top of the others."""
        self._stroke((*self.said.strokes, stroke))

    def erase(self, numbers: set[int]) -> None:
        """Take strokes of the frame away, by their places in the order of painting."""
        kept = (one for at, one in enumerate(self.said.strokes) if at not in numbers)
        self._stroke(tuple(kept))

    def set(self, name: str, value: Any, held: bool = False) -> None:
        """Change a setting, as `Document.set`; those that a film does not heed stay out."""
        if name in SETTINGS:
            film = self._history.now.film
            film = replace(film, settings={**film.settings, name: value})
            self._do(replace(self._history.now, film=film), name if held else "")

    def adopt(self, other: Sidecar) -> None:
        """Take the settings of another picture or film."""
        film = replace(self._history.now.film, settings=other.settings)
        self._do(replace(self._history.now, film=film))

    def reset(self) -> None:
        """Take everything back, on all frames."""
        now = self._history.now
        frames = {name: replace(one, strokes=()) for name, one in now.frames.items()}
        self._do(Said(Sidecar(unknown=now.film.unknown), frames))

    def undo(self) -> None:
        """Back one step, and to the frame where it was taken."""
        before = self._history.now
        self._history.undo()
        self._keep(before, before.at)

    def redo(self) -> None:
        """Forward one step, and to its frame."""
        before = self._history.now
        self._history.redo()
        self._keep(before, self._history.now.at)

    def _kept(self) -> Said:
        frames = {one.name: said_of(one) for one in _painted(self.folder)}
        return Said(said_of(self.path), frames)

    def _stroke(self, strokes: Sequence[Stroke]) -> None:
        now = self._history.now
        one = replace(now.frames.get(self.shown, Sidecar()), strokes=tuple(strokes))
        self._do(replace(now, frames={**now.frames, self.shown: one}))

    def _do(self, said: Said, held: str = "") -> None:
        before = self._history.now
        said = replace(said, at=before.at)
        if said != before:
            self._history.do(replace(said, at=self.shown), held)
            self._keep(before, self.shown)

    def _keep(self, before: Said, at: str) -> None:
        """At once, so that a crash loses nothing.

        Raises:
            OutputError: if it can't be written.
        """
        now = self._history.now
        self.shown = at or self.shown
        _save(self.path, before.film, now.film)
        for name in {*before.frames, *now.frames}:
            _save(self.folder / name, before.frames.get(name), now.frames.get(name, Sidecar()))
        with suppress(OSError):  # an empty folder says nothing
            self.folder.rmdir()


def folder_of(path: Path) -> Path:
    """Where what was painted on a film's frames is kept."""
    return path.parent / (path.name + FOLDER)


def film_options(said: Said, path: Path) -> dict[str, Any]:
    """What a worker is told of a film (docs/worker-protocol.md)."""
    settings = {name: said.film.settings[name] for name in SETTINGS if name in said.film.settings}
    painted = any(one.strokes or one.points for one in said.frames.values())
    keyframes = {"keyframes": str(folder_of(path))} if painted else {}
    film = {"force": True, "salvage": True, **keyframes}
    return {"options": {"settings": settings}, "film": film}


def _painted(folder: Path) -> list[Path]:
    """Frames with a sidecar, there or not."""
    paths = sorted(folder.glob(f"*.png{sidecar.ENDING}")) if folder.is_dir() else []
    return [path.with_name(path.name.removesuffix(sidecar.ENDING)) for path in paths]


def _save(picture: Path, before: Sidecar | None, now: Sidecar) -> None:
    if now == before or (before is None and now == Sidecar()):
        return
    path = sidecar.path_for(picture)
    if now == Sidecar():
        path.unlink(missing_ok=True)
        return
    make_folder(picture.parent)
    sidecar.save(path, now)
