"""Hints as the generator will meet them: from people, from tiles and from other frames.

Every function takes the truth's chroma (2 x H x W, float32, over the scale) and a random generator.
It returns hints as the model's contract has them: 3 x H x W, float32, chroma over the scale and
confidence 0..1. Confidence tells how far a hint can be believed: 1 is the true colour, and the
farther a form strays from it, the lower its confidence.
"""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.random import Generator
from PIL import Image

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
        confidence = _confidence(rng) if unsure else 1.0
        hints[:2][place] = _color(chroma[place].reshape(2, -1), confidence, rng)[:, None, None]
        hints[2:][place] = confidence
    return hints


def strokes(chroma: FloatImage, rng: Generator) -> FloatImage:
    """1 to 6 straight brush strokes with soft rims, each in the mean colour of what it covers.

    Half the time all are opaque, as a brush is unless it is told otherwise.
    """
    hints = none(chroma, rng)
    opaque = rng.random() < 0.5
    height, width = chroma.shape[1:]
    for _ in range(rng.integers(1, 7)):
        start = rng.uniform(0, (height, width))
        end = start + rng.normal(0, 0.15 * height, 2)
        place, cover = _brush(start, end, rng.uniform(1, 0.04 * height), (height, width))
        if cover.any():
            near = cover > 0
            confidence = 1.0 if opaque else _confidence(rng)
            hints[:2][place][:, near] = _color(chroma[place][:, near], confidence, rng)[:, None]
            hints[2:][place][:, near] = confidence * cover[near]
    return hints


def reference(chroma: FloatImage, rng: Generator) -> FloatImage:
    """Colours of a similar picture, carried over cell by cell where features matched.

    Matches are scattered over 6 to 32 cells a side. Some are mistaken and bring the colour of
    another place; all share the other picture's cast and strength of colour.
    """
    cells = int(rng.integers(6, 33))
    colors = _shrink(chroma, cells)
    mistaken = rng.random((cells, cells)) < rng.uniform(0, 0.3)
    elsewhere = rng.permutation(cells * cells)
    colors = np.where(mistaken, colors.reshape(2, -1)[:, elsewhere].reshape(colors.shape), colors)
    cast = rng.normal(0, 0.02, (2, 1, 1)) + rng.normal(0, 0.02, colors.shape)
    matched = rng.random((cells, cells)) < rng.uniform(0.1, 0.9)
    # A mistaken match is often one of the weaker ones, but not always.
    confidence = rng.uniform(0.3, 0.9, (cells, cells)) * np.where(mistaken, rng.uniform(0.4, 1), 1)
    hints = np.stack((*(colors * rng.uniform(0.7, 1.3) + cast), confidence)) * matched
    return _enlarge(hints.astype(np.float32), chroma.shape[1:], Image.Resampling.NEAREST)


def low_pass(chroma: FloatImage, rng: Generator) -> FloatImage:
    """The whole picture's colour in 4 to 16 smooth cells a side, half sure: what a tile is told."""
    cells = int(rng.integers(4, 17))
    hints = np.empty((3, *chroma.shape[1:]), np.float32)
    hints[:2] = _blur_to_cells(chroma, cells) * rng.uniform(0.8, 1.1)
    hints[2] = rng.uniform(0.3, 0.7)
    return hints


def previous_frame(chroma: FloatImage, rng: Generator) -> FloatImage:
    """The frame before, carried along optical flow, and unknown where flow failed.

    A third of them hold the truth as it is, with a confidence of 0.9 to 1: a generator that carries
    such a hint through keeps a film's colours from fading. The others are stale, as chroma is that
    was fed back many times: shifted, soft, too pale or too strong, tinted and partly of another
    place; their confidence is 0.4 to 0.85.
    """
    exact = rng.random() < 1 / 3
    hints = np.empty((3, *chroma.shape[1:]), np.float32)
    hints[:2] = chroma if exact else _stale(chroma, rng)
    hints[2] = _flow_succeeded(chroma.shape[1:], rng)
    hints[2] *= rng.uniform(0.9, 1.0) if exact else rng.uniform(0.4, 0.85)
    return _nothing_where_unknown(hints)


