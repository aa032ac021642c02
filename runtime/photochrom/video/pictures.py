"""A coloured film as numbered pictures, each whole or not there."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyvips
from av.video.frame import VideoFrame

from photochrom import __version__, pages
from photochrom.color.profile import default_profile
from photochrom.errors import OutputError
from photochrom.files import sink
from photochrom.files.provenance import DIGITAL_SOURCE_TYPE
from photochrom.files.pulling import Watch, pull
from photochrom.files.recombine import ChromaModel
from photochrom.files.source import Source, open_source
from photochrom.files.whole import make_folder, whole_file
from photochrom.video import rendering
from photochrom.video.container import dpx, reading
from photochrom.video.container.codecs import Encoding
from photochrom.video.container.sequences import Names
from photochrom.video.film import Film
from photochrom.video.segments import Segment
from photochrom.video.work import Work, key_of

PIECES = Encoding("ffv1", bits=10, chroma="444")
"""How colours are kept until the pictures are written."""
CLAIM = ".images"
"""Ending of the list of pictures that are written."""


@dataclass(frozen=True)
class Pictures:
    """Writes what was coloured.

    Args:
        film: the source.
        names: of the pictures.
        mark: whether they say that a model coloured them.
        overwrite: whether pictures that are there may be replaced.
        watch: told of the stage ``join``.
    """

    film: Film
    names: Names
    mark: bool
    overwrite: bool
    watch: Watch

    @property
    def depth(self) -> int:
        """Bits of a sample."""
        bits = self.film.info.bits
        if self.names.kind != ".dpx":
            return 8 if bits == 8 else 16
        return 8 if bits == 8 and self.film.info.images is not None else max(10, bits)

    @property
    def described(self) -> str:
        """In words."""
        kind = {".dpx": "DPX", ".png": "PNG"}.get(self.names.kind, "TIFF")
        return f"{kind}, {self.depth} bits, R'G'B'"

    def room(self, segments: Sequence[Segment]) -> int:
        """Bytes that they take, about."""
        pixels = self.film.info.width * self.film.info.height
        sample = 4 / 3 if self.depth == 10 else -(-self.depth // 8)
        return round(sum(one.frames for one in segments) * pixels * 3 * sample)

    def check(self, segments: Sequence[Segment], work: Work, pieces: Sequence[str]) -> None:
        """Refuse names that are taken, unless an earlier run of this work took them.

        Raises:
            OutputError: which picture is there.
        """
        if self.overwrite or self._claim(work, pieces).exists():
            return
        for segment in segments:
            for frame in range(segment.start, segment.end):
                path = self.path(frame)
                if os.path.lexists(path):
                    raise OutputError(f"{path} exists already; use --overwrite or another name")

    def path(self, frame: int) -> Path:
        """Where a frame goes, counted from 0: by the source's number, or from 1 on."""
        images = self.film.info.images
        return self.names.path(1 + frame if images is None else images.first + self.film.pts[frame])

    def write(self, segments: Sequence[Segment], work: Work, pieces: Sequence[str]) -> None:
        """Write all, but those that an earlier run wrote.

        Args:
            segments: what is wanted.
            work: where the pieces are.
            pieces: names of the segments' pieces.

        Raises:
            InputError, OutputError, CancelledError: see `photochrom.errors`.
        """
        make_folder(self.names.folder)
        claim = self._claim(work, pieces)
        done = _numbers(claim)
        total = sum(segment.frames for segment in segments)
        count = 0
        with claim.open("a", encoding="ascii") as told:
            for segment, name in zip(segments, pieces, strict=True):
                for frame, both in enumerate(self._frames(segment, work.path(name)), segment.start):
                    self.watch("join", count / total)
                    count += 1
                    if frame not in done:
                        self._write(frame, *both)
                        print(frame, file=told, flush=True)
        claim.unlink()
        self.watch("join", 1.0)

    def _claim(self, work: Work, pieces: Sequence[str]) -> Path:
        target = os.fspath(self.names.path(0).absolute())
        return work.path(key_of({"target": target, "pieces": list(pieces)}) + CLAIM)

    def _frames(
        self, segment: Segment, piece: Path
    ) -> Iterator[tuple[VideoFrame | None, VideoFrame]]:
        """Each frame of the film, unless libvips reads it, and as it was coloured."""
        span = segment.start, segment.end
        own: Iterable[VideoFrame | None] = (
            [None] * segment.frames if self._alike else self.film.frames(*span)
        )
        with reading.open_film(piece) as container:
            yield from zip(own, container.decode(video=0), strict=True)

    @property
    def _alike(self) -> bool:
        """Whether pictures become pictures that libvips reads and writes."""
        images = self.film.info.images
        return images is not None and ".dpx" not in (images.names.kind, self.names.kind)

    def _own(self, frame: int) -> Path | None:
        """The source's picture of a frame; damaged ones are left out, so it is told by its time."""
        images = self.film.info.images
        return None if images is None else images.path(self.film.pts[frame])

    def _write(self, frame: int, source: VideoFrame | None, colored: VideoFrame) -> None:
        path, own = self.path(frame), self._own(frame)
        if self.names.kind == ".dpx":
            self._write_dpx(path, own, source, colored)
        elif self._alike:
            assert own is not None
            self._write_like(path, own, colored)
        else:
            self._write_picture(path, source, colored)

    def _write_like(self, path: Path, own: Path, colored: VideoFrame) -> None:
        """As photographs are: L*, depth, profile and all that is told of the source stay."""
        offset = rendering.chroma(colored, self.film.info)
        source = open_source(own)
        picture = pages.rendered(source, ChromaModel(np.zeros_like(offset), offset), 1.0, path)
        pull(picture, source, path, self.watch.quiet(), self.mark, sink.write)

    def _write_picture(self, path: Path, source: VideoFrame | None, colored: VideoFrame) -> None:
        dtype = np.dtype(np.uint8 if self.depth == 8 else np.uint16)
        colors = rendering.picture(colored, self.film.info, source, dtype)
        meant = "srgb" if self.depth == 8 else "rgb16"
        image = pyvips.Image.new_from_array(colors).copy(interpretation=meant)
        made = Source(self.film.info.path, image, image, None, default_profile(), 1, ())
        pull(image, made, path, self.watch.quiet(), self.mark, sink.write)

    def _write_dpx(
        self, path: Path, own: Path | None, source: VideoFrame | None, colored: VideoFrame
    ) -> None:
        header = own if own is not None and own.suffix.lower() == ".dpx" else None
        creator = f"photochrom {__version__}"
        if self.mark:  # no room for XMP, nor for the whole address
            creator += f", {DIGITAL_SOURCE_TYPE.rpartition('/')[2]}"
        colors = rendering.encoded(colored, self.film.info, source)
        data = dpx.encoded(colors, self.depth, creator, header)
        with whole_file(path) as temporary:
            temporary.write_bytes(data)


def _numbers(claim: Path) -> set[int]:
    if not claim.exists():
        return set()
    # the last line may be one that power cut in two
    lines = claim.read_text("ascii", errors="replace").split("\n")[:-1]
    return {int(line) for line in lines if line.isdigit()}
