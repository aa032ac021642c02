"""Finished pieces into one film, without encoding again, beside all else that the source holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

import av
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from photochrom.errors import OutputError
from photochrom.files.pulling import Watch
from photochrom.video.container import pieces as piece_files
from photochrom.video.container import streams, words
from photochrom.video.container.codecs import Encoding
from photochrom.video.container.info import VideoInfo
from photochrom.video.container.reading import open_film

AnyPacket: TypeAlias = "Packet[Any]"
STEP = 100
"""Packets between two reports."""


def join(
    pieces: Sequence[tuple[Path, int]],
    info: VideoInfo,
    target: Path,
    encoding: Encoding,
    metadata: Mapping[str, str],
    copy: bool = True,
    watch: Watch | None = None,
) -> None:
    """Write a film.

    Args:
        pieces: NUT files, and the time stamp of the first frame of each.
        info: of the source.
        target: whose ending names the container.
        encoding: of the pieces.
        metadata: added to the container's own.
        copy: whether everything else of the source is copied.
        watch: told of the stage ``join``.

    Raises:
        OutputError: if it can't be written.
        CancelledError: if the person asked for it.
    """
    try:
        with open_film(info.path, info.images) as source:
            copied = source if copy and info.images is None else None
            _join(pieces, info, target, encoding, metadata, copied, watch)
    except av.FFmpegError as error:
        raise OutputError(f"can't write {target}: {error.strerror or error}") from error


def _join(
    pieces: Sequence[tuple[Path, int]],
    info: VideoInfo,
    target: Path,
    encoding: Encoding,
    metadata: Mapping[str, str],
    source: InputContainer | None,
    watch: Watch | None,
) -> None:
    kind = streams.FORMATS[target.suffix.lower()]
    stamps = _stamps(pieces, info.time_base)
    with av.open(
        str(target), "w", format=kind, container_options=_options(kind, source, info)
    ) as container:
        picture = _add_picture(container, pieces[0][0], info, source)
        copied = _add_others(container, source, info, target.suffix.lower()) if source else {}
        _describe(container, source, metadata)
        if source is not None:
            container.set_chapters(source.chapters())
        rest = _others(source, copied)
        waiting = next(rest, None)
        for done, packet in enumerate(_packets(pieces, stamps, info.time_base), 1):
            packet.stream = picture
            while waiting is not None and _time(waiting) <= _time(packet):
                container.mux(waiting)
                waiting = next(rest, None)
            container.mux(packet)
            if watch is not None and done % STEP == 0:
                watch("join", done / len(stamps))
        while waiting is not None:
            container.mux(waiting)
            waiting = next(rest, None)
    if watch is not None:
        watch("join", 1.0)


def _options(kind: str, source: InputContainer | None, info: VideoInfo) -> dict[str, str]:
    """Of the muxer: MP4 begins with its index, and keeps free names if they hide no cover art.

    Matroska would get a number by chance, so that no film were made twice alike.
    """
    if kind not in ("mp4", "mov"):
        return {"fflags": "+bitexact"}
    free = source is not None and streams.free_names(source)
    covers = source is not None and any(map(streams.is_cover, streams.others(source, info)))
    return {"movflags": "+faststart" + ("+use_metadata_tags" if free and not covers else "")}


def _stamps(pieces: Sequence[tuple[Path, int]], base: Fraction) -> list[int]:
    """Presentation time stamps of all packets, in the order of decoding."""
    found = []
    for path, start in pieces:
        with av.open(str(path)) as piece:
            for packet in piece.demux(video=0):
                if packet.size and packet.pts is not None:
                    # NUT has a finer time base, always a multiple
                    found.append(start + round(packet.pts * (packet.time_base or base) / base))
    return found


def _packets(
    pieces: Sequence[tuple[Path, int]], stamps: Sequence[int], base: Fraction
) -> Iterator[AnyPacket]:
    """The picture's packets with time stamps of decoding that rise over all pieces."""
    ordered = sorted(stamps)
    rank = {stamp: place for place, stamp in enumerate(ordered)}
    delay = max(place - rank[stamp] for place, stamp in enumerate(stamps))
    step = max(1, ordered[1] - ordered[0]) if len(ordered) > 1 else 1
    number = 0
    for path, _ in pieces:
        with av.open(str(path)) as piece:
            for packet in piece.demux(video=0):
                if not packet.size:
                    continue
                place = number - delay
                packet.pts, packet.time_base = stamps[number], base
                packet.dts = ordered[place] if place >= 0 else ordered[0] + place * step
                after = rank[stamps[number]] + 1
                packet.duration = ordered[after] - stamps[number] if after < len(ordered) else step
                yield packet
                number += 1


