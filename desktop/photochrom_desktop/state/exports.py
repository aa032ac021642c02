"""The queue: pictures on their way into files."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, field, replace
from enum import Enum
from pathlib import Path
from typing import Any

from photochrom.options import Delivery
from photochrom_desktop.state.library import is_film

ENDINGS = ("", ".tif", ".png", ".jpg", ".webp")
"""Kinds of files; the empty one is the source's own, where it can be written."""
CODECS = {"h264": ".mp4", "h265": ".mp4", "av1": ".mp4", "ffv1": ".mkv", "prores": ".mov"}
"""How films are coded, and the kind of file that each goes into."""
WRITTEN = frozenset((".tif", ".tiff", ".png", ".jpg", ".jpeg", ".webp"))


class Status(Enum):
    """How far a picture is."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Preset:
    """What files become of pictures."""

    ending: str = ""
    """One of `ENDINGS`."""
    pattern: str = "{name}.color"
    """The file's name, without its ending; ``{name}`` is the source's."""
    folder: Path | None = None
    """None: beside the source."""
    codec: str = "h264"
    """Of films: one of `CODECS`."""
    bits: int | None = None
    """8 or 16; None: the source's. Of pictures, as all that follows."""
    long_side: int | None = None
    """Pixels that larger pictures are brought to; None: they stay."""
    profile: str = "source"
    """``source`` or ``srgb``."""
    provenance: bool = True
    """Whether the file says that a model coloured it."""

    def target(self, source: Path, taken: Collection[Path]) -> Path:
        """A file for a picture, which is not there yet and not among those taken.

        Raises:
            ValueError: if the pattern is none.
        """
        ending = CODECS[self.codec] if is_film(source) else self.ending or _own(source)
        try:
            stem = self.pattern.format(name=source.stem)
        except (KeyError, IndexError, ValueError) as error:
            raise ValueError(f"in a name pattern only {{name}} is replaced ({error})") from error
        if not stem.strip() or "/" in stem or "\\" in stem:
            raise ValueError("a name pattern makes a name without folders, as {name}.color")
        home = self.folder or source.parent
        names = (stem, *(f"{stem}-{number}" for number in range(2, 10**6)))
        paths = (home / (name + ending) for name in names)
        return next(path for path in paths if path not in taken and not path.exists())

    @property
    def film_told(self) -> dict[str, Any]:
        """What a worker is told of a film's coding."""
        return {"encoding": {"codec": self.codec}}

    def holds(self, width: int, height: int, bits: int) -> tuple[int, int, int]:
        """Width, height and bits of a picture's file."""
        eight = self.ending in (".jpg", ".webp")
        size = Delivery(long_side=self.long_side).size(width, height)
        return *size, 8 if eight else self.bits or bits

    def to_json(self) -> dict[str, Any]:
        """As JSON has it."""
        return {**asdict(self), "folder": None if self.folder is None else str(self.folder)}

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Preset:
        """What `to_json` gave.

        Raises:
            TypeError: if it is none.
        """
        folder = told.get("folder")
        return cls(**{**told, "folder": None if folder is None else Path(folder)})

    def told(self, source: Path, said: dict[str, Any]) -> dict[str, Any]:
        """What a worker is told of an export: what is said of the source, and the preset."""
        options = {**said.get("options", {}), "provenance": self.provenance}
        if is_film(source):
            return {**said, "options": options, "film": {**said.get("film", {}), **self.film_told}}
        delivery = {"bits": self.bits, "long_side": self.long_side, "profile": self.profile}
        return {**said, "options": {**options, "delivery": delivery}}


def _own(source: Path) -> str:
    return source.suffix if source.suffix.lower() in WRITTEN else ".png"


@dataclass(frozen=True)
class Export:
    """A picture in the queue."""

    number: int
    source: Path
    target: Path
    told: dict[str, Any] = field(repr=False)
    """What the worker is told of it, as it was when it was queued."""
    status: Status = Status.WAITING
    fraction: float = 0.0
    seconds_left: float | None = None
    message: str = ""


class Queue:
    """Exports in their order; one is made at a time."""

    def __init__(self) -> None:
        self._exports: dict[int, Export] = {}
        self._next = 1

    def __iter__(self) -> Any:
        return iter(self._exports.values())

    def __len__(self) -> int:
        return len(self._exports)

    def __getitem__(self, number: int) -> Export:
        return self._exports[number]

    def add(self, source: Path, preset: Preset, said: dict[str, Any]) -> Export:
        """Queue a picture or film; `said` is what the worker is told of it.

        Raises:
            ValueError: if the preset's pattern is none.
        """
        taken = {one.target for one in self if one.status in (Status.WAITING, Status.WORKING)}
        target = preset.target(source, taken)
        export = Export(self._next, source, target, preset.told(source, said))
        self._exports[export.number] = export
        self._next += 1
        return export

    def change(self, number: int, **what: Any) -> Export:
        """Note how far one is."""
        self._exports[number] = replace(self._exports[number], **what)
        return self._exports[number]

    def next(self) -> Export | None:
        """The first that waits."""
        return next((one for one in self if one.status is Status.WAITING), None)

    def retry(self) -> int:
        """Let what failed or was cancelled wait again; returns how many."""
        again = [one for one in self if one.status in (Status.FAILED, Status.CANCELLED)]
        for one in again:
            self.change(one.number, status=Status.WAITING, fraction=0.0, message="")
        return len(again)

    def cancel(self) -> None:
        """Let nothing wait any more."""
        for one in [one for one in self if one.status is Status.WAITING]:
            self.change(one.number, status=Status.CANCELLED)

    def clear(self) -> None:
        """Forget what is over."""
        going = (Status.WAITING, Status.WORKING)
        self._exports = {one.number: one for one in self if one.status in going}

    @property
    def fraction(self) -> float:
        """Of all of them, how much is done, 0..1."""
        over = (Status.DONE, Status.FAILED, Status.CANCELLED)
        parts = [1.0 if one.status in over else one.fraction for one in self]
        return sum(parts) / len(parts) if parts else 0.0
