"""Small films to test with, made with PyAV alone: any codec, layout, track and time stamp.

`make_clip` encodes a moving picture of known codes. What a container or codec can't take is
PyAV's own error: a test must ask for what can be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.container import OutputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream
from numpy.typing import NDArray

Codes = NDArray[Any]

CODED_LOSSLESSLY: Mapping[str, str] = {"crf": "0", "qp": "0"}
"""Options of libx264 with which its decoder gives back the codes that went in."""

RATE = 48_000
_ASS_HEADER = b"""[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, Alignment
Style: Default,Arial,16,&Hffffff,2

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
""".replace(b"\n", b"\r\n")


@dataclass(frozen=True)
class Track:
    """A track of sound: a tone as long as the picture."""

    codec: str = "aac"
    """PyAV's name of the encoder: aac, libopus, pcm_s16le."""
    language: str | None = None
    """Three letters, as in eng."""
    title: str | None = None
    start: Fraction = Fraction(0)
    """When it begins, in seconds."""
    pitch: float = 440.0
    """Hertz; tracks of different pitch have different packets."""


@dataclass(frozen=True)
class Words:
    """A track of subtitles: one line every half second."""

    codec: str = "mov_text"
    """mov_text, subrip, ass or webvtt."""
    language: str | None = None
    lines: tuple[str, ...] = ("One.", "Two, with ümlauts.", "Three.")


@dataclass(frozen=True)
class Clip:
    """What a film shall be like."""

    size: tuple[int, int] = (64, 48)
    """Width and height; odd ones too, where the codec can."""
    frames: int = 12
    rate: Fraction = Fraction(25)
    """Frames a second."""
    codec: str = "libx264"
    """PyAV's name of the encoder."""
    pix_fmt: str = "yuv420p"
    options: Mapping[str, str] = field(default_factory=lambda: {"preset": "ultrafast"})
    """Of the encoder."""
    container: Mapping[str, str] = field(default_factory=dict)
    """Options of the container's muxer."""
    grey: bool = False
    """Neutral chroma everywhere."""
    seed: int = 0
    cuts: tuple[int, ...] = ()
    """Frames at which a wholly different picture begins."""
    times: Sequence[int] | None = None
    """Each frame's time stamp in `time_base`; None keeps the rate."""
    time_base: Fraction | None = None
    """None takes 1 / rate, and 1/1000 with `times`."""
    start: Fraction = Fraction(0)
    """Seconds before the first picture, where there are no `times`."""
    matrix: int | None = None
    """FFmpeg's number: 1 BT.709, 5 and 6 BT.601, 9 BT.2020; None leaves it out."""
    primaries: int | None = None
    transfer: int | None = None
    full_range: bool | None = None
    aspect: Fraction | None = None
    """Of one sample."""
    interlaced: bool = False
    """Coded as fields, top first (libx264, mpeg2video)."""
    rotation: int = 0
    """Degrees counter-clockwise, in the display matrix."""
    sound: tuple[Track, ...] = ()
    subtitles: tuple[Words, ...] = ()
    chapters: tuple[str, ...] = ()
    """Titles of chapters of equal length."""
    attachment: bytes | None = None
    """A text file inside (Matroska)."""
    cover: bool = False
    """A small JPEG as cover art, behind the other streams."""
    metadata: Mapping[str, str] = field(default_factory=dict)
    """Of the container."""
    video_metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def base(self) -> Fraction:
        """The time stamps' unit in seconds."""
        return self.time_base or (Fraction(1, 1000) if self.times else 1 / self.rate)

    @property
    def stamps(self) -> list[int]:
        """Each frame's time stamp in `base`."""
        if self.times is not None:
            return list(self.times)
        first = round(self.start / self.base)
        return [first + round(index / self.rate / self.base) for index in range(self.frames)]

    @property
    def seconds(self) -> Fraction:
        """How long the picture lasts."""
        return (self.stamps[-1] - self.stamps[0]) * self.base + 1 / self.rate


def make_clip(path: Path, clip: Clip | None = None, **settings: Any) -> Path:
    """Write a film; `settings` are `Clip`'s fields. The ending names the container."""
    clip = clip or Clip(**settings)
    with av.open(str(path), "w", container_options=dict(clip.container)) as container:
        container.metadata.update(clip.metadata)
        picture = _add_picture(container, clip)
        sound = [_add_sound(container, track) for track in clip.sound]
        words = [_add_words(container, track) for track in clip.subtitles]
        _add_rest(container, clip)
        for stream, text in zip(words, clip.subtitles, strict=True):
            container.mux(_word_packets(stream, text, clip))
        for stream, track in zip(sound, clip.sound, strict=True):
            container.mux(_sound_packets(stream, track, clip))
        for frame in frames_of(clip):
            container.mux(picture.encode(frame))
        container.mux(picture.encode(None))
    return path


def frames_of(clip: Clip) -> Iterator[av.VideoFrame]:
    """The frames that `make_clip` encodes, with their time stamps."""
    for index, stamp in enumerate(clip.stamps):
        frame = _as_frame(_picture(clip, index), clip.pix_fmt, clip.grey)
        frame.pts, frame.time_base = stamp, clip.base
        _tag(frame, clip)
        yield frame


def still_picture(path: Path, size: tuple[int, int] = (64, 48)) -> Path:
    """One picture as JPEG or PNG, written by PyAV."""
    codec, pix_fmt = ("png", "rgb24") if path.suffix == ".png" else ("mjpeg", "yuvj420p")
    path.write_bytes(_still(codec, pix_fmt, size))
    return path


def sound_only(path: Path, track: Track | None = None) -> Path:
    """A file with one track of sound and no picture."""
    track = track or Track()
    with av.open(str(path), "w") as container:
        stream = _add_sound(container, track)
        container.mux(_sound_packets(stream, track, Clip()))
    return path


def truncated(source: Path, target: Path, share: float = 0.5) -> Path:
    """The first share of a file's bytes."""
    content = source.read_bytes()
    target.write_bytes(content[: round(len(content) * share)])
    return target


def corrupted(source: Path, target: Path, start: float = 0.5, length: int = 400) -> Path:
    """A copy with random bytes from a share of its length on."""
    content = bytearray(source.read_bytes())
    first = round(len(content) * start)
    noise = np.random.default_rng(0).integers(0, 256, length, np.uint8).tobytes()
    content[first : first + length] = noise[: max(0, len(content) - first)]
    target.write_bytes(content)
    return target


def planes(frame: av.VideoFrame) -> list[Codes]:
    """A planar frame's codes, one array a plane, copied: Y, U, V; or grey alone."""
    return [_codes(frame, index).copy() for index in range(len(frame.planes))]


def decoded(path: Path, index: int = 0) -> list[list[Codes]]:
    """All frames of a film's picture as `planes`."""
    with av.open(str(path)) as container:
        return [planes(frame) for frame in container.decode(video=index)]


# --- pictures ------------------------------------------------------------------------------------


def _picture(clip: Clip, index: int) -> tuple[Codes, Codes, Codes]:
    """Y, U and V at full size as float codes of 8 bits, inside the limited range."""
    width, height = clip.size
    shot = sum(cut <= index for cut in clip.cuts)
    random = np.random.default_rng((clip.seed, shot))
    across, down = np.meshgrid(np.arange(width), np.arange(height))
    phase, tilt, shift = random.uniform(0, 6, 2), random.uniform(0.05, 0.15, 2), index * 0.3
    luma = 126 + 60 * np.sin(tilt[0] * across + phase[0] + shift) * np.cos(tilt[1] * down)
    grain = np.random.default_rng((clip.seed, index)).normal(0, 4, (height, width))
    ball = np.hypot(across - (8 + 2 * index) % width, down - height / 2) < height / 5
    luma = np.clip(np.where(ball, 210, luma) + grain, 20, 230)
    u = np.where(ball, 90, 128 + 30 * np.sin(tilt[1] * across + phase[1]))
    v = np.where(ball, 190, 128 + 30 * np.cos(tilt[0] * down + phase[0]))
    return luma, u, v


def _as_frame(picture: tuple[Codes, Codes, Codes], pix_fmt: str, grey: bool) -> av.VideoFrame:
    height, width = picture[0].shape
    frame = av.VideoFrame(width, height, pix_fmt)
    if frame.format.is_rgb or frame.format.has_palette or not _is_planar(frame):
        return _as_frame(picture, "yuv444p", grey).reformat(format=pix_fmt)
    scale = 2 ** (frame.format.components[0].bits - 8)
    for index, plane in enumerate(frame.planes):
        codes = _shrunk(picture[index], plane.height, plane.width)
        if index and grey:
            codes = np.full_like(codes, 128.0)
        target = _codes(frame, index)
        target[:] = np.round(codes * scale).astype(target.dtype)
    return frame


def _is_planar(frame: av.VideoFrame) -> bool:
    return len(frame.planes) == len(frame.format.components)


def _codes(frame: av.VideoFrame, index: int) -> Codes:
    """A plane's codes in the frame's own memory, H x W."""
    plane = frame.planes[index]
    dtype = np.dtype(np.uint8 if frame.format.components[0].bits == 8 else "<u2")
    rows = np.frombuffer(memoryview(plane), dtype).reshape(plane.height, -1)
    return rows[:, : plane.width]


def _shrunk(values: Codes, height: int, width: int) -> Codes:
    """Every n-th value, as many as a plane has."""
    down, across = -(-values.shape[0] // height), -(-values.shape[1] // width)
    return values[::down, ::across]


def _tag(frame: av.VideoFrame, clip: Clip) -> None:
    if clip.matrix is not None:
        frame.colorspace = clip.matrix
    if clip.primaries is not None:
        frame.color_primaries = clip.primaries
    if clip.transfer is not None:
        frame.color_trc = clip.transfer
    if clip.full_range is not None:
        frame.color_range = 2 if clip.full_range else 1


# --- streams -------------------------------------------------------------------------------------


def _add_picture(container: OutputContainer, clip: Clip) -> VideoStream:
    stream = container.add_stream(clip.codec, rate=clip.rate, options=dict(clip.options))
    assert isinstance(stream, VideoStream)
    stream.metadata.update(clip.video_metadata)
    stream.time_base = clip.base
    _set_up(stream.codec_context, clip)
    if clip.rotation:
        stream.set_display_rotation(clip.rotation)
    return stream


def _set_up(context: VideoCodecContext, clip: Clip) -> None:
    context.width, context.height = clip.size
    context.pix_fmt, context.time_base = clip.pix_fmt, clip.base
    context.thread_count = 1
    if clip.matrix is not None:
        context.colorspace = clip.matrix
    if clip.primaries is not None:
        context.color_primaries = clip.primaries
    if clip.transfer is not None:
        context.color_trc = clip.transfer
    if clip.full_range is not None:
        context.color_range = 2 if clip.full_range else 1
    if clip.aspect is not None:
        context.sample_aspect_ratio = clip.aspect
    if clip.interlaced:
        context.flags |= av.codec.context.Flags.interlaced_dct
        context.flags |= av.codec.context.Flags.interlaced_me


def _add_sound(container: OutputContainer, track: Track) -> Any:
    stream = container.add_stream(track.codec, rate=RATE, layout="mono")
    _name(stream, track.language, track.title)
    return stream


def _name(stream: Any, language: str | None, title: str | None = None) -> None:
    if language:
        stream.metadata["language"] = language
    if title:
        stream.metadata["title"] = title


def _sound_packets(stream: Any, track: Track, clip: Clip) -> list[Any]:
    times = np.arange(round(RATE * clip.seconds)) / RATE
    tone = (8000 * np.sin(2 * np.pi * track.pitch * times)).astype(np.int16)
    frame = av.AudioFrame.from_ndarray(tone[None], "s16", "mono")
    frame.sample_rate, frame.pts = RATE, round(track.start * RATE)
    frame.time_base = Fraction(1, RATE)
    return [*stream.encode(frame), *stream.encode(None)]


def _add_words(container: OutputContainer, track: Words) -> Any:
    stream: Any = container.add_stream(track.codec)
    stream.codec_context.subtitle_header = _ASS_HEADER
    stream.codec_context.time_base = stream.time_base = Fraction(1, 1000)
    _name(stream, track.language)
    return stream


def _word_packets(stream: Any, track: Words, clip: Clip) -> list[Any]:
    first = round(clip.stamps[0] * clip.base * 1000)
    packets = []
    for index, line in enumerate(track.lines):
        packet: Any = av.Packet(_coded_line(track.codec, index, line))
        packet.stream, packet.time_base = stream, Fraction(1, 1000)
        packet.pts = packet.dts = first + 120 * index
        packet.duration, packet.is_keyframe = 100, True
        packets.append(packet)
    return packets


def _coded_line(codec: str, index: int, line: str) -> bytes:
    """A line as the codec keeps it in a packet."""
    text = line.encode()
    if codec == "mov_text":
        return len(text).to_bytes(2, "big") + text
    if codec == "ass":
        return f"{index},0,Default,,0,0,0,,".encode() + text
    return text


def _add_rest(container: OutputContainer, clip: Clip) -> None:
    if clip.attachment is not None:
        container.add_attachment("note.txt", "text/plain", clip.attachment)
    if clip.chapters:
        container.set_chapters(list(_chapters(clip)))
    if clip.cover:
        _add_cover(container)


def _chapters(clip: Clip) -> Iterator[Any]:
    length = round(1000 * clip.seconds / len(clip.chapters))
    for index, title in enumerate(clip.chapters):
        ends = {"start": index * length, "end": (index + 1) * length}
        yield {"id": index, "time_base": Fraction(1, 1000), "metadata": {"title": title}, **ends}


def _add_cover(container: OutputContainer) -> None:
    if container.format.name == "matroska":  # there cover art is an attachment
        container.add_attachment("cover.jpg", "image/jpeg", _still("mjpeg", "yuvj420p", (32, 32)))
        return
    stream = container.add_stream("mjpeg", width=32, height=32, pix_fmt="yuvj420p")
    stream.disposition = av.stream.Disposition.attached_pic
    packet: Any = av.Packet(_still("mjpeg", "yuvj420p", (32, 32)))
    packet.stream, packet.time_base, packet.pts, packet.dts = stream, Fraction(1, 1000), 0, 0
    packet.is_keyframe = True
    container.mux(packet)


def _still(codec: str, pix_fmt: str, size: tuple[int, int]) -> bytes:
    context = av.CodecContext.create(codec, "w")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height = size
    context.pix_fmt, context.time_base = pix_fmt, Fraction(1, 25)
    frame = next(frames_of(Clip(size=size, pix_fmt=pix_fmt)))
    return b"".join(bytes(packet) for packet in [*context.encode(frame), *context.encode(None)])
