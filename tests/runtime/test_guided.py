"""The guided filter: what must come out of it, whatever its speed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from photochrom import guided

Floats = NDArray[np.float32]


def texture(height: int = 40, width: int = 50, seed: int = 0) -> Floats:
    return (np.random.default_rng(seed).random((height, width)) * 100).astype(np.float32)


def brute_box(image: Floats, radius: int) -> Floats:
    """Mean over windows cut at the borders, pixel by pixel."""
    result = np.empty(image.shape, np.float64)
    for row, column in np.ndindex(*image.shape):
        window = image[
            max(row - radius, 0) : row + radius + 1, max(column - radius, 0) : column + radius + 1
        ]
        result[row, column] = window.mean(dtype=np.float64)
    return result.astype(np.float32)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 20), st.integers(1, 20), st.integers(0, 25), st.integers(0, 9))
def test_box_is_the_mean(height: int, width: int, radius: int, seed: int) -> None:
    image = texture(height, width, seed)
    box = guided.box(image, radius)
    np.testing.assert_allclose(box, brute_box(image, radius), rtol=1e-5)


def test_box_works_on_stacks() -> None:
    stack = np.stack((texture(seed=1), texture(seed=2)))
    boxes = guided.box(stack, 3)
    for plane, box in zip(stack, boxes, strict=True):
        np.testing.assert_array_equal(box, guided.box(plane, 3))


@pytest.mark.parametrize("constant", [0.0, -37.5, 80.0])
def test_constant_in_constant_out(constant: float) -> None:
    values = np.full((2, 40, 50), constant, np.float32)
    slope, offset = guided.coefficients(texture(), values, 4, 4.0)
    np.testing.assert_allclose(slope, 0, atol=1e-3)
    np.testing.assert_allclose(slope * texture() + offset, constant, atol=1e-2)


def test_flat_guide_averages() -> None:
    values = np.stack((texture(seed=1), texture(seed=2)))
    slope, offset = guided.coefficients(np.full((40, 50), 60, np.float32), values, 4, 4.0)
    np.testing.assert_allclose(slope, 0, atol=1e-3)
    twice = guided.box(guided.box(values, 4), 4)
    np.testing.assert_allclose(slope * 60 + offset, twice, atol=0.05)


def test_linear_relation_is_recovered() -> None:
    guide = texture()
    values = np.stack((0.3 * guide - 8, -0.7 * guide + 40))
    slope, offset = guided.coefficients(guide, values, 4, 1e-3)
    np.testing.assert_allclose(slope[0], 0.3, atol=1e-3)
    np.testing.assert_allclose(slope[1], -0.7, atol=1e-3)
    np.testing.assert_allclose(slope * guide + offset, values, atol=0.05)


def test_colour_edge_follows_the_guide() -> None:
    """Chroma smeared over an edge of the guide comes back sharp."""
    guide = np.full((40, 60), 20, np.float32)
    guide[:, 30:] = 80
    ramp = np.clip((np.arange(60) - 27) / 6, 0, 1).astype(np.float32) * 40
    values = np.broadcast_to(ramp, (1, 40, 60)).astype(np.float32)
    slope, offset = guided.coefficients(guide, values, 8, 4.0)
    result = (slope * guide + offset)[0]
    step = result[20, 30] - result[20, 29]
    assert step > 3 * np.diff(ramp).max()


def test_huge_pictures_keep_their_digits() -> None:
    """Running sums over a long bright row must not eat the differences."""
    row = np.full((1, 200_000), 100, np.float32)
    row[0, ::2] += 0.01
    np.testing.assert_allclose(guided.box(row, 1)[0, 1:-1].mean(), 100.005, atol=1e-4)


def test_result_types() -> None:
    slope, offset = guided.coefficients(texture(), texture()[None], 2, 1.0)
    assert slope.dtype == offset.dtype == np.float32
    assert slope.shape == offset.shape == (1, 40, 50)
