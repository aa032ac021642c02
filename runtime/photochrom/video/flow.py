"""Where things go from one frame to another, and planes carried along with them.

Dense inverse search (Kroeger et al. 2016) on lightness. Things that are uncovered or change have
no place in the other frame: there the agreement is low.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from photochrom.color.arrays import FloatImage
from photochrom.errors import UsageError
from photochrom.restoration import opencv

SIDE = 128
"""Short side in pixels at which flow is sought. docs/film-stability.md has what it costs."""
LONGEST = 512
"""Long side at most."""
LEAST = 32
"""No side is shorter: OpenCV crashes on pictures of 12 pixels."""
LIGHT = 6.0
"""Difference of L* (one standard deviation) from which two places are not the same thing."""
APART = 2.0
"""Pixels (one standard deviation) by which flow there and back may miss its start."""
STRETCH = 2.0
"""Contrast of a frame is matched to another's by at most this factor."""


@dataclass(frozen=True, eq=False)
class Flow:
    """Where each pixel of one frame is found in another."""

    place: FloatImage
    """H x W x 2 float32: column and row in the other frame; outside it where things left."""
    agreement: FloatImage
    """H x W float32, 0..1: how far what is found there is the same thing."""


def between(here: FloatImage, there: FloatImage) -> tuple[Flow, Flow]:
    """Flow from one frame to another, and back.

    Args:
        here: H x W float32, L* 0..100.
        there: the other frame, of the same size.

    Raises:
        UsageError: if OpenCV is not installed.
    """
    forth, back = _places(here, there), _places(there, here)
    return (
        Flow(forth, _agreement(here, there, forth, back)),
        Flow(back, _agreement(there, here, back, forth)),
    )


def carry(planes: FloatImage, place: FloatImage) -> FloatImage:
    """Planes of another frame (C x H x W), seen from this one along `Flow.place`; borders go on."""
    cv2 = _cv2()
    carried = np.empty((len(planes), *place.shape[:2]), np.float32)
    for plane, out in zip(planes, carried, strict=True):
        cv2.remap(plane, place, None, cv2.INTER_LINEAR, out, cv2.BORDER_REPLICATE)
    return carried


def shrunk(lightness: FloatImage, height: int, width: int) -> FloatImage:
    """H x W brought to another size: areas are averaged, as the model's own pixels are."""
    cv2 = _cv2()
    return cv2.resize(lightness, (width, height), interpolation=cv2.INTER_AREA)


def _places(here: FloatImage, there: FloatImage) -> FloatImage:
    cv2, (height, width) = _cv2(), here.shape
    sides = _flow_size(height, width)
    small = [_codes(frame, *sides) for frame in (here, there)]
    search = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    shift = search.calc(*small, None)
    if sides != (height, width):
        scale = np.array((width / sides[1], height / sides[0]), np.float32)
        shift = cv2.resize(shift, (width, height), interpolation=cv2.INTER_LINEAR) * scale
    shift[..., 0] += np.arange(width, dtype=np.float32)
    shift[..., 1] += np.arange(height, dtype=np.float32)[:, None]
    return shift


def _flow_size(height: int, width: int) -> tuple[int, int]:
    scale = min(SIDE / min(height, width), LONGEST / max(height, width))
    return max(LEAST, round(height * scale)), max(LEAST, round(width * scale))


def _codes(lightness: FloatImage, height: int, width: int) -> Any:
    """L* as uint8 of 0..255, the only type that the search takes."""
    small = shrunk(lightness, height, width)
    return np.clip(np.rint(small * np.float32(2.55)), 0, 255).astype(np.uint8)


def _agreement(
    here: FloatImage, there: FloatImage, forth: FloatImage, back: FloatImage
) -> FloatImage:
    """Product of three: equally light, flow back comes home, and inside the frame."""
    height, width = here.shape
    columns, rows = forth[..., 0], forth[..., 1]
    inside = (columns > -1) & (columns < width) & (rows > -1) & (rows < height)
    home_x, home_y = carry(np.moveaxis(back, -1, 0), forth)
    home_x -= np.arange(width, dtype=np.float32)
    home_y -= np.arange(height, dtype=np.float32)[:, None]
    apart = np.float32(APART * min(height, width) / SIDE)
    missed = (home_x * home_x + home_y * home_y) / (apart * apart)
    darker = (here - matched(carry(there[None], forth)[0], here)) / np.float32(LIGHT)
    return inside * np.exp(-(missed + darker * darker) / 2)


def matched(lightness: FloatImage, other: FloatImage) -> FloatImage:
    """L* with the mean and, within `STRETCH`, the deviation of another frame's: film flickers."""
    mean, deviation = lightness.mean(), max(float(lightness.std()), 1e-3)
    stretch = np.clip(other.std() / deviation, 1 / STRETCH, STRETCH)
    return (lightness - mean) * np.float32(stretch) + other.mean()


def _cv2() -> Any:
    try:
        return opencv.cv2()
    except UsageError as error:
        raise UsageError(
            "film needs OpenCV to find what moves; install the extra: "
            "pip install 'photochrom[video]'"
        ) from error
