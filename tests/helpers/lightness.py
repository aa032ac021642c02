"""The L* that a picture's codes stand for, worked out without photochrom, libvips or littleCMS.

Double precision and the definitions of CIE 15 and of the profile's own numbers. littleCMS is no
measure here: in its 16-bit tables the darkest codes are off by up to 2.8 L*, hundreds of times
what is to be shown. `by_lcms` is a check of this file, on codes that are not dark.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyvips
from numpy.typing import NDArray

from helpers.profiles import Floats, Profile

LIMIT_16_BIT = 0.01
LIMIT_8_BIT = 0.4
"""The levels of ARCHITECTURE.md: largest change of L* in lossless output."""


def lightness(codes: NDArray[Any], profile: Profile) -> Floats:
    """L* of integer or float codes, H x W, H x W x 3, or with alpha as 2nd or 4th band."""
    if codes.ndim == 3 and codes.shape[2] in (2, 4):
        codes = codes[..., :-1]
    linear = profile.decode(fractions(codes))
    if codes.ndim == 2 or codes.shape[2] == 1:
        return of_luminance(linear.reshape(codes.shape[:2]))
    return of_luminance(linear @ profile.luminance / profile.luminance.sum())


def fractions(codes: NDArray[Any]) -> Floats:
    """Codes as 0..1 in double precision."""
    top = np.iinfo(codes.dtype).max if codes.dtype.kind == "u" else 1
    return np.asarray(codes.astype(np.float64) / top)


def of_luminance(y: Floats) -> Floats:
    """CIE L* of relative luminance 0..1."""
    return np.where(y > 216 / 24389, 116 * np.cbrt(y) - 16, y * (24389 / 27))


def largest_change(before: NDArray[Any], after: NDArray[Any], profile: Profile) -> float:
    """Largest |dL*| between two pictures of the same size in one profile."""
    return float(np.abs(lightness(after, profile) - lightness(before, profile)).max())


def by_lcms(path: Path) -> Floats:
    """L* of a file through its embedded profile, by littleCMS."""
    picture = pyvips.Image.new_from_file(str(path))
    measured = picture.icc_import(embedded=True, pcs="lab", intent="relative")
    return np.asarray(measured.numpy()[..., 0], np.float64)
