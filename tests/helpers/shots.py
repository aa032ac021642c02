"""Films for the tests of shots: small grey frames of views that look like nothing else."""

from collections.abc import Iterable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from photochrom.video.shots.finding import ShotFinder, Start

Frame = NDArray[np.uint8]
WIDTH, HEIGHT = 96, 54


def view(seed: int, width: int = 2 * WIDTH, height: int = HEIGHT) -> Frame:
    """A place with large and small things, wider than a frame so that a camera can pan over it."""
    rng = np.random.default_rng(seed)
    canvas = np.full((height, width), rng.integers(60, 180), np.uint8)
    for _ in range(60):
        center = int(rng.integers(width)), int(rng.integers(height))
        axes = int(rng.integers(3, 20)), int(rng.integers(3, 20))
        light = int(rng.integers(20, 235))
        cv2.ellipse(canvas, center, axes, int(rng.integers(180)), 0, 360, light, -1)
    return cv2.GaussianBlur(canvas, (0, 0), 1.0).astype(np.uint8)


def shot(seed: int, length: int, step: float = 0.5) -> list[Frame]:
    """A camera that pans over a view, to and fro, by `step` pixels a frame."""
    place = view(seed)
    way = np.arange(length) * step % (2 * WIDTH)
    columns = np.minimum(way, 2 * WIDTH - way).astype(int)
    return [place[:, left : left + WIDTH] for left in columns]


def dissolve(before: Frame, after: Frame, length: int) -> list[Frame]:
    """Mixtures of two frames, without the two."""
    shares = np.arange(1, length + 1) / (length + 1)
    return [coded((1 - share) * before + share * after) for share in shares]


def coded(values: NDArray[np.floating]) -> Frame:
    """In whole codes, 0..255."""
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def starts(frames: Iterable[Frame]) -> list[Start]:
    """What the finder says of a film."""
    finder = ShotFinder()
    for frame in frames:
        finder.add(frame)
    return finder.starts()


def joined(*shots: Sequence[Frame]) -> list[Frame]:
    """Shots with cuts between them."""
    return [frame for one in shots for frame in one]
