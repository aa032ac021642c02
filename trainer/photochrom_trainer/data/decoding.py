"""Picture files as upright 8-bit RGB, whatever they hold."""

import struct
import warnings
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from photochrom.errors import InputError

DAMAGE = (OSError, ValueError, SyntaxError, EOFError, struct.error, Image.DecompressionBombError)
"""What Pillow raises for files that are damaged, too large or not what their name says."""


def read_rgb(path: Path, shortest: int | None = None) -> Image.Image:
    """Decode a picture to 8-bit RGB, turned upright as its EXIF orientation says.

    Values are taken as sRGB; an embedded profile is not applied. CMYK goes through Pillow's plain
    formula, transparency is laid on white, and 16-bit grey is rounded to 8 bits.

    Args:
        path: the file.
        shortest: lets a JPEG be decoded at 1/2, 1/4 or 1/8 of its size, which saves most of the
            work, as long as its short side keeps this many pixels. Full size where not given.

    Raises:
        InputError: if it can't be decoded.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of large pictures and broken EXIF; pixels count here
            # Pillow reads a file in many small pieces.
            with Image.open(BytesIO(path.read_bytes())) as image:
                if shortest is not None:
                    image.draft("RGB", (shortest, shortest))
                image.load()
                with suppress(SyntaxError, ValueError, struct.error):  # EXIF that can't be parsed
                    ImageOps.exif_transpose(image, in_place=True)
                return _to_rgb(image)
    except DAMAGE as error:
        raise InputError(f"can't read the picture {path}: {error}") from error


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode == "F":
        raise ValueError("it holds floating point values")
    if image.mode.startswith("I"):  # Pillow would clip at 255
        image = Image.fromarray(np.rint(np.clip(np.asarray(image) / 257, 0, 255)).astype(np.uint8))
    if image.has_transparency_data:
        paper = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(paper, image.convert("RGBA"))
    return image.convert("RGB")
