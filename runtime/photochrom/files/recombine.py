"""Joining predicted chroma with a picture's own light, at full size and in blocks."""

import os
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

import numpy as np
import pyvips

from photochrom.color.arrays import FloatImage, PictureArray
from photochrom.color.profile import ToneProfile
from photochrom.color.recombination import Lines, Recombination, lines
from photochrom.files import blocks
from photochrom.files.blocks import Form

SMOOTH_ENOUGH = 4
"""Steps in which slope and offset go from a row of the fitted size to the next."""
PIECE = 32_000
"""Pixels that go through every step together; their arrays fit into a processor's second cache."""


@dataclass(frozen=True)
class ChromaModel:
    """Chroma as a straight line of lightness, fitted at a small size: chroma = slope * L* + offset.

    Both arrays are 2 x h x w float32 (a*, b*), in the layout of the stored pixels.
    """

    slope: FloatImage
    offset: FloatImage


def recombine(
    color: pyvips.Image,
    profile: ToneProfile,
    chroma: ChromaModel,
    strength: float,
    band_format: str,
) -> pyvips.Image:
    """Give a picture chroma and keep its L*.

    Args:
        color: one or three bands of uchar, ushort or float (0..1).
        profile: tone curves and primaries of `color`; the result has the same.
        chroma: fitted at any size of the same aspect.
        strength: 1 takes the new chroma, 0 the picture's own.
        band_format: ``uchar``, ``ushort`` or ``float``; the result's.

    Returns:
        Three bands, not yet computed, to be pulled once from top to bottom. `color` is decoded a
        little ahead of that, so nothing else should pull it.
    """
    form = Form(color.width, color.height, 3, blocks.DTYPES[band_format])
    return blocks.picture(form, in_blocks(color, profile, chroma, strength, form))


def in_blocks(
    color: pyvips.Image, profile: ToneProfile, chroma: ChromaModel, strength: float, form: Form
) -> Generator[PictureArray, None, None]:
    """What `recombine` gives, as blocks of `Form.rows` rows from top to bottom.

    Args:
        color: as for `recombine`, like `profile`, `chroma` and `strength`.
        form: of the result, 3 bands.

    Raises:
        BrokenPictureError: if `color` can't be decoded.
    """
    parts = Parts(profile, chroma, strength, form, color.bands)
    return _in_threads(parts.colored, blocks.of(color, form), form.rows)


