"""Frames out of a film: all of them, or those from one time stamp to another."""

from __future__ import annotations

import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import av
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from photochrom.errors import InputError
from photochrom.video.container import kinds
from photochrom.video.container.layouts import planar

if TYPE_CHECKING:
    from photochrom.color.ycbcr import Codes
    from photochrom.video.container.info import VideoInfo
    from photochrom.video.container.sequences import Images

Decoded: TypeAlias = "tuple[VideoFrame | None, str]"
"""A frame, or None and why there is none."""
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


def everything(info: VideoInfo) -> Iterator[Decoded]:
    """Every frame as decoded with an empty string, and None with the reason where that fails.

    Raises:
        InputError: if the frames are not all of one size and kind.
    """
    for frame, reason in _from(info, None):
        if frame is not None:
            _check(frame, info)
        yield frame, reason


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


def open_film(path: Path, images: Images | None = None) -> InputContainer:
    """The film's container.

    Args:
        path: of the film.
        images: the numbered pictures that it is made of, if it is.

    Raises:
        InputError: if it can't be opened.
    """
    try:
        if images is not None:
            return av.open(images.names.ffmpeg, format="image2", options=images.options())
        # by its absolute path, which FFmpeg can't take for the name of a protocol
        return av.open(
            os.path.abspath(path), metadata_errors="replace", container_options=kinds.SELF_CONTAINED
        )
    except av.FFmpegError as error:
        if images is None and os.path.getsize(path) == 0:
            raise InputError(f"{path} is empty") from error
        raise InputError(f"{path} is no film that can be read: {error.strerror}") from error


def _from(info: VideoInfo, start: int | None) -> Iterator[Decoded]:
    with open_film(info.path, info.images) as container:
        stream = container.streams[info.index]
        assert isinstance(stream, VideoStream)
        stream.thread_type = "AUTO"
        first, rest = _begin(container, stream, start)
        yield first
        yield from rest


def _check(frame: VideoFrame, info: VideoInfo) -> None:
    alike = info.images is None or frame.format.name == info.pix_fmt
    if alike and (frame.width, frame.height) == (info.width, info.height):
        return
    what = str(info.path) if info.images is None else str(info.images.path(frame.pts or 0))
    own, first = (
        f"{one.width} x {one.height} ({name})"
        for one, name in ((frame, frame.format.name), (info, info.pix_fmt))
    )
    raise InputError(f"{what} is {own} where the first frame is {first}; make all of them alike")


def _begin(
    container: InputContainer, stream: VideoStream, start: int | None
) -> tuple[Decoded, Iterator[Decoded]]:
    """The first frame of a place from which the wanted one is reached, and those after it."""
    base = stream.time_base or Fraction(1)
    for seconds in BACK if start is not None else ():
        assert start is not None
        container.seek(start - round(seconds / base), stream=stream)
        rest = decoded(container, stream)
        frame, reason = next(rest, (None, ""))
        if frame is not None and frame.pts is not None and frame.pts <= start:
            return (frame, reason), rest
    if start is not None:
        container.seek(0)
    rest = decoded(container, stream)
    return next(rest, (None, "")), rest


def decoded(container: InputContainer, stream: VideoStream) -> Iterator[Decoded]:
    """Every frame from here on, and None with the reason where one fails."""
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
