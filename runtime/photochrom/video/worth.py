"""Writing the frames of a film that are worth judging, as they would be coloured."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyvips

from photochrom.color.arrays import PictureArray
from photochrom.errors import OutputError, UsageError
from photochrom.files import provenance
from photochrom.files.pulling import Watch
from photochrom.files.whole import make_folder, whole_file
from photochrom.video import keyframes, rendering
from photochrom.video.coloring import Colorist
from photochrom.video.film import Film
from photochrom.video.shots import choice


def write(
    film: Film, colorist: Colorist, folder: Path, most: int, times: Sequence[float], watch: Watch
) -> list[Path]:
    """Write frames into a folder; those that are there already stay as they are.

    Args:
        film: what they are of.
        colorist: colours them, 4:4:4.
        folder: made if it is not there.
        most: frames of a shot.
        times: seconds after the film's start of frames that are wanted too.
        watch: told of the stage ``color``.

    Returns:
        Their paths, in the order of showing, those that were there included.

    Raises:
        UsageError: if there are less than one frame a shot, or a time lies outside the film.
        OutputError: if one can't be written.
        CancelledError: if the person asked for it.
    """
    wanted = chosen(film, most, times)
    make_folder(folder)
    paths = [folder / keyframes.name_of(film, frame) for frame in wanted]
    written: dict[str, str] = {}
    try:
        for count, (frame, path) in enumerate(zip(wanted, paths, strict=True)):
            watch("color", count / len(wanted))
            if not path.exists():
                written[path.name] = _write(path, _colored(film, colorist, frame))
    finally:  # what is there counts as corrected if it is not in the list
        keyframes.save_list(folder, written)
    watch("color", 1.0)
    return paths


def chosen(film: Film, most: int, times: Sequence[float]) -> list[int]:
    """Numbers of the frames that are worth judging, and of those shown at some times.

    Raises:
        UsageError: if there are less than one frame a shot, or a time lies outside the film.
    """
    if most < 1:
        raise UsageError(f"each shot has one frame or more that is worth judging, not {most}")
    wanted = {_at(film, seconds) for seconds in times}
    for shot in film.ranges:
        seen = film.survey.thumbnails[shot.start : shot.stop]
        wanted |= {shot.start + number for number in choice.choose(seen, most)}
    return sorted(wanted)


def _at(film: Film, seconds: float) -> int:
    """The frame that is shown at a time."""
    last = film.seconds(len(film.pts) - 1)
    if not 0 <= seconds <= last + 1:
        raise UsageError(f"the film has no frame at {seconds:g} s; it ends at {last:.2f} s")
    stamps = (np.array(film.pts) - film.pts[0]) * float(film.info.time_base)
    return int(np.searchsorted(stamps, seconds + 1e-6, side="right")) - 1


def _colored(film: Film, colorist: Colorist, frame: int) -> PictureArray:
    segment = film.alone(frame)
    (colored,) = colorist.color(film.frames(frame, frame + 1), segment, None)
    return rendering.square(rendering.picture(colored, film.info), film.info)


def _write(path: Path, picture: PictureArray) -> str:
    """Write a PNG; returns the digest of what it shows."""
    image = pyvips.Image.new_from_array(picture).copy(interpretation="srgb")
    image.set_type(pyvips.GValue.blob_type, "xmp-data", provenance.marked(None))
    try:
        with whole_file(path) as temporary:
            image.pngsave(str(temporary), keep="xmp")
    except pyvips.Error as error:
        raise OutputError(f"can't write {path}; is the disk full?") from error
    return keyframes.digest_of(picture)
