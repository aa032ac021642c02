"""Fading undone: black and white points measured once over the whole picture."""

from __future__ import annotations

import numpy as np
import pyvips

from photochrom.color.arrays import FloatImage
from photochrom.restoration import tables
from photochrom.restoration.view import Proposal, View, percent

DARKEST, BRIGHTEST = 0.002, 0.998
"""Shares of the pixels that are darker than what becomes black, than what becomes white."""
ROOM = 0.02
"""Share of the codes that is kept for what lies beyond the points, so that nothing is clipped."""
FLAT, RATHER_FLAT = 0.72, 0.88
"""Parts of the codes' range that faded, and perhaps faded, pictures use."""


def propose(view: View) -> Proposal:
    """Black and white points: of all bands together in a print of one tone, else of each."""
    points = measure(view)
    used = float((points[:, 1] - points[:, 0]).max())
    seen = f"its tones use {percent(used)} of the range"
    sure = 0.9 if used < FLAT else 0.5 if used < RATHER_FLAT else 0.1
    if used < 0.02:
        seen, sure = f"{seen}: an even area", 0.0
    return Proposal(seen, sure, lambda image: stretched(image, points))


def measure(view: View) -> FloatImage:
    """Bands x 2: codes 0..1 of black and white."""
    codes = view.codes[view.inside]
    if view.is_monochrome:
        codes = np.repeat(codes.mean(axis=-1, keepdims=True), view.image.bands, axis=-1)
    points: FloatImage = np.quantile(codes, (DARKEST, BRIGHTEST), axis=0).T
    return points


def stretched(image: pyvips.Image, points: FloatImage) -> pyvips.Image:
    """Three straight lines, each rising: below, between and above the points."""
    table = np.stack([_line(low, high) for low, high in points])
    return tables.apply(image, table, image.format)


def _line(low: float, high: float) -> FloatImage:
    if high - low < 1e-3:
        return tables.STEPS
    to = (0, min(low, ROOM), max(high, 1 - ROOM), 1)
    return np.interp(tables.STEPS, (0, max(low, 1e-9), min(high, 1 - 1e-9), 1), to)
