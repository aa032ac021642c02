"""What a film's picture is like, as far as colouring it must know."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from photochrom.color.ycbcr import Matrix, Primaries
from photochrom.video.container.sequences import Images


@dataclass(frozen=True)
class ColorTags:
    """FFmpeg's numbers, as the stream has them, to be written back; 2 is "not told"."""

    primaries: int = 2
    transfer: int = 2
    matrix: int = 2
    range: int = 0
    """0 is "not told", 1 limited, 2 full."""


@dataclass(frozen=True)
class VideoInfo:
    """The picture of one film.

    Frames that are read by it have a plane of Y' and maybe two of chroma; what is decoded as
    another layout (packed, RGB) is turned into that without loss to Y' (`planar`).
    """

    path: Path
    """The file; of numbered pictures their folder or pattern."""
    index: int
    """Of the picture among the container's streams."""
    codec: str
    """FFmpeg's name of the decoder's codec."""
    width: int
    height: int
    """In pixels, as stored: before rotation."""
    pix_fmt: str
    """As decoded, FFmpeg's name."""
    planar: str
    """As read: planar Y'CbCr or grey, FFmpeg's name; equal to `pix_fmt` for most films."""
    bits: int
    """Of Y' as read: 8, 10, 12 or 16."""
    subsampling: tuple[int, int]
    """Columns and rows of Y' that share a sample of chroma; (1, 1) for grey and RGB."""
    matrix: Matrix
    primaries: Primaries
    full_range: bool
    tags: ColorTags
    time_base: Fraction
    """Seconds that one unit of time stamps lasts."""
    rotation: int = 0
    """Degrees counter-clockwise by which the stored picture is turned to be shown."""
    sample_aspect_ratio: Fraction | None = None
    """Width of one sample over its height; None where it is not told."""
    interlaced: bool = False
    top_first: bool = True
    """Of interlaced films: the first row belongs to the earlier field."""
    rate: Fraction | None = None
    """Mean frames a second, where it is told."""
    seconds: float | None = None
    """How long it lasts, where it is told."""
    frames: int | None = None
    """How many frames, where it is told; it may be wrong."""
    images: Images | None = None
    """The numbered pictures that the film is made of."""
    notes: tuple[str, ...] = ()
    """What had to be guessed or can't be kept, in sentences for the person."""

    @property
    def grey(self) -> bool:
        """Whether it has no chroma at all."""
        return self.planar.startswith("gray")

    @property
    def turns(self) -> int:
        """Quarter turns, counter-clockwise, that make a stored frame upright: 0 to 3."""
        return round(self.rotation / 90) % 4

    @property
    def shown_size(self) -> tuple[int, int]:
        """Width and height of an upright frame with square pixels."""
        width = max(1, round(self.width * float(self.sample_aspect_ratio or 1)))
        return (self.height, width) if self.turns % 2 else (width, self.height)