def keyframe(chroma: FloatImage, rng: Generator) -> FloatImage:
    """A frame that a person corrected, carried over several frames of motion.

    Its colours are sharp and right but have drifted by up to a tenth of the picture, each place in
    its own direction; confidence falls with the drift, and large parts may be unknown.
    """
    height, width = chroma.shape[1:]
    field = rng.normal(0, rng.uniform(0, 0.05), (2, 4, 4)).astype(np.float32)
    drift = np.clip(_enlarge(field, (height, width), Image.Resampling.BILINEAR), -0.1, 0.1)
    rows = np.rint(np.arange(height)[:, None] + drift[0] * height).astype(np.intp)
    columns = np.rint(np.arange(width) + drift[1] * width).astype(np.intp)
    place = (slice(None), np.clip(rows, 0, height - 1), np.clip(columns, 0, width - 1))
    hints = np.empty((3, height, width), np.float32)
    hints[:2] = chroma[place]
    hints[2] = _flow_succeeded((height, width), rng) * rng.uniform(0.6, 1.0)
    hints[2] *= 1 - 5 * np.maximum(np.abs(drift[0]), np.abs(drift[1]))
    return _nothing_where_unknown(hints)


SIMULATORS: dict[str, Simulator] = {
    "none": none,
    "points": points,
    "strokes": strokes,
    "reference": reference,
    "low_pass": low_pass,
    "previous_frame": previous_frame,
    "keyframe": keyframe,
}
"""Every form of hints by its name."""


def draw(shares: dict[str, float], rng: Generator) -> str:
    """Name of one form, drawn by its share (names of `SIMULATORS`; shares need not sum to 1)."""
    weights = np.array(list(shares.values()))
    return list(shares)[rng.choice(len(weights), p=weights / weights.sum())]


def repaint(chroma: FloatImage, rng: Generator) -> FloatImage:
    """The truth in other colours, so that only the hints tell what to paint.

    With these, a generator learns to follow hints even where it would have known better: a person's
    red car may well be blue. Half the time all hues are turned (`recolor`). Otherwise only what has
    one colour is turned or, every third time, drained to grey, since a stroke of neutral grey means
    "no colour here".
    """
    turned = recolor(chroma, rng)
    if rng.random() < 0.5:
        return turned
    drained = rng.random() < 1 / 3
    share = _like_one_colorful_place(chroma, rng)
    return chroma + share * ((0 if drained else turned) - chroma)


def recolor(chroma: FloatImage, rng: Generator) -> FloatImage:
    """The truth with all hues turned by one angle."""
    turn = rng.uniform(-np.pi, np.pi)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]], np.float32)
    return np.einsum("ij,jhw->ihw", matrix, chroma)


def _like_one_colorful_place(chroma: FloatImage, rng: Generator) -> FloatImage:
    """1 where the colour is that of the most colourful of 8 random pixels, falling to 0 beyond."""
    height, width = chroma.shape[1:]
    candidates = chroma[:, rng.integers(height, size=8), rng.integers(width, size=8)]
    color = candidates[:, np.hypot(*candidates).argmax()]
    distance = np.hypot(chroma[0] - color[0], chroma[1] - color[1])
    return np.clip(2 - distance / np.float32(rng.uniform(0.06, 0.15)), 0, 1)


def _nothing_where_unknown(hints: FloatImage) -> FloatImage:
    """The hints without colour where confidence is 0, so that no network can learn to peep."""
    hints[:2] *= hints[2] > 0
    return hints


def _confidence(rng: Generator) -> float:
    return float(rng.uniform(0.3, 1.0))


def _color(covered: FloatImage, confidence: float, rng: Generator) -> FloatImage:
    """Mean of the chroma covered (2 x N); the less sure, the farther from the truth."""
    wrong = rng.normal(0, 0.15 * (1 - confidence), 2)
    return (covered.mean(axis=1) + wrong).astype(np.float32)


