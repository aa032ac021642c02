"""Encoders of the picture: what a person may choose, and what becomes of a film's layout."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import cv2

from photochrom.errors import UsageError
from photochrom.video.container import hardware
from photochrom.video.container.info import VideoInfo

ENDINGS = {
    ".mp4": ("h264", "h265", "av1"),
    ".m4v": ("h264", "h265", "av1"),
    ".mov": ("h264", "h265", "prores"),
    ".mkv": ("h264", "h265", "av1", "ffv1", "prores"),
    ".webm": ("av1",),
}
"""Codecs that players find in each kind of file."""


@dataclass(frozen=True)
class _Coder:
    """What is known of one codec."""

    name: str
    """For people."""
    library: str
    """FFmpeg's name of the encoder."""
    crf: int | None
    """Usual quality; None: it has none."""
    worst: int
    """Highest crf."""
    preset: str | None
    bits: tuple[int, ...]
    """The usual depth first."""
    chroma: tuple[str, ...]
    """The usual resolution of chroma first; "source" takes the film's."""
    interlaced: bool = True
    presets: tuple[str, ...] = ()


_SPEEDS = tuple(
    ["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow"]
)
CODERS = {
    # crf 18 can hardly be told from the source (x264's documentation); 20 and 28 are about as good
    # by docs/film.md's measurement
    "h264": _Coder(
        "H.264", "libx264", 18, 51, "medium", (8, 10), ("420", "422", "444"), True, _SPEEDS
    ),
    "h265": _Coder(
        "H.265", "libx265", 20, 51, "medium", (10, 8), ("420", "422", "444"), True, _SPEEDS
    ),
    "av1": _Coder(
        "AV1", "libsvtav1", 28, 63, "8", (10, 8), ("420",), False, tuple(map(str, range(14)))
    ),
    "ffv1": _Coder("FFV1", "ffv1", None, 0, None, (8, 10), ("source", "420", "422", "444")),
    "prores": _Coder("ProRes", "prores_ks", None, 0, None, (10,), ("422", "444")),
}
SUBSAMPLING = {"420": (2, 2), "422": (2, 1), "444": (1, 1)}


@dataclass(frozen=True)
class Look:
    """What coloured frames are like."""

    pix_fmt: str
    """FFmpeg's name: planar Y'CbCr."""
    bits: int
    subsampling: tuple[int, int]
    """Columns and rows of Y' that share a sample of chroma."""


@dataclass(frozen=True)
class Encoding:
    """How the picture is coded; None takes what is usual for the codec.

    Raises:
        UsageError: if the codec has no such setting.
    """

    codec: str = "h264"
    crf: int | None = None
    """Quality; lower is better and larger."""
    preset: str | None = None
    """The encoder's own name of a speed."""
    bits: int | None = None
    """8 or 10."""
    chroma: str | None = None
    """420, 422 or 444."""
    hardware: bool = False
    """Whether the graphics card's encoder is used."""

    def __post_init__(self) -> None:
        if self.codec not in CODERS:
            raise UsageError(f"unknown codec {self.codec!r}; choose {', '.join(CODERS)}")
        coder = self._coder
        if self.crf is not None and coder.crf is None:
            raise UsageError(f"{coder.name} has no crf; leave it out")
        if self.crf is not None and not 0 <= self.crf <= coder.worst:
            raise UsageError(f"{coder.name}'s crf lies in 0 to {coder.worst}, not {self.crf}")
        if self.preset is not None and self.preset not in coder.presets:
            known = f"are {', '.join(coder.presets)}" if coder.presets else "are none"
            raise UsageError(f"presets of {coder.name} {known}; not {self.preset!r}")
        if self.bits is not None and self.bits not in coder.bits:
            raise UsageError(f"{coder.name} is written with {_either(coder.bits)} bits here")
        if self.hardware:
            self._check_hardware()
        if self.chroma is not None and self.chroma not in coder.chroma:
            offered = [chroma for chroma in coder.chroma if chroma != "source"]
            raise UsageError(f"{coder.name} is written with chroma {_either(offered)} here")

    def _check_hardware(self) -> None:
        if self.codec not in hardware.CARDS:
            raise UsageError(f"no graphics card encodes {self._coder.name}; leave out --hardware")
        if self.preset is not None or self.bits == 10 or self.chroma not in (None, "420"):
            raise UsageError("graphics cards encode 8 bits, 4:2:0, without a preset, here")

    @property
    def _coder(self) -> _Coder:
        return CODERS[self.codec]

    @property
    def lossless(self) -> bool:
        """Whether decoded frames are those that were encoded."""
        return self.codec == "ffv1"

    @property
    def piece_ending(self) -> str:
        """Of files that hold a piece: NUT keeps any time stamp, but knows no ProRes."""
        return ".mov" if self.codec == "prores" else ".nut"

    def look(self, info: VideoInfo) -> Look:
        """What the frames of a film are like that this encodes.

        Raises:
            UsageError: if it can't encode such a film.
        """
        if info.interlaced and not self._coder.interlaced:
            raise UsageError(f"{self._coder.name} has no fields; choose --codec h264")
        if self.hardware:
            hardware.find(self.codec)
            return _look(8, self._subsampling(info))
        bits = self.bits or self._bits(info)
        return _look(bits, self._subsampling(info))

    def facts(self) -> dict[str, Any]:
        """All that changes what is written, as JSON has it."""
        return {**vars(self), "libraries": {k: list(v) for k, v in av.library_versions.items()}}

    @property
    def library(self) -> str:
        """FFmpeg's name of the encoder.

        Raises:
            DeviceError: if a graphics card is asked for and none works.
        """
        return hardware.find(self.codec).encoder if self.hardware else self._coder.library

    def options(self) -> dict[str, str]:
        """FFmpeg's options of the encoder."""
        coder = self._coder
        crf, preset = self.crf if self.crf is not None else coder.crf, self.preset or coder.preset
        if self.hardware:
            return {hardware.find(self.codec).quality: str(crf)}
        common = {} if crf is None else {"crf": str(crf), "preset": str(preset)}
        return common | _private(self.codec)

    def _bits(self, info: VideoInfo) -> int:
        """FFV1 keeps the film's depth as far as it may; others have their own."""
        return self._coder.bits[0] if self.codec != "ffv1" or info.bits == 8 else 10

    def _subsampling(self, info: VideoInfo) -> tuple[int, int]:
        asked = self.chroma or self._coder.chroma[0]
        if asked == "source":
            return info.subsampling
        across, down = SUBSAMPLING[asked]
        fits = info.width % across == 0 and info.height % down == 0
        if fits or self.codec in ("ffv1", "prores"):
            return across, down
        if "444" in self._coder.chroma and self.chroma is None:
            return 1, 1
        raise UsageError(
            f"{self._coder.name} with chroma {asked} needs even sides, and the film has "
            f"{info.width} x {info.height}; choose --codec h264, or ffv1"
        )


