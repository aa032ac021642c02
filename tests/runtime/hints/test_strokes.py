"""Strokes drawn into hints: where they cover, how they mix, at any size."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photochrom.errors import UsageError
from photochrom.hints import draw
from photochrom.hints.strokes import Stroke, chroma_of, cover

RED, GREEN, GREY = (200, 30, 40), (30, 200, 40), (128, 128, 128)
PLACE = st.tuples(st.floats(0, 1), st.floats(0, 1))


def test_area_of_a_straight_stroke_with_round_caps() -> None:
    """Length times width, and one disc for the two caps; anti-aliasing keeps the area."""
    covered = cover(Stroke(((0.25, 0.5), (0.75, 0.5)), 0.05, RED), 200, 200)
    assert covered.sum() == pytest.approx(100 * 20 + np.pi * 100, rel=0.01)


def test_joins_are_round() -> None:
    """Outside a right angle the corner is a quarter of a disc, neither mitred nor cut off."""
    covered = cover(Stroke(((0.25, 0.5), (0.5, 0.5), (0.5, 0.75)), 0.1, RED), 200, 200)
    away = 20 / np.sqrt(2)
    assert covered[round(100 - away + 2), round(100 + away - 2)] == 1
    assert covered[round(100 - away - 2), round(100 + away + 2)] == 0


def test_rims_are_smooth() -> None:
    covered = cover(Stroke(((0.2, 0.3), (0.8, 0.7)), 0.05, RED), 100, 100)
    assert ((covered > 0.05) & (covered < 0.95)).sum() > 80


def test_the_radius_is_a_fraction_of_the_long_side() -> None:
    wide = cover(Stroke(((0.5, 0.5),), 0.1, RED), 100, 300)
    tall = cover(Stroke(((0.5, 0.5),), 0.1, RED), 300, 100)
    assert wide.sum() == pytest.approx(np.pi * 30**2, rel=0.01)
    np.testing.assert_allclose(wide, tall.T, atol=1e-5)


@settings(max_examples=60, deadline=None)
@given(
    way=st.lists(PLACE, min_size=1, max_size=5),
    radius=st.floats(1e-6, 1),
    height=st.integers(1, 40),
    width=st.integers(1, 40),
)
def test_every_stroke_is_seen_at_any_size(
    way: list[tuple[float, float]], radius: float, height: int, width: int
) -> None:
    covered = cover(Stroke(tuple(way), radius, RED), height, width)
    assert covered.dtype == np.float32
    assert covered.min() >= 0
    for x, y in way:
        row, column = min(int(y * height), height - 1), min(int(x * width), width - 1)
        assert covered[row, column] > 0.99


@settings(max_examples=20, deadline=None)
@given(way=st.lists(PLACE, min_size=1, max_size=4), radius=st.floats(0.02, 0.3))
def test_the_working_size_does_not_matter(way: list[tuple[float, float]], radius: float) -> None:
    """Drawn four times as large and averaged down, a stroke covers the same."""
    stroke = Stroke(tuple(way), radius, RED)
    large = cover(stroke, 4 * 96, 4 * 144).reshape(96, 4, 144, 4).mean((1, 3))
    small = cover(stroke, 96, 144)
    # where two segments cover half a pixel each, it counts as half covered
    np.testing.assert_allclose(small, large, atol=0.5)
    assert np.abs(small - large).mean() < 0.005


def test_later_strokes_lie_on_top_and_half_sure_ones_mix() -> None:
    under, over = Stroke(((0.5, 0.5),), 0.3, RED), Stroke(((0.5, 0.5),), 0.2, GREEN)
    top = draw.from_strokes([under, over], 60, 60)
    np.testing.assert_allclose(top[:, 30, 30], [*chroma_of(GREEN), 1], atol=1e-3)
    np.testing.assert_allclose(top[:, 30, 15], [*chroma_of(RED), 1], atol=1e-3)
    half = Stroke(((0.5, 0.5),), 0.2, GREEN, strength=0.5)
    mixed = draw.from_strokes([under, half], 60, 60)[:, 30, 30]
    np.testing.assert_allclose(mixed[:2], (chroma_of(RED) + chroma_of(GREEN)) / 2, atol=1e-3)
    assert mixed[2] == pytest.approx(1)


def test_grey_says_that_there_is_no_colour() -> None:
    drawn = draw.from_strokes([Stroke(((0.5, 0.5),), 0.2, GREY)], 60, 60)
    assert drawn[2, 30, 30] == 1
    np.testing.assert_allclose(drawn[:2], 0, atol=0.01)


def test_a_stroke_without_strength_says_nothing() -> None:
    drawn = draw.from_strokes([Stroke(((0.5, 0.5),), 0.2, RED, strength=0)], 20, 20)
    assert not drawn.any()


def test_hints_over_hints_are_strokes_one_after_the_other() -> None:
    one, two = Stroke(((0.4, 0.5),), 0.2, RED), Stroke(((0.6, 0.5),), 0.2, GREEN, strength=0.5)
    together = draw.over(draw.from_strokes([two], 50, 50), draw.from_strokes([one], 50, 50))
    np.testing.assert_allclose(together, draw.from_strokes([one, two], 50, 50), atol=1e-3)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"points": ()}, "at least one place"),
        ({"points": ((0.5, 1.2),)}, "0 to 1"),
        ({"points": ((float("nan"), 0.5),)}, "0 to 1"),
        ({"radius": 0.0}, "radius"),
        ({"radius": float("nan")}, "radius"),
        ({"color": (0, 0, 300)}, "0 to 255"),
        ({"strength": 1.5}, "strength"),
    ],
)
def test_what_can_not_be_meant_is_refused(change: dict[str, object], words: str) -> None:
    values: dict[str, object] = {"points": ((0.5, 0.5),), "radius": 0.1, "color": RED}
    with pytest.raises(UsageError, match=words):
        Stroke(**values | change)  # type: ignore[arg-type]  # wrong on purpose
