"""Hints as the generator will meet them: from people, from tiles and from the frame before.

Every function takes the truth's chroma (2 x H x W, float32, over the scale) and a random generator.
It returns hints as the model's contract has them: 3 x H x W, float32, chroma over the scale and
confidence 0..1.
"""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.random import Generator

from photochrom.color.arrays import FloatImage

Simulator: TypeAlias = Callable[[FloatImage, Generator], FloatImage]


def none(chroma: FloatImage, rng: Generator) -> FloatImage:
    """No hint anywhere: automatic colour."""
    del rng
    return np.zeros((3, *chroma.shape[1:]), np.float32)


def points(chroma: FloatImage, rng: Generator) -> FloatImage:
    """1 to 100 small squares of mean colour (log-uniform count), some of them unsure and wrong."""
    hints = none(chroma, rng)
    unsure = rng.random() < 0.2
    height, width = chroma.shape[1:]
    for _ in range(int(np.exp(rng.uniform(0, np.log(100))))):
        y, x, radius = rng.integers(height), rng.integers(width), rng.integers(1, 5)
        place = np.s_[:, max(y - radius, 0) : y + radius + 1, max(x - radius, 0) : x + radius + 1]
        _paint(hints, place, chroma, _confidence(rng) if unsure else 1.0, rng)
    return hints


def strokes(chroma: FloatImage, rng: Generator) -> FloatImage:
    """1 to 6 straight brush strokes, each in the mean colour of what it covers."""
    hints = none(chroma, rng)
    height, width = chroma.shape[1:]
    rows, columns = np.mgrid[:height, :width]
    for _ in range(rng.integers(1, 7)):
        start = rng.uniform(0, (height, width))
        end = start + rng.normal(0, 0.15 * height, 2)
        near = _distance_to_segment(rows, columns, start, end) <= rng.uniform(1, 0.04 * height)
        if near.any():
            _paint(hints, (slice(None), near), chroma, _confidence(rng), rng)
    return hints


def low_pass(chroma: FloatImage, rng: Generator) -> FloatImage:
    """The whole picture's colour in 4 to 16 smooth cells a side: what a tile is told."""
    cells = int(rng.integers(4, 17))
    hints = np.empty((3, *chroma.shape[1:]), np.float32)
    hints[:2] = _blur_to_cells(chroma, cells) * rng.uniform(0.8, 1.1)
    hints[2] = rng.uniform(0.3, 1.0)
    return hints


def previous_frame(chroma: FloatImage, rng: Generator) -> FloatImage:
    """The frame before: shifted a little, faded or too strong, noisy, and unknown in places."""
    shift = rng.integers(-3, 4, 2) * (rng.random() < 0.7)
    old = np.roll(chroma, shift, axis=(1, 2))
    if rng.random() < 0.5:
        old = _blur_to_cells(old, int(rng.integers(24, 64)))
    hints = np.empty((3, *chroma.shape[1:]), np.float32)
    hints[:2] = old * rng.uniform(0.8, 1.2) + rng.normal(0, 0.01, old.shape)
    hints[2] = _holes(chroma.shape[1:], rng) * rng.uniform(0.6, 1.0)
    return hints


SIMULATORS: dict[str, Simulator] = {
    "none": none,
    "points": points,
    "strokes": strokes,
    "low_pass": low_pass,
    "previous_frame": previous_frame,
}


def draw(shares: dict[str, float], rng: Generator) -> str:
    """Name of one form, drawn by its share (names of `SIMULATORS`; shares need not sum to 1)."""
    weights = np.array(list(shares.values()))
    return list(shares)[rng.choice(len(weights), p=weights / weights.sum())]


def recolor(chroma: FloatImage, rng: Generator) -> FloatImage:
    """The truth in other colours: all hues turned by one angle.

    With these, only the hints tell what to paint, so a generator learns to follow them even where
    it would have known better. A person's red car may well be blue.
    """
    turn = rng.uniform(-np.pi, np.pi)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]], np.float32)
    return np.einsum("ij,jhw->ihw", matrix, chroma)


def _confidence(rng: Generator) -> float:
    return float(rng.uniform(0.3, 1.0))


def _paint(
    hints: FloatImage,
    place: tuple[object, ...],
    chroma: FloatImage,
    confidence: float,
    rng: Generator,
) -> None:
    """One colour over one place; the less sure, the farther from the truth."""
    covered = chroma[place].reshape(2, -1)  # type: ignore[index]
    wrong = rng.normal(0, 0.15 * (1 - confidence), 2)
    color = covered.mean(axis=1) + wrong
    target = hints[place]  # type: ignore[index]
    values = np.append(color, confidence).astype(np.float32)
    hints[place] = values.reshape(3, *[1] * (target.ndim - 1))  # type: ignore[index]


def _distance_to_segment(
    rows: np.ndarray, columns: np.ndarray, start: np.ndarray, end: np.ndarray
) -> np.ndarray:
    along = end - start
    length = max(float(along @ along), 1e-6)
    t = ((rows - start[0]) * along[0] + (columns - start[1]) * along[1]) / length
    t = np.clip(t, 0, 1)
    distance: np.ndarray = np.hypot(
        rows - start[0] - t * along[0], columns - start[1] - t * along[1]
    )
    return distance


def _blur_to_cells(chroma: FloatImage, cells: int) -> FloatImage:
    """Chroma averaged to `cells` a side and smoothly enlarged again."""
    from PIL import Image

    height, width = chroma.shape[1:]
    small = [
        Image.fromarray(channel).resize((cells, cells), Image.Resampling.BOX) for channel in chroma
    ]
    large = [image.resize((width, height), Image.Resampling.BILINEAR) for image in small]
    return np.stack([np.asarray(image, np.float32) for image in large])


def _holes(shape: tuple[int, ...], rng: Generator) -> FloatImage:
    """1 where optical flow would have succeeded, 0 in a few rectangles where it failed."""
    known = np.ones(shape, np.float32)
    for _ in range(rng.integers(0, 5)):
        top, left = rng.integers(shape[0]), rng.integers(shape[1])
        height, width = rng.integers(4, shape[0] // 3, 2)
        known[top : top + height, left : left + width] = 0
    return known
