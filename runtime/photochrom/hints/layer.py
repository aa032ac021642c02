"""A layer of hints: strokes on a transparent picture, as painting programs save them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyvips

from photochrom.color import lab, srgb
from photochrom.color.arrays import FloatImage, PictureArray
from photochrom.errors import InputError, UsageError
from photochrom.files import scaling
from photochrom.files.opening import open_picture
from photochrom.files.source import check_file
from photochrom.hints.draw import straight

LARGEST = 2048
"""Longest short side, in pixels, at which a layer is kept: a model never sees more."""
SKEW = 0.02
"""How far a layer's aspect may lie from the picture's: rounding when it was made smaller."""


@dataclass(frozen=True, eq=False)
class Layer:
    """Hints that were painted, at the layer's own size."""

    paint: FloatImage
    """3 x h x w float32: a* and b* times alpha, and alpha 0..1; alpha is the hint's confidence."""
    name: str = "the hint layer"
    """What messages call it."""

    @property
    def empty(self) -> bool:
        """Whether nothing is painted on it; the picture is then coloured without hints."""
        return not self.paint[2].any()


def from_array(rgba: PictureArray) -> Layer:
    """A layer in memory: uint8, uint16 or float32 in 0..1, H x W x 4, sRGB-encoded, alpha straight.

    Raises:
        UsageError: if it has another shape or type.
    """
    if rgba.ndim != 3 or rgba.shape[2] != 4 or rgba.size == 0:
        raise UsageError(f"a hint layer is an H x W x 4 array, not {rgba.shape}")
    srgb.check(rgba)
    pixels = srgb.to_float(rgba)
    chroma = np.moveaxis(lab.from_srgb(pixels[..., :3]), -1, 0)[1:]
    alpha = pixels[..., 3]
    return Layer(np.concatenate((chroma * alpha, alpha[None])).astype(np.float32))


def read(path: Path, opaque: bool = False) -> Layer:
    """A layer from a file with transparency (PNG, TIFF or WebP); its pixels are taken for sRGB.

    Args:
        path: of the file.
        opaque: whether one without transparency will do; all of it is a hint then.

    Raises:
        InputError: if it can't be read, or has no alpha channel.
    """
    check_file(path)
    try:
        image = open_picture(path).autorot()
        if not image.hasalpha() and opaque:
            image = image.colourspace("srgb").addalpha()
        if not image.hasalpha():
            raise InputError(
                f"{path} has no transparency, so every pixel of it would be a hint; paint on a "
                "transparent layer and save that as PNG"
            )
        return Layer(_reduced(_premultiplied(image)), str(path))
    except pyvips.Error as error:
        raise InputError(
            f"can't read the hint layer {path}: it is damaged or no picture; save it as PNG"
        ) from error


def draw(layer: Layer, height: int, width: int) -> FloatImage:
    """A layer as hints for an upright picture of this size.

    Returns:
        3 x height x width float32: a*, b* and confidence 0..1, averaged premultiplied.
    """
    return straight(scaling.fit_planes(layer.paint, width, height))


def check_aspect(layer: Layer, height: int, width: int) -> None:
    """Refuse a layer that was painted for another picture.

    Raises:
        InputError: if its aspect is not that of the upright picture.
    """
    rows, columns = layer.paint.shape[1:]
    if abs(np.log(rows * width / (columns * height))) <= max(SKEW, 1 / min(rows, columns)):
        return
    raise InputError(
        f"{layer.name} has an aspect of {columns / rows:.2f} and the upright picture one of "
        f"{width / height:.2f}; save the layer at the picture's own size, turned as it is seen"
    )


def _premultiplied(image: pyvips.Image) -> pyvips.Image:
    """a*, b* times alpha, and alpha 0..1, as float bands."""
    bands = image.bands - 1
    most = 65535 if image.format == "ushort" else 255
    alpha = image.extract_band(bands) / most
    colors = image.extract_band(0, n=bands).colourspace("lab")
    return (colors.extract_band(1, n=2) * alpha).bandjoin(alpha).cast("float")


def _reduced(paint: pyvips.Image) -> FloatImage:
    """Planes of a picture, averaged down to `LARGEST`."""
    factor = min(1, LARGEST / min(paint.width, paint.height))
    size = (max(1, round(side * factor)) for side in (paint.width, paint.height))
    pixels = scaling.fit(paint, *size).numpy()
    return np.ascontiguousarray(np.moveaxis(pixels, -1, 0))
