"""Distances over costs: against Dijkstra's, and round walls."""

import heapq

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from photochrom.color.arrays import FloatImage
from photochrom.hints import geodesic

COST = st.floats(0.125, 8, width=32)


def exactly(known: FloatImage, down: FloatImage, across: FloatImage) -> FloatImage:
    """Dijkstra's distances over steps to the four neighbours."""
    best = np.full(known.shape, np.inf)
    queue: list[tuple[float, int, int]] = [(0.0, y, x) for y, x in np.argwhere(known > 0).tolist()]
    while queue:
        cost, y, x = heapq.heappop(queue)
        if cost >= best[y, x]:
            continue
        best[y, x] = cost
        for row, column, step in (
            (y + 1, x, down[y, x] if y + 1 < len(best) else None),
            (y - 1, x, down[y - 1, x] if y else None),
            (y, x + 1, across[y, x] if x + 1 < len(best[0]) else None),
            (y, x - 1, across[y, x - 1] if x else None),
        ):
            if step is not None:
                heapq.heappush(queue, (cost + float(step), row, column))
    return best


def test_plain_surface() -> None:
    known = np.zeros((41, 41), np.float32)
    known[20, 20] = 1
    ones = np.ones((40, 41), np.float32)
    found = geodesic.distance(known, ones, ones.T.copy())
    rows, columns = np.mgrid[-20:21, -20:21]
    np.testing.assert_array_equal(found[20], np.abs(np.arange(-20, 21)))
    assert (found >= np.hypot(rows, columns) - 1e-3).all()
    assert (found <= np.hypot(rows, columns) * 1.09 + 1e-3).all()


def test_round_a_wall() -> None:
    known = np.zeros((20, 20), np.float32)
    known[2, 2] = 1
    down, across = np.ones((19, 20), np.float32), np.ones((20, 19), np.float32)
    across[:15, 9] = 1000
    found = geodesic.distance(known, down, across)
    round_it = np.hypot(13, 7) + np.hypot(13, 8)
    assert round_it <= found[2, 17] < 1.15 * round_it


def test_nothing_known() -> None:
    zero = np.zeros((5, 6), np.float32)
    found = geodesic.distance(zero, np.ones((4, 6), np.float32), np.ones((5, 5), np.float32))
    assert (found >= geodesic.FAR).all()


@settings(max_examples=40, deadline=None)
@given(
    down=arrays(np.float32, (6, 8), elements=COST),
    across=arrays(np.float32, (7, 7), elements=COST),
    places=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 7)), min_size=1, max_size=3),
)
def test_bounds(down: FloatImage, across: FloatImage, places: list[tuple[int, int]]) -> None:
    """0 where known, and never less than the cheapest step times the steps that are needed."""
    known = np.zeros((7, 8), np.float32)
    for place in places:
        known[place] = 1
    found = geodesic.distance(known, down, across)
    assert (found[known > 0] == 0).all()
    cheapest = float(min(down.min(), across.min()))
    least = exactly(known, np.full_like(down, cheapest), np.full_like(across, cheapest))
    assert (found >= least / np.sqrt(2) - 1e-3).all()
    one_way = exactly(known, down, across)
    straight = known.any(axis=0)
    assert found[:, straight].min() <= one_way[:, straight].max()
