"""Subtitles between QuickTime's text and SubRip's: words stay, styles do not.

QuickTime File Format Specification, "Subtitle Sample Data": a length of two bytes, big-endian, and
UTF-8. SubRip's packets in Matroska are the text alone.
"""

from __future__ import annotations

import re
from typing import Any

from av.container import OutputContainer

TURNED = {("mov_text", "matroska"): "subrip", ("subrip", "mp4"): "mov_text",
          ("subrip", "mov"): "mov_text"}  # fmt: skip
"""What a codec becomes in another kind of container."""
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|\{\\[^{}]*\}")
_HEADER = (
    b"[Script Info]\r\nScriptType: v4.00+\r\n\r\n[V4+ Styles]\r\nFormat: Name, Fontname, Fontsize, "
    b"PrimaryColour, Alignment\r\nStyle: Default,Arial,16,&Hffffff,2\r\n\r\n[Events]\r\n"
    b"Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\r\n"
)
"""FFmpeg opens no encoder of text subtitles without one."""


def add(container: OutputContainer, codec: str, template: Any) -> Any:
    """A stream of subtitles in another codec, timed as the template is."""
    stream: Any = container.add_stream(codec)
    stream.codec_context.subtitle_header = _HEADER
    stream.codec_context.time_base = stream.time_base = template.time_base
    return stream


def turned(payload: bytes, codec: str) -> bytes:
    """A packet's payload in the other codec, which is named; empty for a pause."""
    if codec == "subrip":
        length = int.from_bytes(payload[:2], "big")
        return payload[2 : 2 + length]
    text = _TAG.sub("", payload.decode("utf-8", errors="replace")).encode()
    return len(text).to_bytes(2, "big") + text


def is_pause(payload: bytes, codec: str) -> bool:
    """Whether a packet only fills the time between two lines; muxers of MP4 add their own."""
    return codec == "mov_text" and payload[:2] == b"\0\0"
