"""From a picture's codes to L*a*b* and back, as libvips operations that stream.

libvips' own L*a*b* uses the white D65; matrices are scaled so that a profile's white falls on it.
"""

import numpy as np
import pyvips

from photochrom.color import lab
from photochrom.color.arrays import FloatImage
from photochrom.color.profile import CODES, ToneProfile

VIPS_WHITE = np.array([95.0470, 100.0, 108.8827])


def lightness(image: pyvips.Image, profile: ToneProfile, repeat: int = 1) -> pyvips.Image:
    """L* (float, 0..100) of a one- or three-band picture of uchar, ushort or float.

    `repeat` gives as many equal bands, which costs less than joining them afterwards.
    """
    if image.format == "float":
        band = measure(image, profile)[0]
        return band.bandjoin([band] * (repeat - 1)) if repeat > 1 else band
    if image.bands == 1:
        curve = _lightness_of(profile.curves[0])
        return image.maplut(_table(np.tile(curve, (repeat, 1)), image.format))
    luminance = _linear(image, profile).recomb([(profile.matrix[1] / profile.white[1]).tolist()])
    steps = _lightness_of(np.linspace(0, 1, CODES, dtype=np.float32) ** 2)
    return _root_index(luminance).maplut(_table(np.tile(steps, (repeat, 1)), "ushort"))


def measure(image: pyvips.Image, profile: ToneProfile) -> pyvips.Image:
    """L*a*b* (three float bands) of a picture."""
    linear = _linear(image, profile)
    if image.bands == 1:
        linear = linear.bandjoin([linear, linear])
    xyz = linear.recomb(_vips_matrix(profile).tolist())
    return xyz.copy(interpretation="xyz").colourspace("lab")


def encode(values: pyvips.Image, profile: ToneProfile, band_format: str) -> pyvips.Image:
    """L*a*b* (three float bands) to R, G, B codes of `band_format`; out of gamut loses chroma."""
    xyz = values.copy(interpretation="lab").colourspace("xyz")
    # One picture a band until the end: joined bands cost libvips more than the arithmetic does.
    rows = np.linalg.inv(_vips_matrix(profile)).tolist()
    linear = _limit([xyz.recomb([row]) for row in rows], xyz[1] / 100)
    if band_format == "float":
        codes = [_srgb_encode(band) for band in linear]
    else:
        tables = _encode_tables(profile, band_format)
        codes = [_look_up(band, table) for band, table in zip(linear, tables, strict=True)]
    joined = codes[0].bandjoin(codes[1:])
    return joined.copy(interpretation="rgb16" if band_format == "ushort" else "srgb")


def _limit(linear: list[pyvips.Image], y: pyvips.Image) -> list[pyvips.Image]:
    """`photochrom.color.gamut.limit` for the bands of a picture and its luminance Y (0..1)."""
    first, *others = linear
    high = first.bandrank(others, index=2).maxpair(1)
    low = first.bandrank(others, index=0).minpair(0)
    # Inside the gamut both are 1, and `inside` keeps rounding from crossing the border. Black and
    # white divide 0 by 0, which libvips takes as 0: grey.
    inside = 1 - 1e-6
    keep = ((1 - y) * inside / (high - y)).minpair(y * inside / (y - low))
    rest = (1 - keep) * y
    return [band * keep + rest for band in linear]


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


def _look_up(linear: pyvips.Image, table: pyvips.Image) -> pyvips.Image:
    """Codes of linear light 0..1, one band."""
    return _root_index(linear).maplut(table)


def _root_index(linear: pyvips.Image) -> pyvips.Image:
    """Linear light 0..1 as an index into a table of `CODES` square roots.

    The square root gives dark tones as many steps of the table as the eye sees in them.
    """
    return (linear**0.5 * (CODES - 1) + 0.5).cast("ushort")


def _encode_tables(profile: ToneProfile, band_format: str) -> list[pyvips.Image]:
    """For each band, codes for the square roots of linear light at 65536 steps."""
    linear = np.linspace(0, 1, CODES) ** 2
    steps = np.linspace(0, 1, CODES)
    dtype = np.uint8 if band_format == "uchar" else np.uint16
    codes = [np.interp(linear, curve, steps) * np.iinfo(dtype).max for curve in profile.curves]
    return [pyvips.Image.new_from_array(np.rint(band).astype(dtype)[None]) for band in codes]
