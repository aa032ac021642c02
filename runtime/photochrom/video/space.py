"""How much room a film takes, found by encoding a few of its frames."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import av

from photochrom.errors import OutputError
from photochrom.files.whole import scratch_file
from photochrom.video.container.codecs import Encoding
from photochrom.video.container.info import VideoInfo
from photochrom.video.container.pieces import open_piece
from photochrom.video.film import Film
from photochrom.video.segments import Segment

PLACES = 3
"""Places of a film at which frames are tried."""
FRAMES = 12
"""Frames of each."""
RAW = 6
"""Bytes of a pixel with chroma of full resolution and 10 bits."""
COLORS = 1.25
"""What is tried has no colours yet, which take room too."""


@dataclass(frozen=True)
class Space:
    """Bytes that are needed, about."""

    pieces: int
    """For as long as the work goes on."""
    result: int


def needed(film: Film, segments: Sequence[Segment], encoding: Encoding, scratch: Path) -> Space:
    """An estimate.

    Args:
        film: what is coloured.
        segments: its pieces.
        encoding: of them.
        scratch: folder for the frames that are tried.
    """
    step = max(1, len(segments) // PLACES)
    tried = [_try(film, segment, encoding, scratch) for segment in segments[::step][:PLACES]]
    keys = sum(sizes[0] for sizes in tried) / len(tried)
    others = [size for sizes in tried for size in sizes[1:]] or [round(keys)]
    frames = sum(segment.frames for segment in segments)
    pieces = COLORS * (len(segments) * keys + frames * sum(others) / len(others))
    return Space(round(pieces), round(pieces) + _other_streams(film.info))


def is_plenty(film: Film, segments: Sequence[Segment], work: Path, target: Path) -> bool:
    """Whether there is room whatever the frames are: they could be stored as they are, twice."""
    pixels = sum(segment.frames for segment in segments) * film.info.width * film.info.height
    most = 2 * RAW * pixels + _other_streams(film.info)
    return all(shutil.disk_usage(folder).free > most for folder in (work, target))


def check(space: Space, work: Path, target: Path, done: int) -> None:
    """Refuse to begin where there is no room.

    Args:
        space: what is needed.
        work: folder of the pieces.
        target: folder of the result.
        done: bytes of pieces that are there already.

    Raises:
        OutputError: which folder has too little room.
    """
    pieces = max(0, space.pieces - done)
    if os.stat(work).st_dev == os.stat(target).st_dev:
        _check(work, pieces + space.result)
    else:
        _check(work, pieces)
        _check(target, space.result)


def words(size: float) -> str:
    """Bytes, for people."""
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            break
        size, unit = size / 1000, {"bytes": "kB", "kB": "MB", "MB": "GB"}[unit]
    return f"{size:.0f} {unit}" if size >= 10 or unit == "bytes" else f"{size:.1f} {unit}"


def _check(folder: Path, size: int) -> None:
    free = shutil.disk_usage(folder).free
    if size > free:
        raise OutputError(
            f"{folder} has {words(free)} of room, and the film needs about {words(size)} while it "
            "is made; free some, or choose another folder (--work for the pieces)"
        )


def _try(film: Film, segment: Segment, encoding: Encoding, scratch: Path) -> list[int]:
    """Bytes of a segment's first frames."""
    pix_fmt = encoding.look(film.info).pix_fmt
    end = min(segment.start + FRAMES, segment.end)
    with scratch_file(scratch, encoding.piece_ending) as path:
        with open_piece(path, film.info, encoding) as piece:
            for frame in film.frames(segment.start, end):
                piece.write(frame.reformat(format=pix_fmt))
        with av.open(str(path)) as container:
            return [packet.size for packet in container.demux(video=0) if packet.size]


def _other_streams(info: VideoInfo) -> int:
    """Bytes of a film's sound and everything else, about."""
    if info.images is not None:
        return 0
    size = info.path.stat().st_size
    with av.open(str(info.path)) as container:
        rate = container.streams[info.index].codec_context.bit_rate
    if not rate or not info.seconds:
        return size // 10
    return max(0, size - round(rate * info.seconds / 8))
