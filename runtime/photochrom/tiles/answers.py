"""Asking a model for tiles, within the memory that its device has."""

from __future__ import annotations

import logging
import threading

import numpy as np

from photochrom.color.arrays import FloatImage
from photochrom.errors import OutOfMemoryError
from photochrom.hints import reference
from photochrom.hints.reference import ColorPicture, Copy
from photochrom.models import native, predict
from photochrom.models.manifest import Manifest
from photochrom.session import Session
from photochrom.tiles import limits
from photochrom.tiles.plan import Plan

OVERLAP = 4
"""A tile's side over what neighbours share."""

log = logging.getLogger(__name__)


class TileModel:
    """A native model that answers squares of one size.

    When the device runs out of memory, the rest is asked for in smaller batches, then in smaller
    tiles; what was answered stays. The size that worked is kept for later pictures, in this
    object and in the user's cache folder.
    """

    def __init__(self, manifest: Manifest, session: Session) -> None:
        self.manifest, self.session = manifest, session
        self._described: tuple[ColorPicture, tuple[Copy, ...]] | None = None
        self._describing = threading.Lock()
        self._plain: tuple[FloatImage, FloatImage] | None = None
        self._known_as = limits.key(manifest, session.device, session.precision)
        self._most = limits.first(manifest, session.device)
        self.limit = limits.recall(self._known_as, self._most, manifest.multiple) or self._most
        """What is asked for at once; it only ever gets smaller."""

    @property
    def note(self) -> str | None:
        """What a person should know of a limit that memory set."""
        if self.limit == self._most:
            return None
        return (
            f"for want of memory on {self.session.device}, tiles were seen "
            f"{self.limit.batch} at once, {self.limit.side} pixels a side"
        )

    def plain(self, lightness: FloatImage) -> FloatImage:
        """What the model answers to a whole picture if it is told nothing: a*, b*, 2 x h x w.

        The last answer is remembered: while a person paints, the picture stays the same.

        Args:
            lightness: H x W, L* 0..100, at working size.
        """
        known = self._plain
        if known is None or not np.array_equal(known[0], lightness):
            nothing = np.zeros((3, *lightness.shape), np.float32)
            answer = predict.predict(self.manifest, self.session, lightness, nothing)
            known = self._plain = lightness, answer
        return known[1]

    def described(self, picture: ColorPicture) -> tuple[Copy, ...]:
        """A reference as the model sees it; the last one is remembered.

        Raises:
            UsageError: if the model does not tell its features.
        """
        with self._describing:
            if self._described is None or self._described[0] is not picture:
                copies = reference.describe(self.manifest, self.session, picture)
                self._described = picture, copies
            return self._described[1]

    def answer(self, lightness: FloatImage, hints: FloatImage) -> FloatImage:
        """Chroma of a batch of tiles.

        Args:
            lightness: N x S x S, L* 0..100.
            hints: N x 3 x S x S: a*, b* and confidence 0..1.

        Returns:
            N x 2 x S/s x S/s: a*, b*, with s the model's output stride.

        Raises:
            OutOfMemoryError: if not even one of the smallest tiles fits.
            ModelError: if the network fails.
        """
        limit = self.limit
        if lightness.shape[-1] > limit.side:
            return np.stack([self._split(*tile) for tile in zip(lightness, hints, strict=True)])
        if len(lightness) > limit.batch:
            starts = range(0, len(lightness), limit.batch)
            groups = (np.s_[start : start + limit.batch] for start in starts)
            return np.concatenate([self.answer(lightness[at], hints[at]) for at in groups])
        try:
            return self._ask(lightness, hints, limit.batch)
        except OutOfMemoryError:
            smaller = limit.smaller(self.manifest.multiple)
            if smaller is None:
                raise
            log.info("out of memory with %s; trying %s", limit, smaller)
            self.limit = min(self.limit, smaller, key=lambda limit: limit.pixels)
        result = self.answer(lightness, hints)
        limits.remember(self._known_as, self.limit)
        return result

    def _ask(self, lightness: FloatImage, hints: FloatImage, batch: int) -> FloatImage:
        """One run, filled up to a full batch: providers plan for every shape anew."""
        count = len(lightness)
        filled = [*range(count), *[count - 1] * (batch - count)]
        answer = native.predict_batch(self.manifest, self.session, lightness[filled], hints[filled])
        return answer[:count]

    def _split(self, lightness: FloatImage, hints: FloatImage) -> FloatImage:
        """One tile's chroma (2 x S/s x S/s) from smaller tiles inside it."""
        stride = self.manifest.output_stride
        cells, side = lightness.shape[-1] // stride, self.limit.side // stride
        plan = Plan(cells, cells, side, side // OVERLAP)
        chroma = np.zeros((2, cells, cells), np.float32)
        for tile in plan.tiles():
            light, told = tile.cut(lightness[None], stride), tile.cut(hints, stride)
            plan.add(chroma, tile, self.answer(light, told[None])[0])
        return chroma
