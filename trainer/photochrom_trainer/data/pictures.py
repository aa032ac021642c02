"""Crops of colour pictures, as training draws them."""

import math
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image
from pydantic import ConfigDict
from torch import Tensor
from torch.utils.data import Dataset

from photochrom.color import spaces, srgb
from photochrom.color.arrays import FloatImage
from photochrom.color.spaces import ColorSpace
from photochrom.errors import InputError, UsageError
from photochrom_trainer.data import degradations, hints, layouts, screening
from photochrom_trainer.data.decoding import read_rgb
from photochrom_trainer.data.screening import GOOD, GREY, UNKNOWN, UNREADABLE, Screening

DRAWS = 100
"""Pictures drawn by chance for one crop before the next good one in order is taken."""
WALK = 10_000
"""Pictures looked at in order before the folder is given up."""


@dataclass(frozen=True)
class DataConfig:
    """Which pictures are drawn, and how they are changed before the generator sees them."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    layout: str = "folder"
    """How the folder is laid out (names in `photochrom_trainer.data.layouts.LAYOUTS`)."""
    most_pictures: int = 0
    """Pictures that are kept, chosen by the run's seed; 0 keeps all."""
    source_weights: dict[str, float] = field(default_factory=dict)
    """How often a picture is drawn, by the name of its top folder; 1 where not named."""
    least_chroma: float = 2.5
    """Pictures of a lower mean chroma (Lab, whole picture, shrunk to about 32 x 32) are left out as
    grey. It spares real photographs of fog and snow; grey scans with a slight tint lie below."""
    crop_scale: tuple[float, float] = (0.6, 1.0)
    """Side of the random square crop over the picture's short side."""
    stretch: float = 1.0
    """Largest ratio of a crop's sides, by chance, before it is made square; 1 leaves shapes."""
    hint_shares: dict[str, float] = field(default_factory=lambda: {"none": 1.0})
    """Share of each form of hints (names in `photochrom_trainer.data.hints.SIMULATORS`)."""
    recolor_chance: float = 0.0
    """Chance that a picture with hints is shown in other colours (`hints.repaint`)."""
    degradation_chances: dict[str, float] = field(default_factory=dict)
    """Chance of each degradation (names in `photochrom_trainer.data.degradations`)."""

    def __post_init__(self) -> None:
        _check_names("layout", [self.layout], layouts.LAYOUTS)
        _check_names("hint_shares", self.hint_shares, hints.SIMULATORS)
        _check_names("degradation_chances", self.degradation_chances, degradations.DEGRADATIONS)
        _check_range("source_weights", self.source_weights.values())
        _check_range("least_chroma", [self.least_chroma])
        _check_range("hint_shares", self.hint_shares.values())
        _check_range("recolor_chance", [self.recolor_chance], 1)
        _check_range("degradation_chances", self.degradation_chances.values(), 1)
        if sum(self.hint_shares.values()) <= 0:
            raise UsageError("hint_shares must hold at least one share above 0")
        if self.most_pictures < 0 or self.stretch < 1:
            raise UsageError("most_pictures must not be below 0, nor stretch below 1")
        low, high = self.crop_scale
        if not 0 < low <= high <= 1:
            raise UsageError(f"crop_scale is two numbers, 0 < low <= high <= 1, not {low}, {high}")


def _check_names(key: str, names: Iterable[str], known: Iterable[str]) -> None:
    for name in names:
        if name not in known:
            raise UsageError(f"{key} names {name!r}; known are {', '.join(known)}")


def _check_range(key: str, numbers: Iterable[float], high: float = math.inf) -> None:
    for number in numbers:
        if number < 0:
            raise UsageError(f"{key} must not be below 0; it holds {number}")
        if number > high or not math.isfinite(number):
            raise UsageError(f"{key} must not be above {high}; it holds {number}")


