"""Grain: measured, taken out, and put back where a repair left none."""

from __future__ import annotations

import numpy as np
import pyvips

from photochrom.color.arrays import FloatImage, PictureArray
from photochrom.restoration.dust import Mask
from photochrom.restoration.opencv import cv2
from photochrom.restoration.view import Proposal, View
from photochrom.restoration.windows import Window, changed

FINE = 1.5
"""Deviation in pixels of the blur beyond which detail counts as grain."""
DISTANCES = (9, 14, 20, 28, 40)
"""How far, in pixels, grain may be taken from."""
SEARCHED, PATCH = 15, 5
"""Sides of the area that is searched for like patches, and of a patch."""
STRENGTH = 1.1
"""Of denoising, in mean absolute differences of grain alone."""
GRAINY, RATHER_GRAINY = 0.025, 0.012
"""Deviations, as shares of the codes, of grain that colours may suffer from."""


def propose(view: View) -> Proposal:
    """Denoising by non-local means (Buades, Coll and Morel 2005), as OpenCV has it."""
    deviation = measure(view.codes)
    sure = 0.9 if deviation > GRAINY else 0.4 if deviation > RATHER_GRAINY else 0.0
    seen = f"grain deviates by {100 * deviation:.1f} % of the range"
    return Proposal(seen, sure, lambda image: denoised(image, deviation))


def measure(codes: FloatImage) -> float:
    """Standard deviation of white noise in H x W x bands.

    From the finest diagonal differences, whose median edges hardly change (Donoho and Johnstone
    1994).
    """
    tones = codes.mean(axis=-1)
    rows, columns = (length // 2 * 2 for length in tones.shape)
    even = tones[:rows, :columns]
    diagonal = (even[::2, ::2] - even[::2, 1::2] - even[1::2, ::2] + even[1::2, 1::2]) / 2
    return float(np.median(np.abs(diagonal)) / 0.6745) if diagonal.size else 0.0


def denoised(image: pyvips.Image, deviation: float) -> pyvips.Image:
    """A picture without grain of this deviation (a share of the codes)."""
    high = 255 if image.format == "uchar" else 65535
    step = float(max(STRENGTH * deviation * high, 1))

    def change(window: Window) -> PictureArray:
        # only band by band does OpenCV take 16 bits, by absolute differences
        bands = [np.ascontiguousarray(window.codes[..., band]) for band in range(image.bands)]
        smooth = [
            cv2().fastNlMeansDenoising(band, [step], None, PATCH, SEARCHED, cv2().NORM_L1)
            for band in bands
        ]
        return np.stack(smooth, axis=-1)[window.inner]

    return changed(image, SEARCHED, change)


def put_back(repaired: PictureArray, original: PictureArray, mask: Mask) -> FloatImage:
    """Repaired pixels with grain from sound places beside them.

    Args:
        repaired: H x W x bands, smooth where `mask` is.
        original: the same before; sound where `mask` is not.
        mask: bool, H x W.

    Returns:
        float32, H x W x bands, in the range of the codes or a little beyond.
    """
    sound = cv2().erode((~mask).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    fine = _fine(original.astype(np.float32), sound)
    usable = _ordinary(fine, sound)
    result = repaired.astype(np.float32)
    y, x = np.nonzero(mask)
    waiting = np.ones(len(y), bool)
    for down, across in _shifts():
        there = (y + down) % mask.shape[0], (x + across) % mask.shape[1]
        found = waiting & usable[there]
        result[y[found], x[found]] += fine[there[0][found], there[1][found]]
        waiting &= ~found
    return result


def _fine(picture: FloatImage, sound: Mask) -> FloatImage:
    """What a blur over sound pixels leaves out of each sound pixel."""
    weight = sound.astype(np.float32)
    blurred = cv2().GaussianBlur(picture * weight[..., None], (0, 0), FINE)
    blurred = blurred.reshape(picture.shape)
    share = cv2().GaussianBlur(weight, (0, 0), FINE)[..., None]
    fine: FloatImage = picture - blurred / np.maximum(share, 1e-3)
    return fine


def _ordinary(fine: FloatImage, sound: Mask) -> Mask:
    """Sound places that lie on no edge: nothing near them is larger than grain."""
    size = np.abs(fine).max(axis=-1)
    usual = float(np.median(size[sound])) if sound.any() else 0.0
    edges = cv2().dilate((size > 6 * usual + 1e-6).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    return np.asarray(sound & ~edges)


def _shifts() -> list[tuple[int, int]]:
    """Eight directions, near ones first."""
    ways = ((0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, -1), (1, -1), (-1, 1))
    return [(far * down, far * across) for far in DISTANCES for down, across in ways]
