"""Warmth against published chromaticities of the black body."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from photochrom.color import lab, warmth

WHITE = np.full((1, 1), 100, np.float32)


def test_none_changes_nothing() -> None:
    lightness = np.linspace(0, 100, 50, dtype=np.float32)[None]
    np.testing.assert_array_equal(warmth.shift(lightness, 0), 0)


@pytest.mark.parametrize(("mireds", "x", "y"), [(50.0, 0.3478, 0.3540), (-50.0, 0.2834, 0.2906)])
def test_chromaticity_of_the_black_body(mireds: float, x: float, y: float) -> None:
    """White has its chromaticity at 4,907 K and 9,636 K, relative to 6,504 K taken for D65.

    x, y: Planck's law over the 1931 observer, to three digits.
    """
    a, b = warmth.shift(WHITE, mireds / warmth.MIREDS)[:, 0, 0]
    linear = lab.to_linear(np.array([100, a, b], np.float32))
    xyz = np.array(((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505)))
    ratio = (xyz @ linear) / (xyz @ np.ones(3))
    found = ratio * (np.array((0.3135, 0.3237, 1 - 0.3135 - 0.3237)) / 0.3237)  # 6,504 K
    np.testing.assert_allclose(found[:2] / found.sum(), (x, y), atol=0.003)


@given(amount=st.floats(0.05, 1), lightness=st.floats(1, 100))
def test_warm_is_orange_and_cool_is_blue(amount: float, lightness: float) -> None:
    light = np.full((1, 1), lightness, np.float32)
    warm, cool = (warmth.shift(light, sign * amount)[:, 0, 0] for sign in (1, -1))
    assert warm[1] > 0 > cool[1]
    assert abs(warm[0]) < warm[1]
    assert warm[1] <= warmth.shift(WHITE, 1)[1, 0, 0] + 1e-4


def test_black_stays_black() -> None:
    np.testing.assert_allclose(warmth.shift(np.zeros((1, 1), np.float32), 1), 0, atol=1e-5)
