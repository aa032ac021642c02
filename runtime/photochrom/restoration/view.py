"""A picture seen small: what a step measures of the whole before the full size is pulled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyvips

from photochrom.color import lab
from photochrom.color.arrays import FloatImage
from photochrom.color.profile import ToneProfile
from photochrom.files import scaling
from photochrom.restoration import tables

LONG_SIDE = 1024
"""Pixels of the long side."""
EDGE = 0.03
"""Share of the short side that counts as the edge, where borders and unexposed film are."""
SURE = 0.8
"""Sureness from which a step is done without being asked for."""

Apply = Callable[[pyvips.Image], pyvips.Image]
"""A step as libvips operations on a picture of any size, its codes and bands kept."""


@dataclass(frozen=True)
class Proposal:
    """What a step would do."""

    seen: str
    sure: float
    apply: Apply


@dataclass(frozen=True)
class View:
    """A small copy of a picture."""

    image: pyvips.Image
    """One or three bands of uchar or ushort, in memory."""
    profile: ToneProfile

    @classmethod
    def of(cls, color: pyvips.Image, profile: ToneProfile) -> View:
        """Made in one pass over a picture of any size."""
        scale = min(1.0, LONG_SIDE / max(color.width, color.height))
        sides = (max(1, round(side * scale)) for side in (color.width, color.height))
        return cls(scaling.fit(color, *sides).copy_memory(), profile)

    def through(self, apply: Apply) -> View:
        """After a step."""
        return View(apply(self.image).copy_memory(), self.profile)

    @cached_property
    def codes(self) -> FloatImage:
        """H x W x bands, 0..1."""
        high = 255 if self.image.format == "uchar" else 65535
        pixels = self.image.numpy().reshape(self.image.height, self.image.width, -1)
        return (pixels / high).astype(np.float32)

    @cached_property
    def lab(self) -> FloatImage:
        """H x W x 3."""
        light = tables.light(self.image, self.profile).numpy().reshape(self.codes.shape)
        light = np.broadcast_to(light, (*light.shape[:2], 3))
        f = lab.forward(light @ (self.profile.matrix / self.profile.white[:, None]).T)
        x, y, z = np.moveaxis(f, -1, 0)
        return np.stack((116 * y - 16, 500 * (x - y), 200 * (y - z)), axis=-1)

    @cached_property
    def edge(self) -> np.ndarray:
        """bool, H x W: the rows and columns along the border."""
        deep = max(1, round(EDGE * min(self.codes.shape[:2])))
        edge = np.ones(self.codes.shape[:2], bool)
        edge[deep:-deep, deep:-deep] = False
        return edge

    @cached_property
    def inside(self) -> np.ndarray:
        """bool, H x W: all but the edge; all where there is nothing else."""
        return ~self.edge if (~self.edge).any() else self.edge

    @cached_property
    def tint(self) -> tuple[float, float]:
        """Of a print of one tone: its mean chroma, and how far pixels stray from it (9 of 10)."""
        if self.image.bands == 1:
            return 0.0, 0.0
        lightness, chroma = self.lab[..., 0], self.lab[..., 1:]
        steps = np.clip(lightness / 5, 0, 19).astype(np.intp)
        middle = np.array(
            [
                np.median(chroma[steps == s], axis=0) if (steps == s).any() else (0, 0)
                for s in range(20)
            ]
        )
        strayed = np.linalg.norm(chroma - middle[steps], axis=-1)
        return float(np.linalg.norm(middle[steps], axis=-1).mean()), float(
            np.quantile(strayed, 0.9)
        )

    @property
    def is_monochrome(self) -> bool:
        """Whether one tone, neutral or not, is all that it has: chroma follows from lightness."""
        return self.tint[1] < 7


def percent(share: float) -> str:
    """For a report."""
    return f"{100 * share:.0f} %" if share >= 0.1 or not share else f"{100 * share:.2g} %"
