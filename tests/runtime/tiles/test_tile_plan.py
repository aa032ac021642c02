"""The plan of tiles: every cell covered, weights that sum to one, one shape, mirrored borders."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photochrom.tiles.plan import Plan, Tile, batches

SIDES = st.integers(4, 40)
LENGTHS = st.one_of(st.integers(1, 3), st.integers(1, 80))


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    side = draw(SIDES)
    return Plan(draw(LENGTHS), draw(LENGTHS), side, draw(st.integers(0, 3 * side // 4)))


@st.composite
def narrow_plans(draw: st.DrawFn) -> Plan:
    """Pictures that are much longer than wide."""
    side, short, long = draw(SIDES), draw(st.integers(1, 4)), draw(st.integers(100, 150))
    turned = draw(st.booleans())
    size = (short, long) if turned else (long, short)
    return Plan(*size, side, draw(st.integers(0, side // 2)))


ANY = st.one_of(plans(), narrow_plans())


@settings(deadline=None, max_examples=50)
@given(ANY)
def test_weights_sum_to_one_everywhere(plan: Plan) -> None:
    total = np.zeros((1, plan.height, plan.width))
    for tile in plan.tiles():
        weights = plan.weights(tile)
        assert (weights >= 0).all()
        plan.add(total, tile, np.ones((1, plan.side, plan.side)))
    np.testing.assert_allclose(total, 1, atol=1e-6)


@settings(deadline=None, max_examples=50)
@given(ANY)
def test_every_tile_has_the_one_shape_and_begins_inside(plan: Plan) -> None:
    for tile in plan.tiles():
        assert tile.side == plan.side
        assert 0 <= tile.left < plan.width
        assert 0 <= tile.top < plan.height
        assert plan.weights(tile).shape == (plan.side, plan.side)


@settings(deadline=None, max_examples=50)
@given(ANY)
def test_no_tile_is_there_twice_and_none_reaches_out_needlessly(plan: Plan) -> None:
    tiles = plan.tiles()
    assert len(set(tiles)) == len(tiles)
    for tile in tiles:
        assert tile.left + tile.side <= max(plan.width, plan.side)
        assert tile.top + tile.side <= max(plan.height, plan.side)


@settings(deadline=None, max_examples=50)
@given(ANY)
def test_neighbours_share_the_overlap(plan: Plan) -> None:
    for starts in ({t.left for t in plan.tiles()}, {t.top for t in plan.tiles()}):
        gaps = np.diff(sorted(starts))
        assert (gaps <= plan.side - plan.overlap).all()


@settings(deadline=None, max_examples=40)
@given(plans())
def test_what_was_cut_comes_back_when_blended(plan: Plan) -> None:
    picture = np.random.default_rng(0).random((2, plan.height, plan.width))
    again = np.zeros_like(picture)
    for tile in plan.tiles():
        plan.add(again, tile, tile.cut(picture))
    np.testing.assert_allclose(again, picture, atol=1e-6)


@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 7), (7, 1), (5, 9), (10, 10)])
def test_a_picture_no_larger_than_a_tile_takes_one(width: int, height: int) -> None:
    plan = Plan(width, height, 10, 3)
    (tile,) = plan.tiles()
    assert tile == Tile(0, 0, 10)
    np.testing.assert_array_equal(plan.weights(tile)[:height, :width], 1)


def test_beyond_the_picture_tiles_are_mirrored() -> None:
    picture = np.arange(12.0).reshape(1, 3, 4)
    cut = Tile(1, 1, 5).cut(picture)
    rows, columns = [1, 2, 2, 1, 1], [1, 2, 3, 3, 2]
    np.testing.assert_array_equal(cut[0], picture[0][np.ix_(rows, columns)])


def test_a_cell_may_have_several_pixels() -> None:
    picture = np.arange(60.0).reshape(1, 6, 10)
    np.testing.assert_array_equal(Tile(1, 0, 2).cut(picture, 2)[0], picture[0, :4, 2:6])


def test_weights_fall_to_the_inner_edges_only() -> None:
    plan = Plan(16, 10, 10, 4)
    left, right = plan.tiles()
    ramp = np.sin(np.array([0.125, 0.375, 0.625, 0.875]) * np.pi / 2) ** 2
    np.testing.assert_allclose(plan.weights(left)[3], [*[1] * 6, *ramp[::-1]], rtol=1e-6)
    np.testing.assert_allclose(plan.weights(right)[3], [*ramp, *[1] * 6], rtol=1e-6)


@pytest.mark.parametrize("wrong", [(0, 5, 4, 1), (5, 0, 4, 1), (5, 5, 4, 4), (5, 5, 4, -1)])
def test_plans_that_cannot_be(wrong: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="no tiles"):
        Plan(*wrong)


@settings(deadline=None)
@given(st.integers(0, 30), st.integers(1, 9))
def test_batches_keep_every_tile_in_order(count: int, size: int) -> None:
    tiles = [Tile(index, 0, 4) for index in range(count)]
    groups = list(batches(tiles, size))
    assert [tile for group in groups for tile in group] == tiles
    assert all(len(group) == size for group in groups[:-1])
