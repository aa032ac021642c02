"""Local contrast: histogram equalisation in tiles, with limited slope (CLAHE).

Zuiderveld, "Contrast Limited Adaptive Histogram Equalization", Graphics Gems IV (1994). The tiles'
curves are measured once on a small copy, so that strips agree. Every curve rises from 0 to 1
without a flat piece, and so does each mixture of them: nothing is clipped.
"""

from __future__ import annotations

import numpy as np
import pyvips

from photochrom.color.arrays import FloatImage, PictureArray
from photochrom.restoration.tables import STEPS
from photochrom.restoration.view import Proposal, View
from photochrom.restoration.windows import Window, changed

TILES = 6
"""Tiles along the short side."""
BINS = 64
LIMIT = 2.0
"""Steepest slope of a tile's equalisation."""
AMOUNT = 0.6
"""Share of the equalised curve; the rest is the tone as it was."""


def propose(view: View) -> Proposal:
    """Never sure: whether a picture should have more local contrast is taste."""
    curves = measure(view)
    spread = float(view.codes[view.inside].std())
    return Proposal(
        f"tones deviate by {spread:.2f} of the range", 0.2, lambda image: equalised(image, curves)
    )


def measure(view: View) -> FloatImage:
    """Curves of every tile: rows x columns x 65536, 0..1."""
    tones = view.codes.mean(axis=-1)
    side = max(1, min(tones.shape) // TILES)
    rows, columns = (max(1, round(length / side)) for length in tones.shape)
    # a neighbour's half belongs to a tile too, or faces in two tiles would differ
    return np.stack(
        [np.stack([_curve(_tile(tones, (row, rows), (column, columns)))
                   for column in range(columns)]) for row in range(rows)]
    )  # fmt: skip


def equalised(image: pyvips.Image, curves: FloatImage) -> pyvips.Image:
    """Each pixel through the curves of the four tiles around it, mixed by nearness."""
    top = 255 if image.format == "uchar" else 65535
    tables = (curves[..., ::257] if top == 255 else curves).astype(np.float32) * np.float32(top)
    across = _places(np.arange(image.width), image.width, curves.shape[1])
    height = image.height

    def change(window: Window) -> PictureArray:
        codes = window.codes[window.inner]
        down = _places(np.arange(window.own.start, window.own.stop), height, len(curves))
        return _mixed(codes, tables, down, across)

    return changed(image, 0, change)


Places = tuple[np.ndarray, np.ndarray, FloatImage]


def _places(pixels: np.ndarray, length: int, tiles: int) -> Places:
    """The tiles before and behind each pixel's centre, and the share of the second."""
    at = np.clip((pixels + 0.5) * tiles / length - 0.5, 0, tiles - 1)
    first = at.astype(np.intp)
    return first, np.minimum(first + 1, tiles - 1), (at - first).astype(np.float32)


def _mixed(codes: PictureArray, tables: FloatImage, down: Places, across: Places) -> PictureArray:
    result = np.empty_like(codes)
    left, right, to_right = across[0][:, None], across[1][:, None], across[2][:, None]
    for row, (above, below, to_below) in enumerate(zip(*down, strict=True)):
        upper, lower = (
            curves[left, codes[row]] * (1 - to_right) + curves[right, codes[row]] * to_right
            for curves in (tables[above], tables[below])
        )
        result[row] = np.rint(upper + (lower - upper) * to_below)
    return result


def _tile(tones: FloatImage, down: tuple[int, int], across: tuple[int, int]) -> FloatImage:
    """A tile and half of each neighbour."""

    def span(place: tuple[int, int], length: int) -> slice:
        index, count = place
        side = length / count
        return slice(max(0, int((index - 0.5) * side)), int(np.ceil((index + 1.5) * side)))

    return tones[span(down, tones.shape[0]), span(across, tones.shape[1])]


def _curve(tones: FloatImage) -> FloatImage:
    """Cumulated histogram whose bins are cut at the limit, what is cut off spread over all."""
    shares = np.histogram(tones, BINS, (0, 1))[0] / max(tones.size, 1)
    limit = LIMIT / BINS
    cut = np.minimum(shares, limit)
    rising = np.concatenate(([0], np.cumsum(cut + (1 - cut.sum()) / BINS)))
    smooth = np.interp(STEPS, np.linspace(0, 1, BINS + 1), rising / rising[-1])
    curve: FloatImage = AMOUNT * smooth + (1 - AMOUNT) * STEPS
    return curve
