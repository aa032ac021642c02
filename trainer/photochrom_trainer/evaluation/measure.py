"""Measuring a model on a folder of colour pictures: one row for each number of points and factor.

Every number carries the bootstrap interval of `photochrom_trainer.evaluation.intervals`; the scores
of every single picture are kept beside it.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from photochrom.color.arrays import FloatImage, PictureArray
from photochrom.color.spaces import ColorSpace
from photochrom_trainer.data.layouts import list_pictures
from photochrom_trainer.evaluation import distances, intervals
from photochrom_trainer.evaluation.distances import FEWEST_FOR_FID
from photochrom_trainer.evaluation.intervals import Draws, Interval, Spread, interval
from photochrom_trainer.evaluation.predictors import Model
from photochrom_trainer.evaluation.protocol import (
    BLOCK,
    SEED,
    SIDE,
    Truth,
    grey,
    predict,
    random_points,
    read_truth,
    render,
)
from photochrom_trainer.evaluation.scores import Score, Scored, Scorer, joined

if TYPE_CHECKING:
    from photochrom_trainer.evaluation.inception import Inception

BATCH = 16
"""Pictures a call of the model."""

ProgressCallback: TypeAlias = Callable[[int, int], None]
"""Called with pictures done and pictures in all."""


@dataclass(frozen=True)
class Row:
    """Means over all pictures, for one number of points and one factor of chroma."""

    points: int
    """Random points of true colour that the model was given."""
    saturation: float
    """Factor of the predicted chroma."""
    psnr: Interval
    """dB, 8-bit sRGB."""
    gain: Interval
    """dB above the grey picture."""
    ssim: Interval
    """Structural similarity."""
    colorfulness: Interval
    """Hasler and Süsstrunk, signed."""
    share: Interval
    """`colorfulness` over the truth's."""
    delta_cf: Interval
    """|mean `colorfulness` - the truth's mean|."""
    colorfulness_absolute: Interval
    """The variant that DDColor's code computes."""
    delta_cf_absolute: Interval
    """As `delta_cf`, of DDColor's variant."""
    delta_e: Interval
    """CIEDE2000."""
    kid: Interval
    """Kernel inception distance from the true pictures, on Lite0 features."""
    fid: float | None
    """Fréchet inception distance; None without an Inception file or with too few pictures."""
    scores: tuple[Score, ...]
    """Every picture's, in the order of `Report.pictures`."""


@dataclass(frozen=True)
class Report:
    """A table of rows, with all that is needed to make it again."""

    model: str
    rows: tuple[Row, ...]
    grey: Row
    truth_colorfulness: tuple[float, ...]
    """Every true picture's, signed."""
    truth_colorfulness_absolute: tuple[float, ...]
    """Every true picture's, DDColor's variant."""
    folder: str
    pictures: tuple[str, ...]
    """Paths below `folder`, in the order that seeds the points."""
    color_space: ColorSpace = "lab"
    """What the model gives its chroma in; every score is of sRGB or Lab."""
    inception: str | None = None
    """Variant and sha256 of the Inception file behind `Row.fid`."""
    side: int = SIDE
    block: int = BLOCK
    seed: int = SEED