def _stale(chroma: FloatImage, rng: Generator) -> FloatImage:
    """Chroma as it gets when it is fed back from frame to frame."""
    height, width = chroma.shape[1:]
    down, right = rng.integers(-3, 4, 2) * (rng.random() < 0.7)
    rows = np.clip(np.arange(height) - down, 0, height - 1)
    old = chroma[:, rows][:, :, np.clip(np.arange(width) - right, 0, width - 1)]
    if rng.random() < 0.5:
        old = _blur_to_cells(old, int(rng.integers(24, 64)))
    for place in _rectangles((height, width), rng, 3):  # what something moving has uncovered
        old[(slice(None), *place)] = old[:, rng.integers(height), rng.integers(width), None, None]
    cast = rng.normal(0, 0.03, (2, 1, 1)).astype(np.float32)
    noise = rng.standard_normal(old.shape, np.float32) * np.float32(0.01)
    return old * np.float32(rng.uniform(0.7, 1.3)) + cast + noise


def _flow_succeeded(shape: tuple[int, int], rng: Generator) -> FloatImage:
    """1 where optical flow would have succeeded; 0 in a few rectangles or, softly, in blobs."""
    known = np.ones(shape, np.float32)
    if rng.random() < 0.5:
        for place in _rectangles(shape, rng, 5):
            known[place] = 0
        return known
    coarse = rng.random((1, 8, 8), np.float32)
    smooth = _enlarge(coarse, shape, Image.Resampling.BICUBIC)[0]
    return np.clip((smooth - rng.uniform(0, 0.5)) / 0.15 + 0.5, 0, 1).astype(np.float32)


def _rectangles(shape: tuple[int, int], rng: Generator, below: int) -> list[tuple[slice, slice]]:
    """Fewer than `below` places, each up to a third of the picture high and wide."""
    places = []
    for _ in range(rng.integers(0, below)):
        top, left = rng.integers(shape[0]), rng.integers(shape[1])
        height, width = rng.integers(4, shape[0] // 3, 2)
        places.append((slice(top, top + height), slice(left, left + width)))
    return places


def _brush(
    start: np.ndarray, end: np.ndarray, radius: float, shape: tuple[int, int]
) -> tuple[tuple[slice, slice, slice], FloatImage]:
    """What a round brush covers between two places (row, column): where, and how much (0..1)."""
    low = np.clip(np.minimum(start, end) - radius, 0, shape).astype(int)
    high = np.clip(np.maximum(start, end) + radius + 2, 0, shape).astype(int)
    rows, columns = np.ogrid[low[0] : high[0], low[1] : high[1]]
    along = end - start
    length = max(float(along @ along), 1e-6)
    t = np.clip(((rows - start[0]) * along[0] + (columns - start[1]) * along[1]) / length, 0, 1)
    distance = np.hypot(rows - start[0] - t * along[0], columns - start[1] - t * along[1])
    place = np.s_[:, low[0] : high[0], low[1] : high[1]]
    return place, np.clip(radius + 0.5 - distance, 0, 1)


def _blur_to_cells(chroma: FloatImage, cells: int) -> FloatImage:
    """Chroma averaged to `cells` a side and smoothly enlarged again."""
    return _enlarge(_shrink(chroma, cells), chroma.shape[1:], Image.Resampling.BILINEAR)


def _shrink(planes: FloatImage, cells: int) -> FloatImage:
    """Means of cells x cells parts (N x H x W to N x cells x cells)."""
    parts = [
        Image.fromarray(plane).resize((cells, cells), Image.Resampling.BOX) for plane in planes
    ]
    return np.stack([np.asarray(part, np.float32) for part in parts])


def _enlarge(
    planes: FloatImage, shape: tuple[int, ...], resampling: Image.Resampling
) -> FloatImage:
    """Planes (N x h x w) at another height and width."""
    large = [Image.fromarray(plane).resize((shape[1], shape[0]), resampling) for plane in planes]
    return np.stack([np.asarray(plane, np.float32) for plane in large])
