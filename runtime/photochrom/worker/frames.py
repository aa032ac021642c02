"""Frames on a pipe: a length, a header in JSON, and bytes (docs/worker-protocol.md).

Like `client`, this knows nothing but the standard library, from Python 3.9 on: it travels with
plug-ins of editors that have a Python of their own.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import IO, Any

PROTOCOL = 1
"""Version of the frames; it rises when an older end would misunderstand a newer one."""
LONGEST_HEADER = 64 << 20
"""Bytes of JSON; no person paints more strokes."""
LONGEST_PAYLOAD = 16 << 30
"""Bytes of pixels."""
CHUNK = 1 << 20

Head = dict[str, Any]
Frame = tuple[Head, bytes]
_LENGTH = struct.Struct("<I")


class ProtocolError(Exception):
    """What came over the pipe is no frame."""


def write_frame(stream: IO[bytes], head: Mapping[str, Any], payload: bytes = b"") -> None:
    """Send a frame: length of the header (u32, little-endian), header (JSON), payload.

    Args:
        stream: raw or buffered.
        head: what JSON can hold; ``bytes`` is added.
        payload: bytes, or anything that has a buffer of them.
    """
    body = memoryview(payload).cast("B")
    text = json.dumps({**head, "bytes": len(body)}, separators=(",", ":")).encode()
    for part in (memoryview(_LENGTH.pack(len(text)) + text), body):
        while len(part):
            part = part[stream.write(part) :]
    stream.flush()


def read_frame(stream: IO[bytes]) -> Frame | None:
    """The next frame; None where the stream ends between two.

    Raises:
        ProtocolError: if it is cut off, too long, or no JSON object.
    """
    start = _read(stream, _LENGTH.size)
    if not start:
        return None
    head = _head(_whole(stream, _LENGTH.unpack(_full(start, _LENGTH.size))[0], LONGEST_HEADER))
    return head, _whole(stream, head["bytes"], LONGEST_PAYLOAD)


def _head(text: bytes) -> Head:
    try:
        head = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"a frame's header is no JSON: {error}") from error
    size = head.get("bytes") if isinstance(head, dict) else None
    if type(size) is not int or size < 0:
        raise ProtocolError("a frame's header is no object that tells its bytes")
    return dict(head)


def _whole(stream: IO[bytes], size: int, most: int) -> bytes:
    if size > most:
        raise ProtocolError(f"a frame of {size} bytes is too long; at most {most}")
    return _full(_read(stream, size), size)


def _full(data: bytes, size: int) -> bytes:
    if len(data) < size:
        raise ProtocolError("the stream ended in the middle of a frame")
    return data


def _read(stream: IO[bytes], size: int) -> bytes:
    """Up to so many bytes; memory grows with what comes, not with what was said."""
    data = bytearray()
    while len(data) < size:
        part = stream.read(min(size - len(data), CHUNK))
        if not part:
            break
        data += part
    return bytes(data)
