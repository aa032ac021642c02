"""What is in a film's file: which stream gets colour, and all that must be known of it."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from photochrom import limits
from photochrom.color.ycbcr import Matrix, Primaries
from photochrom.errors import InputError, UsageError
from photochrom.files.source import check_file
from photochrom.video.container import kinds, layouts, sequences
from photochrom.video.container.info import ColorTags, VideoInfo
from photochrom.video.container.reading import decoded, open_film
from photochrom.video.container.sequences import Images

MATRICES: dict[int, Matrix] = {1: "bt709", 4: "bt601", 5: "bt601", 6: "bt601", 9: "bt2020"}
"""ITU-T H.273, MatrixCoefficients; 4 is FCC's, nearly BT.601's."""
PRIMARIES: dict[int, Primaries] = {
    1: "bt709",
    5: "bt601-625",
    6: "bt601-525",
    7: "bt601-525",
    9: "bt2020",
}
"""H.273, ColourPrimaries; others, like 2 (not told), follow the matrix."""
REFUSED = {8: "YCgCo", 10: "constant luminance BT.2020", 14: "ICtCp"}
HDR = {16: "PQ", 18: "HLG"}
"""H.273, TransferCharacteristics of high dynamic range."""
HIGH = 720
"""Lines from which a film without tags is taken for BT.709, as players do."""
AS_SRGB = ColorTags(primaries=1, transfer=13, matrix=1, range=2)
"""What numbered pictures become as a film: their codes are sRGB's, all of them used."""
TRIES = 200
"""Packets that may fail before a film counts as damaged from its start."""
BOTTOM_FIRST = (3, 5)
"""FFmpeg's numbers of field orders."""


def probe(path: Path, rate: Fraction | None = None) -> VideoInfo:
    """Look into a film's file, or at numbered pictures.

    Args:
        path: of the film; of pictures their folder or pattern (`sequences.find`).
        rate: frames a second of numbered pictures.

    Raises:
        InputError: if it is no film that can be coloured; the message says why.
        UsageError: if a rate is given for a film, which has its own.
    """
    images = sequences.find(path, rate)
    if images is None:
        check_file(path)
        if rate is not None:
            raise UsageError(f"{path} has a frame rate of its own; --rate is for pictures")
    with open_film(path, images) as container:
        return _of(path, container, images)


def _of(path: Path, container: InputContainer, images: Images | None) -> VideoInfo:
    if images is None and container.format.name in kinds.STILL:
        raise InputError(f"{path} is a picture, not a film; use photochrom photo")
    stream = picture_stream(path, container)
    context = stream.codec_context
    _check_length(path, stream, _seconds(container, stream), images)
    frame = _first(path, container, stream, images)
    pix_fmt = frame.format.name
    planar = layouts.planar_name(pix_fmt)
    if planar is None:
        raise InputError(f"{path} is stored as {pix_fmt}, which photochrom can't read")
    notes: list[str] = []
    tags = AS_SRGB if images is not None else ColorTags(
        int(frame.color_primaries), int(frame.color_trc), int(frame.colorspace),
        int(frame.color_range),
    )  # fmt: skip
    rgb = frame.format.is_rgb or frame.format.has_palette
    matrix, primaries = _colors(path, tags, frame, stream, rgb, notes)
    return VideoInfo(
        path=path,
        index=stream.index,
        codec=context.codec.name,
        width=frame.width,
        height=frame.height,
        pix_fmt=pix_fmt,
        planar=planar,
        bits=_bits(planar),
        subsampling=_subsampling(planar),
        matrix=matrix,
        primaries=primaries,
        full_range=rgb or tags.range == 2 or pix_fmt.startswith("yuvj"),
        tags=tags,
        time_base=stream.time_base or Fraction(1, 1000),
        rotation=_rotation(frame, notes),
        sample_aspect_ratio=_aspect(stream),
        interlaced=bool(frame.interlaced_frame),
        top_first=context.field_order not in BOTTOM_FIRST,
        rate=stream.average_rate or stream.guessed_rate,
        seconds=_seconds(container, stream),
        frames=stream.frames or None,
        images=images,
        notes=tuple(notes),
    )


