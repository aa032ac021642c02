"""How unlike two small frames are, whatever moved and however the light changed between them.

One frame is cut into six blocks, and each is looked for in the other by normalised
cross-correlation (Lewis 1995), which knows neither brightness nor contrast. So pans, shake and
flicker leave frames of one shot alike, where a plain difference of frames takes them for cuts.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from photochrom.color.arrays import FloatImage

WIDTH, HEIGHT = 96, 54
"""Size at which frames are compared."""
BLOCKS = 2, 3
"""Rows and columns of blocks."""
REACH = 12
"""How far a block is looked for, in pixels: an eighth of the width, each way."""
PLAIN = 3.0
"""Standard deviation in codes below which a frame shows nothing: black, white, or only grain."""
_BLACK = 24.0
_EVEN = 1.5
_FAINT = 2.0
_STRONG = 20.0


@dataclass(frozen=True, eq=False)
class Small:
    """A frame made ready to be compared."""

    light: FloatImage
    """`HEIGHT` x `WIDTH`, float32 in codes 0..255, without black bars and fine grain."""
    contrast: float
    """Standard deviation of `light`."""

    @property
    def plain(self) -> bool:
        """It shows nothing, as in the middle of a fade."""
        return self.contrast < PLAIN


def prepare(luminance: NDArray[np.uint8]) -> Small:
    """A frame's luminance, made ready.

    Args:
        luminance: uint8, H x W, codes of the stream's Y' or any grey picture; best about 96 wide.
    """
    seen: Any = _without_bars(luminance).astype(np.float32)
    if seen.shape != (HEIGHT, WIDTH):
        seen = cv2.resize(seen, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    light: Any = cv2.GaussianBlur(seen, (0, 0), 1.0)
    return Small(light, float(light.std()))


def _without_bars(luminance: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Without rows and columns at the edges that are evenly black: all bars look alike."""
    rows = _inside(luminance.mean(axis=1), luminance.std(axis=1))
    columns = _inside(luminance.mean(axis=0), luminance.std(axis=0))
    return np.ascontiguousarray(luminance[rows, columns])


def _inside(mean: FloatImage, deviation: FloatImage) -> slice:
    """From the first to the last line that is no bar; all where that would leave less than half."""
    lit = np.flatnonzero((mean > _BLACK) | (deviation > _EVEN))
    if lit.size == 0 or lit[-1] - lit[0] < len(mean) // 2:
        return slice(None)
    return slice(int(lit[0]), int(lit[-1]) + 1)


def difference(first: Small, second: Small) -> float:
    """Mean difference place by place, in standard deviations; cheap, and large for all motion."""
    return float(np.abs(_standard(first) - _standard(second)).mean())


def _standard(small: Small) -> FloatImage:
    return (small.light - small.light.mean()) / max(small.contrast, 4.0)


def unlikeness(first: Small, second: Small) -> float:
    """How little of either frame is found in the other: 0 for the same view, about 0.5 for others.

    Of both directions the smaller one counts: what comes into view is in one frame only.
    """
    return min(_missing(first.light, second.light), _missing(second.light, first.light))


def _missing(light: FloatImage, other: FloatImage) -> float:
    """One less correlation where each block fits best, weighted by the blocks' contrast."""
    around = cv2.copyMakeBorder(other, REACH, REACH, REACH, REACH, cv2.BORDER_REPLICATE)
    high, wide = HEIGHT // BLOCKS[0], WIDTH // BLOCKS[1]
    lost, total = 0.0, 0.0
    for top in range(0, HEIGHT, high):
        for left in range(0, WIDTH, wide):
            block = light[top : top + high, left : left + wide]
            weight = min(float(block.std()), _STRONG)
            if weight > _FAINT:
                place = around[top : top + high + 2 * REACH, left : left + wide + 2 * REACH]
                fit = float(cv2.matchTemplate(place, block, cv2.TM_CCOEFF_NORMED).max())
                lost, total = lost + weight * (1 - min(max(fit, 0), 1)), total + weight
    return lost / max(total, 4 * _FAINT)
