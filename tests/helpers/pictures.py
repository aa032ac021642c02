"""Pictures to test with, and writers for them that share no code with photochrom or libvips.

The TIFF and PNG writers are the shortest ones that can make what the tests need: any depth, alpha,
byte order, BigTIFF, three codecs, metadata, and a TIFF directory before or behind the pixels.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import skimage
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[Any]

PHOTOGRAPHS = ("camera.png", "astronaut.png", "coffee.png", "chelsea.png", "rocket.jpg")
"""Real pictures inside scikit-image's wheel; the first is grey."""


def photograph(name: str, width: int | None = None) -> Pixels:
    """A photograph as uint8, H x W or H x W x 3, made smaller if a width is given."""
    folder = Path(skimage.__file__).parent / "data"
    with Image.open(folder / name) as image:
        size = image.size if width is None else (width, round(image.height * width / image.width))
        return np.array(image.resize(size))


def deepened(picture: Pixels, seed: int = 0) -> Pixels:
    """uint8 as uint16 with random lower digits, as a scanner gives them."""
    noise = np.random.default_rng(seed).integers(0, 257, picture.shape)
    return np.asarray(np.minimum(picture * 257.0 + noise, 65535), np.uint16)


def with_alpha(picture: Pixels, seed: int = 1) -> Pixels:
    """A picture with random transparency as its last band; fully clear and opaque included."""
    high = np.iinfo(picture.dtype).max
    alpha = np.random.default_rng(seed).integers(0, high, picture.shape[:2], endpoint=True)
    alpha[:, 0], alpha[:, 1] = 0, high
    return np.dstack((picture, alpha.astype(picture.dtype)))


def every_code(dtype: type[np.unsignedinteger[Any]], width: int = 256) -> Pixels:
    """A grey picture with every code of its type once, dark to bright."""
    codes = np.arange(np.iinfo(dtype).max + 1)
    return codes.astype(dtype).reshape(-1, width)


# --- metadata ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Value:
    """A tag's value: TIFF's type number, how many, and the numbers or the bytes of it."""

    kind: int
    values: bytes | Sequence[int]

    @property
    def count(self) -> int:
        return len(self.values) // (2 if self.kind in (5, 10) else 1)

    def packed(self, order: str) -> bytes:
        if isinstance(self.values, bytes):
            return self.values
        letter = {3: "H", 4: "I", 5: "I", 9: "i", 10: "i", 16: "Q"}[self.kind]
        return struct.pack(f"{order}{len(self.values)}{letter}", *self.values)


def text(words: str) -> Value:
    """ASCII with its end mark; other letters as UTF-8, as most programs write them."""
    return Value(2, words.encode() + b"\0")


def short(*numbers: int) -> Value:
    return Value(3, numbers)


def long(*numbers: int) -> Value:
    return Value(4, numbers)


def rational(*numbers: int) -> Value:
    """Numerators and denominators in turn."""
    return Value(5, numbers)


Tags = dict[int, Value]

MAKE, MODEL, ORIENTATION, DATE_TIME, ARTIST = 271, 272, 274, 306, 315
DATE_TIME_ORIGINAL, FOCAL_LENGTH, MAKER_NOTE = 36867, 37386, 37500
EXIF_POINTER, GPS_POINTER = 34665, 34853


@dataclass(frozen=True)
class Description:
    """What a file says of its picture."""

    main: Tags = field(default_factory=dict)
    exif: Tags = field(default_factory=dict)
    gps: Tags = field(default_factory=dict)


DESCRIBED = Description(
    main={
        MAKE: text("Zeiss Ikon"),
        MODEL: text("Contessa 35"),
        DATE_TIME: text("2001:02:03 04:05:06"),
        ARTIST: text("Käthe Augenstein"),
    },
    exif={
        DATE_TIME_ORIGINAL: text("1936:08:01 15:00:00"),
        FOCAL_LENGTH: rational(455, 10),
        36864: Value(7, b"0232"),
    },
    gps={
        0: Value(1, b"\2\3\0\0"),
        1: text("N"),
        2: rational(52, 1, 30, 1, 5123, 100),
        3: text("E"),
        4: rational(13, 1, 14, 1, 2217, 100),
    },
)
"""The worked example that every metadata test sends through."""

XMP = (
    b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" dc:source="Box 12, no. 7"/>'
    b'</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
)


