"""Coloured frames as pictures: upright, sRGB."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyvips
from av.video.frame import VideoFrame

from photochrom.color import gamut, srgb
from photochrom.color.arrays import FloatImage, PictureArray
from photochrom.color.ycbcr import YCbCr
from photochrom.files import scaling
from photochrom.video.coloring import space_of
from photochrom.video.container import reading
from photochrom.video.container.info import VideoInfo
from photochrom.video.painting import strips

U8 = np.dtype(np.uint8)


def picture(
    frame: VideoFrame, info: VideoInfo, source: VideoFrame | None = None, dtype: np.dtype[Any] = U8
) -> PictureArray:
    """A frame in sRGB, H x W x 3, upright, its pixels as many as the film has.

    Args:
        frame: planar Y'CbCr of full chroma resolution (4:4:4).
        info: of the film.
        source: the frame before it was coloured, whose Y' may have more bits.
        dtype: uint8 or uint16.
    """
    colors = np.empty((frame.height, frame.width, 3), dtype)
    for rows, space, light, blue_red in _strips(frame, info, source):
        if info.primaries == "bt709":
            encoded = np.clip(space.encoded(light, blue_red), 0, 1)
        else:
            encoded = gamut.lab_to_srgb(space.lab(light, blue_red))
        colors[rows] = srgb.from_float(encoded, dtype)
    return np.ascontiguousarray(np.rot90(colors, info.turns))


def glanced(frame: VideoFrame, info: VideoInfo) -> PictureArray:
    """As `picture` in uint8, quicker and within three codes of it: for frames that play.

    Args:
        frame: of any layout.
        info: of the film.
    """
    if info.primaries != "bt709":
        return picture(frame, info)
    colors = frame.to_ndarray(format="rgb24")
    return np.ascontiguousarray(np.rot90(colors, info.turns))


def encoded(frame: VideoFrame, info: VideoInfo, source: VideoFrame | None = None) -> FloatImage:
    """R'G'B' in the film's own primaries, H x W x 3 float32, as stored; see `picture`."""
    colors = np.empty((frame.height, frame.width, 3), np.float32)
    for rows, space, light, blue_red in _strips(frame, info, source):
        colors[rows] = space.encoded(light, blue_red)
    return colors


def chroma(frame: VideoFrame, info: VideoInfo) -> FloatImage:
    """a* and b* of a frame, 2 x H x W float32, as stored; see `picture`."""
    ab = np.empty((2, frame.height, frame.width), np.float32)
    for rows, space, light, blue_red in _strips(frame, info, None):
        ab[:, rows] = np.moveaxis(space.lab(light, blue_red)[..., 1:], -1, 0)
    return ab


def _strips(
    frame: VideoFrame, info: VideoInfo, source: VideoFrame | None
) -> Iterator[tuple[slice, YCbCr, FloatImage, FloatImage]]:
    """Rows, what their codes mean, and their Y', Cb and Cr as numbers."""
    space = space_of(info, frame.format.components[0].bits)
    deep = space if source is None else space_of(info, info.bits)
    codes, *planes = (reading.plane(frame, index) for index in range(3))
    if source is not None:
        codes = reading.luma(source)
    for rows in strips(frame.height):
        blue_red = np.stack([space.chroma_of(plane[rows]) for plane in planes])
        yield rows, space, deep.luma(codes[rows]), blue_red


def square(colors: PictureArray, info: VideoInfo) -> PictureArray:
    """An upright picture with square pixels, as screens show it."""
    size = info.shown_size
    if size == colors.shape[1::-1]:
        return colors
    return scaling.fit(pyvips.Image.new_from_array(colors), *size).numpy()
