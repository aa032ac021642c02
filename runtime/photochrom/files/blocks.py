"""A libvips picture as arrays of a few rows each, and such arrays as a libvips picture.

libvips takes pixels from a program only as a file. So the arrays are told to it as the inside of an
uncompressed BigTIFF, which is read while it is made and never stored.
"""

import logging
import struct
from collections.abc import Generator
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Thread
from typing import Any

import numpy as np
import pyvips
from numpy.typing import NDArray

from photochrom.color.arrays import PictureArray
from photochrom.files.tiff_directory import Order, Tag, assemble, raw_entries

PIXELS = 1 << 18
"""Pixels of a block: few calls of libvips, and a megabyte or two."""
OWN_WORDS = "Read error at scanline"
"""What libvips says of a block that did not come."""
DTYPES: dict[str, np.dtype[Any]] = {
    "uchar": np.dtype(np.uint8),
    "ushort": np.dtype(np.uint16),
    "float": np.dtype(np.float32),
}
ORDER = Order("<", big=True)
HEADER = struct.pack("<2s3HQ", b"II", 43, 8, 0, 16)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Form:
    """Size and kind of a picture."""

    width: int
    height: int
    bands: int
    dtype: np.dtype[Any]

    @property
    def rows(self) -> int:
        """Rows of a block; the last may have fewer."""
        return min(max(1, PIXELS // self.width), self.height)

    @property
    def block(self) -> int:
        """Bytes of a full block."""
        return self.rows * self.width * self.bands * self.dtype.itemsize

    @property
    def size(self) -> int:
        """Bytes of all pixels."""
        return self.height * self.width * self.bands * self.dtype.itemsize


def of(image: pyvips.Image, form: Form) -> Generator[PictureArray, None, None]:
    """Blocks of a picture from top to bottom, each rows x width x bands, decoded one ahead.

    Raises:
        BrokenPictureError: if it can't be decoded; libvips then still holds the reason.
    """
    wanted: SimpleQueue[int | None] = SimpleQueue()
    found: SimpleQueue[PictureArray | None] = SimpleQueue()
    # libvips wants all work on a region from one thread, and pulls pictures from many
    Thread(target=_serve, args=(image, form, wanted, found), daemon=True).start()
    tops = range(0, form.height, form.rows)
    try:
        wanted.put(tops[0])
        for following in [*tops[1:], None]:
            block = found.get()
            if block is None:
                raise BrokenPictureError
            wanted.put(following)
            yield block
    finally:
        # Nothing here may wait: a generator that was given up ends wherever memory is tidied.
        wanted.put(None)


def _serve(
    image: pyvips.Image,
    form: Form,
    wanted: "SimpleQueue[int | None]",
    found: "SimpleQueue[PictureArray | None]",
) -> None:
    """Answer first rows with blocks, and what can't be decoded with None."""
    region = pyvips.Region.new(image)
    while (top := wanted.get()) is not None:
        rows = min(form.rows, form.height - top)
        pixels = _fetch(region, top, form.width, rows)
        if pixels is None:
            found.put(None)
            continue
        codes = np.frombuffer(pixels, DTYPES[image.format])
        found.put(codes.reshape(rows, form.width, image.bands))


class BrokenPictureError(Exception):
    """A picture can't be decoded; the next error that libvips raises says why."""


def _fetch(region: pyvips.Region, top: int, width: int, rows: int) -> Any:
    """`Region.fetch`, except that an error leaves libvips' words where they are."""
    size = pyvips.ffi.new("size_t *")
    pixels = pyvips.vips_lib.vips_region_fetch(region.pointer, 0, top, width, rows, size)
    if pixels == pyvips.ffi.NULL:
        return None
    return pyvips.ffi.buffer(pyvips.ffi.gc(pixels, pyvips.glib_lib.g_free), size[0])


def picture(form: Form, blocks: Generator[PictureArray, None, None]) -> pyvips.Image:
    """A picture to be pulled once, from top to bottom; blocks are asked for meanwhile.

    Where `blocks` raises, the pull ends with a `pyvips.Error`. One that says only `OWN_WORDS` of
    the reason stands for an error that has been logged.
    """
    reader = _Reader(form, blocks)
    source = pyvips.SourceCustom()
    source.on_read(reader.read)
    source.on_seek(reader.seek)
    return pyvips.Image.new_from_source(source, "", access="sequential", fail_on="error")


class _Reader:
    """The file that libvips believes to read: like one, but its pixels come in order only."""

    def __init__(self, form: Form, blocks: Generator[PictureArray, None, None]) -> None:
        self._head, self._blocks = _head(form), blocks
        self._size = len(self._head) + form.size
        self._waiting = memoryview(b"")
        self._position = 0

    def read(self, size: int) -> bytes | memoryview | None:
        """The next bytes; None after the last, and where there are none for an error."""
        part: bytes | memoryview = self._head[self._position : self._position + size]
        try:
            part = part or self._pixels(size)
        except BrokenPictureError:
            return None
        except Exception:  # nothing may be raised into libvips
            log.exception("a picture could not be computed")
            return None
        self._position += len(part)
        return part

    def _pixels(self, size: int) -> memoryview:
        if not self._waiting:
            self._waiting = next(self._blocks).data.cast("B")
        part, self._waiting = self._waiting[:size], self._waiting[size:]
        return part

    def seek(self, offset: int, whence: int) -> int:
        """As `io.IOBase.seek`."""
        self._position = (0, self._position, self._size)[whence] + offset
        return self._position


def _head(form: Form) -> bytes:
    """Everything of the file that lies before its pixels."""
    length = len(_directory(form, 0))
    return HEADER + _directory(form, len(HEADER) + length)


def _directory(form: Form, start: int) -> bytes:
    """The file's directory, with pixels from `start` on (TIFF 6.0, sections 8 and 19)."""
    starts = np.arange(0, form.size, form.block, dtype=np.uint64)
    lengths = np.minimum(form.block, form.size - starts)
    bits = [8 * form.dtype.itemsize] * form.bands
    kind = [3 if form.dtype.kind == "f" else 1] * form.bands
    tags = {
        256: _tag(4, [form.width]),
        257: _tag(4, [form.height]),
        258: _tag(3, bits),
        259: _tag(3, [1]),  # no compression
        262: _tag(3, [2 if form.bands == 3 else 1]),  # RGB, or grey
        273: _tag(16, starts + np.uint64(start)),
        277: _tag(3, [form.bands]),
        278: _tag(4, [form.rows]),
        279: _tag(16, lengths),
        339: _tag(3, kind),
    }
    return assemble(ORDER, raw_entries(tags), {}, {}, len(HEADER))


def _tag(kind: int, numbers: list[int] | NDArray[np.uint64]) -> Tag:
    values = np.asarray(numbers, {3: "<u2", 4: "<u4", 16: "<u8"}[kind])
    return Tag(kind, len(values), values.tobytes())
