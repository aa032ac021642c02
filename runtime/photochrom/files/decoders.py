"""Pictures that libvips can't decode here: other libraries do, once, into a scratch file.

Most hand over all pixels at once. These are stored as libvips stores pixels and let go, so that
both passes over the picture stream from the disk, as they do from a TIFF.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyvips
from numpy.typing import NDArray

from photochrom import limits
from photochrom.errors import InputError, OutputError
from photochrom.files import jpeg2000, plain, tiff_tags
from photochrom.files.kinds import kind_of
from photochrom.files.source import ICC, check_file
from photochrom.files.whole import scratch_file

EXIF, XMP = "exif-data", "xmp-data"
HDR_CURVES = (16, 18)
"""PQ and HLG in ISO/IEC 23091-2, table 3."""
SRGB_CURVE = (2.4, 12.92)
"""Power and slope at black, as LibRaw takes them."""


@dataclass(frozen=True)
class _Pixels:
    """What a library decoded, upright."""

    image: pyvips.Image
    """uchar or ushort."""
    icc: bytes | None = None
    exif: bytes | None = None
    xmp: bytes | None = None


@contextmanager
def decoded(path: Path, scratch: Path | None) -> Iterator[Path | None]:
    """The pixels of a file as libvips stores them; None where libvips reads the file itself.

    Args:
        path: the picture.
        scratch: folder of the file that holds the pixels; None takes the system's.

    Raises:
        InputError: if there is no such file, it can't be decoded, or an extra has to be installed.
        OutputError: if the pixels can't be stored.
    """
    check_file(path)
    kind = kind_of(path)
    if kind is None or kind not in _DECODERS:
        yield None
        return
    with scratch_file(scratch, ".v") as stored:
        _store(_decode(path, kind), stored)
        yield stored


def _decode(path: Path, kind: str) -> _Pixels:
    decode, extra = _DECODERS[kind]
    try:
        return decode(path)
    except ImportError as error:
        raise InputError(
            f"{path} is {kind}; to read it, install the extra: pip install 'photochrom[{extra}]'"
        ) from error
    except (InputError, MemoryError):
        raise
    except Exception as error:  # each library has errors of its own
        reason = str(error).strip().splitlines() or ["no reason given"]
        raise InputError(
            f"can't read {path} as {kind} ({reason[0]}); it may be damaged or cut off"
        ) from error


def _store(pixels: _Pixels, path: Path) -> None:
    image = pixels.image
    names = ("grey16", "rgb16") if image.format == "ushort" else ("b-w", "srgb")
    image = image.copy(interpretation=names[image.bands >= 3])
    for name, data in ((ICC, pixels.icc), (EXIF, pixels.exif), (XMP, pixels.xmp)):
        if data:
            image.set_type(pyvips.GValue.blob_type, name, data)
    image.set_type(pyvips.GValue.gint_type, "orientation", 1)
    try:
        image.vipssave(os.fsencode(path))
    except pyvips.Error as error:
        raise OutputError(
            f"can't write scratch data into {path.parent}; is the disk full? --scratch takes "
            "another folder"
        ) from error


def _picture(codes: NDArray[Any]) -> pyvips.Image:
    return pyvips.Image.new_from_array(np.ascontiguousarray(codes))


def _heic(path: Path) -> _Pixels:
    """The primary picture, turned upright by libheif."""
    import pillow_heif

    with path.open("rb") as file:
        image = pillow_heif.open_heif(file, convert_hdr_to_8bit=False)
        info = image.info
        limits.check_picture(path, *image.size)
        if info.get("nclx_profile", {}).get("transfer_characteristics") in HDR_CURVES:
            raise InputError(f"{path} is an HDR picture; save it with the usual range first")
        pillow_heif.set_orientation(info)
        codes = np.asarray(image)
    return _Pixels(
        _picture(_full_range(codes, info["bit_depth"])),
        info.get("icc_profile"),
        info.get("exif"),
        info.get("xmp"),
    )


def _full_range(codes: NDArray[Any], bits: int) -> NDArray[Any]:
    """Codes of 10 or 12 bits that were shifted to 16, with the empty digits filled."""
    return codes | codes >> bits if codes.dtype == np.uint16 and bits < 16 else codes


def _raw(path: Path) -> _Pixels:
    """Demosaicked by LibRaw, white balance as shot, sRGB, brightness as recorded, upright."""
    import rawpy

    with path.open("rb") as file, rawpy.imread(file) as raw:
        limits.check_picture(path, raw.sizes.raw_width, raw.sizes.raw_height)
        codes = raw.postprocess(
            use_camera_wb=True,
            no_auto_bright=True,
            output_bps=16,
            gamma=SRGB_CURVE,
            output_color=rawpy.ColorSpace.sRGB,
        )
    tags = tiff_tags.from_tiff(path)
    described = tags.main or tags.exif or tags.gps
    return _Pixels(_picture(codes), exif=tiff_tags.to_exif(tags, 1) if described else None)


def _jpeg2000(path: Path) -> _Pixels:
    import imagecodecs

    data = path.read_bytes()
    limits.check_picture(path, *jpeg2000.size_of(data))
    codes = imagecodecs.jpeg2k_decode(data)
    bits = jpeg2000.bits_of(data)
    if codes.dtype not in (np.uint8, np.uint16):
        raise ValueError(f"its samples are {codes.dtype}")
    top, highest = np.iinfo(codes.dtype).max, (1 << bits) - 1
    if highest < top:  # as in files of 12 bits
        stretched = np.rint(np.arange(top + 1) * (top / highest)).clip(0, top)
        codes = stretched.astype(codes.dtype)[codes]
    return _Pixels(_picture(codes), jpeg2000.profile_of(data), xmp=jpeg2000.xmp_of(data))


def _netpbm(path: Path) -> _Pixels:
    return _mapped(path, plain.netpbm(path))


def _bmp(path: Path) -> _Pixels:
    return _mapped(path, plain.bmp(path))


def _mapped(path: Path, image: pyvips.Image) -> _Pixels:
    limits.check_picture(path, image.width, image.height)
    return _Pixels(image)


_DECODERS: dict[str, tuple[Callable[[Path], _Pixels], str]] = {
    "HEIC": (_heic, "heif"),
    "camera raw": (_raw, "raw"),
    "JPEG 2000": (_jpeg2000, "jp2"),
    "Netpbm": (_netpbm, ""),
    "BMP": (_bmp, ""),
}
"""What decodes a kind, and the extra that it needs, if any."""