def exif_block(
    description: Description = DESCRIBED,
    orientation: int | None = None,
    thumbnail: bytes | None = None,
    order: str = "<",
) -> bytes:
    """An EXIF block without the marker ``Exif\\0\\0``, big- or little-endian."""
    writer = _Directories(order, big=False)
    main = dict(description.main)
    if orientation is not None:
        main[ORIENTATION] = short(orientation)
    body = writer.with_parts(main, description, 8)
    if thumbnail is not None:
        start = 8 + len(body)
        second = {259: short(6), 513: long(0), 514: long(len(thumbnail))}
        second[513] = long(start + len(writer.one(second, start)))
        body = writer.with_parts(main, description, 8, following=start)
        body += writer.one(second, start) + thumbnail
    return struct.pack(order + "2sHI", b"II" if order == "<" else b"MM", 42, 8) + body


@dataclass(frozen=True)
class _Directories:
    """Writes TIFF directories of one byte order and width."""

    order: str
    big: bool

    def one(self, tags: Mapping[int, Value], start: int, following: int = 0) -> bytes:
        """A directory whose first byte will lie at `start`."""
        count, entry, word = ("Q", "HHQ", "Q") if self.big else ("H", "HHI", "I")
        width = struct.calcsize("<" + word)
        size = struct.calcsize("<" + count) + len(tags) * (struct.calcsize("<" + entry) + width)
        table, data = struct.pack(self.order + count, len(tags)), b""
        for tag, value in sorted(tags.items()):
            packed = value.packed(self.order)
            where = struct.pack(self.order + word, start + size + width + len(data))
            field_ = packed.ljust(width, b"\0") if len(packed) <= width else where
            data += packed + b"\0" * (len(packed) % 2) if len(packed) > width else b""
            table += struct.pack(self.order + entry, tag, value.kind, value.count) + field_
        return table + struct.pack(self.order + word, following) + data

    def with_parts(
        self, main: Tags, description: Description, start: int, following: int = 0
    ) -> bytes:
        """The main directory and, behind it, those of EXIF and GPS."""
        parts = {EXIF_POINTER: description.exif, GPS_POINTER: description.gps}
        used = {tag: part for tag, part in parts.items() if part}
        everything = {**main, **{tag: long(0) for tag in used}}
        end = start + len(self.one(everything, start))
        bodies = b""
        for tag, part in used.items():
            everything[tag] = long(end + len(bodies))
            bodies += self.one(part, end + len(bodies))
        return self.one(everything, start, following) + bodies


# --- TIFF ----------------------------------------------------------------------------------------

CODECS = {"none": 1, "lzw": 5, "deflate": 8}


@dataclass(frozen=True)
class Tiff:
    """How a TIFF is laid out."""

    codec: str = "none"
    big: bool = False
    order: Literal["<", ">"] = "<"
    directory_first: bool = True
    """libtiff writes the directory behind the pixels, where cutting a file always loses it."""
    rows_per_strip: int = 16
    orientation: int | None = None
    dpi: int | None = None
    icc: bytes | None = None
    xmp: bytes | None = None
    description: Description = field(default_factory=Description)


def write_tiff(path: Path, picture: Pixels, how: Tiff | None = None) -> Path:
    """Write H x W or H x W x (1 to 5) of uint8, uint16 or float32; a 2nd or 4th band is alpha."""
    how = how or Tiff()
    strips = _strips(picture, how)
    writer = _Directories(how.order, how.big)
    head = 16 if how.big else 8
    tags = _tiff_tags(picture, how, [len(strip) for strip in strips])
    lengths = [len(strip) for strip in strips]
    size = len(writer.with_parts({**tags, 273: long(*lengths)}, how.description, 0))
    size += size % 2
    first = head + size if how.directory_first else head
    offsets = [first + sum(lengths[:index]) for index in range(len(strips))]
    where = head if how.directory_first else head + sum(lengths) + sum(lengths) % 2
    body = writer.with_parts({**tags, 273: long(*offsets)}, how.description, where)
    pixels = b"".join(strips)
    parts = [body.ljust(size, b"\0"), pixels] if how.directory_first else [_even(pixels), body]
    path.write_bytes(_tiff_head(how, where) + b"".join(parts))
    return path


def _even(data: bytes) -> bytes:
    return data + b"\0" * (len(data) % 2)


def _tiff_head(how: Tiff, where: int) -> bytes:
    mark = b"II" if how.order == "<" else b"MM"
    if how.big:
        return struct.pack(how.order + "2sHHHQ", mark, 43, 8, 0, where)
    return struct.pack(how.order + "2sHI", mark, 42, where)


def _strips(picture: Pixels, how: Tiff) -> list[bytes]:
    encoders: dict[str, Callable[[bytes], bytes]] = {
        "none": bytes,
        "lzw": lzw,
        "deflate": zlib.compress,
    }
    ordered = picture.astype(picture.dtype.newbyteorder(how.order))
    rows = range(0, len(picture), how.rows_per_strip)
    return [encoders[how.codec](ordered[row : row + how.rows_per_strip].tobytes()) for row in rows]


