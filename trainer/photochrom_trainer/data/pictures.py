"""Folders of colour pictures, and the crops that training draws from them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.random import Generator
from PIL import Image
from torch import Tensor
from torch.utils.data import Dataset, Sampler

from photochrom.color import lab, srgb
from photochrom.color.arrays import FloatImage
from photochrom.errors import InputError, UsageError
from photochrom_trainer.data import degradations, hints

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp"})


@dataclass(frozen=True)
class DataConfig:
    """Which pictures are drawn, and how they are changed before the generator sees them."""

    source_weights: dict[str, float] = field(default_factory=dict)
    """How often a picture is drawn, by the name of its top folder; 1 where not named."""
    crop_scale: tuple[float, float] = (0.6, 1.0)
    """Side of the random square crop over the picture's short side."""
    hint_shares: dict[str, float] = field(default_factory=lambda: {"none": 1.0})
    """Share of each form of hints (names in `photochrom_trainer.data.hints.SIMULATORS`)."""
    recolor_chance: float = 0.0
    """Chance that a picture with hints is shown in turned hues (`hints.recolor`)."""
    degradation_chances: dict[str, float] = field(default_factory=dict)
    """Chance of each degradation (names in `photochrom_trainer.data.degradations`)."""

    def __post_init__(self) -> None:
        _check_names("hint_shares", self.hint_shares, hints.SIMULATORS)
        _check_names("degradation_chances", self.degradation_chances, degradations.DEGRADATIONS)
        if sum(self.hint_shares.values()) <= 0:
            raise UsageError("hint_shares must hold at least one share above 0")
        low, high = self.crop_scale
        if not 0 < low <= high <= 1:
            raise UsageError(f"crop_scale is two numbers, 0 < low <= high <= 1, not {low}, {high}")


def _check_names(key: str, numbers: dict[str, float], known: Iterable[str]) -> None:
    for name, number in numbers.items():
        if name not in known:
            raise UsageError(f"{key} names {name!r}; known are {', '.join(known)}")
        if number < 0:
            raise UsageError(f"{key}: {name} must not be below 0")


def list_pictures(folder: Path) -> list[Path]:
    """Every picture below `folder`, sorted by path.

    Raises:
        InputError: if the folder is missing or holds no picture.
    """
    if not folder.is_dir():
        raise InputError(f"no such folder of pictures: {folder}")
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    if not found:
        raise InputError(f"no pictures ({', '.join(sorted(SUFFIXES))}) below {folder}")
    return found


class Crops(Dataset[tuple[Tensor, Tensor, Tensor]]):
    """Random square crops as (luminance, hints, chroma), float32, channels first.

    Item `i` depends only on the seed and on `i`, so a resumed run sees what an uninterrupted one
    would have seen.
    """

    def __init__(
        self, folder: Path, config: DataConfig, size: int, scale: float, seed: int
    ) -> None:
        self.paths = list_pictures(folder)
        weights = [
            config.source_weights.get(path.relative_to(folder).parts[0], 1.0) for path in self.paths
        ]
        total = np.cumsum(weights)
        self.cumulative = total / total[-1]
        self.config = config
        self.size = size
        self.scale = scale
        self.seed = seed

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor, Tensor]:
        rng = np.random.default_rng((self.seed, index))
        path = self.paths[int(np.searchsorted(self.cumulative, rng.random(), side="right"))]
        pixels = random_crop(read_rgb(path), self.size, self.config.crop_scale, rng)
        luminance, chroma = split(pixels, self.scale)
        form = hints.draw(self.config.hint_shares, rng)
        if form != "none" and rng.random() < self.config.recolor_chance:
            chroma = hints.recolor(chroma, rng)
        told = hints.SIMULATORS[form](chroma, rng)
        seen = degradations.degrade(luminance, self.config.degradation_chances, rng)
        return (
            torch.from_numpy(seen[None]),
            torch.from_numpy(told),
            torch.from_numpy(chroma),
        )


class StepSampler(Sampler[int]):
    """Indices of the samples of steps `start` to `stop`: sample k of step s is s * batch + k."""

    def __init__(self, start: int, stop: int, batch: int) -> None:
        self.indices = range(start * batch, stop * batch)

    def __iter__(self) -> Iterator[int]:
        return iter(self.indices)

    def __len__(self) -> int:
        return len(self.indices)


def read_rgb(path: Path) -> Image.Image:
    """Decode a picture to 8-bit RGB.

    Raises:
        InputError: if it can't be decoded.
    """
    try:
        with Image.open(path) as image:
            return image.convert("RGB")
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise InputError(f"can't read the picture {path}: {error}") from error


def random_crop(
    image: Image.Image, size: int, crop_scale: tuple[float, float], rng: Generator
) -> FloatImage:
    """A random square, mirrored half the time, as size x size x 3 float32 sRGB in 0..1."""
    side = rng.uniform(*crop_scale) * min(image.size)
    left, top = rng.uniform(0, np.array(image.size) - side)
    crop = image.resize(
        (size, size), Image.Resampling.BILINEAR, box=(left, top, left + side, top + side)
    )
    pixels = srgb.to_float(np.asarray(crop))
    return pixels[:, ::-1] if rng.random() < 0.5 else pixels


def split(pixels: FloatImage, scale: float) -> tuple[FloatImage, FloatImage]:
    """sRGB (H x W x 3, 0..1) to luminance (H x W, L*/100) and chroma (2 x H x W, over scale)."""
    planes = np.moveaxis(lab.from_srgb(pixels), -1, 0)
    return planes[0] / 100, np.ascontiguousarray(planes[1:] / np.float32(scale))
