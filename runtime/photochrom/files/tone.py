"""L* of a picture's codes, as libvips operations."""

import numpy as np
import pyvips

from photochrom.color import lab
from photochrom.color.arrays import FloatImage
from photochrom.color.profile import ToneProfile


def lightness(image: pyvips.Image, profile: ToneProfile) -> pyvips.Image:
    """L* (float, 0..100) of a one- or three-band picture of uchar, ushort or float."""
    if image.bands == 1 and image.format != "float":
        return image.maplut(_table(_lightness_of(profile.curves[:1]), image.format))
    luminance = _linear(image, profile)
    if image.bands == 3:
        luminance = luminance.recomb([(profile.matrix[1] / profile.white[1]).tolist()])
    cube = luminance ** (1 / 3) * 116 - 16
    return (luminance > lab.EPSILON).ifthenelse(cube, luminance * lab.KAPPA)


def _lightness_of(luminance: FloatImage) -> FloatImage:
    return 116 * lab.forward(luminance) - 16


def _linear(image: pyvips.Image, profile: ToneProfile) -> pyvips.Image:
    if image.format == "float":
        return _srgb_decode(image)
    return image.maplut(_table(profile.curves[: image.bands], image.format))


def _srgb_decode(encoded: pyvips.Image) -> pyvips.Image:
    """`photochrom.color.srgb.decode`; float pictures come from arrays, which are sRGB."""
    return (encoded <= 0.04045).ifthenelse(encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def _table(curves: FloatImage, band_format: str) -> pyvips.Image:
    """A look-up table picture from bands x 65536 values, thinned to 256 for 8-bit codes."""
    thinned = curves[:, ::257] if band_format == "uchar" else curves
    return pyvips.Image.new_from_array(np.ascontiguousarray(thinned.T[None]))
