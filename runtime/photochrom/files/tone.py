"""From a picture's codes to L*a*b* and back, as libvips operations that stream.

libvips' own L*a*b* uses the white D65; matrices are scaled so that each profile's white falls on it.
"""

import numpy as np
import pyvips

from photochrom.color import lab
from photochrom.color.arrays import FloatImage
from photochrom.color.profile import CODES, ToneProfile

VIPS_WHITE = np.array([95.0470, 100.0, 108.8827])


def lightness(image: pyvips.Image, profile: ToneProfile) -> pyvips.Image:
    """L* (one float band, 0..100) of a one- or three-band picture of uchar, ushort or float."""
    return measure(image, profile)[0]


def measure(image: pyvips.Image, profile: ToneProfile) -> pyvips.Image:
    """L*a*b* of a picture; for one band only L*, as its a* and b* are zero."""
    if image.bands == 1 and image.format != "float":
        return image.maplut(_table(_lightness_of(profile.curves[:1]), image.format))
    linear = _linear(image, profile)
    if image.bands == 1:
        linear = linear.bandjoin([linear, linear])
    xyz = linear.recomb(_vips_matrix(profile).tolist())
    return xyz.copy(interpretation="xyz").colourspace("lab")


def encode(values: pyvips.Image, profile: ToneProfile, band_format: str) -> pyvips.Image:
    """L*a*b* (three float bands) to R, G, B codes of `band_format`; out of gamut loses chroma."""
    xyz = values.copy(interpretation="lab").colourspace("xyz")
    linear = xyz.recomb(np.linalg.inv(_vips_matrix(profile)).tolist())
    limited = _limit(linear, xyz[1] / 100)
    if band_format == "float":
        return _srgb_encode(limited.clamp())
    # The square root gives dark tones as many steps of the table as the eye sees in them.
    index = (limited.clamp() ** 0.5 * (CODES - 1) + 0.5).cast("ushort")
    interpretation = "rgb16" if band_format == "ushort" else "srgb"
    return index.maplut(_encode_table(profile, band_format)).copy(interpretation=interpretation)


def _limit(linear: pyvips.Image, y: pyvips.Image) -> pyvips.Image:
    """`photochrom.color.gamut.limit` for a libvips picture and its luminance Y (0..1)."""
    red, green, blue = linear[0], linear[1], linear[2]
    high = red.maxpair(green).maxpair(blue).maxpair(1)
    low = red.minpair(green).minpair(blue).minpair(0)
    # Inside the gamut both are 1. Black and white divide 0 by 0, which libvips takes as 0: grey.
    keep = ((1 - y) / (high - y)).minpair(y / (y - low))
    return linear * keep + (1 - keep) * y


def _vips_matrix(profile: ToneProfile) -> FloatImage:
    """Linear RGB to XYZ in libvips' scale (Y of white = 100, white = D65)."""
    matrix: FloatImage = profile.matrix * (VIPS_WHITE / profile.white)[:, None]
    return matrix


def _lightness_of(luminance: FloatImage) -> FloatImage:
    grey = np.repeat(luminance[..., None], 3, axis=-1)
    return lab.from_linear(grey)[..., 0]


def _linear(image: pyvips.Image, profile: ToneProfile) -> pyvips.Image:
    if image.format == "float":
        return _srgb_decode(image)
    return image.maplut(_table(profile.curves[: image.bands], image.format))


def _srgb_decode(encoded: pyvips.Image) -> pyvips.Image:
    """`photochrom.color.srgb.decode`; float pictures come from arrays, which are sRGB."""
    return (encoded <= 0.04045).ifthenelse(encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def _srgb_encode(linear: pyvips.Image) -> pyvips.Image:
    """`photochrom.color.srgb.encode`."""
    return (linear <= 0.0031308).ifthenelse(linear * 12.92, linear ** (1 / 2.4) * 1.055 - 0.055)


def _table(curves: FloatImage, band_format: str) -> pyvips.Image:
    """A look-up table picture from bands x 65536 values, thinned to 256 for 8-bit codes."""
    thinned = curves[:, ::257] if band_format == "uchar" else curves
    return pyvips.Image.new_from_array(np.ascontiguousarray(thinned.T[None]))


def _encode_table(profile: ToneProfile, band_format: str) -> pyvips.Image:
    """Codes for the square roots of linear light at 65536 steps, one band a colour."""
    linear = np.linspace(0, 1, CODES) ** 2
    steps = np.linspace(0, 1, CODES)
    codes = np.stack([np.interp(linear, curve, steps) for curve in profile.curves], axis=-1)
    dtype = np.uint8 if band_format == "uchar" else np.uint16
    return pyvips.Image.new_from_array(np.rint(codes * np.iinfo(dtype).max).astype(dtype)[None])
