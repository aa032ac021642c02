"""How large a picture is seen at each level of detail."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photochrom.models.native import working_size
from photochrom.tiles import levels

LENGTHS = st.one_of(st.integers(1, 3000), st.integers(1, 300_000))


@pytest.mark.parametrize(
    ("picture", "detail", "expected"),
    [
        ((6000, 4000), 0, []),
        ((6000, 4000), 1, [(768, 512)]),
        ((6000, 4000), 3, [(768, 512), (1536, 1024), (3072, 2048)]),
        ((4000, 6000), 2, [(512, 768), (1024, 1536)]),
        ((600, 400), 3, [(600, 400)]),
        ((256, 256), 3, []),
        ((100, 50), 3, []),
        ((1, 1), 3, []),
        ((40_000, 1000), 2, [(2048, 51), (4096, 102)]),
        ((20_000, 20_000), 3, [(512, 512), (1024, 1024), (2048, 2048)]),
    ],
)
def test_sizes(picture: tuple[int, int], detail: int, expected: list[tuple[int, int]]) -> None:
    assert levels.tiled_sizes(*picture, 256, detail) == expected


@pytest.mark.parametrize(
    ("picture", "level"),
    [((2048, 2048), 1), ((2047, 9000), 0), ((9000, 2048), 1), ((800, 600), 0), ((1, 1), 0)],
)
def test_auto(picture: tuple[int, int], level: int) -> None:
    """What pays: one level, for pictures whose own pixels take longer than the tiles."""
    assert levels.automatic(*picture, 256) == level


@settings(deadline=None)
@given(LENGTHS, LENGTHS, st.integers(0, levels.HIGHEST))
def test_bounds(width: int, height: int, detail: int) -> None:
    sizes = levels.tiled_sizes(width, height, 256, detail)
    assert len(sizes) <= detail
    before = working_size(width, height, 256)
    for columns, rows in sizes:
        assert 1 <= columns <= width
        assert 1 <= rows <= height
        assert min(columns, rows) <= 256 * 2**detail
        assert max(columns, rows) <= 4 * 256 * 2**detail
        assert columns * rows > before[0] * before[1]
        before = columns, rows


@settings(deadline=None)
@given(LENGTHS, LENGTHS, st.integers(0, levels.HIGHEST))
def test_the_guide_shows_all_that_tiles_see(width: int, height: int, detail: int) -> None:
    columns, rows = levels.guide_size(width, height, 256, detail)
    for size in levels.tiled_sizes(width, height, 256, detail):
        assert columns >= size[0]
        assert rows >= size[1]


@settings(deadline=None)
@given(LENGTHS, LENGTHS)
def test_turning_the_picture_turns_the_sizes(width: int, height: int) -> None:
    ours = levels.tiled_sizes(width, height, 256, 3)
    assert [size[::-1] for size in levels.tiled_sizes(height, width, 256, 3)] == ours
