"""Reports as Markdown tables and as JSON, and back."""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from statistics import fmean
from typing import Any

from photochrom.errors import InputError
from photochrom_trainer.evaluation.distances import FEWEST_FOR_FID
from photochrom_trainer.evaluation.intervals import Interval
from photochrom_trainer.evaluation.measure import Report, Row
from photochrom_trainer.evaluation.scores import Score

COLUMNS = (
    "PSNR (dB)",
    "gain (dB)",
    "SSIM",
    "colourfulness",
    "of the truth's",
    "ΔCF",
    "DDColor's variant",
    "its ΔCF",
    "ΔE2000",
    "KID × 1000",
)


def table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    rows = [head, ["---"] * len(head), *lines]
    return "\n".join(f"| {' | '.join(cells)} |".replace("  ", " ") for cells in rows)


def number(interval: Interval, digits: int, factor: float = 1, sign: str = "") -> str:
    """A value with its interval in brackets: ``23.68 (23.21 to 24.20)``; `sign` as in formats."""
    value, low, high = (
        f"{factor * item:{sign}.{digits}f}"
        for item in (interval.value, interval.low, interval.high)
    )
    return f"{value} ({low} to {high})"


def to_markdown(report: Report) -> str:
    """The report as a Markdown table, ready for a model card."""
    with_fid = any(row.fid is not None for row in report.rows)
    head = ["", *COLUMNS, *(["FID"] if with_fid else [])]
    truth = [""] * len(head)
    truth[0] = "truth"
    truth[4], truth[7] = (
        f"{fmean(values):.1f}"
        for values in (report.truth_colorfulness, report.truth_colorfulness_absolute)
    )
    lines = [_line("grey", report.grey, with_fid)]
    lines += [_line(row_name(row, report), row, with_fid) for row in report.rows]
    return f"{_caption(report)}\n\n{table(head, [*lines, truth])}"


def row_name(row: Row, report: Report) -> str:
    """What tables and plots call a row."""
    name = f"{row.points} point{'' if row.points == 1 else 's'}"
    several = len({each.saturation for each in report.rows}) > 1
    return f"{name}, chroma × {row.saturation:g}" if several or row.saturation != 1 else name


def _line(name: str, row: Row, with_fid: bool) -> list[str]:
    cells = [
        name,
        number(row.psnr, 2),
        number(row.gain, 2, sign="+"),
        f"{row.ssim.value:.4f}",
        f"{row.colorfulness.value:.1f}",
        f"{100 * row.share.value:.0f} %",
        number(row.delta_cf, 1),
        f"{row.colorfulness_absolute.value:.1f}",
        f"{row.delta_cf_absolute.value:.1f}",
        number(row.delta_e, 2),
        number(row.kid, 2, 1000),
    ]
    return [*cells, "" if row.fid is None else f"{row.fid:.2f}"] if with_fid else cells


def _caption(report: Report) -> str:
    lines = [
        f"{report.model} ({report.color_space}) on {len(report.pictures)} pictures of "
        f"{report.folder}, central {report.side}×{report.side}, seed {report.seed}. In brackets: "
        "95 % bootstrap intervals, pictures resampled.",
        "Colourfulness: Hasler and Süsstrunk, signed opponents; DDColor's variant takes their "
        "absolute values. ΔCF: |mean - the truth's mean|.",
        "KID: unbiased, (x·y/d + 1)³, EfficientNet-Lite0's pooled features.",
    ]
    if report.inception:
        lines.append(f"FID: Inception v3, {report.inception}.")
    elif len(report.pictures) < FEWEST_FOR_FID:
        lines.append(f"No FID: it needs {FEWEST_FOR_FID} pictures or more.")
    return "\n".join(lines)


def to_json(report: Report) -> str:
    """The report as JSON; a number that is not finite (PSNR of equal pictures) becomes null."""
    return dump(asdict(report))


def dump(values: Any) -> str:
    """Plain values as readable JSON, infinities and NaN as null."""
    return json.dumps(_plain(values), indent=1, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def read_report(path: Path) -> Report:
    """Read a report that `to_json` wrote.

    Raises:
        InputError: if it is missing or something else.
    """
    try:
        values = json.loads(path.read_text("utf-8"))
        known = {item.name for item in fields(Report)}
        values = {key: value for key, value in values.items() if key in known}
        rows = tuple(_row(row) for row in values.pop("rows"))
        values = {key: tuple(v) if isinstance(v, list) else v for key, v in values.items()}
        return Report(rows=rows, grey=_row(values.pop("grey")), **values)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError(
            f"{path} is not the JSON of an evaluation ({error}); make one with "
            "photochrom-train evaluate --output"
        ) from error


def _row(stored: dict[str, Any]) -> Row:
    values = dict(stored)
    scores = tuple(Score(**_numbers(score)) for score in values.pop("scores"))
    made: dict[str, Any] = {
        key: Interval(**_numbers(value)) if isinstance(value, dict) else value
        for key, value in values.items()
    }
    return Row(scores=scores, **made)


def _numbers(values: dict[str, float | None]) -> dict[str, float]:
    return {key: math.nan if value is None else value for key, value in values.items()}