_PRIVATE = {
    "h264": {"x264-params": "open-gop=0"},
    "h265": {"x265-params": "open-gop=0:log-level=error"},
    "av1": {"svtav1-params": "irefresh-type=2"},
    "ffv1": {"level": "3", "slicecrc": "1"},
}
"""Pieces are closed: no frame refers to one of another piece."""
_AVX512 = 256
"""OpenCV's CPU_AVX512_SKX, which Python has no name for: what x264 asks for, too."""


def _private(codec: str) -> dict[str, str]:
    """The encoder's own options."""
    options = _PRIVATE.get(codec, {})
    if codec == "h264" and cv2.checkHardwareSupport(_AVX512):
        # with its AVX-512 code the same frames are coded differently every time, where their width
        # is no multiple of 256
        return {"x264-params": f"{options['x264-params']}:asm=avx2"}
    return options


def fullest(info: VideoInfo) -> Look:
    """Frames with chroma at full resolution and no less depth than 8 bits have."""
    return _look(8 if info.bits == 8 else 10, (1, 1))


def check_container(target: Path, encoding: Encoding) -> None:
    """Refuse a kind of file that can't hold a codec.

    Raises:
        UsageError: which endings can.
    """
    ending = target.suffix.lower()
    if encoding.codec in ENDINGS.get(ending, ()):
        return
    fitting = _either([name for name, codecs in ENDINGS.items() if encoding.codec in codecs])
    name = CODERS[encoding.codec].name
    raise UsageError(f"{ending or 'a file without an ending'} can't hold {name}; use {fitting}")


def default_ending(source: Path, encoding: Encoding) -> str:
    """The source's ending if such a file can hold the codec, else one that can."""
    ending = source.suffix.lower()
    if encoding.codec in ENDINGS.get(ending, ()):
        return ending
    return next(name for name, codecs in ENDINGS.items() if encoding.codec in codecs)


def describe(encoding: Encoding, info: VideoInfo) -> str:
    """In words, as ``H.264 (libx264), crf 18, preset medium, 8 bits, 4:2:0``."""
    look, coder = encoding.look(info), CODERS[encoding.codec]
    chosen = {
        name: value for name, value in encoding.options().items() if name in ("crf", "preset")
    }
    words = [f"{coder.name} ({encoding.library})", *(f"{name} {chosen[name]}" for name in chosen)]
    return ", ".join([*words, f"{look.bits} bits", ":".join(_chroma_name(look.subsampling))])


def what_changes(encoding: Encoding, info: VideoInfo) -> list[str]:
    """What of the film's layout is not kept, in sentences."""
    look, told = encoding.look(info), []
    if look.bits < info.bits:
        told.append(f"luma of {info.bits} bits is rounded to {look.bits}")
    if (
        encoding.chroma is None
        and encoding.codec in ("h264", "h265")
        and look.subsampling == (1, 1)
    ):
        told.append("its sides are odd, so chroma is 4:4:4, which fewer players show")
    return told


def _look(bits: int, subsampling: tuple[int, int]) -> Look:
    deep = "" if bits == 8 else f"{bits}le"
    return Look(f"yuv{_chroma_name(subsampling)}p{deep}", bits, subsampling)


def _chroma_name(subsampling: tuple[int, int]) -> str:
    return {value: name for name, value in SUBSAMPLING.items()}[subsampling]


def _either(names: Any) -> str:
    *first, last = map(str, names)
    return f"{', '.join(first)} or {last}" if first else last