def _add_picture(
    container: OutputContainer, piece: Path, info: VideoInfo, source: InputContainer | None
) -> VideoStream:
    with av.open(str(piece)) as first:
        # opaque, as not every decoder's name is an encoder's too
        stream = container.add_stream_from_template(first.streams.video[0], opaque=True)
    stream.time_base = info.time_base
    piece_files.tag(stream.codec_context, info)  # NUT does not keep them
    stream.codec_context.framerate = info.rate or piece_files.USUAL_RATE  # time code needs one
    if info.rotation:
        stream.set_display_rotation(info.rotation)
    if source is not None:
        own = source.streams[info.index]
        stream.metadata.update(streams.told_of_picture(own))
        stream.disposition = own.disposition
    return stream


def _add_others(
    container: OutputContainer, source: InputContainer, info: VideoInfo, ending: str
) -> dict[int, Any]:
    copied: dict[int, Any] = {}
    for stream in streams.others(source, info):
        if not streams.holds(ending, stream):
            continue
        turned = words.TURNED.get((streams.codec_of(stream), streams.FORMATS[ending]))
        added: Any = (
            words.add(container, turned, stream)
            if turned
            else container.add_stream_from_template(stream)
        )
        if stream.type != "attachment":
            added.time_base = stream.time_base
            added.disposition = stream.disposition
            copied[stream.index] = added
        added.metadata.update(stream.metadata)
    return copied


def _describe(
    container: OutputContainer, source: InputContainer | None, metadata: Mapping[str, str]
) -> None:
    own = streams.metadata(source) if source else {}
    names = {name.lower(): name for name in own}  # Matroska's are capitals
    for name, value in metadata.items():
        there = names.get(name, name)
        own[there] = f"{own[there]} {value}" if own.get(there) else value
    container.metadata.update(own)


def _others(source: InputContainer | None, copied: Mapping[int, Any]) -> Iterator[AnyPacket]:
    if source is None or not copied:
        return
    for packet in source.demux([source.streams[index] for index in copied]):
        if packet.size:
            codec = streams.codec_of(packet.stream)
            packet.stream = copied[packet.stream.index]
            yield from _as_copied(packet, codec)


def _as_copied(packet: AnyPacket, codec: str) -> Iterator[AnyPacket]:
    """A packet as its new stream takes it; none for a pause."""
    if words.is_pause(bytes(packet), codec):
        return
    if packet.pts is None:  # cover art has no time
        packet.pts = packet.dts = 0
    if codec in ("mov_text", "subrip") and codec != streams.codec_of(packet.stream):
        payload = words.turned(bytes(packet), streams.codec_of(packet.stream))
        made: AnyPacket = Packet(payload)
        made.stream, made.time_base = packet.stream, packet.time_base
        made.pts, made.dts, made.duration = packet.pts, packet.dts, packet.duration
        made.is_keyframe = True
        packet = made
    yield packet


def _time(packet: AnyPacket) -> Fraction:
    stamp = packet.dts if packet.dts is not None else packet.pts
    return (stamp or 0) * (packet.time_base or Fraction(1))
