"""A first sight of a file: small, quick, as it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyvips

from photochrom.color.arrays import PictureArray
from photochrom.errors import InputError
from photochrom.files import orientation, scaling
from photochrom.files.decoders import decoded
from photochrom.files.source import PictureFile, open_source, unreadable
from photochrom.viewing import screen
from photochrom.viewing.endings import FILMS

LARGEST = 4096
"""Pixels of a side at most."""


def glance(path: Path, side: int) -> PictureArray:
    """A copy of a picture, or of a film's first frame: upright uint8 sRGB, h x w x 3.

    Args:
        path: of its file.
        side: pixels of the long side; what is smaller stays as it is.

    Raises:
        InputError: if it can't be read.
    """
    if path.suffix.lower() in FILMS:
        return _fitted(_first_frame(path), side)
    with decoded(path, None) as pixels:
        file = PictureFile(path, pixels)
        full = open_source(file)
        longest = max(full.image.width, full.image.height)
        shrink = next((factor for factor in (8, 4, 2) if longest // factor >= 2 * side), 1)
        source = open_source(file, shrink)
        try:
            codes = _fit(source.color, side).numpy()
        except pyvips.Error as error:
            raise unreadable(path, error) from error
    shown = screen.shown(np.atleast_3d(codes), source.profile)
    turned = orientation.upright(np.moveaxis(shown, -1, 0), source.orientation)
    return np.ascontiguousarray(np.moveaxis(turned, 0, -1))


def _fit(image: pyvips.Image, side: int) -> pyvips.Image:
    scale = min(1.0, side / max(image.width, image.height))
    return scaling.fit(image, *(max(1, round(one * scale)) for one in (image.width, image.height)))


def _fitted(picture: PictureArray, side: int) -> PictureArray:
    fitted: PictureArray = _fit(pyvips.Image.new_from_array(picture), side).numpy()
    return fitted


def _first_frame(path: Path) -> PictureArray:
    try:
        import av

        from photochrom.video.container import probe, reading
    except ImportError as error:
        raise InputError(
            f"{path} is a film; install the extra: pip install 'photochrom[video]'"
        ) from error
    try:
        with reading.open_film(path) as container:
            stream = probe.picture_stream(path, container)
            return next(container.decode(stream)).to_ndarray(format="rgb24")
    except (OSError, av.FFmpegError, StopIteration, ValueError) as error:
        raise InputError(f"can't read {path} as a film ({error}); it may be damaged") from error
