"""How decoded frames lie in memory, and how they are read: a plane of Y', maybe two of chroma."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from av.video.format import VideoFormat
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from photochrom.color.ycbcr import WEIGHTS, Codes
from photochrom.video.container.writing import write_plane

if TYPE_CHECKING:
    from photochrom.video.container.info import VideoInfo

PACKED = {
    "nv12": "yuv420p", "nv21": "yuv420p", "nv16": "yuv422p", "nv24": "yuv444p",
    "yuyv422": "yuv422p", "uyvy422": "yuv422p", "yvyu422": "yuv422p", "uyyvyy411": "yuv411p",
    "p010le": "yuv420p10le", "p210le": "yuv422p10le", "p410le": "yuv444p10le",
    "y210le": "yuv422p10le", "xv30le": "yuv444p10le", "vuya": "yuv444p", "vuyx": "yuv444p",
    "yuva420p": "yuv420p", "yuva422p": "yuv422p", "yuva444p": "yuv444p",
    "yuva420p10le": "yuv420p10le", "yuva422p10le": "yuv422p10le", "yuva444p10le": "yuv444p10le",
    "yuva422p12le": "yuv422p12le", "yuva444p12le": "yuv444p12le",
    "ya8": "gray", "ya16le": "gray16le", "gray10be": "gray10le", "gray12be": "gray12le",
    "gray16be": "gray16le", "monow": "gray", "monob": "gray",
}  # fmt: skip
"""Layouts that are turned into planes, by swscale, without a change to Y'."""
GREY = {8: "gray", 10: "gray10le", 12: "gray12le", 16: "gray16le"}
FOURTH = np.s_[::4, ::4]
"""Samples by which colour is told."""


def planar_name(pix_fmt: str) -> str | None:
    """As what frames of a layout are read, FFmpeg's name; None if they can't be."""
    pix_fmt = PACKED.get(pix_fmt, pix_fmt)
    layout = VideoFormat(pix_fmt)
    bits = layout.components[0].bits
    if layout.is_rgb or layout.has_palette:
        return GREY.get(8 if layout.has_palette else bits)
    planes = layout.is_planar or pix_fmt.startswith("gray")
    return pix_fmt if planes and bits in GREY and "be" not in pix_fmt[-2:] else None


def planar(frame: VideoFrame, info: VideoInfo) -> VideoFrame:
    """A decoded frame laid out as `VideoInfo.planar` says.

    R'G'B' become Y' by the weights of `VideoInfo.matrix`, in full range: greys keep their codes.
    """
    layout = frame.format
    if not (layout.is_rgb or layout.has_palette):
        return frame.reformat(format=info.planar)
    grey = VideoFrame(frame.width, frame.height, info.planar)
    red, green, blue = (plane.astype(np.float64) for plane in _rgb(frame))
    kr, kb = WEIGHTS[info.matrix]
    # from green on, so that equal parts give exactly their code
    luma = np.rint(green + kr * (red - green) + kb * (blue - green))
    write_plane(grey, 0, luma.astype(np.uint8 if info.bits == 8 else np.uint16))
    grey.pts, grey.time_base = frame.pts, frame.time_base
    return grey


def chroma_spread(frame: VideoFrame, info: VideoInfo) -> float:
    """Standard deviation inside a decoded frame of Cb or Cr, the larger, in codes of 8 bits."""
    if frame.format.is_rgb or frame.format.has_palette:
        return _rgb_spread(frame, info)
    if info.grey:
        return 0.0
    read = frame if frame.format.name == info.planar else frame.reformat(format=info.planar)
    step = 1 << (info.bits - 8)
    return max(float(_plane(read, index)[FOURTH].std()) / step for index in (1, 2))


def _rgb_spread(frame: VideoFrame, info: VideoInfo) -> float:
    red, green, blue = (plane[FOURTH].astype(np.float64) for plane in _rgb(frame))
    kr, kb = WEIGHTS[info.matrix]
    luma = green + kr * (red - green) + kb * (blue - green)
    step = 1 << (info.bits - 8)
    cb, cr = (blue - luma) / (2 * (1 - kb)), (red - luma) / (2 * (1 - kr))
    return max(float(cb.std()), float(cr.std())) / step


def _rgb(frame: VideoFrame) -> list[NDArray[Any]]:
    """Codes of R', G' and B'."""
    bits = 8 if frame.format.has_palette else frame.format.components[0].bits
    layouts = {8: "gbrp", 10: "gbrp10le", 12: "gbrp12le", 16: "gbrp16le"}
    apart = frame.reformat(format=layouts[bits])
    green, blue, red = (_plane(apart, index) for index in range(3))
    return [red, green, blue]


def _plane(frame: VideoFrame, index: int) -> Codes:
    data = frame.planes[index]
    deep = frame.format.components[index].bits > 8
    rows: Codes = np.frombuffer(memoryview(data), np.uint16 if deep else np.uint8)
    return rows.reshape(data.height, -1)[:, : data.width]
