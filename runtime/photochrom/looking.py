"""The first pass: a picture is seen small, and its chroma fitted to its lightness."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyvips

from photochrom.color.arrays import FloatImage
from photochrom.color.profile import ToneProfile
from photochrom.files import orientation, scaling, tone
from photochrom.files.pulling import Watch
from photochrom.files.recombine import ChromaModel
from photochrom.models import predict
from photochrom.options import Options
from photochrom.tiles import levels, passes, strips
from photochrom.tiles.answers import TileModel

GUIDE_RADIUS = 3
"""Half a window's side of the guided filter, in pixels of the guide."""
GUIDE_EPSILON = 2.0
"""Variance (in L* squared) below which an area counts as flat."""


@dataclass(frozen=True)
class Looker:
    """How a model looks at pictures of one size."""

    model: TileModel
    options: Options
    width: int
    """Of the picture as stored, in pixels, like the height."""
    height: int

    @property
    def guide_size(self) -> levels.Size:
        """Width and height at which the guided filter is fitted."""
        return levels.guide_size(*self._seen_at)

    @property
    def tiled_sizes(self) -> list[levels.Size]:
        """Width and height at which tiles see the picture, from coarse to fine."""
        return levels.tiled_sizes(*self._seen_at)

    def shrunk(self, color: pyvips.Image) -> pyvips.Image:
        """The picture in the size at which it is looked at, in memory.

        Args:
            color: the picture, or a smaller copy that is larger than `guide_size`.
        """
        return scaling.fit(color, *self.guide_size).copy_memory()

    def look(
        self, codes: pyvips.Image, profile: ToneProfile, turned: int, watch: Watch
    ) -> ChromaModel:
        """Chroma as a function of lightness.

        Args:
            codes: what `shrunk` made.
            profile: what its codes mean.
            turned: EXIF orientation, 1 to 8.
            watch: told of the stage ``color``.
        """
        guide = orientation.upright(_plane(tone.lightness(codes, profile)), turned)
        sizes = [size[::-1] if turned >= 5 else size for size in self.tiled_sizes]
        seen = passes.see(self.model, guide, sizes, self.options.points, watch)
        chroma = seen * np.float32(self.options.saturation)
        slope, offset = strips.fitted(guide, chroma, GUIDE_RADIUS, GUIDE_EPSILON)
        return ChromaModel(orientation.stored(slope, turned), orientation.stored(offset, turned))

    @property
    def _seen_at(self) -> tuple[int, int, int, int]:
        """What decides how large a picture is seen: its size, the model's, the level of detail."""
        side, detail = self.model.manifest.native_size, self.options.detail
        if detail is None:
            tiles = predict.takes_tiles(self.model.manifest)
            detail = levels.automatic(self.width, self.height, side) if tiles else 0
        return self.width, self.height, side, detail


def _plane(image: pyvips.Image) -> FloatImage:
    return image.numpy().reshape(image.height, image.width)
