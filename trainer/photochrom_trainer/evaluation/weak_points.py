"""Where a model is weak, as numbers: hues that it mixes up, many regions, and grey things.

All of it is measured without points, on the rendered 224 x 224 pictures, over all pixels of all
pictures alike.

**Hues.** A pixel counts as coloured where its true C*ab is at least `COLORED`. Its true and its
predicted Lab hue angle fall into the sectors of `SECTORS`; a prediction with C*ab below `GREY`
counts as grey instead. Green taken for blue is the share of the truly green pixels that come out in
the blue sector.

**Regions.** The number of areas of one colour in the true picture against its ΔE2000. The picture
is cut into about `SUPERPIXELS` superpixels (SLIC; Achanta et al., IEEE TPAMI 34, 2012), and
neighbours whose mean L*a*b* are less than `ALIKE` apart are joined; what is left is counted.

**Grey things.** Pixels with a true C*ab below `GREY`: the mean C*ab that they are given, and the
share that comes out clearly coloured.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.stats import rankdata
from skimage.segmentation import slic

from photochrom.color.arrays import FloatImage, PictureArray
from photochrom.color.difference import ciede2000
from photochrom_trainer.data.layouts import list_pictures
from photochrom_trainer.evaluation import intervals
from photochrom_trainer.evaluation.intervals import Draws, Interval, Spread, interval
from photochrom_trainer.evaluation.measure import ProgressCallback, colored, read_batches
from photochrom_trainer.evaluation.predictors import Model
from photochrom_trainer.evaluation.protocol import SEED, SIDE, Truth, predict, random_points
from photochrom_trainer.evaluation.scores import to_lab
from photochrom_trainer.evaluation.tables import number, table

COLORED = 10.0
"""Least C*ab of a pixel whose hue means something, and of a grey one that was clearly coloured."""
GREY = 5.0
"""C*ab below which a pixel is grey."""
SECTORS = {
    "red": 350.0,
    "orange": 50.0,
    "yellow": 80.0,
    "green": 105.0,
    "blue": 185.0,
    "purple": 310.0,
}
"""Lab hue angle, in degrees, at which each sector begins; it ends where the next begins. sRGB's red
(40), yellow (103), green (136) and blue (306) lie in theirs, cyan (196) in blue, magenta (328) in
purple; skin is red or orange, foliage green, sky blue."""
SUPERPIXELS = 200
ALIKE = 10.0
"""Distance in L*a*b* below which two neighbouring superpixels are one region."""
GROUPS = 4
"""Groups of equally many pictures, by their number of regions."""


@dataclass(frozen=True)
class RegionGroup:
    """Pictures with about as many regions."""

    fewest: int
    """Smallest number of regions."""
    most: int
    """Largest number of regions."""
    pictures: int
    delta_e: Interval
    """CIEDE2000, mean over the group."""


@dataclass(frozen=True)
class WeakPoints:
    """The three weak points of one model on one set of pictures."""

    confusion: dict[str, dict[str, float]]
    """Share of each true sector's pixels (outer name) in each predicted sector, or ``grey``."""
    colored_pixels: dict[str, float]
    """Share of each true sector in all coloured pixels."""
    green_as_blue: Interval
    """Share of truly green pixels that come out blue."""
    blue_as_green: Interval
    """Share of truly blue pixels that come out green."""
    regions_correlation: Interval
    """Spearman's rank correlation of a picture's number of regions and its ΔE2000."""
    regions: tuple[RegionGroup, ...]
    """Difference by number of regions."""
    grey_pixels: float
    """Share of truly grey pixels in all pixels."""
    grey_chroma: Interval
    """Mean C*ab that truly grey pixels are given."""
    grey_colored: Interval
    """Share of the truly grey pixels that are given a C*ab of `COLORED` or more."""


@dataclass(frozen=True)
class _Found:
    """What one picture adds."""

    confusion: NDArray[np.int64]
    """Pixels, true sectors x (predicted sectors and grey)."""
    grey: FloatImage
    """Truly grey pixels, the sum of their chroma, and how many of them are coloured."""
    regions: int
    delta_e: float


def weak_points(
    model: Model,
    folder: Path,
    paths: Sequence[Path] | None = None,
    progress: ProgressCallback | None = None,
    threads: int = 1,
) -> WeakPoints:
    """Measure a model's weak points; arguments as `measure.evaluate` has them.

    Raises:
        InputError: if the folder holds no picture, or one that can't be read.
    """
    chosen = list_pictures(folder) if paths is None else list(paths)
    found: list[_Found] = []
    with ThreadPoolExecutor(threads) as pool:
        for start, truths in read_batches(model, chosen):
            answers = predict(model, truths, [random_points(truth, 0, 0) for truth in truths])
            found += pool.map(partial(_look, model), truths, answers)
            if progress:
                progress(start + len(truths), len(chosen))
    return _summary(found, intervals.draw(len(chosen), SEED))


def _look(model: Model, truth: Truth, answer: FloatImage) -> _Found:
    true, ours = to_lab(truth.pixels), to_lab(colored(model, truth, answer))
    chroma, given = (np.hypot(lab[..., 1], lab[..., 2]) for lab in (true, ours))
    neutral = given[chroma < GREY]
    return _Found(
        _confusion(true[chroma >= COLORED], ours[chroma >= COLORED]),
        np.array([neutral.size, neutral.sum(), (neutral >= COLORED).sum()]),
        regions(truth.pixels),
        float(ciede2000(ours, true).mean()),
    )


