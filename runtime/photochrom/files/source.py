"""Opening a picture file: what libvips decodes, split into colour, alpha, profile and remarks."""

import os
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyvips

from photochrom import limits
from photochrom.color.profile import (
    ProfileError,
    TableProfileError,
    ToneProfile,
    default_profile,
    parse_profile,
)
from photochrom.errors import InputError, LimitError
from photochrom.files import blocks, kinds, png
from photochrom.files.opening import open_picture, open_scratch
from photochrom.files.tiff_pages import Layout, layout_of, layouts

DEPTHS = {"uchar": 8, "ushort": 16}
LAB = ("lab", "labs")
ICC = "icc-profile-data"


@dataclass(frozen=True)
class PictureFile:
    """A file to read from."""

    path: Path
    decoded: Path | None = None
    """Its pixels as libvips stores them, where libvips can't decode the file itself."""


@dataclass(frozen=True)
class Source:
    """A picture as a pipeline that decodes when it is pulled; may be pulled once, top to bottom."""

    path: Path
    image: pyvips.Image
    """As decoded, with all metadata."""
    color: pyvips.Image
    """One or three bands of uchar or ushort, in `profile`."""
    alpha: pyvips.Image | None
    """One band of the same format, if the picture has any; a pipeline of its own, since `color` is
    decoded ahead."""
    profile: ToneProfile
    orientation: int
    """EXIF orientation 1..8 of the stored pixels."""
    notes: tuple[str, ...]
    """What the person should know: conversions, a damaged profile."""
    page: int = 0
    """Which picture of the file, from 0."""
    layout: Layout = field(default_factory=Layout)
    """How a TIFF stores it."""


def open_source(file: PictureFile | Path, shrink: int = 1, page: int = 0) -> Source:
    """Open a picture for one sequential pass.

    Args:
        file: what to read.
        shrink: 1, 2, 4 or 8: lets a JPEG decoder skip work; other formats ignore it.
        page: which picture of a file that holds several, from 0.

    Raises:
        InputError: if the file can't be read as a picture, or its pixels are of a kind that
            would lose something.
        LimitError: if it has more pixels or pages than a file may have.
    """
    file = PictureFile(file) if isinstance(file, Path) else file
    path = file.path
    check_file(path)
    try:
        image = _decode(file, shrink, page)
        again = _decode(file, shrink, page) if image.hasalpha() else None
        return _interpret(path, image, again, page)
    except pyvips.Error as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: pyvips.Error) -> InputError:
    """The error for a file that libvips can't decode, in one line."""
    words = str(error.detail or error)
    if "out of memory" in words:
        return LimitError(f"can't read {path}: {limits.memory_words()}")
    known = kinds.advice(path, words)
    if known is not None:
        return InputError(f"can't read {path}: {known}")
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    # the picture that is coloured ends too early as well, which says nothing
    telling = [line for line in lines if blocks.OWN_WORDS not in line] or lines
    reason = telling[-1] if telling else "unknown reason"
    return InputError(
        f"can't read {path} as a picture ({reason}); it may be damaged, cut off or of another kind"
    )


def check_file(path: Path) -> None:
    """Refuse what is no file to read from.

    Raises:
        InputError: if it is missing, a folder, empty, or can't be opened.
    """
    if os.path.isdir(path):
        raise InputError(f"{path} is a folder; give the pictures in it")
    if not os.path.exists(path):  # Path.exists raises on names that are too long
        raise InputError(f"no such file: {path}")
    if not os.path.isfile(path):
        raise InputError(f"{path} is not a regular file; save the picture to one first")
    try:
        with path.open("rb") as file:
            empty = not file.read(1)
    except OSError as error:
        raise InputError(f"can't open {path}: {error.strerror}") from error
    if empty:
        raise InputError(f"{path} is empty")


def _decode(file: PictureFile, shrink: int, page: int) -> pyvips.Image:
    if file.decoded is not None:
        return open_scratch(file.decoded)
    options: dict[str, object] = {"page": page} if page else {}
    if shrink > 1:
        options["shrink"] = shrink
    return open_picture(file.path, access="sequential", **options)


