"""Colour clips for `stability.py`: films that are given, or photographs under a moving camera."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from skimage import data

from photochrom.color import lab
from photochrom.color.arrays import FloatImage, PictureArray
from photochrom.models import native

SIDE = 256
"""Short side at which the network sees frames."""
PHOTOGRAPHS = ("astronaut", "coffee", "chelsea", "rocket")
FLICKER = 0.03
"""Standard deviation of a made clip's exposure: old film pumps."""
GRAIN = 3.0
"""Standard deviation of a made clip's grain, in codes."""


@dataclass(frozen=True)
class Sequence:
    """Frames of one shot."""

    name: str
    lightness: list[FloatImage]
    """H x W, L* 0..100: what the network sees."""
    truth: list[FloatImage] | None
    """2 x H x W, a* and b*; None for a film that never had colours."""


def from_film(path: Path, frames: int) -> Sequence:
    """The first frames of a film; one without colours has no truth."""
    pictures = []
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            width, height = native.working_size(frame.width, frame.height, SIDE)
            colors = frame.to_ndarray(format="rgb24")
            pictures.append(_resized(colors, width, height))
            if len(pictures) == frames:
                break
    return _sequence(path.stem, pictures)


def made(frames: int) -> Iterator[Sequence]:
    """Photographs that ship with scikit-image, under a camera that pans and comes closer."""
    for number, name in enumerate(PHOTOGRAPHS):
        photograph = getattr(data, name)()
        yield _sequence(name, list(_moving(photograph, frames, number)))


def _moving(photograph: PictureArray, frames: int, seed: int) -> Iterator[PictureArray]:
    random = np.random.default_rng(seed)
    height, width = photograph.shape[:2]
    angle = random.uniform(0, 2 * np.pi)
    for time in np.linspace(-0.5, 0.5, frames):
        zoom = (0.72 - 0.08 * time) * min(height, width) / SIDE
        centre = (width / 2 + 0.1 * width * time * np.cos(angle) * 2,
                  height / 2 + 0.1 * height * time * np.sin(angle) * 2)  # fmt: skip
        grid = np.array([[zoom, 0, centre[0] - zoom * SIDE / 2],
                         [0, zoom, centre[1] - zoom * SIDE / 2]])  # fmt: skip
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        crop: Any = cv2.warpAffine(photograph, grid, (SIDE, SIDE), None, flags, cv2.BORDER_REFLECT)
        exposed = crop * (1 + random.normal(0, FLICKER))
        grain = random.normal(0, GRAIN, (SIDE, SIDE, 1))
        yield np.clip(np.rint(exposed + grain), 0, 255).astype(np.uint8)


def _sequence(name: str, pictures: list[PictureArray]) -> Sequence:
    planes = [np.moveaxis(lab.from_srgb(picture / np.float32(255)), -1, 0) for picture in pictures]
    lightness = [np.ascontiguousarray(one[0], np.float32) for one in planes]
    truth = [np.ascontiguousarray(one[1:], np.float32) for one in planes]
    grey = max(float(np.abs(one).mean()) for one in truth) < 1
    return Sequence(name, lightness, None if grey else truth)


def _resized(colors: PictureArray, width: int, height: int) -> PictureArray:
    return np.asarray(cv2.resize(colors, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