def _confusion(true: FloatImage, ours: FloatImage) -> NDArray[np.int64]:
    """Counts of pixels (n x 3, Lab) by true sector and by predicted sector or grey."""
    predicted = np.where(np.hypot(ours[:, 1], ours[:, 2]) < GREY, len(SECTORS), sector(ours))
    counts = np.zeros((len(SECTORS), len(SECTORS) + 1), np.int64)
    np.add.at(counts, (sector(true), predicted), 1)
    return counts


def sector(lab: FloatImage) -> NDArray[np.intp]:
    """Place in `SECTORS` of the hue of L*a*b* (... x 3)."""
    hue = np.rad2deg(np.arctan2(lab[..., 2], lab[..., 1]))
    starts = list(SECTORS.values())
    turned = (hue - starts[0]) % 360
    return np.searchsorted([(start - starts[0]) % 360 for start in starts], turned, "right") - 1


def regions(picture: PictureArray) -> int:
    """Number of regions of a uint8 sRGB picture (see the module's text)."""
    labels = slic(picture, n_segments=SUPERPIXELS, start_label=0)
    pixels = np.bincount(labels.ravel())
    sums = [
        np.bincount(labels.ravel(), plane.ravel()) for plane in np.moveaxis(to_lab(picture), -1, 0)
    ]
    means = np.stack(sums, axis=-1) / pixels[:, None]
    across, down = (labels[:, :-1], labels[:, 1:]), (labels[:-1], labels[1:])
    one, other = (np.concatenate([side[n].ravel() for side in (across, down)]) for n in (0, 1))
    joined = np.linalg.norm(means[one] - means[other], axis=1) < ALIKE
    graph = coo_array((joined[joined], (one[joined], other[joined])), (len(pixels),) * 2)
    return int(connected_components(graph, directed=False)[0])


def _summary(found: Sequence[_Found], draws: Draws) -> WeakPoints:
    counts = np.stack([each.confusion for each in found])
    total = counts.sum(axis=0)
    pixels = intervals.means(np.stack([each.grey for each in found]), draws).T
    numbers = np.array([each.regions for each in found])
    errors = np.array([each.delta_e for each in found])
    names, green, blue = list(SECTORS), *(list(SECTORS).index(name) for name in ("green", "blue"))
    with np.errstate(invalid="ignore", divide="ignore"):  # a sector or grey that never occurs
        shares = total / total.sum(axis=1, keepdims=True)
        return WeakPoints(
            confusion={
                name: dict(zip([*names, "grey"], row, strict=True))
                for name, row in zip(names, shares.tolist(), strict=True)
            },
            colored_pixels=dict(
                zip(names, (total.sum(axis=1) / total.sum()).tolist(), strict=True)
            ),
            green_as_blue=interval(_share(counts, green, blue, draws)),
            blue_as_green=interval(_share(counts, blue, green, draws)),
            regions_correlation=interval(_rank_correlation(numbers, errors, draws)),
            regions=_groups(numbers, errors),
            grey_pixels=float(pixels[0, 0] / SIDE**2),
            grey_chroma=interval(pixels[1] / pixels[0]),
            grey_colored=interval(pixels[2] / pixels[0]),
        )


def _share(counts: NDArray[np.int64], true: int, predicted: int, draws: Draws) -> Spread:
    """Share of one sector's pixels that came out in another."""
    pixels = intervals.means(counts[:, true].sum(axis=1), draws)
    return intervals.means(counts[:, true, predicted], draws) / pixels


def _rank_correlation(first: FloatImage, second: FloatImage, draws: Draws) -> Spread:
    """Spearman's: Pearson's correlation of the ranks; NaN where all are equal."""
    ranks = [rankdata(values[draws], axis=1) for values in (first, second)]
    x, y = (rank - rank.mean(axis=1, keepdims=True) for rank in ranks)
    return (x * y).sum(axis=1) / np.sqrt((x * x).sum(axis=1) * (y * y).sum(axis=1))


def _groups(numbers: FloatImage, errors: FloatImage) -> tuple[RegionGroup, ...]:
    """Pictures in `GROUPS` by their number of regions; as many as possible, when they are few."""
    order = np.argsort(numbers, kind="stable")
    groups = [members for members in np.array_split(order, GROUPS) if len(members)]
    return tuple(
        RegionGroup(
            int(numbers[members].min()),
            int(numbers[members].max()),
            len(members),
            interval(intervals.means(errors[members], intervals.draw(len(members), SEED))),
        )
        for members in groups
    )


def to_markdown(found: WeakPoints) -> str:
    """The section of an evaluation's tables."""
    names = [*SECTORS, "grey"]
    shares = [
        [name, f"{100 * found.colored_pixels[name]:.0f} %"]
        + [f"{100 * found.confusion[name][other]:.0f} %" for other in names]
        for name in SECTORS
    ]
    groups = [
        [f"{group.fewest}–{group.most}", str(group.pictures), number(group.delta_e, 2)]
        for group in found.regions
    ]
    return "\n\n".join(
        (
            "## Weak points",
            "Where the pixels of each true hue (rows; their share of all coloured pixels) come "
            f"out. Green taken for blue: {number(found.green_as_blue, 1, 100)} %; blue taken for "
            f"green: {number(found.blue_as_green, 1, 100)} %.",
            table(["true hue", "pixels", *names], shares),
            "Difference by number of regions; rank correlation "
            f"{number(found.regions_correlation, 2)}.",
            table(["regions", "pictures", "ΔE2000"], groups),
            f"Grey things ({100 * found.grey_pixels:.0f} % of the pixels, true C*ab below "
            f"{GREY:g}) are given a mean C*ab of {number(found.grey_chroma, 1)}; "
            f"{number(found.grey_colored, 1, 100)} % of them come out with {COLORED:g} or more.",
        )
    )