def _interpret(path: Path, image: pyvips.Image, again: pyvips.Image | None, page: int) -> Source:
    """What was decoded, taken apart; `again` is a second pass, for the transparency."""
    notes = []
    layout = layout_of(path, page) if is_tiff(image) else Layout()
    if image.get_typeof("palette") or layout.palette:
        notes.append("its palette became RGB")
    if image.format not in DEPTHS and image.interpretation not in LAB:
        raise InputError(
            f"{path} holds {image.format} pixels, whose range is not fixed; "
            "save it with 8 or 16 bits first"
        )
    color, alpha = image, None
    if again is not None:
        color, alpha = image[: image.bands - 1], again[again.bands - 1]
    if alpha is not None and alpha.format not in DEPTHS:
        alpha = None
        notes.append("its transparency was left out")
    color, profile, remarks = _to_tones(color, _profile(path, color))
    if color.bands not in (1, 3):
        raise InputError(f"{path} has {image.bands} bands; grey or RGB is needed")
    orientation = image.get("orientation") if image.get_typeof("orientation") else 1
    orientation = orientation if orientation in range(1, 9) else 1
    notes += remarks
    return Source(path, image, color, alpha, profile, orientation, tuple(notes), page, layout)


def pages_of(file: PictureFile, page: int | None, every: bool) -> tuple[list[int], list[str]]:
    """Which pictures of a file are asked for.

    Args:
        file: what to read.
        page: a page that the person chose, from 1; None for none.
        every: whether all of them can be had, as pages of one file.

    Returns:
        Their numbers, from 0, and remarks on what is left out.

    Raises:
        InputError: if there is no such page, or the file can't be read.
    """
    path, image = file.path, open_source(file).image
    count = image.get("n-pages") if image.get_typeof("n-pages") else 1
    if page is not None and not 1 <= page <= count:
        raise InputError(f"there is no page {page} in {path}; pages in it: {count}")
    if page is not None:
        return [page - 1], []
    if not is_tiff(image):
        return [0], [f"only the first of {count} pages is colorized"] if count > 1 else []
    pictures = [number for number, layout in enumerate(layouts(path)) if layout.is_picture] or [0]
    smaller = count - len(pictures)
    notes = [f"smaller copies and masks in it were left out ({smaller})"] if smaller else []
    if not every and len(pictures) > 1:
        notes.append(f"only the first of {len(pictures)} pages is colorized; .tif holds all")
    return pictures if every else pictures[:1], notes


def is_tiff(image: pyvips.Image) -> bool:
    """Whether libvips read a picture from a TIFF file."""
    loader = image.get("vips-loader") if image.get_typeof("vips-loader") else ""
    return bool(loader.startswith("tiffload"))


def _profile(path: Path, image: pyvips.Image) -> bytes | None:
    return bytes(image.get(ICC)) if image.get_typeof(ICC) else png.embedded_profile(path)


def _to_tones(
    color: pyvips.Image, icc: bytes | None
) -> tuple[pyvips.Image, ToneProfile, list[str]]:
    """Colour in a space of tone curves and a matrix; others become sRGB, and that is noted."""
    if color.interpretation in LAB:
        return color.colourspace("rgb16"), default_profile(), ["L*a*b* became 16-bit sRGB"]
    if color.interpretation == "cmyk":
        return _to_srgb(color, "CMYK became sRGB")
    if icc is None:
        return color, default_profile(), []
    try:
        return color, parse_profile(icc), []
    except ProfileError as error:
        return color, default_profile(), [f"its colour profile is damaged ({error}); sRGB assumed"]
    except TableProfileError as error:
        return _to_srgb(color, f"its colour profile ({error}) became sRGB")


def _to_srgb(color: pyvips.Image, note: str) -> tuple[pyvips.Image, ToneProfile, list[str]]:
    converted = color.icc_transform(
        "srgb",
        embedded=True,
        input_profile="cmyk",
        intent="relative",
        depth=DEPTHS[color.format],
    )
    icc = bytes(converted.get(ICC)) if converted.get_typeof(ICC) else None
    return converted, replace(default_profile(), icc=icc), [note]
