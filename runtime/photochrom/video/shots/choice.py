"""The frames of a shot that are worth judging: few, and as different as can be."""

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 16, 9
"""Size of the small pictures that frames are compared by."""
DIFFERENT = 12.0
"""Root mean square difference in codes from which on a frame is worth judging besides others."""


def thumbnail(luminance: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """What is kept of a frame: `HEIGHT` x `WIDTH` means, uint8.

    Args:
        luminance: uint8, H x W, of any size; parts of a smaller one are repeated.
    """
    rows, columns = (
        np.arange(parts + 1) * side // parts
        for parts, side in zip((HEIGHT, WIDTH), luminance.shape, strict=True)
    )
    down = _means(luminance.astype(np.float64), rows)
    return np.rint(_means(down.T, columns).T).astype(np.uint8)


def choose(thumbnails: NDArray[np.uint8], most: int, different: float = DIFFERENT) -> list[int]:
    """The most typical frame and, one after the other, what is farthest from all that are chosen.

    Farthest-first traversal (Gonzalez 1985). A still shot gives one frame.

    Args:
        thumbnails: uint8, frames x H x W, of one shot in order.
        most: frames to choose, at least 1.
        different: root mean square difference in codes, brightness apart, that a further frame has
            at least from all that are chosen.

    Returns:
        Numbers of frames, counted from the first thumbnail, by importance: the first N of them are
        what a smaller `most` gives. Of equal frames the earliest.

    Raises:
        ValueError: if there is no frame, or `most` is below 1.
    """
    if len(thumbnails) == 0 or most < 1:
        raise ValueError(f"can't choose {most} of {len(thumbnails)} frames")
    seen = _without_brightness(thumbnails)
    typical = np.median(seen, axis=0).astype(np.int32)  # whole, as all values are even
    chosen = [int(np.argmin(_apart(seen, typical)))]
    apart = _apart(seen, seen[chosen[0]])
    least = max(different, 1e-3) ** 2 * 4 * seen.shape[1] ** 3
    while len(chosen) < most and apart.max() >= least:
        chosen.append(int(np.argmax(apart)))
        apart = np.minimum(apart, _apart(seen, seen[chosen[-1]]))
    return chosen


def _without_brightness(thumbnails: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Frames x P differences from each frame's mean, times 2 P: whole, so that equal stay equal."""
    seen = thumbnails.reshape(len(thumbnails), -1).astype(np.int32)
    return 2 * (seen * np.int32(seen.shape[1]) - seen.sum(axis=1, keepdims=True, dtype=np.int32))


def _apart(seen: NDArray[np.int32], one: NDArray[np.int32]) -> NDArray[np.int64]:
    """Sum of squared differences of each row from one."""
    apart = seen - one
    return np.einsum("ij,ij->i", apart, apart, dtype=np.int64)


def _means(values: NDArray[np.float64], borders: NDArray[np.intp]) -> NDArray[np.float64]:
    """Means of rows between borders; of at least one row."""
    ends = np.maximum(borders[1:], borders[:-1] + 1)
    sums = np.concatenate((np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)))
    return (sums[ends] - sums[borders[:-1]]) / (ends - borders[:-1])[:, None]
