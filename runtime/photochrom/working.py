"""A picture at the size at which a model sees it as a whole, and all that is asked of it there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from photochrom.color import warmth
from photochrom.color.arrays import FloatImage, PictureArray
from photochrom.files import scaling
from photochrom.hints import confidence, draw, reference, variants
from photochrom.hints.compose import composed
from photochrom.hints.reference import Carried
from photochrom.models import after, hinted, native, predict
from photochrom.options import Options
from photochrom.tiles.answers import TileModel


@dataclass(frozen=True, eq=False)
class Working:
    """A picture at working size, upright."""

    model: TileModel
    options: Options
    lightness: FloatImage
    """H x W, L* 0..100."""

    @classmethod
    def of(cls, model: TileModel, options: Options, guide: FloatImage) -> Working:
        """Made from a larger copy: H x W, L* 0..100, upright."""
        height, width = guide.shape
        size = native.working_size(width, height, predict.working_side(model.manifest, options))
        return cls(model, options, scaling.fit_planes(guide[None], *size)[0])

    @cached_property
    def hints(self) -> FloatImage:
        """What the person says, 3 x H x W: a*, b* and confidence 0..1."""
        return composed(self.options, *self.lightness.shape)

    @cached_property
    def plain(self) -> FloatImage:
        """The model's a*, b* if it is told nothing, 2 x h x w, at its own size."""
        return self.model.plain(self.lightness)

    @cached_property
    def carried(self) -> Carried | None:
        """What the reference says; None without one."""
        picture = self.options.reference
        if picture is None:
            return None
        model = self.model
        copies = model.described(picture)
        return reference.carry(model.manifest, model.session, self.lightness, copies)

    @property
    def notes(self) -> list[str]:
        """What a person should know of what they said."""
        return [] if self.carried is None else [self.carried.note]

    @property
    def chroma(self) -> FloatImage:
        """a*, b* of the variant asked for, obeying the person: 2 x h x w."""
        if self.options.variant:
            guess = variants.hints(self.lightness, self._full, self.options.variant)
            return self._hinted(self.lightness, guess)
        if self.options.hinted or self.carried is not None:
            return self._hinted(self.lightness)
        return self.plain

    @cached_property
    def confidence(self) -> FloatImage:
        """How sure the model is, H x W, 0..1; where hints reach, how far they do. Two more runs."""
        sure = confidence.measure(self._ask, self.lightness, self.plain)
        if not self.options.hinted:
            return sure
        reach = after.told(self.lightness, self._full, self.hints)[2]
        return confidence.with_hints(sure, reach)

    def graded(self, chroma: FloatImage, guide: FloatImage) -> FloatImage:
        """Chroma after protection, warmth and saturation, in that order.

        Args:
            chroma: 2 x h x w, of any size.
            guide: the picture's L*, of any size.
        """
        rows, columns = chroma.shape[1:]
        if self.options.protect:
            sure = scaling.fit_planes(self.confidence[None], columns, rows)[0]
            chroma = confidence.protect(chroma, sure, self.options.protect)
        if self.options.warmth:
            light = scaling.fit_planes(guide[None], columns, rows)[0]
            chroma = chroma + warmth.shift(light, self.options.warmth)
        return chroma * np.float32(self.options.saturation)

    def variants(self, count: int, told: Callable[[float], None]) -> dict[int, PictureArray]:
        """Clearly different colourings by their numbers, uint8 sRGB, H x W x 3.

        Args:
            count: how many, 2 to 16.
            told: hears how far the work is, 0..1; what it raises ends it.
        """
        asked = 0

        def ask(lightness: FloatImage, guess: FloatImage) -> FloatImage:
            nonlocal asked
            told(asked / (count * variants.CANDIDATES))
            asked += 1
            return self._hinted(lightness, guess)

        chosen = variants.choose(ask, self.lightness, self._full, count)
        return {one.number: self._picture(one.chroma) for one in chosen}

    def _picture(self, chroma: FloatImage) -> PictureArray:
        return variants.render(self.lightness, self.graded(chroma, self.lightness))

    @property
    def _full(self) -> FloatImage:
        height, width = self.lightness.shape
        return scaling.fit_planes(self.plain, width, height)

    def _ask(self, lightness: FloatImage) -> FloatImage:
        nothing = np.zeros((3, *lightness.shape), np.float32)
        return predict.predict(self.model.manifest, self.model.session, lightness, nothing)

    def _hinted(self, lightness: FloatImage, guess: FloatImage | None = None) -> FloatImage:
        model = self.model
        if self.carried is not None:
            told = self.carried.hints
            guess = told if guess is None else draw.over(told, guess)
        plain = self.plain if guess is None and lightness is self.lightness else None
        return hinted.predict_hinted(
            model.manifest, model.session, lightness, self.hints, guess, plain
        )
