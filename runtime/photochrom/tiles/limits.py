"""How many tiles, and how large, a device takes at once; remembered between runs."""

import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path

from photochrom.errors import OutputError
from photochrom.files.whole import whole_file
from photochrom.folders import cache_folder
from photochrom.models.manifest import Manifest

log = logging.getLogger(__name__)

AT_ONCE = {"cpu": 1}
"""Tiles of a batch by device. On a CPU a batch takes as long as its tiles one after the other."""
AT_ONCE_ELSEWHERE = 8
SMALLEST = 64
"""Pixels a side below which tiles are not halved: a network sees nothing in less."""


@dataclass(frozen=True)
class Limit:
    """What fits into a device's memory."""

    batch: int
    """Tiles that are asked for at once."""
    side: int
    """Pixels a side of a tile."""

    @property
    def pixels(self) -> int:
        """Pixels of a batch."""
        return self.batch * self.side**2

    def smaller(self, multiple: int) -> "Limit | None":
        """Half of it: fewer tiles first, then smaller ones; None if there is nothing less."""
        if self.batch > 1:
            return Limit(self.batch // 2, self.side)
        side = self.side // 2 // multiple * multiple
        return Limit(1, side) if side >= SMALLEST else None


def first(manifest: Manifest, device: str) -> Limit:
    """What is tried before anything is known: tiles of the model's own size, rounded up."""
    side = -(-manifest.native_size // manifest.multiple) * manifest.multiple
    return Limit(AT_ONCE.get(device, AT_ONCE_ELSEWHERE), side)


def key(manifest: Manifest, device: str, precision: str) -> str:
    """What a limit holds for: a model's weights on a device, computed in a precision."""
    return f"{manifest.sha256} {device} {precision}"


def recall(known_as: str, most: Limit, multiple: int) -> Limit | None:
    """The limit that was remembered; None if there is none that can be meant."""
    try:
        found = _read()[known_as]
        limit = Limit(int(found["batch"]), int(found["side"]))
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None
    meant = 1 <= limit.batch <= most.batch and SMALLEST <= limit.side <= most.side
    return limit if meant and limit.side % multiple == 0 else None


def remember(known_as: str, limit: Limit) -> None:
    """Keep a limit for later runs; a folder that can't be written to only costs a second try."""
    try:
        entries = _read()
    except (OSError, ValueError, RecursionError):
        entries = {}
    try:
        path().parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path()) as temporary:
            temporary.write_text(json.dumps(entries | {known_as: asdict(limit)}), encoding="utf-8")
    except (OSError, OutputError) as error:
        log.info("can't remember the size of tiles: %s", error)


def path() -> Path:
    """The file, in the user's cache folder."""
    return cache_folder() / "tiles.json"


def _read() -> dict[str, dict[str, int]]:
    try:
        entries = json.loads(path().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    if not isinstance(entries, dict):
        raise ValueError("not an object")
    return entries
