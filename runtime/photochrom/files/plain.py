"""Uncompressed pictures that libvips has no reader for here: Netpbm's PGM and PPM, and BMP.

libvips maps the pixels from the file, so that any size goes. Layouts: Netpbm's own descriptions
(doc/pgm, doc/ppm); Microsoft's BITMAPFILEHEADER and BITMAPINFOHEADER.
"""

import os
import re
import struct
from pathlib import Path

import numpy as np
import pyvips

_NETPBM = re.compile(rb"P([56])" + rb"(?:\s|#[^\n]*\n)+(\d+)" * 3 + rb"\s")
"""Kind, width, height, highest code; remarks between them."""
LONGEST_HEAD = 65536
LONGEST_SIDE = 10_000_000
"""Pixels; libvips knows no longer ones."""
BMP_BITS = (8, 24, 32)


def netpbm(path: Path) -> pyvips.Image:
    """A binary PGM or PPM, of 8 or 16 bits.

    Raises:
        ValueError: if it is of another kind.
    """
    with path.open("rb") as file:
        head = _NETPBM.match(file.read(LONGEST_HEAD))
    if head is None:
        raise ValueError("only binary PGM and PPM (P5, P6) are read")
    kind, width, height, highest = (int(number) for number in head.groups())
    top = 255 if highest < 256 else 65535
    image = _load(
        path,
        width,
        height,
        bands=3 if kind == 6 else 1,
        offset=head.end(),
        format="uchar" if top == 255 else "ushort",
    )
    image = image.byteswap() if top == 65535 else image
    if not 0 < highest < top:
        return image
    table = np.rint(np.arange(top + 1) * (top / highest)).clip(0, top)
    codes = table.astype(np.uint8 if top == 255 else np.uint16)
    return image.maplut(pyvips.Image.new_from_array(codes[None]))


def bmp(path: Path) -> pyvips.Image:
    """A BMP of 8 bits with a palette, 24 or 32 bits, uncompressed; 32 bits have no transparency.

    Raises:
        ValueError: if it is of another kind.
    """
    with path.open("rb") as file:
        head = file.read(LONGEST_HEAD)
    if len(head) < 54:
        raise ValueError("its header is cut off")
    offset, size, width, height, _, bits, compression = struct.unpack_from("<10xIIiiHHI", head)
    if bits not in BMP_BITS or compression or size < 40 or width <= 0 or height == 0:
        raise ValueError("only uncompressed BMP of 8, 24 or 32 bits is read")
    row = (width * bits + 31) // 32 * 4
    lines = _load(path, row, abs(height), bands=1, offset=offset, format="uchar")
    image = lines.crop(0, 0, width * bits // 8, abs(height))
    image = image if height < 0 else image.flipver()
    across, down = struct.unpack_from("<ii", head, 38)
    image = image.copy(xres=across / 1000 or 1, yres=down / 1000 or 1)
    if bits == 8:
        palette = np.zeros((256, 4), np.uint8)
        stored = np.frombuffer(head[14 + size : min(offset, 14 + size + 1024)], np.uint8)
        palette[: len(stored) // 4] = stored[: len(stored) // 4 * 4].reshape(-1, 4)
        return image.maplut(pyvips.Image.new_from_array(palette[None, :, 2::-1].copy()))
    blue, green, red = (image.bandfold(factor=bits // 8)[band] for band in range(3))
    return red.bandjoin([green, blue])


def _load(path: Path, width: int, height: int, bands: int, **layout: object) -> pyvips.Image:
    if not (0 < width <= LONGEST_SIDE and 0 < height <= LONGEST_SIDE):
        raise ValueError(f"it is said to be {width} x {height} pixels large")
    return pyvips.Image.rawload(os.fsencode(path), width, height, bands, **layout)
