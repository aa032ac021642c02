"""Film negatives turned into positives, by density.

A negative's density over its unexposed film grows with the logarithm of the light that met it
(Hurter and Driffield): D = gamma * log10(light) + a constant. So light is 10^(D / gamma), counted
from what met the film at its densest. Colour film has three layers, each with a film base and a
slope of its own; equal tones in all three give them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyvips

from photochrom.color.arrays import FloatImage
from photochrom.color.profile import ToneProfile
from photochrom.errors import InputError
from photochrom.restoration import tables
from photochrom.restoration.view import Proposal, View

GAMMA = 0.6
"""Density per tenfold light of film developed as its makers say, colour and black-and-white."""
FILM_BASE, DENSEST = 0.995, 0.002
"""Shares of the pixels that are darker than the base, and denser than the whitest white."""
FLATTEST = 0.1
"""Density between base and white below which there is no picture on the film."""
NO_FILM = 0.995
"""Light from which a pixel shows the lamp beside the film, in all bands."""
EVEN = 0.04
"""Deviation of the edge's density below which it is unexposed film."""
ORANGE = 1.6
"""How much more red than blue light the base of colour negative film lets through."""


@dataclass(frozen=True)
class Film:
    """What was measured of a negative."""

    base: FloatImage
    """Light that unexposed film lets through, one a band."""
    densest: FloatImage
    """Density over the base of the picture's white, one a band."""
    color: bool
    rebate: bool
    """Whether the base was seen at the edge."""


def propose(view: View, film: str = "auto") -> Proposal:
    """Inversion; sure only where the edge shows unexposed film.

    Raises:
        InputError: if there is no range of densities to invert.
    """
    measured = measure(view, film)
    kind = "colour" if measured.color else "black-and-white"
    if measured.rebate:
        seen = f"the edge is the brightest there is and even, as film base of a {kind} negative is"
        sure = 0.9 if measured.color else 0.6
    elif measured.color:
        seen, sure = (
            "an orange base, as colour negatives have, but no unexposed film around it",
            0.5,
        )
    else:
        seen, sure = "no film base around it and none in its colour: no sign of a negative", 0.0
    return Proposal(seen, sure, lambda image: inverted(image, view.profile, measured))


def measure(view: View, film: str = "auto") -> Film:
    """Film base and densities of a scan.

    Raises:
        InputError: if the picture is flat.
    """
    light = tables.light(view.image, view.profile).numpy().reshape(*view.codes.shape)
    film_only = ~(light > NO_FILM).all(axis=-1)
    film_only = film_only if film_only.mean() > 0.2 else np.ones_like(film_only)
    base = np.quantile(light[film_only], FILM_BASE, axis=0)
    edge = light[view.edge & film_only]
    rebate = len(edge) > 0 and _is_base(edge, base)
    base = np.median(edge, axis=0) if rebate else base
    inner = light[view.inside & film_only]
    inner = inner if len(inner) else light[film_only]
    densest = _density(np.quantile(inner, DENSEST, axis=0), base)
    if densest.max() < FLATTEST:
        raise InputError("nothing to invert: the scan has hardly any range of densities")
    orange = base[0] / max(base[-1], 1e-4) > ORANGE
    color = {"bw": False, "color": True}.get(film, bool(orange)) and view.image.bands == 3
    return Film(base, np.maximum(densest, FLATTEST), color, rebate)


def inverted(image: pyvips.Image, profile: ToneProfile, film: Film) -> pyvips.Image:
    """The positive, in the picture's own codes; equal bands if the film is black-and-white."""
    if film.color:
        table = [
            _positive(profile.curves[band], film.base[band], film.densest[band])
            for band in range(3)
        ]
        return tables.apply(image, tables.codes_of(np.stack(table), profile, 3), image.format)
    weights = profile.matrix[1] / profile.white[1] if image.bands == 3 else np.ones(1)
    base, densest = (float(weights @ value) for value in (film.base, film.densest))
    positive = _positive(tables.STEPS**2, base, densest)
    table_ = tables.codes_of(positive, profile, image.bands)
    return tables.apply(tables.root_luminance(image, profile), table_, image.format)


def _positive(light: FloatImage, base: float, densest: float) -> FloatImage:
    """Scene light 0..1 for light that the negative lets through; the base itself is black."""
    density = np.clip(_density(light, base), 0, densest)
    # every layer gets the slope that lets it reach white: unequal ones would tint the tones between
    decades = densest / GAMMA
    scene: FloatImage = (10 ** (density / GAMMA) - 1) / (10**decades - 1)
    return scene


def _density(light: FloatImage, base: FloatImage | float) -> FloatImage:
    density: FloatImage = np.log10(np.maximum(base, 1e-5) / np.maximum(light, 1e-5))
    return density


def _is_base(edge: FloatImage, brightest: FloatImage) -> bool:
    """Whether the edge is as bright as anything, and even."""
    density = _density(np.maximum(edge, 1e-5), brightest)
    spread = np.quantile(density, 0.9, axis=0) - np.quantile(density, 0.1, axis=0)
    return bool(spread.max() < 2 * EVEN and np.abs(np.median(density, axis=0)).max() < EVEN)
