"""Parsers that work in Python, each as a function of bytes that may fail in the named ways only."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import pyvips

from photochrom.color.profile import ProfileError, TableProfileError, parse_profile
from photochrom.errors import InputError, ModelError, PhotochromError, UsageError
from photochrom.files import (
    iptc,
    jpeg2000,
    kinds,
    plain,
    png,
    tiff_directory,
    tiff_pages,
    tiff_tags,
)
from photochrom.files.provenance import DamagedXmpError, marked
from photochrom.hints import sidecar
from photochrom.limits import Limits
from photochrom.models import checksum
from photochrom.models.manifest import METADATA_KEY, from_metadata
from photochrom.options import Options
from photochrom.video import keyframes
from photochrom.video.container import words
from photochrom.video.shots import shotlist
from photochrom.worker.asked import options_of
from photochrom.worker.films import film_options
from photochrom.worker.frames import ProtocolError, read_frame

LONGEST_MESSAGE = 1000
"""Letters; what a person can read, whatever a file put into it."""
TIMES = tuple(range(0, 100, 2))
"""Time stamps of a film's frames."""


class UnclearError(AssertionError):
    """An error that no person could act on."""


@dataclass(frozen=True)
class Target:
    """A parser."""

    name: str
    parse: Callable[[bytes], object]
    allowed: tuple[type[Exception], ...] = (PhotochromError,)
    """What it may raise; anything else is a finding."""
    shown: bool = field(default=True)
    """Whether people see its messages, which are one short line then."""

    def check(self, data: bytes) -> None:
        """Parse; what must not be raised comes out."""
        try:
            self.parse(data)
        except self.allowed as error:
            if self.shown:
                check_message(str(error))


def check_message(message: str) -> None:
    """One line that says something.

    Raises:
        UnclearError: if it is not.
    """
    if not message.strip() or len(message.splitlines()) != 1 or len(message) > LONGEST_MESSAGE:
        raise UnclearError(f"no clear message ({len(message)} letters): {message[:300]!r}")


def in_file(read: Callable[[Path], object], name: str) -> Callable[[bytes], object]:
    """A parser that wants a path."""

    def parse(data: bytes) -> object:
        path = Path(gettempdir()) / name
        path.write_bytes(data)
        return read(path)

    return parse


def as_json(take: Callable[[Any], object]) -> Callable[[bytes], object]:
    """A parser of what JSON held; bytes that are no JSON are passed over."""

    def parse(data: bytes) -> object:
        try:
            value = json.loads(data)
        except (ValueError, RecursionError):
            return None
        return take(value)

    return parse


def _sidecar(path: Path) -> Options:
    return sidecar.options(path, sidecar.load(path))


def _corrections(path: Path) -> object:
    return keyframes._written(path.parent)


def _manifest(data: bytes) -> object:
    return from_metadata({METADATA_KEY: data.decode("utf-8", "replace")}, "a.onnx")


def _tags(data: bytes) -> None:
    tags = tiff_tags.from_exif(data)
    block = tiff_tags.to_exif(tags, 1)
    again = tiff_tags.from_exif(block)
    assert again.gps == tags.gps
    assert again.exif.keys() >= tags.exif.keys()


def _pages(data: bytes) -> object:
    file = BytesIO(data)
    order, pages = tiff_directory.pages(file)
    return [tiff_directory.directory(file, order, page) for page in pages[:20]]


def _xmp(data: bytes) -> None:
    once = marked(data)
    assert once.count(b"DigitalSourceType>") >= 2


def _boxes(data: bytes) -> None:
    jpeg2000.profile_of(data)
    jpeg2000.xmp_of(data)
    jpeg2000.size_of(data)
    jpeg2000.bits_of(data)


def _captions(data: bytes) -> None:
    bare = iptc.bare(data)
    assert len(bare) <= len(data)
    iptc.bare(iptc.wrapped(bare))


def _frames(data: bytes) -> None:
    stream = BytesIO(data)
    while read_frame(stream) is not None:
        pass


def _words(data: bytes) -> None:
    for codec in ("subrip", "mov_text"):
        words.turned(data, codec)
        words.is_pause(data, codec)


TIFF_ERRORS = (ValueError, struct.error)
MAPPING_ERRORS = (ValueError, pyvips.Error)
TARGETS = (
    Target("sidecar", in_file(_sidecar, "a.tif.photochrom.json"), (InputError,)),
    Target("manifest", _manifest, (ModelError,)),
    Target("model", in_file(checksum.verify, "a.onnx"), (ModelError,)),
    Target("shots", in_file(lambda path: shotlist.load(path, TIMES), "shots.csv"), (InputError,)),
    Target("keyframes", in_file(_corrections, keyframes.LIST), (InputError,)),
    Target("job options", as_json(options_of)),
    Target("film options", as_json(lambda said: film_options({"film": said})), (PhotochromError,)),
    Target("settings", as_json(Limits.from_mapping), (UsageError,)),
    Target("limits", lambda data: Limits.parse(data.decode("utf-8", "replace")), (UsageError,)),
    Target("messages", _frames, (ProtocolError,)),
    Target("TIFF directories", _pages, TIFF_ERRORS, shown=False),
    Target("TIFF layouts", in_file(tiff_pages.layouts, "a.tif"), ()),
    Target("EXIF", _tags, ()),
    Target("XMP", _xmp, (DamagedXmpError,)),
    Target("IPTC", _captions, ()),
    Target("ICC", parse_profile, (ProfileError, TableProfileError)),
    Target("PNG chunks", in_file(png.embedded_profile, "a.png"), ()),
    Target("JPEG 2000 boxes", _boxes, (ValueError,)),
    Target("Netpbm", in_file(plain.netpbm, "a.ppm"), MAPPING_ERRORS, shown=False),
    Target("BMP", in_file(plain.bmp, "a.bmp"), MAPPING_ERRORS, shown=False),
    Target("kinds", in_file(kinds.kind_of, "a.jpg"), ()),
    Target("subtitles", _words, ()),
)
BY_NAME = {target.name: target for target in TARGETS}
