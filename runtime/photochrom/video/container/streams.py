"""All of a film but its picture: sound, subtitles, attachments, and what a container can hold."""

from __future__ import annotations

from typing import Any

from av.container import InputContainer
from av.stream import Disposition, Stream

from photochrom.video.container import words
from photochrom.video.container.info import VideoInfo
from photochrom.video.container.reading import open_film

FORMATS = {".mp4": "mp4", ".m4v": "mp4", ".mov": "mov", ".mkv": "matroska", ".webm": "webm"}
"""FFmpeg's muxers by endings."""
HELD = {
    "mp4": {
        "aac",
        "mp3",
        "ac3",
        "eac3",
        "alac",
        "flac",
        "opus",
        "dts",
        "mp2",
        "mov_text",
        "mjpeg",
        "png",
    },
    "mov": {"aac", "mp3", "ac3", "eac3", "alac", "mov_text", "mjpeg", "png", "mp2"},
    "webm": {"opus", "vorbis", "webvtt"},
}
"""Codecs that players find in each, beside PCM in QuickTime; Matroska holds all that has a name."""
OF_FILES = ("major_brand", "minor_version", "compatible_brands", "encoder")
OF_CODING = ("ENCODER", "DURATION", "BPS", "NUMBER_OF_", "_STATISTICS", "VENDOR_ID")
"""How names begin that tell of one coding of a stream: Matroska's statistics and the like."""
IN_MP4 = {
    *("title", "artist", "album_artist", "composer", "album", "date", "comment", "genre"),
    *("copyright", "grouping", "lyrics", "description", "synopsis", "show", "episode_id"),
    *("network", "keywords", "creation_time"),
}
"""Metadata that FFmpeg writes into MP4's list; others need another list, which hides cover art."""
NOT_IN_MATROSKA = {"mov_text", "tmcd", "bin_data", "none"}


def others(container: InputContainer, info: VideoInfo) -> list[Stream]:
    """Every stream but the picture."""
    return [stream for stream in container.streams if stream.index != info.index]


def codec_of(stream: Stream) -> str:
    """FFmpeg's name of a stream's codec, or "none"."""
    context = stream.codec_context
    return str(context.codec.canonical_name) if context is not None else "none"


def holds(ending: str, stream: Any) -> bool:
    """Whether a container takes a stream, as it is or turned (`words`)."""
    kind, codec = FORMATS[ending], codec_of(stream)
    if (codec, kind) in words.TURNED:
        return True
    if stream.type == "attachment":
        return kind == "matroska"
    if stream.type == "data":
        return False
    if kind == "matroska":
        return codec not in NOT_IN_MATROSKA
    if kind == "mov" and codec.startswith("pcm_"):
        return True
    return codec in HELD[kind]


def what_is_lost(info: VideoInfo, ending: str) -> list[str]:
    """What of a film its coloured copy can't hold, in sentences; known before any work."""
    if info.images is not None:
        return []
    with open_film(info.path) as container:
        rest = others(container, info)
        lost = [
            f"{describe(stream)} is left out: {ending} can't hold it{_elsewhere(stream)}"
            for stream in rest
            if not holds(ending, stream) and not _made_anew(container, info, stream, ending)
        ]
        turned = [
            f"{describe(stream)} become {codec}: their words stay, styles do not"
            for stream in rest
            if (codec := words.TURNED.get((codec_of(stream), FORMATS[ending])))
        ]
        names = free_names(container) if any(map(is_cover, rest)) else []
    hidden = [f"{', '.join(names)} left out: {ending} has no place for it beside cover art"]
    return lost + turned + (hidden if names and FORMATS[ending] in ("mp4", "mov") else [])


def _elsewhere(stream: Stream) -> str:
    return "; .mkv can" if holds(".mkv", stream) else ""


def _made_anew(container: InputContainer, info: VideoInfo, stream: Stream, ending: str) -> bool:
    """Whether it is QuickTime's track of time code, which muxers make from the picture's tag."""
    told = container.streams[info.index].metadata.get("timecode")
    of_time = stream.type == "data" and stream.metadata.get("timecode") == told
    return bool(told) and of_time and FORMATS[ending] in ("mp4", "mov")


def metadata(container: InputContainer) -> dict[str, str]:
    """What is told of a film, without what a muxer tells of the file."""
    return {
        name: value for name, value in container.metadata.items() if name.lower() not in OF_FILES
    }


def told_of_picture(stream: Stream) -> dict[str, str]:
    """What is told of the picture's stream, without what was so of the old coding alone."""
    return {
        name: value
        for name, value in stream.metadata.items()
        if not name.upper().startswith(OF_CODING)
    }


def free_names(container: InputContainer) -> list[str]:
    """Names in the metadata that MP4 has no place of its own for."""
    return [name for name in metadata(container) if name.lower() not in IN_MP4]


def describe(stream: Any) -> str:
    """A stream, for people."""
    kind = {"audio": "sound", "subtitle": "subtitles", "attachment": "the attachment"}
    what = kind.get(stream.type, f"{stream.type} stream")
    name = stream.metadata.get("filename") or stream.metadata.get("language") or ""
    return " ".join(word for word in (what, str(stream.index), codec_of(stream), name) if word)


def is_cover(stream: Stream) -> bool:
    """Whether it is cover art."""
    return bool(stream.disposition & Disposition.attached_pic)
