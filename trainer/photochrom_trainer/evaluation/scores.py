"""Pictures against their truths, all as uint8 sRGB."""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import astuple, dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from skimage.metrics import structural_similarity

from photochrom import metrics
from photochrom.color import lab, srgb
from photochrom.color.arrays import FloatImage, PictureArray
from photochrom.color.difference import ciede2000
from photochrom_trainer.evaluation.protocol import Truth

if TYPE_CHECKING:
    from photochrom_trainer.evaluation.inception import Inception


@dataclass(frozen=True)
class Score:
    """The numbers of one picture."""

    psnr: float
    """dB, 8-bit sRGB; inf for equal pictures."""
    ssim: float
    """Structural similarity (`ssim`), at most 1."""
    colorfulness: float
    """Hasler and Süsstrunk (2003), signed opponents."""
    colorfulness_absolute: float
    """The variant that DDColor's code computes."""
    delta_e: float
    """CIEDE2000, mean over pixels."""


def score(picture: PictureArray, truth: PictureArray) -> Score:
    """All numbers of a picture (uint8 sRGB, H x W x 3)."""
    return Score(
        metrics.psnr(picture, truth),
        ssim(picture, truth),
        metrics.colorfulness(picture),
        metrics.colorfulness_absolute(picture),
        float(ciede2000(to_lab(picture), to_lab(truth)).mean()),
    )


def ssim(picture: PictureArray, truth: PictureArray) -> float:
    """Structural similarity of uint8 sRGB pictures, mean over pixels and the three channels.

    Wang, Bovik, Sheikh and Simoncelli, "Image Quality Assessment: From Error Visibility to
    Structural Similarity", IEEE TIP 13 (2004): Gaussian weights of 1.5 pixels in 11 x 11, K1 0.01,
    K2 0.03, range 255, population covariance.
    """
    value = structural_similarity(  # type: ignore[no-untyped-call]  # scikit-image has no types
        picture,
        truth,
        channel_axis=-1,
        data_range=255,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
    )
    return float(value)


def to_lab(picture: PictureArray) -> FloatImage:
    """uint8 sRGB to L*a*b* (... x 3, float32)."""
    return lab.from_srgb(srgb.to_float(picture))


@dataclass(frozen=True)
class Scored:
    """Scores and features of some pictures, in order."""

    scores: tuple[Score, ...]
    features: tuple[FloatImage, ...]
    """N x d of each network: Lite0, then Inception where one was given."""

    def column(self, name: str) -> FloatImage:
        """One number of every picture."""
        place = [item.name for item in fields(Score)].index(name)
        return np.array([astuple(score)[place] for score in self.scores])


class Scorer:
    """Scores pictures, several at once in a pool of threads."""

    def __init__(self, pool: Executor, inception: "Inception | None" = None) -> None:
        from photochrom_trainer.evaluation.features import lite0_features

        self.networks = [lite0_features(), *([inception.network] if inception else [])]
        self.pool = pool

    def __call__(self, pictures: Sequence[PictureArray], truths: Sequence[Truth]) -> Scored:
        from photochrom_trainer.evaluation.features import extract

        pixels = [truth.pixels for truth in truths]
        return Scored(
            tuple(self.pool.map(score, pictures, pixels)),
            tuple(extract(network, pictures) for network in self.networks),
        )


def joined(parts: Sequence[Scored]) -> Scored:
    """Several batches as one."""
    return Scored(
        tuple(score for part in parts for score in part.scores),
        tuple(np.concatenate(arrays) for arrays in zip(*(p.features for p in parts), strict=True)),
    )