class Parts:
    """Any part of a picture with new chroma: the same codes as `recombine` gives the whole.

    Safe to use from several threads.

    Args:
        profile: as for `recombine`, like `chroma` and `strength`.
        chroma: fitted at any size of the same aspect.
        strength: 1 takes the new chroma, 0 the picture's own.
        form: of the result, 3 bands.
        bands: of the picture, 1 or 3.
    """

    def __init__(
        self, profile: ToneProfile, chroma: ChromaModel, strength: float, form: Form, bands: int
    ) -> None:
        self._form = form
        self._recombination = Recombination(profile, form.dtype, 1 - strength if bands == 3 else 0)
        self._chroma = _Enlarged(chroma, strength, form.width, form.height)

    def colored(self, codes: PictureArray, top: int, left: int = 0) -> PictureArray:
        """One part.

        Args:
            codes: h x w x bands, uint8, uint16 or float32.
            top: its first row in the picture.
            left: its first column.

        Returns:
            h x w x 3 of the form's type.
        """
        height, width = codes.shape[:2]
        result = np.empty((height, width, 3), self._recombination.dtype)
        wide = _Rows(self._chroma, slice(left, left + width))
        shared = list(self._shared(top, height))
        count = max(1, PIECE // (width * self._chroma.shared))  # narrow parts: several at once
        for start in range(0, len(shared), count):
            strips = shared[start : start + count]
            rows = slice(strips[0][0].start, strips[-1][0].stop)
            found = wide.of(strips)
            for first in range(0, width, self._chroma.piece):
                columns = slice(first, min(first + self._chroma.piece, width))
                part = Lines(found.slope[..., columns], found.offset[..., columns])
                self._recombination.join(codes[rows, columns], part, result[rows, columns])
        return result

    def _shared(self, top: int, height: int) -> Iterator[tuple[slice, float]]:
        """Rows of a part that share a row of slope and offset, and that row's place.

        They are counted in every block anew, so that a part has those of the whole.
        """
        rows, all_rows = self._form.rows, self._form.height
        shared, row = self._chroma.shared, top
        while row < top + height:
            block = row // rows * rows
            first = block + (row - block) // shared * shared
            last = min(first + shared, block + rows, all_rows)
            end = min(last, top + height)
            yield slice(row - top, end - top), (first + last) / 2
            row = end


def _in_threads(
    work: Callable[[PictureArray, int], PictureArray],
    parts: Generator[PictureArray, None, None],
    rows: int,
) -> Generator[PictureArray, None, None]:
    """What `work` makes of each part and its first row, in order, a few parts ahead."""
    pool, count = _workers(), pyvips.concurrency_get()
    ahead: deque[Future[PictureArray]] = deque()
    for index, part in enumerate(parts):
        ahead.append(pool.submit(work, part, index * rows))
        if len(ahead) > count:
            yield ahead.popleft().result()
    while ahead:
        yield ahead.popleft().result()


@cache
def _workers() -> ThreadPoolExecutor:
    """One pool for all pictures: new threads for each would each keep memory of their own.

    It is never shut down, so that a picture that was given up needs nobody to wait.
    """
    return ThreadPoolExecutor(pyvips.concurrency_get(), thread_name_prefix="recombine")


if hasattr(os, "register_at_fork"):  # a forked process has none of its parent's threads
    os.register_at_fork(after_in_child=_workers.cache_clear)


class _Enlarged:
    """Slope and offset at full size: bilinear, centres aligned, borders continued."""

    def __init__(self, chroma: ChromaModel, strength: float, width: int, height: int) -> None:
        found = lines(chroma.slope * strength, chroma.offset * strength)
        self.planes = np.concatenate((found.slope, found.offset)).astype(np.float32)
        small_height, small_width = self.planes.shape[1:]
        self.scale = small_height / height
        self.shared = max(1, int(height / small_height / SMOOTH_ENOUGH))
        self.piece = max(1, PIECE // self.shared)
        centres = (np.arange(width) + 0.5) * (small_width / width) - 0.5
        centres = centres.clip(0, small_width - 1)
        self.left = centres.astype(np.intp)
        self.right = np.minimum(self.left + 1, small_width - 1)
        self.share = (centres - self.left).astype(np.float32)

    def across(self, rows: slice, columns: slice) -> FloatImage:
        """Some columns of rows of the small size, enlarged: 4 x rows x width."""
        planes, left, right = self.planes[:, rows], self.left[columns], self.right[columns]
        found = planes.take(left, axis=2)
        step = planes.take(right, axis=2)
        step -= found
        step *= self.share[columns]
        found += step
        return found


class _Rows:
    """Rows of the full size for one thread, which keeps what the next row needs too."""

    def __init__(self, chroma: _Enlarged, columns: slice) -> None:
        self.chroma, self.columns, self.known = chroma, columns, range(0)

    def of(self, strips: Sequence[tuple[slice, float]]) -> Lines:
        """Slope and offset of strips of rows: 2 x rows x width; one strip shares a single row."""
        last = self.chroma.planes.shape[1] - 1
        places = [min(max(middle * self.chroma.scale - 0.5, 0), last) for _, middle in strips]
        above = np.array([int(place) for place in places])
        self._know(range(above[0], min(above[-1] + 2, last + 1)))
        parts = (np.array(places) - above).astype(np.float32)[:, None]
        row = self.step.take(above - self.known.start, axis=1)
        row *= parts
        row += self.upper.take(above - self.known.start, axis=1)
        if len(strips) > 1:
            row = np.repeat(row, [rows.stop - rows.start for rows, _ in strips], axis=1)
        return Lines(row[:2], row[2:])

    def _know(self, rows: range) -> None:
        """These rows of the small size, and how far it is from each to the one below."""
        if rows == self.known:
            return
        self.known = rows
        self.upper = self.chroma.across(slice(rows.start, rows.stop), self.columns)
        below = np.concatenate((self.upper[:, 1:], self.upper[:, -1:]), axis=1)
        self.step = below - self.upper