def _tiff_tags(picture: Pixels, how: Tiff, lengths: list[int]) -> Tags:
    height, width = picture.shape[:2]
    bands = 1 if picture.ndim == 2 else picture.shape[2]
    photometric = {1: 1, 2: 1, 3: 2, 4: 2}[bands]
    tags = {
        256: long(width),
        257: long(height),
        258: short(*[picture.dtype.itemsize * 8] * bands),
        259: short(CODECS[how.codec]),
        262: short(photometric),
        277: short(bands),
        278: long(how.rows_per_strip),
        279: long(*lengths),
        284: short(1),
        **how.description.main,
    }
    if bands in (2, 4):
        tags[338] = short(2)  # straight alpha
    if picture.dtype.kind == "f":
        tags[339] = short(*[3] * bands)
    return tags | _optional_tags(how)


def _optional_tags(how: Tiff) -> Tags:
    tags: Tags = {}
    if how.orientation is not None:
        tags[ORIENTATION] = short(how.orientation)
    if how.dpi is not None:
        tags |= {282: rational(how.dpi, 1), 283: rational(how.dpi, 1), 296: short(2)}
    if how.icc is not None:
        tags[34675] = Value(7, how.icc)
    if how.xmp is not None:
        tags[700] = Value(1, how.xmp)
    return tags


def lzw(data: bytes) -> bytes:
    """TIFF's LZW without ever using its table: a clear code before every 250 literals."""
    codes: list[int] = []
    for start in range(0, len(data), 250):
        codes += [256, *data[start : start + 250]]
    bits = np.unpackbits(np.array([*codes, 257], ">u2").view(np.uint8).reshape(-1, 2), axis=1)
    return np.packbits(bits[:, 7:]).tobytes()


# --- PNG -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Png:
    """What a PNG carries beside its pixels."""

    icc: bytes | None = None
    exif: bytes | None = None
    xmp: bytes | None = None
    dpi: int | None = None


def write_png(path: Path, picture: Pixels, how: Png | None = None) -> Path:
    """Write H x W or H x W x (1 to 4) of uint8 or uint16; a 2nd or 4th band is alpha."""
    bands = 1 if picture.ndim == 2 else picture.shape[2]
    depth = picture.dtype.itemsize * 8
    kind = {1: 0, 2: 4, 3: 2, 4: 6}[bands]
    rows = picture.astype(picture.dtype.newbyteorder(">")).reshape(len(picture), -1)
    lines = b"".join(b"\0" + row.tobytes() for row in rows)
    head = struct.pack(">IIBBBBB", picture.shape[1], len(picture), depth, kind, 0, 0, 0)
    chunks = [(b"IHDR", head), *_png_extras(how or Png())]
    chunks += [(b"IDAT", zlib.compress(lines, 1)), (b"IEND", b"")]
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks))
    return path


def _png_extras(how: Png) -> list[tuple[bytes, bytes]]:
    chunks = []
    if how.icc is not None:
        chunks.append((b"iCCP", b"scan\0\0" + zlib.compress(how.icc)))
    if how.dpi is not None:
        metre = round(how.dpi / 0.0254)
        chunks.append((b"pHYs", struct.pack(">IIB", metre, metre, 1)))
    if how.xmp is not None:
        chunks.append((b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + how.xmp))
    if how.exif is not None:
        chunks.append((b"eXIf", how.exif))
    return chunks


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


# --- JPEG ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Jpeg:
    """What a JPEG carries beside its pixels."""

    icc: bytes | None = None
    exif: bytes | None = None
    xmp: bytes | None = None
    dpi: int | None = None
    progressive: bool = False


def write_jpeg(path: Path, picture: Pixels, how: Jpeg | None = None) -> Path:
    """Write uint8, H x W, H x W x 3, or H x W x 4 for CMYK, at a quality that loses little."""
    how = how or Jpeg()
    extras: dict[str, Any] = {"icc_profile": how.icc, "xmp": how.xmp}
    extras["progressive"] = how.progressive
    if how.exif is not None:
        extras["exif"] = b"Exif\0\0" + how.exif
    if how.dpi is not None:
        extras["dpi"] = (how.dpi, how.dpi)
    mode = {2: "L", 3: "RGB"}[picture.ndim] if picture.shape[2:] != (4,) else "CMYK"
    image = Image.frombytes(mode, picture.shape[1::-1], np.ascontiguousarray(picture).tobytes())
    image.save(path, "JPEG", quality=98, subsampling=0, **extras)
    return path


def write(path: Path, picture: Pixels, how: Jpeg | Png | Tiff) -> Path:
    """Write a picture as the kind that `how` belongs to."""
    if isinstance(how, Jpeg):
        return write_jpeg(path, picture, how)
    if isinstance(how, Png):
        return write_png(path, picture, how)
    return write_tiff(path, picture, how)
