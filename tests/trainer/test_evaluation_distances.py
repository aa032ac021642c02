"""KID and FID against definitions, known answers and their own promises."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from photochrom_trainer.evaluation import distances
from photochrom_trainer.evaluation.distances import fid, frechet_distance, kernel, kid
from photochrom_trainer.evaluation.intervals import draw, interval

Features = np.ndarray


def normal(count: int, width: int, seed: int, shift: float = 0) -> Features:
    """Features of normally distributed pictures."""
    return np.random.default_rng(seed).normal(shift, 1, (count, width)).astype(np.float32)


def naive_kid(x: Features, y: Features, chosen: np.ndarray) -> float:
    """The U-statistic over all pairs of different pictures, as the papers write it."""

    def k(a: Features, b: Features) -> float:
        return (float(a.astype(float) @ b.astype(float)) / len(a) + 1) ** 3

    total, count = 0.0, 0
    for i in chosen:
        for j in chosen:
            if i != j:
                total += k(x[i], x[j]) + k(y[i], y[j]) - k(x[i], y[j]) - k(x[j], y[i])
                count += 1
    return total / count


@pytest.mark.parametrize("rows", [1000, 4])
def test_kid_is_the_sum_over_pairs(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distances, "ROWS", rows)
    x, y, draws = normal(11, 5, 0), normal(11, 5, 1, 0.5), draw(11, 0)
    found = kid(x, y, draws)
    for place in (0, 1, 500, 1000):
        assert found[place] == pytest.approx(naive_kid(x, y, draws[place]), rel=1e-6)


def test_kid_of_equal_sets_is_nothing() -> None:
    x = normal(20, 8, 0)
    np.testing.assert_allclose(kid(x, x, draw(20, 0)), 0, atol=1e-12)


def test_kid_of_one_picture_is_unknown() -> None:
    found = interval(kid(normal(1, 4, 0), normal(1, 4, 1), draw(1, 0)))
    assert np.isnan([found.value, found.low, found.high]).all()


def test_kid_is_unbiased_for_pairs() -> None:
    """Predictions that share most of their picture with the truth: the mean must still be 0.

    The usual estimator, which also compares each prediction with its own truth, is far below.
    """
    found, usual = [], []
    for seed in range(300):
        shared = normal(12, 6, 3 * seed)
        x, y = (shared + 0.3 * normal(12, 6, 3 * seed + n) for n in (1, 2))
        found.append(kid(x, y, np.arange(12)[None])[0])
        within = sum((kernel(z, z).sum() - np.trace(kernel(z, z))) / (12 * 11) for z in (x, y))
        usual.append(within - 2 * kernel(x, y).mean())
    error = np.std(found) / np.sqrt(300)
    assert abs(np.mean(found)) < 3 * error
    assert np.mean(usual) < -10 * error


def test_the_bootstrap_lies_around_the_value() -> None:
    """Counting a picture drawn twice as a pair would lift every draw above the value."""
    found = kid(normal(60, 8, 0), normal(60, 8, 1, 0.3), draw(60, 0))
    assert np.mean(found[1:] < found[0]) == pytest.approx(0.5, abs=0.15)


@given(st.floats(-3, 3), st.floats(0.1, 3), st.floats(0.1, 3))
def test_frechet_distance_on_a_line(shift: float, first: float, second: float) -> None:
    """Two normal distributions on a line: (m - n)² + (s - t)²."""
    found = frechet_distance(
        np.zeros(1), np.array([[first**2]]), np.array([shift]), np.array([[second**2]])
    )
    assert found == pytest.approx(shift**2 + (first - second) ** 2, abs=1e-9)


def test_frechet_distance_of_commuting_covariances() -> None:
    """With the same axes, it is the sum over the axes, in any rotation."""
    rng = np.random.default_rng(0)
    axes, _ = np.linalg.qr(rng.normal(size=(6, 6)))
    first, second, shift = rng.uniform(0, 4, (3, 6))
    found = frechet_distance(shift, axes * first @ axes.T, np.zeros(6), axes * second @ axes.T)
    expected = (shift**2).sum() + ((np.sqrt(first) - np.sqrt(second)) ** 2).sum()
    assert found == pytest.approx(expected)


def test_frechet_distance_of_any_covariances() -> None:
    """Against the roots of the eigenvalues of the product itself, which is not symmetric."""
    rng = np.random.default_rng(1)
    first, second = (a @ a.T for a in rng.normal(size=(2, 5, 5)))
    roots = np.sqrt(np.linalg.eigvals(first @ second).real).sum()
    found = frechet_distance(np.zeros(5), first, np.zeros(5), second)
    assert found == pytest.approx(np.trace(first) + np.trace(second) - 2 * roots)


def test_fid_of_samples() -> None:
    x, y = normal(4000, 3, 0), normal(4000, 3, 1, 2)
    assert fid(x, x) == pytest.approx(0, abs=1e-6)
    assert fid(x, y) == pytest.approx(12, abs=0.5)
