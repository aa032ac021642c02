"""One piece of a film: frames in their own encoder, in a file of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.codec.context import Flags
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from photochrom.errors import OutputError
from photochrom.video.container import hardware
from photochrom.video.container.codecs import Encoding
from photochrom.video.container.info import VideoInfo

_EXACT = {"avoid_negative_ts": "disabled"}
"""Decoding begins before the first frame is shown; without this all stamps would be moved."""
TOP_FIRST, BOTTOM_FIRST = 2, 3
"""FFmpeg's numbers of field orders."""
USUAL_RATE = Fraction(25)
"""Frames a second of a film that does not tell."""
KEYS = 250
"""Frames from one key frame to the next, at most."""


@dataclass
class Piece:
    """Takes frames."""

    path: Path
    _container: OutputContainer
    _stream: VideoStream
    _first: int | None = field(default=None, init=False)

    def write(self, frame: VideoFrame) -> None:
        """Encode the next frame.

        Args:
            frame: of the layout that was said; its time stamp, in the film's time base, is counted
                from the first frame's here, since NUT has no stamps below zero.

        Raises:
            OutputError: if it can't be written.
        """
        assert frame.pts is not None
        if self._first is None:
            self._first = frame.pts
        frame.pts -= self._first
        taken = self._stream.codec_context.pix_fmt
        self._mux(frame if frame.format.name == taken else frame.reformat(format=taken))

    def _mux(self, frame: VideoFrame | None) -> None:
        try:
            self._container.mux(self._stream.encode(frame))
        except av.FFmpegError as error:
            raise OutputError(f"can't write {self.path}: {error.strerror or error}") from error


@contextmanager
def open_piece(path: Path, info: VideoInfo, encoding: Encoding) -> Iterator[Piece]:
    """A file for a piece's frames, finished at the end of the block.

    The same frames give the same decoded ones, whatever else is encoded before or after them.

    Args:
        path: of the file, its ending `Encoding.piece_ending`.
        info: of the film whose frames they are.
        encoding: how.

    Raises:
        OutputError: if it can't be written.
        UsageError: if such a film can't be encoded so.
    """
    kind = encoding.piece_ending.removeprefix(".")
    with av.open(str(path), "w", format=kind, container_options=_EXACT) as container:
        piece = Piece(path, container, _add_stream(container, info, encoding))
        yield piece
        piece._mux(None)


def _add_stream(container: OutputContainer, info: VideoInfo, encoding: Encoding) -> VideoStream:
    stream = container.add_stream(encoding.library, rate=info.rate or USUAL_RATE)
    assert isinstance(stream, VideoStream)
    stream.codec_context.options = encoding.options()
    stream.time_base = info.time_base
    _set_up(stream.codec_context, info, encoding)
    return stream


def _set_up(context: Any, info: VideoInfo, encoding: Encoding) -> None:
    context.width, context.height = info.width, info.height
    context.pix_fmt = _taken(encoding) or encoding.look(info).pix_fmt
    context.time_base = info.time_base
    context.gop_size = 1 if encoding.lossless else KEYS
    tag(context, info)
    if info.interlaced:
        context.flags |= Flags.interlaced_dct | Flags.interlaced_me


def _taken(encoding: Encoding) -> str | None:
    """The layout that a graphics card takes, where one encodes: Y' is the same in it."""
    return hardware.find(encoding.codec).pix_fmt if encoding.hardware else None


def tag(context: Any, info: VideoInfo) -> None:
    """Tell a codec how a film's samples are meant."""
    if info.sample_aspect_ratio:
        context.sample_aspect_ratio = info.sample_aspect_ratio
    tags = info.tags
    context.color_primaries, context.color_trc = tags.primaries, tags.transfer
    context.colorspace, context.color_range = tags.matrix, 2 if info.full_range else 1
    if info.interlaced:
        context.field_order = TOP_FIRST if info.top_first else BOTTOM_FIRST
