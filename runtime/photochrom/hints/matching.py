"""Which place of one picture shows the same as a place of another, by their features.

A match counts by how alike the two places are, and by its neighbours: true matches lie beside each
other in both pictures, mistaken ones are scattered. Bian et al., "GMS: Grid-based Motion
Statistics for Fast, Ultra-robust Feature Correspondence", CVPR 2017, say why few neighbours are
enough to tell them apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from photochrom.color.arrays import FloatImage
from photochrom.files import scaling

BLOCK = 1024
"""Places that are compared at once: it bounds memory, not results."""
NEIGHBOUR = 0.03
"""How much likeness a neighbour that agrees is worth, where two copies of a picture compete."""
SURE_LIKENESS, SURE_SUPPORT = 0.6, 6
"""Likeness, and neighbours of eight that agree, from which a match is beyond doubt."""
SHOWN = (0.01, 0.04)
"""Share of places with sure matches, at which pictures begin to count and do count as alike."""
REACH = 5.0
"""Standard deviation, in places, of the Gaussian that counts sure matches around a place."""
AROUND = (0.02, 0.15)
"""Share of sure matches around a place at which its own match begins to count, and counts."""
LIKENESS = (0.4, 0.7)
"""Likeness at which a match begins to count, and counts."""
SUPPORT = (-2.0, 6.0)
"""As `LIKENESS`, for the neighbours that agree and `MUTUAL`."""
MUTUAL = 2.0
"""Neighbours that a match which leads back to where it came from is worth."""
MOST = 0.9
"""Confidence of the best match: as in training, where no reference was believed more."""


@dataclass(frozen=True, eq=False)
class Field:
    """The best match of every place of a picture in one copy of another."""

    places: NDArray[np.intp]
    """2 x H x W: row and column in the other."""
    likeness: FloatImage
    """H x W: cosine of the angle between the features, -1..1."""
    support: FloatImage
    """H x W, 0..8: neighbours whose matches lie beside this one as they lie beside it."""
    mutual: NDArray[np.bool_]
    """H x W: whether the match's own best match is this place or one beside it."""


def find(own: FloatImage, other: FloatImage) -> Field:
    """The best match of every place.

    Args:
        own: F x H x W, unit vectors along F.
        other: F x h x w.
    """
    shape, sizes = own.shape[1:], other.shape[1:]
    there, likeness, back = _nearest(own.reshape(len(own), -1), other.reshape(len(other), -1))
    places = np.stack(np.unravel_index(there, sizes)).reshape(2, *shape)
    returned = np.stack(np.unravel_index(back[there], shape)).reshape(2, *shape)
    mutual = (np.abs(returned - np.indices(shape)) <= 1).all(axis=0)
    return Field(places, likeness.reshape(shape), _support(places), mutual)


def best_of(fields: Sequence[Field]) -> tuple[NDArray[np.intp], Field]:
    """Of several copies of the other picture, the one that matches best, place by place.

    Returns:
        H x W numbers of the copies, and the field of the best matches.
    """
    rank = np.stack([field.likeness + NEIGHBOUR * field.support for field in fields])
    chosen = rank.argmax(axis=0)

    def taken(planes: Sequence[np.ndarray]) -> np.ndarray:
        return np.take_along_axis(np.stack(planes), chosen[None], axis=0)[0]

    rows, columns = (taken([field.places[axis] for field in fields]) for axis in (0, 1))
    likeness, support = (
        taken([getattr(f, key) for f in fields]) for key in ("likeness", "support")
    )
    mutual = taken([field.mutual for field in fields])
    return chosen, Field(np.stack((rows, columns)), likeness, support, mutual)


def confidence(field: Field) -> FloatImage:
    """How far matches can be believed: H x W float32, 0..`MOST`.

    Nothing is believed without sure matches, and each only as far as there are some around it.
    """
    sure = field.mutual & (field.likeness >= SURE_LIKENESS) & (field.support >= SURE_SUPPORT)
    shown = _ramp(sure.mean(dtype=np.float32), SHOWN)
    if not shown > 0:
        return np.zeros(sure.shape, np.float32)
    blurred = scaling.from_planes(sure[None].astype(np.float32)).gaussblur(
        REACH, precision="float", min_ampl=0.01
    )
    around = _ramp(blurred.numpy().reshape(sure.shape), AROUND)
    agreed = _ramp(field.support + MUTUAL * field.mutual, SUPPORT)
    believed = shown * around * agreed * _ramp(field.likeness, LIKENESS)
    return (np.float32(MOST) * believed).astype(np.float32)


def _nearest(
    own: FloatImage, other: FloatImage
) -> tuple[NDArray[np.intp], FloatImage, NDArray[np.intp]]:
    """Of vectors F x N and F x M: nearest of M to each N, how near, nearest of N to each M."""
    there, likeness = [], []
    back, reached = np.zeros(other.shape[1], np.intp), np.full(other.shape[1], -np.inf, np.float32)
    for start in range(0, own.shape[1], BLOCK):
        alike = own[:, start : start + BLOCK].T @ other
        there.append(alike.argmax(axis=1))
        likeness.append(alike.max(axis=1))
        nearest, highest = alike.argmax(axis=0), alike.max(axis=0)
        back = np.where(highest > reached, nearest + start, back)
        reached = np.maximum(reached, highest)
    return np.concatenate(there), np.concatenate(likeness), back


def _support(places: NDArray[np.intp]) -> FloatImage:
    """Neighbours whose matches lie beside a place's own as they do, to within one place."""
    height, width = places.shape[1:]
    shift = places - np.indices((height, width))
    far = 4 * (int(np.abs(shift).max()) + 2)
    padded = np.pad(shift, ((0, 0), (1, 1), (1, 1)), constant_values=far)
    agreed = np.zeros((height, width), np.float32)
    for down in range(3):
        for across in range(3):
            beside = padded[:, down : down + height, across : across + width]
            agreed += (np.abs(beside - shift) <= 1).all(axis=0)
    return agreed - 1  # itself


def _ramp(values: FloatImage, ends: tuple[float, float]) -> FloatImage:
    """0 up to the first of two values, 1 from the second, a straight line between them."""
    first, last = ends
    return np.clip((values - np.float32(first)) / np.float32(last - first), 0, 1)
