"""Frames out of a film: all of them, or those from one time stamp to another."""

from __future__ import annotations

import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from photochrom.errors import InputError
from photochrom.video.container.layouts import planar

if TYPE_CHECKING:
    from photochrom.color.ycbcr import Codes
    from photochrom.video.container.info import VideoInfo

BACK = (0, 3, 20, 120)
"""Seconds before a wanted frame at which reading may begin, tried in turn: where an index is wrong,
the first place that is found may lie behind the frame."""


def frames(info: VideoInfo, start: int, end: int, seek: bool = True) -> Iterator[VideoFrame]:
    """Frames in the order in which they are shown, laid out as `VideoInfo.planar` says.

    What can't be decoded is passed over, as the survey has told of it.

    Args:
        info: of the film.
        start: time stamp of the first frame wanted, in the stream's time base.
        end: time stamp before which the last one lies.
        seek: whether to begin near it; else everything before it is decoded too, which is the same
            for every film that is whole.
    """
    last: int | None = None
    for frame, _ in _from(info, start if seek else None):
        if frame is None or frame.pts is None or (last is not None and frame.pts <= last):
            continue
        last = frame.pts
        if last >= end:
            return
        if last >= start:
            yield as_read(frame, info)


def everything(info: VideoInfo) -> Iterator[tuple[VideoFrame | None, str]]:
    """Every frame as decoded with an empty string, and None with the reason where that fails."""
    return _from(info, None)


def as_read(frame: VideoFrame, info: VideoInfo) -> VideoFrame:
    """A decoded frame laid out as `VideoInfo.planar` says; the same one if it is."""
    return frame if frame.format.name == info.planar else planar(frame, info)


def luma(frame: VideoFrame) -> Codes:
    """Codes of Y' as they were decoded, H x W; a view into the frame."""
    return plane(frame, 0)


def plane(frame: VideoFrame, index: int) -> Codes:
    """Codes of one plane of a planar frame, a view: uint8, or uint16 for more bits."""
    data = frame.planes[index]
    deep = frame.format.components[index].bits > 8
    rows: Codes = np.frombuffer(memoryview(data), np.uint16 if deep else np.uint8)
    return rows.reshape(data.height, -1)[:, : data.width]


def open_film(path: Path) -> InputContainer:
    """The film's container.

    Raises:
        InputError: if it can't be opened.
    """
    try:
        return av.open(str(path), metadata_errors="replace")
    except av.FFmpegError as error:
        if os.path.getsize(path) == 0:
            raise InputError(f"{path} is empty") from error
        raise InputError(f"{path} is no film that can be read: {error.strerror}") from error


def _from(info: VideoInfo, start: int | None) -> Iterator[tuple[VideoFrame | None, str]]:
    with open_film(info.path) as container:
        stream = container.streams[info.index]
        assert isinstance(stream, VideoStream)
        stream.thread_type = "AUTO"
        first = _begin(container, stream, start)
        yield first
        yield from _decode(container, stream)


def _begin(
    container: InputContainer, stream: VideoStream, start: int | None
) -> tuple[VideoFrame | None, str]:
    """The first frame of a place from which the wanted one is reached."""
    base = stream.time_base or Fraction(1)
    for seconds in BACK if start is not None else ():
        assert start is not None
        container.seek(start - round(seconds / base), stream=stream)
        frame, reason = next(_decode(container, stream), (None, ""))
        if frame is not None and frame.pts is not None and frame.pts <= start:
            return frame, reason
    if start is not None:
        container.seek(0)
    return next(_decode(container, stream), (None, ""))


def _decode(
    container: InputContainer, stream: VideoStream
) -> Iterator[tuple[VideoFrame | None, str]]:
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
            found = packet.decode()
        except StopIteration:
            return
        except av.error.EOFError:
            return
        except av.FFmpegError as error:
            yield None, error.strerror or str(error)
            continue
        for frame in found:
            assert isinstance(frame, VideoFrame)
            yield frame, ""
