"""What would be done to a film, told before it is done."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from photochrom.files.whole import scratch_folder
from photochrom.video import job, space
from photochrom.video.container import codecs
from photochrom.video.film import Film
from photochrom.video.job import Job
from photochrom.video.space import Space


@dataclass(frozen=True)
class Plan:
    """What would be done."""

    source: Path
    target: Path
    width: int
    height: int
    """Upright, with square pixels."""
    frames: int
    """That would be coloured."""
    seconds: float
    """How long the film lasts."""
    shots: int
    pieces: int
    encoding: str
    """In words."""
    space: Space
    notes: tuple[str, ...]
    """What changes or is lost."""

    def lines(self) -> list[str]:
        """For people."""
        size = f"{self.width} x {self.height}, {self.frames} frames, {self.seconds:.1f} s"
        shots = f"{self.shots} shot{'s' * (self.shots != 1)}"
        room = f"{space.words(self.space.pieces)} of pieces while it is made"
        return [
            f"{self.source} -> {self.target}",
            f"  film: {size}, {shots}",
            f"  encoding: {self.encoding}",
            f"  room: about {space.words(self.space.result)}, and {room} ({self.pieces})",
            *(f"  note: {note}" for note in self.notes),
        ]


def of(task: Job, seen: Film) -> Plan:
    """What would be done to a film that was looked through."""
    segments, writer = seen.segments(task.options.preview), task.pictures(seen)
    width, height = task.info.shown_size
    return Plan(
        source=task.info.path,
        target=task.target,
        width=width,
        height=height,
        frames=sum(segment.frames for segment in segments),
        seconds=seen.seconds(len(seen.pts) - 1),
        shots=len(seen.shots),
        pieces=len(segments),
        encoding=writer.described if writer else codecs.describe(task.options.encoding, task.info),
        space=task.room(seen, segments, scratch_folder(None)),
        notes=tuple(job.notes(task, seen)),
    )
