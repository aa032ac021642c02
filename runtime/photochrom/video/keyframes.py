"""Frames worth judging as pictures, and the person's corrections of them.

A frame is ``<stream>_<pts>.png``: stream and time stamp in the stream's time base. It may be graded
or painted over as a whole, be made transparent but for strokes, or get strokes in its sidecar. One
that is as it was written says nothing. A sidecar may lie there without its picture.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyvips

from photochrom.color.arrays import FloatImage, PictureArray
from photochrom.errors import InputError
from photochrom.files.opening import open_picture
from photochrom.files.whole import whole_file
from photochrom.hints import layer, sidecar
from photochrom.hints.compose import composed
from photochrom.hints.layer import Layer
from photochrom.options import Options
from photochrom.video.film import Film

LIST = "keyframes.json"
"""What the frames looked like when they were written."""
NAME = re.compile(r"(\d+)_(-?\d+)\.png", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class Keyframe:
    """What a person says of one frame."""

    path: Path
    frame: int
    """Its number in the film, from 0."""
    said: Options
    """Layer, strokes and points."""
    digest: str
    """Of all that is said."""

    def hints(self, height: int, width: int) -> FloatImage:
        """3 x height x width float32, upright: a*, b* and confidence 0..1."""
        return composed(self.said, height, width)


def name_of(film: Film, frame: int) -> str:
    """Of the picture of a frame."""
    return f"{film.info.index}_{film.pts[frame]}.png"


def save_list(folder: Path, digests: Mapping[str, str]) -> None:
    """Note what frames looked like when they were written; older notes of other frames stay.

    Raises:
        OutputError: if it can't be written.
    """
    with whole_file(folder / LIST) as temporary:
        text = json.dumps({"photochrom": 1, "written": {**_written(folder), **digests}}, indent=1)
        temporary.write_text(text + "\n", "utf-8")


def load(folder: Path, film: Film) -> dict[int, list[Keyframe]]:
    """Corrections by their shots, in the order of showing; shots without any are left out.

    Raises:
        InputError: if there is no such folder, or a picture in it can't be read, is of no frame of
            the film, or has another aspect.
    """
    check_folder(folder)
    written, numbers = _written(folder), {pts: at for at, pts in enumerate(film.pts)}
    found: dict[int, list[Keyframe]] = {}
    for path in _named(folder):
        if (match := NAME.fullmatch(path.name)) is not None:
            frame = _frame(path, match, film, numbers)
            keyframe = _read(path, frame, written.get(path.name), film)
            if keyframe is not None:
                found.setdefault(film.shot_of(frame), []).append(keyframe)
    return {shot: sorted(one, key=lambda keyframe: keyframe.frame) for shot, one in found.items()}


def _named(folder: Path) -> list[Path]:
    """Pictures that are there, or that have a sidecar there."""
    names = {path.name.removesuffix(sidecar.ENDING) for path in folder.iterdir()}
    return [folder / name for name in sorted(names)]


def check_folder(folder: Path) -> None:
    """Refuse a folder that is none.

    Raises:
        InputError: if it is none.
    """
    if not folder.is_dir():
        raise InputError(f"no such folder: {folder}; photochrom video keyframes writes one")


def digest_of(picture: PictureArray) -> str:
    """Of what a picture shows: painting programs write the same pixels in other bytes."""
    shape = "x".join(map(str, picture.shape))
    pixels = np.ascontiguousarray(picture).tobytes()
    return hashlib.sha256(shape.encode() + pixels).hexdigest()


def _frame(path: Path, match: re.Match[str], film: Film, numbers: Mapping[int, int]) -> int:
    stream, pts = int(match.group(1)), int(match.group(2))
    if stream != film.info.index or pts not in numbers:
        raise InputError(
            f"{path} is no frame of {film.info.path}: stream {stream} has none at {pts}; "
            "take it out of the folder"
        )
    return numbers[pts]


def _read(path: Path, frame: int, written: str | None, film: Film) -> Keyframe | None:
    """What is said by a picture and its sidecar; None if nothing is."""
    beside = sidecar.path_for(path)
    said = sidecar.load(beside) if beside.is_file() else sidecar.Sidecar()
    digest = digest_of(_pixels(path)) if path.exists() else written
    painted = None if digest == written else layer.read(path, opaque=True)
    if painted is not None:
        _check_aspect(painted, film)
    options = Options(layer=painted, strokes=said.strokes, points=said.points)
    if not options.hinted:
        return None
    told = json.dumps(sidecar.to_json(sidecar.Sidecar(said.strokes, said.points)), sort_keys=True)
    both = f"{digest if painted is not None else ''} {told}"
    return Keyframe(path, frame, options, hashlib.sha256(both.encode()).hexdigest())


def _pixels(path: Path) -> PictureArray:
    try:
        return open_picture(path).numpy()
    except pyvips.Error as error:
        raise InputError(f"can't read {path}: it is damaged or no PNG; save it as PNG") from error


def _check_aspect(painted: Layer, film: Film) -> None:
    width, height = film.info.shown_size
    layer.check_aspect(painted, height, width)


def _written(folder: Path) -> dict[str, str]:
    try:
        told: Any = json.loads((folder / LIST).read_text("utf-8"))
        return {str(name): str(digest) for name, digest in told["written"].items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"can't read {folder / LIST} ({error}); remove it, and every frame in the folder "
            "counts as corrected"
        ) from error