def evaluate(
    model: Model,
    folder: Path,
    points: Sequence[int] = (0, 10),
    saturations: Sequence[float] = (1.0,),
    paths: Sequence[Path] | None = None,
    inception: "Inception | None" = None,
    progress: ProgressCallback | None = None,
    threads: int = 1,
) -> Report:
    """Measure a model, once for each number of points and each factor of the predicted chroma.

    Args:
        model: what is measured.
        folder: colour pictures.
        points: numbers of random points.
        saturations: factors of the predicted chroma, as the runtime's option of that name.
        paths: pictures below `folder`, in the order that seeds their points; by default all.
        inception: network for FID, which needs `distances.FEWEST_FOR_FID` pictures.
        progress: told after every few pictures.
        threads: pictures that are scored at once.

    Raises:
        InputError: if the folder holds no picture, or one that can't be read.
    """
    chosen = list_pictures(folder) if paths is None else list(paths)
    used = inception if len(chosen) >= FEWEST_FOR_FID else None
    batches = []
    with ThreadPoolExecutor(threads) as pool:
        scorer = Scorer(pool, used)
        for start, truths in read_batches(model, chosen):
            versions = _versions(model, truths, start, points, saturations, pool)
            batches.append([scorer(pictures, truths) for pictures in versions])
            if progress:
                progress(start + len(truths), len(chosen))
    truth, neutral, *ours = (joined(parts) for parts in zip(*batches, strict=True))
    draws = intervals.draw(len(chosen), SEED)
    settings = product(points, saturations)
    return Report(
        model=model.name,
        rows=tuple(
            _row(*setting, scored, neutral, truth, draws)
            for setting, scored in zip(settings, ours, strict=True)
        ),
        grey=_row(0, 0.0, neutral, neutral, truth, draws),
        truth_colorfulness=tuple(truth.column("colorfulness").tolist()),
        truth_colorfulness_absolute=tuple(truth.column("colorfulness_absolute").tolist()),
        folder=str(folder),
        pictures=tuple(path.relative_to(folder).as_posix() for path in chosen),
        color_space=model.color_space,
        inception=f"{used.variant}, sha256 {used.sha256}" if used else None,
    )


def read_batches(model: Model, paths: Sequence[Path]) -> Iterator[tuple[int, list[Truth]]]:
    """All pictures in batches, each with the place of its first."""
    for start in range(0, len(paths), BATCH):
        batch = paths[start : start + BATCH]
        yield start, [read_truth(path, model.scale, model.color_space) for path in batch]


def _versions(
    model: Model,
    truths: Sequence[Truth],
    start: int,
    points: Sequence[int],
    saturations: Sequence[float],
    pool: Executor,
) -> Iterator[list[PictureArray]]:
    """The truth, grey, and the model's pictures for each setting."""
    yield [truth.pixels for truth in truths]
    yield [grey(truth) for truth in truths]
    for count in points:
        hints = [random_points(truth, count, start + n) for n, truth in enumerate(truths)]
        chroma = predict(model, truths, hints)
        for factor in saturations:
            factored = chroma * np.float32(factor)
            yield list(pool.map(partial(colored, model), truths, factored))


def colored(model: Model, truth: Truth, chroma: FloatImage) -> PictureArray:
    """A model's chroma (2 x h x w, over its scale) under the true light, as uint8 sRGB."""
    return render(truth.luminance, chroma, model.scale, model.color_space)


def _row(
    points: int, saturation: float, scored: Scored, neutral: Scored, truth: Scored, draws: Draws
) -> Row:
    def mean(name: str, of: Scored = scored) -> Spread:
        return intervals.means(of.column(name), draws)

    signed, true_signed = mean("colorfulness"), mean("colorfulness", truth)
    absolute, true_absolute = (mean("colorfulness_absolute", each) for each in (scored, truth))
    with np.errstate(invalid="ignore", divide="ignore"):  # grey truths: no colour, infinite PSNR
        gain, share = mean("psnr") - mean("psnr", neutral), signed / true_signed
    return Row(
        points=points,
        saturation=saturation,
        psnr=interval(mean("psnr")),
        gain=interval(gain),
        ssim=interval(mean("ssim")),
        colorfulness=interval(signed),
        share=interval(share),
        delta_cf=interval(np.abs(signed - true_signed)),
        colorfulness_absolute=interval(absolute),
        delta_cf_absolute=interval(np.abs(absolute - true_absolute)),
        delta_e=interval(mean("delta_e")),
        kid=interval(distances.kid(scored.features[0], truth.features[0], draws)),
        fid=distances.fid(scored.features[1], truth.features[1]) if scored.features[1:] else None,
        scores=scored.scores,
    )
