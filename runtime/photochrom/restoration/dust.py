"""Finding dust and scratches: in the picture itself, or in what infrared light saw of the film.

A spot is what morphological opening (bright ones) or closing (dark ones) takes away, if it stands
out from what is usual around it (Soille, "Morphological Image Analysis", 2003, section 4.5, on
top-hats). In grass or hair much stands out a little, so little of it is taken for dust there.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from photochrom.color.arrays import FloatImage
from photochrom.restoration.opencv import cv2

FAINTEST = 9.0
"""L* by which a spot must stand out at its strongest."""
OUTSTANDING = 3.5
"""How much more a spot must stand out than is usual around it."""
DEVIATIONS = 3.5
"""How far a spot must lie outside the tones around it, in their standard deviations."""
LEAST_DEVIATION = 1.5
"""L* that tones vary by anywhere, as even a clear sky has grain."""
SHARP = 0.45
"""Share of a spot's contrast that the step from one pixel to the next near it must have."""
EDGE_SHARE = 0.4
"""A spot reaches as far as it stands out by this share of what its strongest place needs."""
AROUND = 8
"""Side of "around", in widths of the largest spot."""
SPECK_LENGTH = 4
"""Longest speck, in half-widths of the widest; what is longer has to be a scratch."""
SLIM = 6
"""Length over thickness of a scratch."""
SCRATCH_THICKNESS = 2
"""How thick a scratch may be, its bends included, in half-widths of the widest speck."""
INFRARED_FAINTEST = 0.06
"""Share of the infrared light that dust must take away."""
BLACKENED = 0.5
"""Correlation with the picture from which infrared saw silver instead of dust."""

Mask = NDArray[np.bool_]


def half_width(width: int, height: int) -> int:
    """Half the width of the widest speck that is looked for, in pixels, by the scan's size."""
    return int(np.clip(round(min(width, height) / 200), 3, 14))


def margin(reach: int) -> int:
    """Rows above and below a strip that its mask depends on."""
    return AROUND * (2 * reach + 1)


