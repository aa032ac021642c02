"""Bootstrap intervals: their draws, what they cover, and numbers that are none."""

import math

import numpy as np

from photochrom_trainer.evaluation.intervals import (
    RESAMPLES,
    Interval,
    draw,
    interval,
    means,
    weights,
)


def test_draws_begin_with_every_picture_and_repeat() -> None:
    draws = draw(7, 0)
    assert draws.shape == (1 + RESAMPLES, 7)
    assert draws[0].tolist() == list(range(7))
    assert set(np.unique(draws)) == set(range(7))
    np.testing.assert_array_equal(draws, draw(7, 0))
    assert (draws != draw(7, 1)).any()


def test_weights_count_pictures() -> None:
    draws = draw(5, 0)
    counted = weights(draws)
    assert (counted.sum(axis=1) == 5).all()
    values = np.arange(5.0)
    np.testing.assert_allclose(counted @ values / 5, means(values, draws))


def test_nineteen_of_twenty_intervals_hold_the_mean() -> None:
    rng, held = np.random.default_rng(0), 0
    for _ in range(300):
        found = interval(means(rng.normal(5, 2, 80), draw(80, 0)))
        held += found.low <= 5 <= found.high
    assert 0.90 < held / 300 < 0.98


def test_infinite_values_survive() -> None:
    found = interval(means(np.array([math.inf, 20, 30, 40]), draw(4, 0)))
    assert found.value == math.inf
    assert 20 <= found.low < math.inf
    assert found.high == math.inf


def test_draws_without_a_value_are_left_out() -> None:
    assert interval(np.array([2.0, math.nan, 1.0, 3.0])) == Interval(2, 1, 3)
    found = interval(np.array([2.0, math.nan]))
    assert found.value == 2
    assert math.isnan(found.low)


def test_apart_means_nothing_in_common() -> None:
    one = Interval(2, 1, 3)
    assert one.apart(Interval(5, 3.1, 6))
    assert Interval(5, 3.1, 6).apart(one)
    assert not one.apart(Interval(5, 3, 6))
    assert not one.apart(Interval(2, 0, 9))
