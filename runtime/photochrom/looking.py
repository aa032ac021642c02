"""The first pass: a picture is seen small, and its chroma fitted to its lightness."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyvips

from photochrom.color import srgb
from photochrom.color.arrays import FloatImage, PictureArray
from photochrom.color.profile import ToneProfile
from photochrom.errors import UsageError
from photochrom.files import orientation, scaling, tone
from photochrom.files.pulling import Watch
from photochrom.files.recombine import ChromaModel
from photochrom.hints import layer
from photochrom.models import predict
from photochrom.options import Options
from photochrom.tiles import levels, passes, strips
from photochrom.tiles.answers import TileModel
from photochrom.working import Working

GUIDE_RADIUS = 3
"""Half a window's side of the guided filter, in pixels of the guide."""
GUIDE_EPSILON = 2.0
"""Variance (in L* squared) below which an area counts as flat."""


@dataclass(frozen=True)
class Look:
    """What came of it."""

    chroma: ChromaModel
    """As a function of lightness."""
    notes: list[str]
    """What a person should know."""


@dataclass(frozen=True)
class Looker:
    """How a model looks at pictures of one size.

    Raises:
        InputError: if the layer of hints has another aspect than the upright picture.
    """

    model: TileModel
    options: Options
    width: int
    """Of the picture as stored, in pixels, like the height."""
    height: int
    turned: int
    """EXIF orientation, 1 to 8."""

    def __post_init__(self) -> None:
        if self.options.layer is not None:
            width, height = self._as_seen((self.width, self.height))
            layer.check_aspect(self.options.layer, height, width)

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

    def look(self, codes: pyvips.Image, profile: ToneProfile, watch: Watch) -> Look:
        """See the picture, and fit what was seen.

        Args:
            codes: what `shrunk` made.
            profile: what its codes mean.
            watch: told of the stage ``color``.
        """
        guide = self._guide(codes, profile)
        sizes = [self._as_seen(size) for size in self.tiled_sizes]
        working = Working.of(self.model, self.options, guide)
        chroma = passes.see(working, guide, sizes, watch)
        slope, offset = (
            orientation.stored(planes, self.turned)
            for planes in strips.fitted(guide, chroma, GUIDE_RADIUS, GUIDE_EPSILON)
        )
        return Look(ChromaModel(slope, offset), working.notes)

    def working(self, codes: pyvips.Image, profile: ToneProfile) -> Working:
        """The picture at working size; arguments as for `look`."""
        return Working.of(self.model, self.options, self._guide(codes, profile))

    def _guide(self, codes: pyvips.Image, profile: ToneProfile) -> FloatImage:
        """L* of the upright picture."""
        return orientation.upright(_plane(tone.lightness(codes, profile)), self.turned)

    def _as_seen(self, size: levels.Size) -> levels.Size:
        """A size of the picture as stored, as a person sees it; it works both ways."""
        return size[::-1] if self.turned >= 5 else size

    @property
    def _seen_at(self) -> tuple[int, int, int, int]:
        """What decides how large a picture is seen: its size, the model's, the level of detail."""
        manifest, detail = self.model.manifest, self.options.detail
        side = predict.working_side(manifest, self.options)
        if detail is None:
            tiles = predict.takes_tiles(manifest)
            detail = levels.automatic(self.width, self.height, side) if tiles else 0
        return self.width, self.height, side, detail


def of_array(
    model: TileModel, picture: PictureArray, options: Options
) -> tuple[pyvips.Image, PictureArray | None, Looker]:
    """An array's colour as an image, its alpha (H x W x 1), and how it is looked at.

    Raises:
        UsageError: if it is of another shape or type than pictures are, or if the options ask for
            what the model or an array can't do.
    """
    predict.check_options(model.manifest, options)
    if options.restoration.steps != ():
        raise UsageError("files are restored, not arrays; save the picture to one first")
    color, alpha = _check_array(picture)
    image = pyvips.Image.new_from_array(np.ascontiguousarray(color))
    return image, alpha, Looker(model, options, image.width, image.height, turned=1)


def _check_array(picture: PictureArray) -> tuple[PictureArray, PictureArray | None]:
    """Colour (H x W x 1 or 3) and alpha (H x W x 1) of a picture array."""
    if picture.ndim == 2:
        picture = picture[..., None]
    if picture.ndim != 3 or picture.shape[2] not in (1, 3, 4) or picture.size == 0:
        raise UsageError(f"pictures are H x W, H x W x 3 or H x W x 4 arrays, not {picture.shape}")
    srgb.check(picture)
    if picture.shape[2] == 4:
        return picture[..., :3], picture[..., 3:]
    return picture, None


def _plane(image: pyvips.Image) -> FloatImage:
    return image.numpy().reshape(image.height, image.width)
