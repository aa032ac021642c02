"""Sepia and stains taken out of a print of one tone.

Dyes and stains add their densities (Beer-Lambert). So three bands of densities hold two unknowns,
the image and the stain, and the weights that see only the image give its density alone. Where the
paper is evenly yellow, luminance says the same with less noise, and is kept.
"""

from __future__ import annotations

import numpy as np
import pyvips

from photochrom.color.arrays import FloatImage
from photochrom.color.profile import ToneProfile
from photochrom.restoration import tables
from photochrom.restoration.view import Proposal, View

TINTED = 4.0
"""Chroma from which a print is toned."""
STAIN = np.array((0.04, 0.12, 0.40))
"""Density of yellow stains in red, green and blue."""
STAINED = 0.035
"""Deviation of the stain's density over the picture, from which it is uneven."""
DEEPEST = 2.2
"""Density at which black ends."""
PATCHES = 24
"""Patches along the long side in which stains are looked for; smaller things are the picture's."""


def propose(view: View) -> Proposal | None:
    """A neutral print; None for a colour picture, whose colours are not a tone."""
    tint, strayed = view.tint
    if view.image.bands == 1 or not view.is_monochrome:
        return None
    if tint < TINTED / 4:
        return Proposal("it is neutral already", 0.0, lambda image: image)
    seen = f"one tone of chroma {tint:.0f}, from which colours stray by {strayed:.1f}"
    sure = 0.9 if tint >= TINTED else 0.4
    weights = _weights(view)
    if weights is None:
        return Proposal(seen, sure, lambda image: _neutral(image, view.profile))
    curve = _lightness_curve(view, weights)
    return Proposal(
        f"{seen}; uneven, as stains are",
        sure,
        lambda image: _unstained(image, view.profile, weights, curve),
    )


def _neutral(image: pyvips.Image, profile: ToneProfile) -> pyvips.Image:
    """Grey of the same luminance."""
    table = tables.codes_of(tables.STEPS**2, profile, image.bands)
    return tables.apply(tables.root_luminance(image, profile), table, image.format)


def _unstained(
    image: pyvips.Image, profile: ToneProfile, weights: FloatImage, curve: FloatImage
) -> pyvips.Image:
    """Grey by the image's own density, given the luminance that this density usually has."""
    density = _image_density(tables.light(image, profile), weights)
    index = ((density + 0.2) * (65535 / (DEEPEST + 0.4)) + 0.5).cast("ushort")
    return tables.apply(index, tables.codes_of(curve, profile, image.bands), image.format)


def _image_density(light: pyvips.Image, weights: FloatImage) -> pyvips.Image:
    densities = light.maxpair(10**-DEEPEST).log10() * -1
    return tables.mixed(densities, weights)


def _weights(view: View) -> FloatImage | None:
    """Weights of the three densities that see the image and no stain; None if it is even."""
    light = tables.light(view.image, view.profile).numpy().reshape(*view.codes.shape)
    density = -np.log10(np.maximum(light, 10**-DEEPEST))
    toning = _toning(density[view.inside])
    both = np.stack((toning, STAIN), axis=1)
    if np.linalg.cond(both / np.linalg.norm(both, axis=0)) > 4:
        return None
    image, stain = np.linalg.pinv(both)
    # toning is no straight line of density: what follows from the image is not the stain's
    patches = _patches(_beside(density @ stain, density @ image))
    uneven = float(np.quantile(patches, 0.98) - np.median(patches))
    return image if uneven > STAINED / np.linalg.norm(STAIN) else None


def _toning(density: FloatImage) -> FloatImage:
    """The densities of the image in each band, over their mean: slopes of robust straight lines."""
    mean = density.mean(axis=-1)
    low, high = mean < np.quantile(mean, 0.3), mean > np.quantile(mean, 0.7)
    step = np.median(density[high], axis=0) - np.median(density[low], axis=0)
    return np.asarray(step / max(step.mean(), 1e-3))


def _beside(stain: FloatImage, image: FloatImage) -> FloatImage:
    """A stain's density less what is usual for the image's density."""
    order = np.quantile(image, np.linspace(0, 1, 13))
    bins = np.clip(np.searchsorted(order, image) - 1, 0, 11)
    usual = [np.median(stain[bins == b]) if (bins == b).any() else 0.0 for b in range(12)]
    return np.asarray(stain - np.interp(image, (order[1:] + order[:-1]) / 2, usual))


def _patches(values: FloatImage) -> FloatImage:
    side = max(1, max(values.shape) // PATCHES)
    rows, columns = (length // side for length in values.shape)
    cut = values[: rows * side, : columns * side].reshape(rows, side, columns, side)
    return np.asarray(np.median(cut, axis=(1, 3)))


def _lightness_curve(view: View, weights: FloatImage) -> FloatImage:
    """Luminance for each index of the image's density: what it usually has in this picture."""
    light = tables.light(view.image, view.profile)
    density = _image_density(light, weights).numpy().reshape(view.codes.shape[:2])[view.inside]
    mean = tables.mixed(light, view.profile.matrix[1] / view.profile.white[1]).numpy()
    luminance = mean.reshape(view.codes.shape[:2])[view.inside]
    order = np.quantile(density, np.linspace(0, 1, 65))
    bins = np.clip(np.searchsorted(order, density) - 1, 0, 63)
    # the upper middle: stains darken, so what is bright for its density is what has none
    usual = np.array(
        [np.quantile(luminance[bins == b], 0.7) if (bins == b).any() else np.nan for b in range(64)]
    )
    middle = (order[1:] + order[:-1]) / 2
    known = np.isfinite(usual)
    falling = np.minimum.accumulate(usual[known])
    scale = np.arange(65536) * ((DEEPEST + 0.4) / 65535) - 0.2
    curve: FloatImage = np.interp(scale, middle[known], falling)
    ends = scale < middle[known][0], scale > middle[known][-1]
    for end, anchor in zip(ends, (0, -1), strict=True):
        curve[end] = falling[anchor] * 10 ** (middle[known][anchor] - scale[end])
    return np.clip(curve, 0, 1)
