"""One picture and what a person says of it, kept in its sidecar with every change."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from photochrom.errors import InputError
from photochrom.hints import sidecar
from photochrom.hints.sidecar import Sidecar
from photochrom.hints.strokes import Stroke
from photochrom.restoration.options import Touch
from photochrom_desktop.state.history import History


class Document:
    """A picture that is open.

    Args:
        path: of its file.

    Raises:
        InputError: if its sidecar can't be read; nothing would be kept then.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._sidecar = sidecar.path_for(path)
        found = sidecar.load(self._sidecar) if self._sidecar.is_file() else Sidecar()
        sidecar.from_json(self._sidecar, sidecar.to_json(found))
        self._history = History(found)

    @property
    def said(self) -> Sidecar:
        """What counts now."""
        return self._history.now

    @property
    def everything(self) -> Sidecar:
        """What counts now; a `Reel` has more than one frame's."""
        return self._history.now

    @property
    def is_current(self) -> bool:
        """Whether the sidecar says what counts here.

        Raises:
            InputError: if it can't be read.
        """
        return said_of(self.path) == self.said

    @property
    def can_undo(self) -> bool:
        """Whether there is something to undo."""
        return self._history.can_undo

    @property
    def can_redo(self) -> bool:
        """Whether something was undone."""
        return self._history.can_redo

    def paint(self, stroke: Stroke) -> None:
        """One more stroke, on top of the others."""
        self._do(replace(self.said, strokes=(*self.said.strokes, stroke)))

    def erase(self, numbers: set[int]) -> None:
        """Take strokes away, by their places in the order of painting."""
        kept = tuple(one for at, one in enumerate(self.said.strokes) if at not in numbers)
        self._do(replace(self.said, strokes=kept))

    def set(self, name: str, value: Any, held: bool = False) -> None:
        """Change a setting.

        Args:
            name: one of `sidecar.SETTINGS`.
            value: as JSON has it.
            held: whether the person is still moving it.
        """
        settings = {**self.said.settings, name: value}
        self._do(replace(self.said, settings=settings), name if held else "")

    def restore(self, steps: tuple[str, ...] | None, film: str = "auto") -> None:
        """Put the scan right by these steps first; None: what it needs."""
        before = {**(self.said.restore or {})}
        said = {**before, "steps": None if steps is None else list(steps), "film": film}
        nothing = steps == () and not before.get("touches")
        self._do(replace(self.said, restore=None if nothing else said))

    def touch(self, touch: Touch) -> None:
        """Mark a place as damaged, or as sound, on top of what the step dust finds."""
        said = {"steps": [], **(self.said.restore or {})}
        said["touches"] = [*said.get("touches", ()), touch.to_json()]
        self._do(replace(self.said, restore=said))

    def refer(self, reference: Path | None) -> None:
        """Take colours from another picture."""
        self._do(replace(self.said, reference=None if reference is None else str(reference)))

    def adopt(self, other: Sidecar) -> None:
        """Take the settings and the restoration of another picture; strokes stay its own."""
        self._do(replace(self.said, settings=other.settings, restore=other.restore))

    def reset(self) -> None:
        """Take everything back."""
        self._do(Sidecar(unknown=self.said.unknown))

    def release(self) -> None:
        """What the person held is let go."""
        self._history.release()

    def undo(self) -> None:
        """Back one step."""
        self._history.undo()
        self._keep()

    def redo(self) -> None:
        """Forward one step."""
        self._history.redo()
        self._keep()

    def _do(self, said: Sidecar, held: str = "") -> None:
        before = self.said
        self._history.do(said, held)
        if said != before:
            self._keep()

    def _keep(self) -> None:
        """At once, so that a crash loses nothing; an empty sidecar is not begun.

        Raises:
            OutputError: if it can't be written.
        """
        if self.said != Sidecar() or self._sidecar.exists():
            sidecar.save(self._sidecar, self.said)


def options(said: Sidecar, picture: Path) -> dict[str, Any]:
    """What a worker is told of a picture (docs/worker-protocol.md)."""
    told = sidecar.to_json(said)
    names = ("strokes", "points", "settings", "restore", "reference")
    known = {name: told[name] for name in names if name in told}
    settings = {name: value for name, value in said.settings.items() if name in sidecar.SETTINGS}
    if said.reference is not None:
        known["reference"] = str(picture.parent / said.reference)
    return {**known, "settings": settings}


def is_begun(picture: Path) -> bool:
    """Whether a person said something of a picture already."""
    return sidecar.path_for(picture).is_file()


def said_of(picture: Path) -> Sidecar:
    """What the sidecar of a picture says.

    Raises:
        InputError: if it can't be read.
    """
    path = sidecar.path_for(picture)
    try:
        return sidecar.load(path) if path.is_file() else Sidecar()
    except OSError as error:
        raise InputError(f"can't read {path}: {error.strerror}") from error
