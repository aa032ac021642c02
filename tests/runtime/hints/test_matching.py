"""Matches of features: found where they are, believed where neighbours agree."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photochrom.hints import matching
from photochrom.hints.matching import Field


def vectors(seed: int, height: int, width: int, count: int = 32) -> np.ndarray:
    """Unit vectors, no two of them alike."""
    raw = np.random.default_rng(seed).normal(size=(count, height, width)).astype(np.float32)
    return raw / np.linalg.norm(raw, axis=0)


def even(likeness: float, support: float, height: int = 40, width: int = 40) -> Field:
    """A field that is the same everywhere."""
    full = np.ones((height, width), np.float32)
    places = np.indices((height, width))
    return Field(places, likeness * full, support * full, full.astype(bool))


@settings(max_examples=20, deadline=None)
@given(down=st.integers(0, 6), across=st.integers(0, 6), seed=st.integers(0, 99))
def test_a_part_is_found_where_it_lies(down: int, across: int, seed: int) -> None:
    whole = vectors(seed, 16, 18)
    found = matching.find(whole[:, down : down + 10, across : across + 12], whole)
    expected = np.indices((10, 12)) + np.array([down, across])[:, None, None]
    np.testing.assert_array_equal(found.places, expected)
    np.testing.assert_allclose(found.likeness, 1, atol=1e-5)
    assert found.mutual.all()
    assert (found.support[1:-1, 1:-1] == 8).all()
    assert found.support[0, 0] == 3


def test_blocks_change_nothing() -> None:
    """More places than fit a block: nearest in both directions as if all were compared at once."""
    own, other = vectors(0, 40, 50), vectors(1, 30, 41)
    assert own[0].size > matching.BLOCK
    found = matching.find(own, other)
    alike = own.reshape(32, -1).T @ other.reshape(32, -1)
    there = alike.argmax(axis=1)
    np.testing.assert_array_equal(found.places.reshape(2, -1), np.unravel_index(there, (30, 41)))
    back = np.stack(np.unravel_index(alike.argmax(axis=0)[there], (40, 50)))
    near = (np.abs(back.reshape(2, 40, 50) - np.indices((40, 50))) <= 1).all(axis=0)
    np.testing.assert_array_equal(found.mutual, near)


def test_scattered_matches_are_not_believed() -> None:
    found = matching.find(vectors(0, 30, 30), vectors(1, 30, 30))
    assert found.support.mean() < 1
    assert not matching.confidence(found).any()


def test_even_likeness_without_neighbours_is_not_believed() -> None:
    """Ever so alike: a texture that repeats is found anywhere."""
    assert not matching.confidence(even(0.95, 2)).any()
    assert not matching.confidence(even(0.5, 8)).any()


def test_the_best_match_is_believed_as_far_as_in_training() -> None:
    np.testing.assert_allclose(matching.confidence(even(0.95, 8)), matching.MOST)


def test_matches_count_near_sure_ones_only() -> None:
    found = even(0.95, 8, 30, 90)
    found.mutual[:, 30:] = False
    found.support[:, 30:] = 5
    believed = matching.confidence(found)
    np.testing.assert_allclose(believed[:, :25], matching.MOST, atol=0.01)
    assert not believed[:, 60:].any()
    assert (believed[:, 31] > 0.3).all()


@settings(max_examples=30, deadline=None)
@given(st.floats(-1, 1), st.integers(0, 8), st.integers(1, 20), st.integers(1, 20))
def test_confidence_is_finite_and_bounded(
    likeness: float, support: int, height: int, width: int
) -> None:
    believed = matching.confidence(even(likeness, support, height, width))
    assert believed.dtype == np.float32
    assert believed.shape == (height, width)
    assert ((believed >= 0) & (believed <= matching.MOST)).all()


def test_each_place_takes_the_copy_that_matches() -> None:
    whole = vectors(3, 12, 20)
    left, right = (whole[:, :, half] for half in (np.s_[:10], np.s_[10:]))
    chosen, best = matching.best_of([matching.find(whole, part) for part in (left, right)])
    np.testing.assert_array_equal(chosen, np.indices((12, 20))[1] >= 10)
    np.testing.assert_array_equal(best.places[1], np.indices((12, 20))[1] % 10)
    assert best.likeness.min() > 0.999


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1)])
def test_a_strip_of_places_is_no_error(shape: tuple[int, int]) -> None:
    own = vectors(0, *shape)
    assert not matching.confidence(matching.find(own, own)).any()
