"""Lines of lightness, fitted strip by strip."""

import numpy as np
import pytest

from photochrom import guided
from photochrom.color.arrays import FloatImage
from photochrom.files import scaling
from photochrom.tiles import strips


@pytest.fixture
def guide() -> FloatImage:
    """Two objects of nearly the same light, textured."""
    rng = np.random.default_rng(0)
    light = np.where(np.arange(96) < 50, 50, 53) + rng.normal(0, 1.5, (64, 96))
    return light.astype(np.float32)


@pytest.fixture
def chroma() -> FloatImage:
    """Red beside green, at a quarter of the guide's size."""
    chroma = np.zeros((2, 16, 24), np.float32)
    chroma[0] = np.where(np.arange(24) < 12, 40, -40)
    return chroma


def off(guide: FloatImage, chroma: FloatImage, lines: tuple[FloatImage, FloatImage]) -> float:
    """Mean distance of the lines' small picture from what it should be."""
    shown = scaling.fit_planes(lines[0] * guide + lines[1], chroma.shape[2], chroma.shape[1])
    return float(np.abs(shown - chroma).mean())


def test_lines_keep_the_small_picture(guide: FloatImage, chroma: FloatImage) -> None:
    enlarged = scaling.fit_planes(chroma, guide.shape[1], guide.shape[0])
    alone = off(guide, chroma, strips.coefficients(guide, enlarged, 3, 2.0))
    kept = off(guide, chroma, strips.fitted(guide, chroma, 3, 2.0))
    assert kept < alone / 2


def test_one_colour_stays_that_colour(guide: FloatImage) -> None:
    chroma = np.full((2, 16, 24), 7, np.float32)
    slope, offset = strips.fitted(guide, chroma, 3, 2.0)
    np.testing.assert_allclose(slope * guide + offset, 7, atol=1e-3)


def test_strips_give_what_the_whole_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    guide, values = rng.random((75, 20), np.float32) * 100, rng.random((2, 75, 20), np.float32)
    monkeypatch.setattr(strips, "ROWS", 16)
    found = strips.coefficients(guide, values, 3, 2.0)
    for ours, whole in zip(found, guided.coefficients(guide, values, 3, 2.0), strict=True):
        np.testing.assert_allclose(ours, whole, atol=1e-4)
