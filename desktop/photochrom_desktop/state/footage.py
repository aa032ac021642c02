"""A film's frames and shots, as a timeline shows them."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any


@dataclass(frozen=True, eq=False)
class Footage:
    """What is known of a film that was looked through."""

    size: tuple[int, int]
    """Width and height of a frame as it is shown."""
    stream: int
    pts: Sequence[int]
    """Time stamp of every frame."""
    time_base: Fraction
    """Seconds of one unit of time stamps."""
    shots: Sequence[int]
    """First frame of each."""

    @property
    def frames(self) -> int:
        """How many there are."""
        return len(self.pts)

    @property
    def length(self) -> float:
        """Seconds until the last frame."""
        return self.seconds(self.frames - 1)

    def seconds(self, number: int) -> float:
        """When a frame is shown."""
        return float((self.pts[number] - self.pts[0]) * self.time_base)

    def name(self, number: int) -> str:
        """Of a frame among keyframes."""
        return f"{self.stream}_{self.pts[number]}.png"

    def number(self, name: str) -> int | None:
        """The frame of that name; None if the film has none."""
        stream, _, pts = name.removesuffix(".png").partition("_")
        if stream != str(self.stream) or not pts.removeprefix("-").isdecimal():
            return None
        place = bisect_left(self.pts, int(pts))
        return place if place < self.frames and self.pts[place] == int(pts) else None

    def shot(self, number: int) -> int:
        """Which shot a frame is in, from 0."""
        return bisect_right(self.shots, number) - 1

    def cut(self, number: int, step: int) -> int:
        """The first frame of a shot: of the next one, or of this one and then of those before."""
        if step > 0:
            place = self.shot(number) + 1
            return self.shots[place] if place < len(self.shots) else self.frames - 1
        place = bisect_left(self.shots, number) - 1
        return self.shots[max(place, 0)]


def footage(head: dict[str, Any], payload: bytes) -> Footage:
    """From a worker's answer to ``reel``."""
    stamps = array("q", payload)
    size = head["width"], head["height"]
    base = Fraction(*head["time_base"])
    return Footage(size, head["stream"], stamps, base, tuple(head["shots"]))
