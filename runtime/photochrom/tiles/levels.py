"""How large a picture is seen at each level of detail."""

from photochrom.models.native import working_size

HIGHEST = 3
"""The last level; its picture has eight times the model's own size on the short side."""
GUIDE_OVER_WORKING = 2
"""The guided filter is fitted at this many times the working size, for sharper colour edges."""

LARGE = 8
"""Short side over native size from which ``auto`` takes tiles: there they cost little beside the
picture's own pixels. docs/tiles.md says what was measured."""

Size = tuple[int, int]


def tiled_sizes(width: int, height: int, native_size: int, detail: int) -> list[Size]:
    """Width and height at which tiles see a picture, level by level up to `detail`.

    Each is twice the one before and none is larger than the picture; levels that would add nothing
    are left out, so a small picture has none.
    """
    sizes = [working_size(width, height, native_size)]
    for level in range(1, detail + 1):
        columns, rows = working_size(width, height, native_size * 2**level)
        sizes.append((min(columns, width), min(rows, height)))
    return [size for size, before in zip(sizes[1:], sizes, strict=False) if size > before]


def guide_size(width: int, height: int, native_size: int, detail: int) -> Size:
    """Width and height at which the guided filter is fitted: no smaller than what tiles see."""
    usual = working_size(width, height, native_size * GUIDE_OVER_WORKING)
    return max([usual, *tiled_sizes(width, height, native_size, detail)])


def automatic(width: int, height: int, native_size: int) -> int:
    """The level of detail that suits a picture of this size: 1 for large pictures, else 0."""
    return int(min(width, height) >= LARGE * native_size)
