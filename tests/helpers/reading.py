"""What a picture file holds, told by Pillow and tifffile; only the pixels come from libvips."""

from __future__ import annotations

import struct
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyvips
import tifffile
from numpy.typing import NDArray
from PIL import Image

from helpers.pictures import EXIF_POINTER, GPS_POINTER, ORIENTATION

Pixels = NDArray[Any]


@dataclass(frozen=True)
class Facts:
    """What a file says beside its pixels."""

    format: str
    main: dict[int, Any]
    exif: dict[int, Any]
    gps: dict[int, Any]
    thumbnail: bool
    """Whether the EXIF block holds one."""
    dpi: tuple[float, float] | None
    icc: bytes | None
    xmp: bytes | None

    @property
    def orientation(self) -> int:
        return int(self.main.get(ORIENTATION, 1))


def facts(path: Path) -> Facts:
    with Image.open(path) as image:
        exif, info = image.getexif(), image.info
        xmp = info.get("xmp") or info.get("XML:com.adobe.xmp")
        dpi = info.get("dpi")
        if image.format == "WEBP":  # only its EXIF block says so
            dpi = exif.get(282), exif.get(283)
        return Facts(
            format=str(image.format),
            main=dict(exif),
            exif=dict(exif.get_ifd(EXIF_POINTER)),
            gps=dict(exif.get_ifd(GPS_POINTER)),
            thumbnail=_has_thumbnail(info.get("exif", b"")),
            dpi=None if dpi is None or None in dpi else (float(dpi[0]), float(dpi[1])),
            icc=info.get("icc_profile"),
            xmp=xmp.encode() if isinstance(xmp, str) else xmp,
        )


def _has_thumbnail(block: bytes) -> bool:
    """Whether an EXIF block's second directory points to a JPEG (tag 513)."""
    body = block.removeprefix(b"Exif\0\0")
    if not body:
        return False
    order = {b"II": "<", b"MM": ">"}[body[:2]]
    (first,) = struct.unpack_from(order + "I", body, 4)
    (count,) = struct.unpack_from(order + "H", body, first)
    (second,) = struct.unpack_from(order + "I", body, first + 2 + 12 * count)
    if not second:
        return False
    (count,) = struct.unpack_from(order + "H", body, second)
    entries = range(second + 2, second + 2 + 12 * count, 12)
    return 513 in [struct.unpack_from(order + "H", body, entry)[0] for entry in entries]


def pixels(path: Path) -> Pixels:
    """Decoded as stored: uint8 or uint16, H x W or H x W x bands."""
    data = path.read_bytes()  # not by name: libvips would remember an older file of this name
    image = pyvips.Image.new_from_buffer(data, "")
    return np.asarray(image.numpy())


def tiff_codec(path: Path) -> str:
    """``NONE``, ``LZW`` or ``ADOBE_DEFLATE``."""
    with tifffile.TiffFile(path) as file:
        return str(tifffile.COMPRESSION(file.pages.first.compression).name)


def icc_tag(icc: bytes, name: bytes) -> bytes:
    """The bytes of one tag of a profile."""
    (count,) = struct.unpack_from(">I", icc, 128)
    for index in range(count):
        found, offset, size = struct.unpack_from(">4sII", icc, 132 + 12 * index)
        if found == name:
            return icc[offset : offset + size]
    raise KeyError(name)


def source_types(xmp: bytes | None) -> list[str]:
    """Every DigitalSourceType that a packet states, read as RDF and not as text."""
    assert xmp is not None
    name = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType"
    nodes = list(ET.fromstring(xmp.strip(b"\0")).iter())
    stated = [node.text or "" for node in nodes if node.tag == name]
    return stated + [node.attrib[name] for node in nodes if name in node.attrib]