def picture_stream(path: Path, container: InputContainer) -> VideoStream:
    """The stream that gets colour: the largest that is no cover art; nothing is decoded yet.

    Raises:
        InputError: if there is none.
        LimitError: if its frames are larger than a film's may be.
    """
    streams = [
        one
        for one in container.streams.video
        if one.codec_context is not None and not one.disposition & Disposition.attached_pic
    ]
    if not streams and container.streams.video:
        raise InputError(f"{path} is coded in a way that photochrom can't read")
    if not streams and container.streams.audio:
        raise InputError(f"{path} has sound and no picture")
    if not streams:
        raise InputError(f"{path} has no picture")
    best = max(
        streams,
        key=lambda one: (bool(one.disposition & Disposition.default), one.width * one.height),
    )
    limits.check(path, "frame_pixels", best.width * best.height)
    return best


def _check_length(
    path: Path, stream: VideoStream, seconds: float | None, images: Images | None
) -> None:
    """Refuse a film whose header tells of too many frames."""
    rate = stream.average_rate or stream.guessed_rate
    lasting = int(seconds * rate) if seconds and rate else 0
    count = images.count if images is not None else stream.frames
    limits.check(path, "frames", count or lasting)


def _first(
    path: Path, container: InputContainer, stream: VideoStream, images: Images | None
) -> VideoFrame:
    """The first frame that can be decoded."""
    for frame, _ in islice(decoded(container, stream), TRIES):
        if frame is not None:
            return frame
    if images is not None:
        raise InputError(
            f"can't read {images.path(0)}: it is damaged, or of a kind that films can't have, as "
            "BigTIFF; save the pictures as plain TIFF or PNG"
        )
    raise InputError(f"no frame of {path} can be decoded; is it a whole film?")


def _colors(
    path: Path, tags: ColorTags, frame: VideoFrame, stream: Any, rgb: bool, notes: list[str]
) -> tuple[Matrix, Primaries]:
    if tags.transfer in HDR:
        raise InputError(
            f"{path} has high dynamic range ({HDR[tags.transfer]}); bring it to BT.709 first, as "
            "video editors do on export"
        )
    if tags.matrix in REFUSED:
        raise InputError(f"{path} is coded in {REFUSED[tags.matrix]}, which photochrom can't read")
    high = frame.height >= HIGH or frame.width > 1024
    if rgb:
        notes.append("it is stored as R'G'B'; Y' is taken from it in full range")
        matrix: Matrix = "bt709"
    elif tags.matrix in MATRICES:
        matrix = MATRICES[tags.matrix]
    else:
        matrix = "bt709" if high else "bt601"
        notes.append(
            f"the film does not tell its matrix; {matrix.upper().replace('BT', 'BT.')} is taken, "
            f"as players do for {frame.height} lines"
        )
    if tags.primaries in PRIMARIES:
        return matrix, PRIMARIES[tags.primaries]
    if matrix == "bt601":
        rate = stream.average_rate
        return matrix, "bt601-625" if frame.height == 576 or rate == 25 else "bt601-525"
    return matrix, matrix


def _bits(planar: str) -> int:
    return {"10": 10, "12": 12, "16": 16}.get(planar.removesuffix("le")[-2:], 8)


def _subsampling(planar: str) -> tuple[int, int]:
    for name, value in {
        "420": (2, 2),
        "422": (2, 1),
        "440": (1, 2),
        "411": (4, 1),
        "410": (4, 4),
    }.items():
        if name in planar[:9]:
            return value
    return 1, 1


def _rotation(frame: VideoFrame, notes: list[str]) -> int:
    degrees = round(frame.rotation)
    if degrees % 90:
        notes.append(
            f"it is to be shown turned by {degrees} degrees; the model sees it as it is stored"
        )
        return 0
    return degrees % 360


def _aspect(stream: VideoStream) -> Fraction | None:
    ratio = stream.sample_aspect_ratio
    return ratio if ratio and ratio > 0 else None


def _seconds(container: InputContainer, stream: VideoStream) -> float | None:
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return container.duration / av.time_base if container.duration else None
