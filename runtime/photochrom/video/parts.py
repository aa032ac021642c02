"""A film made by several processes: cut by one, its pieces made by many, joined by one.

Pieces are those of `photochrom.video.job`, in the same folder under the same names. So the last
step is the usual one, `FilmColorizer.colorize_file`, which finds them finished and joins them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from photochrom.errors import DeviceError
from photochrom.files.whole import make_folder
from photochrom.parts import Part, Parts
from photochrom.video import opening
from photochrom.video.job import Job
from photochrom.video.making import Maker
from photochrom.video.segments import Segment
from photochrom.video.work import open_part, open_work


def cut(job: Job, folder: Path) -> Parts:
    """Look through a film, once, and tell its pieces of work.

    Args:
        job: what is made.
        folder: where finished pieces are, for all processes the same; made if it is not there.

    Raises:
        InputError, OutputError, UsageError, CancelledError: as of `FilmColorizer.colorize_file`.
    """
    job.check_target()
    with open_work(make_folder(folder), keep=True) as work:
        seen = opening.look(job.info, job.options, job.watch, work)
        segments, maker = seen.segments(job.options.preview), job.maker(seen, work)
        missing = {segment.number for segment in maker.missing(segments)}
        if missing:
            job.check_room(seen, segments, work)
        parts = [
            _part(maker, before, segment, segment.number not in missing)
            for before, segment in pairwise((None, *segments))
            if segment is not None
        ]
    return Parts(opening.survey_name(job.info), parts)


def make(job: Job, folder: Path, number: int, piece: str) -> int:
    """Make one piece, unless it is finished; what it continues too, if that was lost.

    Args:
        job: what is made.
        folder: the one that was given to `cut`.
        number: of the part.
        piece: its name there.

    Returns:
        How many frames were made.

    Raises:
        DeviceError: if this process would make another piece than was asked for.
        InputError, OutputError, CancelledError: as of `FilmColorizer.colorize_file`.
    """
    work = open_part(folder, number)
    seen = opening.look(job.info, job.options, job.watch, work)
    segments, maker = seen.segments(job.options.preview), job.maker(seen, work)
    segment = segments[number]
    if maker.name(segment) != piece:
        raise DeviceError(
            f"{job.info.path} was begun with another model, device, version or file than this "
            f"machine has ({job.model.session.device}); name a --device that all machines have"
        )
    maker.make_some(segments, _needed(maker, segments, number))
    return maker.made


def _needed(maker: Maker, segments: Sequence[Segment], number: int) -> list[Segment]:
    """A segment, unless it is there, and those before it from which its colours were lost."""
    if segments[number] not in maker.missing(segments[: number + 2]):
        return []
    first = number
    while segments[first].continues and not maker.knows(segments[first - 1]):
        first -= 1
    return list(segments[first : number + 1])


def _part(maker: Maker, before: Segment | None, segment: Segment, done: bool) -> Part:
    needs = maker.state_name(before) if before is not None and segment.continues else None
    leaves = maker.state_name(segment) if segment.continued else None
    return Part(segment.number, segment.frames, maker.name(segment), needs, leaves, done)
