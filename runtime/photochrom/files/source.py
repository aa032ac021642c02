"""Opening a picture file: what libvips decodes, split into colour, alpha, profile and remarks."""

import os
from dataclasses import dataclass, replace
from pathlib import Path

import pyvips

from photochrom.color.profile import (
    ProfileError,
    TableProfileError,
    ToneProfile,
    default_profile,
    parse_profile,
)
from photochrom.errors import InputError
from photochrom.files import png

DEPTHS = {"uchar": 8, "ushort": 16}
ICC = "icc-profile-data"


@dataclass(frozen=True)
class Source:
    """A picture as a pipeline that decodes when it is pulled; may be pulled once, top to bottom."""

    path: Path
    image: pyvips.Image
    """As decoded, with all metadata."""
    color: pyvips.Image
    """One or three bands of uchar or ushort, in `profile`."""
    alpha: pyvips.Image | None
    """One band of the same format, if the picture has any."""
    profile: ToneProfile
    orientation: int
    """EXIF orientation 1..8 of the stored pixels."""
    notes: tuple[str, ...]
    """What the person should know: conversions, pages left out, a damaged profile."""


def open_source(path: Path, shrink: int = 1) -> Source:
    """Open a picture for one sequential pass.

    Args:
        path: the file.
        shrink: 1, 2, 4 or 8: lets a JPEG decoder skip work; other formats ignore it.

    Raises:
        InputError: if the file can't be read as a picture, or its pixels are of a kind that
            would lose something.
    """
    _check_file(path)
    try:
        image = _decode(path, shrink)
        return _interpret(path, image)
    except pyvips.Error as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: pyvips.Error) -> InputError:
    """The error for a file that libvips can't decode, in one line."""
    lines = [line.strip() for line in str(error.detail or error).splitlines() if line.strip()]
    reason = lines[-1] if lines else "unknown reason"
    return InputError(
        f"can't read {path} as a picture ({reason}); it may be damaged, cut off or of another kind"
    )


def _check_file(path: Path) -> None:
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


def _decode(path: Path, shrink: int) -> pyvips.Image:
    # A Source, since libvips would take brackets at the end of a file's name for options.
    source = pyvips.Source.new_from_file(os.fsencode(path))
    # what decoders report of damage becomes an error, not a grey half
    options: dict[str, object] = {"access": "sequential", "fail_on": "error"}
    loader = pyvips.vips_lib.vips_foreign_find_load_source(source.pointer)
    name = pyvips.ffi.string(loader).decode() if loader != pyvips.ffi.NULL else ""
    if shrink > 1 and name == "VipsForeignLoadJpegSource":
        options["shrink"] = shrink
    return pyvips.Image.new_from_source(source, "", **options)


def _interpret(path: Path, image: pyvips.Image) -> Source:
    notes = []
    pages = image.get("n-pages") if image.get_typeof("n-pages") else 1
    if pages > 1:
        notes.append(f"only the first of {pages} pages is colorized")
    if image.get_typeof("palette"):
        notes.append("its palette became RGB")
    if image.format not in DEPTHS:
        raise InputError(
            f"{path} holds {image.format} pixels, whose range is not fixed; "
            "save it with 8 or 16 bits first"
        )
    color, alpha = _split_alpha(image)
    color, profile, remarks = _to_tones(color, _profile(path, color))
    if color.bands not in (1, 3):
        raise InputError(f"{path} has {image.bands} bands; grey or RGB is needed")
    orientation = image.get("orientation") if image.get_typeof("orientation") else 1
    orientation = orientation if orientation in range(1, 9) else 1
    return Source(path, image, color, alpha, profile, orientation, (*notes, *remarks))


def _split_alpha(image: pyvips.Image) -> tuple[pyvips.Image, pyvips.Image | None]:
    if not image.hasalpha():
        return image, None
    return image[: image.bands - 1], image[image.bands - 1]


def _profile(path: Path, image: pyvips.Image) -> bytes | None:
    return bytes(image.get(ICC)) if image.get_typeof(ICC) else png.embedded_profile(path)


def _to_tones(
    color: pyvips.Image, icc: bytes | None
) -> tuple[pyvips.Image, ToneProfile, list[str]]:
    """Colour in a space of tone curves and a matrix; others become sRGB, and that is noted."""
    if color.interpretation in ("cmyk", "lab", "labs"):
        return _to_srgb(color, f"{color.interpretation.upper()} became sRGB")
    if icc is None:
        return color, default_profile(), []
    try:
        return color, parse_profile(icc), []
    except ProfileError as error:
        return color, default_profile(), [f"its colour profile is damaged ({error}); sRGB assumed"]
    except TableProfileError as error:
        return _to_srgb(color, f"its colour profile ({error}) became sRGB")


def _to_srgb(color: pyvips.Image, note: str) -> tuple[pyvips.Image, ToneProfile, list[str]]:
    depth = DEPTHS[color.format]
    if color.interpretation == "cmyk" or color.get_typeof(ICC):
        converted = color.icc_transform(
            "srgb", embedded=True, input_profile="cmyk", intent="relative", depth=depth
        )
    else:
        converted = color.colourspace("rgb16" if depth == 16 else "srgb")
    icc = bytes(converted.get(ICC)) if converted.get_typeof(ICC) else None
    return converted, replace(default_profile(), icc=icc), [note]