def find(lightness: FloatImage, reach: int, dark: bool = False) -> Mask:
    """Dust and scratches of a picture: light ones, as prints and prints from dusty negatives have.

    Dark spots are looked for in scans of negatives alone. Elsewhere they look too much like eyes
    and lips; infrared or a mask tells them.

    Args:
        lightness: L*, H x W float32.
        reach: see `half_width`.
        dark: whether damage is dark.
    """
    positive = 100 - lightness if dark else lightness
    light = cv2().GaussianBlur(positive, (0, 0), 0.6)
    kernel = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    bright = light - cv2().morphologyEx(light, cv2().MORPH_OPEN, kernel)
    shadow = cv2().morphologyEx(light, cv2().MORPH_CLOSE, kernel) - light
    around = AROUND * (2 * reach + 1) | 1
    # of both: where much goes up and down, neither is news
    usual = cv2().blur(np.minimum(bright + shadow, 4 * FAINTEST), (around, around))
    needed = np.maximum(FAINTEST, OUTSTANDING * usual)
    unlikely = _unlikely(light, np.maximum(bright, shadow) > FAINTEST, around // 2 | 1)
    cores = (bright > needed) & (unlikely > DEVIATIONS)
    found = _spots(bright, needed, cores, _steepest(positive, reach) > SHARP * bright, reach)
    # sharpened scans have a rim of the opposite tone around it
    return cv2().dilate(found.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0


def _steepest(light: FloatImage, reach: int) -> FloatImage:
    """The largest step from pixel to pixel near each pixel."""
    across = np.abs(np.diff(light, axis=1, prepend=light[:, :1]))
    down = np.abs(np.diff(light, axis=0, prepend=light[:1]))
    side = reach | 1
    steepest: FloatImage = cv2().dilate(np.maximum(across, down), np.ones((side, side), np.uint8))
    return steepest


def find_infrared(infrared: FloatImage, reach: int) -> Mask:
    """Dust that an infrared picture (H x W float32, 0..1) shows as dark."""
    light = cv2().GaussianBlur(infrared, (0, 0), 0.6)
    kernel = np.ones((4 * reach + 1, 4 * reach + 1), np.uint8)
    film = cv2().morphologyEx(light, cv2().MORPH_CLOSE, kernel)
    dark = (film - light) / np.maximum(film, 0.02)
    around = AROUND * (2 * reach + 1) | 1
    usual = cv2().blur(np.minimum(dark, 2 * INFRARED_FAINTEST), (around, around))
    needed = np.maximum(INFRARED_FAINTEST, OUTSTANDING * usual).astype(np.float32)
    return _grown(dark > needed, dark > EDGE_SHARE * needed)


def sees_silver(infrared: FloatImage, lightness: FloatImage) -> bool:
    """Whether infrared shows the picture itself, as it does on black-and-white film."""
    if infrared.std() < 1e-4 or lightness.std() < 1e-4:
        return False
    return bool(abs(np.corrcoef(infrared.ravel(), lightness.ravel())[0, 1]) > BLACKENED)


def _unlikely(light: FloatImage, suspected: Mask, side: int) -> FloatImage:
    """How many deviations each pixel lies above the mean of what is not suspected around it."""
    sound = (~suspected).astype(np.float32)
    share = np.maximum(cv2().blur(sound, (side, side)), 1e-3)
    mean = cv2().blur(light * sound, (side, side)) / share
    square = cv2().blur(light * light * sound, (side, side)) / share
    deviation = np.sqrt(np.maximum(square - mean * mean, LEAST_DEVIATION**2))
    unlikely: FloatImage = (light - mean) / deviation
    return unlikely


def _spots(hat: FloatImage, needed: FloatImage, cores: Mask, sharp: Mask, reach: int) -> Mask:
    """What stands out, to its rim, if it has the shape of a speck or of a scratch."""
    labels = cv2().connectedComponents(cores.astype(np.uint8))[1]
    area, length, thickness = _measured(labels)
    sharp_area = np.bincount(labels[sharp], minlength=len(area))
    speck = (area >= 3) & (length <= SPECK_LENGTH * reach) & (thickness <= 2 * reach)
    scratch = (length > SLIM * thickness) & (thickness <= SCRATCH_THICKNESS * reach)
    kept = speck | scratch & (length > SPECK_LENGTH * reach)
    kept &= sharp_area > area / 2
    kept[0] = False
    # by a few pixels, else a spot would take along the edge that it touches
    near = cv2().dilate(kept[labels].astype(np.uint8), np.ones((reach | 1, reach | 1), np.uint8))
    return (near > 0) & (hat > EDGE_SHARE * needed)


def _measured(labels: NDArray[np.int32]) -> tuple[FloatImage, FloatImage, FloatImage]:
    """Area, length and thickness of each part: of the straight bar with the same second moments.

    What is bent, or branches as bricks' joints do, is as thick as the bend is deep.
    """
    y, x = np.nonzero(labels)
    part, count = labels[y, x], int(labels.max()) + 1

    def total(values: NDArray[Any] | None = None) -> FloatImage:
        return np.bincount(part, values, count).astype(np.float64)

    area = total()
    number = np.maximum(area, 1)
    middle_x, middle_y = total(x) / number, total(y) / number
    across, down = x - middle_x[part], y - middle_y[part]
    xx, yy, xy = (total(values) / number for values in (across**2, down**2, across * down))
    half, apart = (xx + yy) / 2, np.hypot((xx - yy) / 2, xy)
    # a bar of length l has the variance (l^2 - 1) / 12 along its pixels
    return area, *(np.sqrt(12 * np.maximum(half + sign * apart, 0) + 1) for sign in (1, -1))


def _grown(seeds: Mask, rims: Mask) -> Mask:
    """Every connected part of `rims` that holds a seed."""
    count, labels = cv2().connectedComponents(rims.astype(np.uint8))
    seeded = np.zeros(count, bool)
    seeded[labels[seeds]] = True
    seeded[0] = False
    return seeded[labels]
