"""Two reports on the same pictures side by side: are their intervals apart, and by how much."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from photochrom.errors import InputError
from photochrom_trainer.evaluation import intervals
from photochrom_trainer.evaluation.intervals import Interval, Spread, interval
from photochrom_trainer.evaluation.measure import Report, Row
from photochrom_trainer.evaluation.tables import number, row_name, table

MEASURES = {
    "psnr": ("PSNR (dB)", 2, 1.0),
    "ssim": ("SSIM", 4, 1.0),
    "delta_cf": ("ΔCF", 1, 1.0),
    "delta_e": ("ΔE2000", 2, 1.0),
    "kid": ("KID × 1000", 2, 1000.0),
}
"""Fields of `Row` with their name in tables, digits and factor."""


@dataclass(frozen=True)
class Difference:
    """One measure of two models, for one setting."""

    setting: str
    """Name of the row."""
    measure: str
    """A key of `MEASURES`."""
    first: Interval
    second: Interval
    apart: bool
    """Whether the two intervals have no number in common."""
    paired: Interval | None
    """Second minus first, both on the same draws of pictures: narrower than the two intervals
    suggest, since what makes a picture hard is hard for both. None for KID, whose features a report
    doesn't keep."""


def compare(first: Report, second: Report) -> tuple[Difference, ...]:
    """Compare every setting that both reports have.

    Raises:
        InputError: if they were not measured on the same pictures in the same way, or share no
            setting.
    """
    _check(first, second)
    draws = intervals.draw(len(first.pictures), first.seed)
    truth = intervals.means(np.array(first.truth_colorfulness), draws)
    others = {(row.points, row.saturation): row for row in second.rows}
    found = []
    for row in first.rows:
        other = others.get((row.points, row.saturation))
        if other is None:
            continue
        for measure in MEASURES:
            spreads = (_spread(each, measure, truth, draws) for each in (row, other))
            found.append(_difference(row_name(row, first), measure, row, other, *spreads))
    if not found:
        raise InputError(f"{first.model} and {second.model} were measured at no common setting")
    return tuple(found)


def _check(first: Report, second: Report) -> None:
    for key in ("pictures", "side", "block", "seed", "truth_colorfulness"):
        if getattr(first, key) != getattr(second, key):
            raise InputError(
                f"{first.model} and {second.model} were not measured on the same pictures: their "
                f"{key} differ; measure both with the same list"
            )


def _spread(row: Row, measure: str, truth: Spread, draws: intervals.Draws) -> Spread | None:
    if measure == "kid":
        return None
    name = "colorfulness" if measure == "delta_cf" else measure
    spread = intervals.means(np.array([getattr(score, name) for score in row.scores]), draws)
    return np.abs(spread - truth) if measure == "delta_cf" else spread


def _difference(
    setting: str, measure: str, row: Row, other: Row, before: Spread | None, after: Spread | None
) -> Difference:
    first, second = getattr(row, measure), getattr(other, measure)
    paired = None
    if before is not None and after is not None:
        with np.errstate(invalid="ignore"):  # two infinite PSNRs
            paired = interval(after - before)
    return Difference(setting, measure, first, second, first.apart(second), paired)


def to_markdown(first: Report, second: Report, differences: Sequence[Difference]) -> str:
    """The differences as a Markdown table."""
    head = ["", "measure", first.model, second.model, "intervals", "second - first, paired"]
    lines = []
    for each in differences:
        name, digits, factor = MEASURES[each.measure]
        cells = [number(item, digits, factor) for item in (each.first, each.second)]
        apart = "apart" if each.apart else "overlap"
        paired = number(each.paired, digits, factor, "+") if each.paired else ""
        lines.append([each.setting, name, *cells, apart, paired])
    return table(head, lines)


def to_plain(first: Report, second: Report, differences: Sequence[Difference]) -> dict[str, Any]:
    """The differences as plain values for JSON."""
    return {
        "first": first.model,
        "second": second.model,
        "folder": first.folder,
        "pictures": first.pictures,
        "differences": [asdict(each) for each in differences],
    }
