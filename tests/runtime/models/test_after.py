"""Hints that act after the model: exact where they are, local, and inside edges of light."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from photochrom import Point
from photochrom.color import lab, srgb
from photochrom.color.arrays import FloatImage
from photochrom.hints import draw
from photochrom.models import after

SIDE = 120
RED = (200, 60, 50)


def flat(lightness: float = 50.0) -> FloatImage:
    return np.full((SIDE, SIDE), lightness, np.float32)


def chroma(a: float = 5.0, b: float = -10.0) -> FloatImage:
    return np.stack((np.full((SIDE, SIDE), a), np.full((SIDE, SIDE), b))).astype(np.float32)


def told(*points: Point) -> FloatImage:
    return draw.from_points(points, SIDE, SIDE)


def red() -> FloatImage:
    return lab.from_srgb(srgb.to_float(np.array(RED, np.uint8)))[1:]


class TestOnePoint:
    def test_exact_at_its_place(self) -> None:
        result = after.spread(flat(), chroma(), told(Point(0.5, 0.5, RED)))
        np.testing.assert_allclose(result[:, 60, 60], red(), atol=1e-3)

    def test_even_around_it_and_gone_far_away(self) -> None:
        """No ring between the disc and what follows it; nothing at the borders."""
        result = after.spread(flat(), chroma(), told(Point(0.5, 0.5, RED)))
        share = (result[0, 60] - 5) / (red()[0] - 5)
        assert share[60:66].min() > 0.9
        assert 0.3 < share[60 + round(0.12 * SIDE)] < 0.8
        assert np.abs(share[[0, -1]]).max() < 0.05
        assert np.diff(share[60:]).max() < 0.02
        assert np.abs(np.diff(share)).max() < 0.15

    def test_same_in_all_directions(self) -> None:
        result = after.spread(flat(), chroma(), told(Point(0.5, 0.5, RED)))[0]
        np.testing.assert_allclose(result, result.T, atol=0.5)
        np.testing.assert_allclose(result, result[::-1], atol=3)

    def test_stays_inside_the_edges_of_light(self) -> None:
        lightness = flat(40.0)
        lightness[:, 64:] = 75.0
        result = after.spread(lightness, chroma(), told(Point(0.5, 0.5, RED)))
        np.testing.assert_allclose(result[:, :, 66:], chroma()[:, :, 66:], atol=1)
        assert result[0, 60, 54] > 0.8 * red()[0]

    def test_does_not_jump_to_another_thing_of_the_same_lightness(self) -> None:
        """A dark bar between two equal surfaces: the farther one keeps its colour."""
        lightness = flat(70.0)
        lightness[:, 70:76] = 20.0
        result = after.spread(lightness, chroma(), told(Point(0.5, 0.5, RED)))
        np.testing.assert_allclose(result[:, :, 78:], chroma()[:, :, 78:], atol=1)

    def test_grain_does_not_stop_it(self) -> None:
        rng = np.random.default_rng(0)
        grainy = flat() + rng.normal(0, 2, (SIDE, SIDE)).astype(np.float32)
        result = after.spread(grainy, chroma(), told(Point(0.5, 0.5, RED)))
        assert result[0, 50:71, 50:71].min() > 0.7 * red()[0]

    def test_size_of_the_picture_does_not_matter(self) -> None:
        small = after.spread(flat(), chroma(), told(Point(0.5, 0.5, RED)))
        points = draw.from_points((Point(0.5, 0.5, RED),), 3 * SIDE, 3 * SIDE)
        lightness = np.full((3 * SIDE, 3 * SIDE), 50, np.float32)
        large = after.spread(lightness, chroma().repeat(3, 1).repeat(3, 2), points)
        tolerance = 0.15 * float(np.ptp(small))
        np.testing.assert_allclose(large[:, 1::3, 1::3], small, atol=tolerance)


class TestToldToANetwork:
    def test_it_hears_of_the_whole_object_and_no_more(self) -> None:
        lightness = flat(40.0)
        lightness[:, 64:] = 75.0
        given = told(Point(0.3, 0.5, RED))
        heard = after.told(lightness, chroma(), given)
        assert heard.shape == (3, SIDE, SIDE)
        assert heard.dtype == np.float32
        np.testing.assert_array_equal(heard[:2], after.spread(lightness, chroma(), given))
        assert heard[2, :, 66:].max() < 0.05
        assert heard[2, 60, 25:49].min() > 0.7
        np.testing.assert_array_equal(heard[2][given[2] == 1], 1)

    def test_many_points_of_one_colour_leave_no_dots(self) -> None:
        """A plain surface that the model got wrong comes out even."""
        rng = np.random.default_rng(0)
        points = [Point(float(x), float(y), RED) for x, y in rng.random((100, 2))]
        result = after.spread(flat(), chroma(), told(*points))
        assert np.abs(result[0] - red()[0]).max() < 0.05 * abs(red()[0] - 5)


class TestMany:
    def test_none_changes_nothing(self) -> None:
        assert after.spread(flat(), chroma(), told()) is not None
        np.testing.assert_array_equal(after.spread(flat(), chroma(), told()), chroma())

    def test_neutral_is_a_colour_too(self) -> None:
        result = after.spread(flat(), chroma(30, 30), told(Point(0.5, 0.5, (128, 128, 128))))
        np.testing.assert_allclose(result[:, 60, 60], 0, atol=0.01)

    def test_two_points_each_rule_at_their_place(self) -> None:
        blue = (60, 80, 190)
        result = after.spread(flat(), chroma(), told(Point(0.25, 0.5, RED), Point(0.75, 0.5, blue)))
        assert result[0, 60, 30] == pytest.approx(red()[0], abs=0.01)
        assert result[1, 60, 90] < -30
        assert result[1, 60, 30] > 10

    def test_half_believed(self) -> None:
        half = told(Point(0.5, 0.5, RED))
        half[2] *= 0.5
        result = after.spread(flat(), chroma(), half)
        assert 5 < result[0, 60, 60] <= red()[0]

    @settings(max_examples=40, deadline=None)
    @given(
        known=arrays(np.float32, (3, 9, 14), elements=st.floats(0, 1, width=32)),
        lightness=arrays(np.float32, (9, 14), elements=st.floats(0, 100, width=32)),
    )
    def test_any_hints_stay_between_model_and_hint(
        self, known: FloatImage, lightness: FloatImage
    ) -> None:
        """The model says 0 everywhere and hints say 0..1: so does the result."""
        result = after.spread(lightness, np.zeros((2, 9, 14), np.float32), known)
        assert result.dtype == np.float32
        assert result.min() >= -1e-5
        assert result.max() <= known[:2].max() + 1e-5
