"""A picture's way to the worker and back, strip by strip. No gi.

docs/worker-protocol.md describes the tasks `sheet`, `sheet-rows`, `sheet-hints` and `sheet-color`.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from photochrom_worker.client import Worker

STRIP = 16 << 20
"""Bytes of a strip, at most, unless a tile's rows are more."""
TILE = 128
"""Rows of GIMP's tiles: strips of whole tiles cost least."""
SIZES = {"u8": 1, "u16": 2, "float": 4}
"""Bytes of a channel."""
SENDING, SEEING, MAKING = 0.1, 0.45, 1.0
"""How far all is when the pixels are there, when the colours are known, and when they are back."""
STAGES = {"look": (SENDING, 0.15), "color": (0.15, SEEING), "rows": (SEEING, MAKING)}

Told = Callable[[float], None]
"""Hears how far the work is, 0..1."""


class Picture(NamedTuple):
    """What is sent."""

    width: int
    height: int
    channels: int
    """1 to 4: grey, grey and alpha, RGB, RGB and alpha."""
    type: str
    """``u8``, ``u16`` or ``float``."""

    @property
    def row(self) -> int:
        """Bytes of a row."""
        return self.width * self.channels * SIZES[self.type]

    @property
    def colored(self) -> Picture:
        """What comes back."""
        return self._replace(channels=4 if self.channels % 2 == 0 else 3)

    def strips(self) -> list[tuple[int, int]]:
        """First row and number of rows of each strip."""
        rows = max(1, STRIP // (self.row * TILE)) * TILE
        return [(top, min(rows, self.height - top)) for top in range(0, self.height, rows)]


def begin(worker: Worker, picture: Picture, profile: bytes | None, silence: float) -> bool:
    """Announce a picture; returns whether its pixels are to be in its own colour profile."""
    said: dict[str, Any] = {**picture._asdict()}
    if profile is not None:
        said["profile"] = base64.b64encode(profile).decode("ascii")
    head, _ = worker.call("sheet", silence=silence, **said)
    return bool(head.get("own"))


def send(
    worker: Worker, picture: Picture, read: Callable[[int, int], bytes], told: Told, silence: float
) -> None:
    """Send a picture's pixels.

    Args:
        worker: that `begin` was said to.
        picture: what was announced.
        read: gives the bytes of rows, by the first and their number.
        told: hears how far the work is.
        silence: seconds after which the worker counts as hung.
    """
    for top, rows in picture.strips():
        worker.call(
            "sheet-rows", whole(read(top, rows), picture.row * rows), None, silence, top=top
        )
        told(SENDING * (top + rows) / picture.height)


def send_hints(
    worker: Worker, picture: Picture, read: Callable[[int, int], bytes], silence: float
) -> None:
    """Send what is painted on a layer, R, G, B, A of 8 bits; rows without paint are left out."""
    layer = picture._replace(channels=4, type="u8")
    worker.call("sheet-hints", silence=silence)
    for top, rows in layer.strips():
        part = whole(read(top, rows), layer.row * rows)
        if part[3::4].count(0) < layer.width * rows:
            worker.call("sheet-hints", part, None, silence, top=top)


def color(
    worker: Worker,
    picture: Picture,
    said: Mapping[str, Any],
    write: Callable[[int, int, bytes], None],
    told: Told,
    silence: float,
) -> dict[str, Any]:
    """Have the picture coloured.

    Args:
        worker: that has all of it.
        picture: what was sent.
        said: ``options``, ``model`` and ``device`` of the job.
        write: takes the first row, the number of rows, and their bytes.
        told: hears how far the work is.
        silence: seconds after which the worker counts as hung.

    Returns:
        What the worker tells of it: ``device``, ``model``, ``notes``, ``findings``.
    """
    row = picture.colored.row

    def take(head: dict[str, Any], body: bytes) -> None:
        rows = max(1, len(body) // row)
        write(int(head["top"]), rows, whole(body, row * rows))

    def progress(head: dict[str, Any]) -> None:
        if head.get("stage") in STAGES:
            start, end = STAGES[head["stage"]]
            told(start + (end - start) * float(head.get("fraction", 0)))

    head, _ = worker.call("sheet-color", b"", progress, silence, take, **said)
    return head


def whole(data: bytes, size: int) -> bytes:
    """Bytes that are as many as they must be: GIMP would read past the end of fewer."""
    if len(data) != size:
        raise ValueError(f"{len(data)} bytes of pixels came, and not {size}")
    return data
