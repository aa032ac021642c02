"""Encoders of graphics cards, offered once one has really encoded something here."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from fractions import Fraction

import av
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from photochrom.errors import DeviceError

SIZE = (256, 256)
"""Of the frames that are tried: some cards encode none below 145 pixels."""
FRAMES = 3


@dataclass(frozen=True)
class Card:
    """An encoder of a card; all of them take 8 bits, 4:2:0."""

    encoder: str
    """FFmpeg's name."""
    pix_fmt: str
    """That it takes."""
    quality: str
    """FFmpeg's name of the option that is nearest to crf."""


CARDS = {
    codec: (
        Card(f"{name}_nvenc", "yuv420p", "cq"),
        Card(f"{name}_qsv", "nv12", "global_quality"),
        Card(f"{name}_amf", "nv12", "qvbr_quality_level"),
    )
    for codec, name in (("h264", "h264"), ("h265", "hevc"), ("av1", "av1"))
}
"""NVIDIA's, Intel's and AMD's, in this order."""


@functools.cache
def find(codec: str) -> Card:
    """The first encoder that works here.

    Args:
        codec: h264, h265 or av1.

    Raises:
        DeviceError: if none does.
    """
    for card in CARDS[codec]:
        if _works(card):
            return card
    tried = ", ".join(card.encoder for card in CARDS[codec])
    raise DeviceError(
        f"no graphics card here encodes {codec} (tried {tried}); leave out --hardware"
    )


def _works(card: Card) -> bool:
    try:
        context = av.CodecContext.create(card.encoder, "w")
        assert isinstance(context, VideoCodecContext)
        context.width, context.height = SIZE
        context.pix_fmt, context.time_base = card.pix_fmt, Fraction(1, 25)
        context.options = {card.quality: "20"}
        packets = []
        for number in range(FRAMES):
            frame = VideoFrame(*SIZE, card.pix_fmt)
            frame.pts, frame.time_base = number, Fraction(1, 25)
            packets += context.encode(frame)
        return bool(packets + context.encode(None))
    except (av.FFmpegError, av.codec.codec.UnknownCodecError, ValueError):
        return False
