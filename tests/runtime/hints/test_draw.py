"""Points drawn into hints."""

import numpy as np
import pytest
from skimage.color import rgb2lab

from photochrom import Point
from photochrom.hints import draw

RED = (200, 30, 40)


def test_nothing_known() -> None:
    drawn = draw.from_points([], 20, 30)
    assert drawn.shape == (3, 20, 30)
    assert drawn.dtype == np.float32
    assert not drawn.any()


def test_size_of_a_point() -> None:
    """The 7 pixels across of 224 that the generator was trained with."""
    confidence = draw.from_points([Point(0.5, 0.5, RED)], 224, 300)[2]
    rows, columns = np.nonzero(confidence)
    assert np.ptp(rows) + 1 in (6, 7, 8)
    assert np.ptp(columns) + 1 in (6, 7, 8)
    assert set(np.unique(confidence)) == {0, 1}


def test_colour_by_scikit_image() -> None:
    drawn = draw.from_points([Point(0.5, 0.5, RED)], 64, 64)
    expected = rgb2lab(np.array(RED) / 255)[1:]
    np.testing.assert_allclose(drawn[:2, 32, 32], expected, atol=0.01)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 900), (900, 1), (2, 3), (64, 64)])
@pytest.mark.parametrize(("x", "y"), [(0, 0), (1, 1), (0.5, 0.5), (0.999, 0)])
def test_every_point_is_seen(height: int, width: int, x: float, y: float) -> None:
    confidence = draw.from_points([Point(x, y, RED)], height, width)[2]
    assert confidence.sum() >= 1
    row, column = (int(part[0]) for part in np.nonzero(confidence == confidence.max()))
    assert abs(row + 0.5 - y * height) <= 2 + height / 32
    assert abs(column + 0.5 - x * width) <= 2 + width / 32


def test_later_ones_lie_on_top() -> None:
    one, two = Point(0.5, 0.5, RED), Point(0.5, 0.5, (30, 200, 40))
    np.testing.assert_array_equal(
        draw.from_points([one, two], 40, 40), draw.from_points([two], 40, 40)
    )