class Crops(Dataset[tuple[Tensor, Tensor, Tensor]]):
    """Random square crops as (luminance, hints, chroma), float32, channels first.

    Item `i` depends only on the seed, on `i` and on the files, so a resumed run sees what an
    uninterrupted one would have seen. A picture that can't be decoded or has almost no colour is
    left out when it is first drawn, and another one is drawn; `screening` counts them.
    """

    def __init__(
        self,
        folder: Path,
        config: DataConfig,
        size: int,
        scale: float,
        seed: int,
        *,
        color_space: ColorSpace = "lab",
    ) -> None:
        """List the pictures (split ``train``); none is opened yet.

        Args:
            folder: where the pictures lie, laid out as `config.layout` says.
            config: what is drawn, and how it is changed.
            size: side of the crops in pixels. The attribute may be lowered for another stage of a
                run; photographs are then still decoded for this size, so that what is found out
                about a picture doesn't depend on the stage.
            scale: chroma that 1 stands for.
            seed: of crops, hints and degradations.
            color_space: what chroma is.

        Raises:
            InputError: if there are no pictures.
            UsageError: if every picture's source has weight 0.
        """
        listing = _kept(layouts.find(folder, config.layout), config.most_pictures, seed)
        self.folder = folder
        self.weights = _weights(listing, config.source_weights)
        total = np.cumsum(self.weights)
        self.cumulative = total / total[-1]
        # One array instead of a million objects, whose reference counts would make every worker
        # process copy the memory that holds them.
        self._paths = np.array([os.fsencode(path) for path in listing.paths])
        self._states = screening.new_states(len(self))
        self.config = config
        self.size = self.largest = size
        self.scale = scale
        self.seed = seed
        self.color_space: ColorSpace = color_space

    def __len__(self) -> int:
        return len(self._paths)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor, Tensor]:
        rng = np.random.default_rng((self.seed, index))
        image = self._draw(index, rng)
        pixels = random_crop(image, self.size, self.config.crop_scale, rng, self.config.stretch)
        luminance, chroma = split(pixels, self.scale, self.color_space)
        form = hints.draw(self.config.hint_shares, rng)
        if form != "none" and rng.random() < self.config.recolor_chance:
            chroma = hints.repaint(chroma, rng)
        told = hints.SIMULATORS[form](chroma, rng)
        seen = degradations.degrade(luminance, self.config.degradation_chances, rng)
        return (
            torch.from_numpy(seen[None]),
            torch.from_numpy(told),
            torch.from_numpy(chroma),
        )

    def path(self, number: int) -> Path:
        """File of one picture, by its place in the list."""
        return Path(os.fsdecode(self._paths[number]))

    def screening(self) -> Screening:
        """Counts of the pictures that any process has drawn from this object so far."""
        return screening.count(self._states)

    def left_out(self) -> list[Path]:
        """Pictures that were found unreadable or grey so far."""
        return [self.path(number) for number in (self._states > GOOD).nonzero()[:, 0].tolist()]

    def _draw(self, index: int, rng: Generator) -> Image.Image:
        for number in self._candidates(index, rng):
            image = self._open(number)
            if image is not None:
                return image
        found = self.screening()
        raise InputError(
            f"no picture to train on among {found.seen} of {found.pictures} below {self.folder}: "
            f"{found.unreadable} can't be read, {found.grey} are grey (mean chroma below "
            f"{self.config.least_chroma:g}), first {self.left_out()[0]}; "
            "add colour pictures or lower least_chroma"
        )

    def _candidates(self, index: int, rng: Generator) -> Iterator[int]:
        """The picture whose turn it is, then some by chance, then the next ones in order.

        Every picture has its turn once an epoch, as in the papers, unless sources are weighted.
        """
        number = 0
        if not self.config.source_weights:
            epoch, turn = divmod(index, len(self))
            number = int(_shuffled(len(self), self.seed, epoch)[turn])
            yield number
        for _ in range(DRAWS):
            number = int(np.searchsorted(self.cumulative, rng.random(), side="right"))
            yield number
        for step in range(1, min(len(self), WALK) + 1):
            following = (number + step) % len(self)
            if self.weights[following] > 0:
                yield following

    def _open(self, number: int) -> Image.Image | None:
        """The picture, or None if it is to be left out."""
        state = int(self._states[number])
        if state > GOOD:
            return None
        try:
            image = read_rgb(self.path(number), self._shortest)
        except InputError:
            self._states[number] = UNREADABLE
            return None
        if state == UNKNOWN:
            grey = screening.mean_chroma(image) < self.config.least_chroma
            state = GREY if grey else GOOD
            self._states[number] = state
        return image if state == GOOD else None

    @property
    def _shortest(self) -> int:
        """Short side that the smallest crop needs. Taking each crop's own need instead would make
        a picture's mean chroma depend on the crop."""
        return math.ceil(max(self.size, self.largest) / self.config.crop_scale[0])


def _weights(listing: layouts.Listing, weights: dict[str, float]) -> FloatImage:
    """Weight of each picture by its source."""
    if not weights:
        return np.ones(len(listing.paths))
    found = np.array([weights.get(listing.source(path), 1.0) for path in listing.paths])
    if not found.any():
        raise UsageError(f"source_weights leaves no picture below {listing.root}")
    return found


@lru_cache(maxsize=2)
def _shuffled(count: int, seed: int, epoch: int) -> NDArray[np.int64]:
    """Numbers below `count` in the order of one epoch."""
    return np.random.default_rng((seed, epoch, count)).permutation(count)


def _kept(listing: layouts.Listing, most: int, seed: int) -> layouts.Listing:
    """At most so many pictures, the same ones for the same seed, in their old order."""
    count = len(listing.paths)
    if not 0 < most < count:
        return listing
    chosen = np.sort(np.random.default_rng((seed, count)).permutation(count)[:most])
    return replace(listing, paths=[listing.paths[number] for number in chosen])


def random_crop(
    image: Image.Image,
    size: int,
    crop_scale: tuple[float, float],
    rng: Generator,
    stretch: float = 1.0,
) -> FloatImage:
    """A random square, mirrored half the time, as size x size x 3 float32 sRGB in 0..1.

    With `stretch` above 1 it is cut as a rectangle of up to that ratio, and made square.
    """
    side = rng.uniform(*crop_scale) * min(image.size)
    half = stretch ** rng.uniform(-0.5, 0.5) if stretch > 1 else 1.0
    width, height = np.minimum((side * half, side / half), image.size)
    left, top = rng.uniform(0, np.subtract(image.size, (width, height)))
    crop = image.resize(
        (size, size), Image.Resampling.BILINEAR, box=(left, top, left + width, top + height)
    )
    pixels = srgb.to_float(np.asarray(crop))
    return pixels[:, ::-1] if rng.random() < 0.5 else pixels


def split(
    pixels: FloatImage, scale: float, color_space: ColorSpace = "lab"
) -> tuple[FloatImage, FloatImage]:
    """sRGB (H x W x 3, 0..1) to luminance (H x W, L*/100) and chroma (2 x H x W, over scale)."""
    planes = np.moveaxis(spaces.from_srgb(pixels, color_space), -1, 0)
    return planes[0] / 100, np.ascontiguousarray(planes[1:] / np.float32(scale))
