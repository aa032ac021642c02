"""What lies on top when a person says a colour in several ways."""

import numpy as np

from photochrom import Options, Point
from photochrom.hints import layer
from photochrom.hints.compose import composed
from photochrom.hints.strokes import Stroke, chroma_of

RED, GREEN, BLUE = (200, 40, 40), (40, 140, 40), (40, 40, 200)


def covering(color: tuple[int, int, int], alpha: int = 255) -> layer.Layer:
    """A layer that covers the left half."""
    rgba = np.zeros((40, 60, 4), np.uint8)
    rgba[:, :30] = (*color, alpha)
    return layer.from_array(rgba)


STROKE = Stroke(((0.0, 0.5), (1.0, 0.5)), 0.1, RED)


def test_nothing_said_is_nothing_known() -> None:
    assert not composed(Options(), 20, 30).any()


def test_points_lie_on_the_layer_and_that_on_strokes() -> None:
    point = Point(0.25, 0.5, BLUE)
    drawn = composed(Options(points=(point,), layer=covering(GREEN), strokes=(STROKE,)), 40, 60)
    for column, color in ((15, BLUE), (5, GREEN), (45, RED)):
        np.testing.assert_allclose(drawn[:2, 20, column], chroma_of(color), atol=0.5)
    np.testing.assert_allclose(drawn[2, 20], 1, atol=1e-5)
    assert drawn[2, 5, 45] == 0


def test_half_sure_paint_mixes_with_what_is_below() -> None:
    drawn = composed(Options(layer=covering(GREEN, 128), strokes=(STROKE,)), 40, 60)
    mixed = (chroma_of(GREEN) + chroma_of(RED)) / 2
    np.testing.assert_allclose(drawn[:2, 20, 10], mixed, atol=0.5)
    np.testing.assert_allclose(drawn[2, [5, 20], 10], [0.5, 1], atol=0.01)
