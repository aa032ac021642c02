"""Opening a film: its first pass, or what an earlier run found in it."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

from photochrom.errors import InputError
from photochrom.files.pulling import Watch
from photochrom.video import film
from photochrom.video.container.info import VideoInfo
from photochrom.video.film import Film
from photochrom.video.options import FilmOptions
from photochrom.video.survey import Gap, Survey, survey
from photochrom.video.work import FOUND, Work, key_of

SAMPLE = 1 << 20
"""Bytes at a file's beginning and end by which it is known again."""


def look(info: VideoInfo, options: FilmOptions, watch: Watch, work: Work | None = None) -> Film:
    """The first pass; what an earlier run found is taken.

    Args:
        info: of the film.
        options: whether it may be damaged or have colours, and a list of shots.
        watch: told of the stage ``survey``.
        work: where what is found is kept; None: nowhere.

    Raises:
        InputError: if it is damaged or has colours, and that was not asked for.
    """
    if work is None:
        found = survey(info, watch)
    else:
        name = survey_name(info)
        if not work.has(name):
            with work.piece(name) as path:
                survey(info, watch).save(path)
        found = Survey.load(work.path(name))
    check(info, found, options)
    return film.from_survey(info, found, options.shots)


def survey_name(info: VideoInfo) -> str:
    """Of the piece that holds what the first pass found."""
    return key_of(known(info)) + FOUND


def check(info: VideoInfo, found: Survey, options: FilmOptions) -> None:
    """Refuse what a person should be asked about first.

    Raises:
        InputError: if the film is damaged or has colours.
    """
    if found.gaps and not options.salvage:
        first, more = found.gaps[0], len(found.gaps) - 1
        others = f", and {more} more {'places' if more > 1 else 'place'}" if more else ""
        raise InputError(
            f"{info.path} is damaged {place_of(info, first)} ({first.reason})"
            f"{others}; with --salvage what can be read is coloured"
        )
    if found.has_color and not options.force:
        raise InputError(
            f"{info.path} has colours already (in {100 * found.colored:.0f} % of its frames); "
            "--force leaves them aside and colours it anew"
        )


def known(info: VideoInfo) -> dict[str, Any]:
    """Facts by which a film is known again: not its name, but what is in it."""
    if info.images is not None:
        paths = [info.images.path(index) for index in range(info.images.count)]
        told = [[path.name, *_stamp(path)] for path in paths]
        return {"source": [str(info.images.rate), key_of({"pictures": told})]}
    with info.path.open("rb") as file:
        digest = hashlib.sha256(file.read(SAMPLE))
        file.seek(max(0, info.path.stat().st_size - SAMPLE))
        digest.update(file.read(SAMPLE))
    return {"source": [digest.hexdigest(), *_stamp(info.path)]}


def place_of(info: VideoInfo, gap: Gap) -> str:
    """Where a film is damaged."""
    if info.images is None:
        return f"{gap.seconds:.1f} s after its start"
    if gap.after is None:
        return f"from {info.images.path(0).name} on"
    return f"after {info.images.path(gap.after).name}"


def _stamp(path: Path) -> list[int]:
    status = os.stat(path)
    return [status.st_size, status.st_mtime_ns]
