"""Codes into frames that an encoder takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from av.video.frame import PictureType, VideoFrame

from photochrom.color.ycbcr import Codes

if TYPE_CHECKING:
    from photochrom.video.container.info import VideoInfo


def base(frame: VideoFrame, pix_fmt: str, info: VideoInfo) -> VideoFrame:
    """A frame of another layout to write planes into: its time, tags and fields are a frame's.

    It is the frame itself if it has that layout, so that its Y' and the captions that lie in it
    stay.
    """
    if frame.format.name == pix_fmt:
        frame.make_writable()
        made = frame
    elif info.interlaced:
        made = frame.reformat(format=pix_fmt)  # PyAV sets fields in no other way
    else:
        made = VideoFrame(frame.width, frame.height, pix_fmt)
        _copy_tags(frame, made)
    made.pict_type = PictureType.NONE  # an encoder would take it for an order
    return made


def write_plane(frame: VideoFrame, index: int, codes: Codes) -> None:
    """Fill a plane of a planar frame.

    Args:
        frame: whose memory is its own.
        index: 0 for Y', 1 for Cb, 2 for Cr.
        codes: H x W, uint8, or uint16 for formats of more bits.
    """
    plane = frame.planes[index]
    room = np.frombuffer(memoryview(plane), codes.dtype).reshape(plane.height, -1)
    room[:, : plane.width] = codes


def _copy_tags(source: VideoFrame, target: VideoFrame) -> None:
    target.pts, target.time_base = source.pts, source.time_base
    target.duration = source.duration
    for name in ("color_primaries", "color_trc", "colorspace", "color_range"):
        setattr(target, name, getattr(source, name))
