"""Coloured frames as pictures: upright, sRGB."""

from __future__ import annotations

import numpy as np
import pyvips
from av.video.frame import VideoFrame

from photochrom.color import gamut, srgb
from photochrom.color.arrays import PictureArray
from photochrom.files import scaling
from photochrom.video.coloring import space_of
from photochrom.video.container import reading
from photochrom.video.container.info import VideoInfo
from photochrom.video.painting import strips


def picture(frame: VideoFrame, info: VideoInfo) -> PictureArray:
    """A frame as uint8 sRGB, H x W x 3, upright, its pixels as many as the film has.

    Args:
        frame: planar Y'CbCr of full chroma resolution (4:4:4).
        info: of the film.
    """
    space = space_of(info, frame.format.components[0].bits)
    luma, *chroma = (reading.plane(frame, index) for index in range(3))
    colors = np.empty((*luma.shape, 3), np.uint8)
    for rows in strips(len(luma)):
        light = space.luma(luma[rows])
        blue_red = np.stack([space.chroma_of(plane[rows]) for plane in chroma])
        if info.primaries == "bt709":
            encoded = np.clip(space.encoded(light, blue_red), 0, 1)
        else:
            encoded = gamut.lab_to_srgb(space.lab(light, blue_red))
        colors[rows] = srgb.from_float(encoded, np.dtype(np.uint8))
    return np.ascontiguousarray(np.rot90(colors, info.turns))


def square(colors: PictureArray, info: VideoInfo) -> PictureArray:
    """An upright picture with square pixels, as screens show it."""
    size = info.shown_size
    if size == colors.shape[1::-1]:
        return colors
    return scaling.fit(pyvips.Image.new_from_array(colors), *size).numpy()
