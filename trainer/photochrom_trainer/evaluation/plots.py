"""Curves and matrices as PNG files."""

from collections.abc import Iterable, Sequence
from io import BytesIO

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from photochrom_trainer.evaluation.intervals import Interval
from photochrom_trainer.evaluation.measure import Report, Row

DPI = 120


def hint_curve(reports: Sequence[Report]) -> bytes:
    """Gain and colour difference against the number of random points, one line a model."""
    figure = Figure(figsize=(10, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    for report in reports:
        rows = curve_rows(report)
        _line(left, report.model, rows, [row.gain for row in rows])
        _line(right, report.model, rows, [row.delta_e for row in rows])
    counts = sorted({row.points for report in reports for row in curve_rows(report)})
    for axes, title in ((left, "gain over grey (dB)"), (right, "ΔE2000")):
        axes.set_xscale("symlog", linthresh=1)
        axes.set_xticks(counts, [str(count) for count in counts])
        axes.minorticks_off()
        axes.set(xlabel="random points of true colour", ylabel=title)
    _finish(left, reports)
    _finish(right, reports)
    return _png(figure)


def curve_rows(report: Report) -> list[Row]:
    """Rows of a hint curve: those of the first factor of chroma."""
    return [row for row in report.rows if row.saturation == report.rows[0].saturation]


def trade_rows(report: Report) -> list[Row]:
    """Rows of a trade curve: those of the first number of points, by factor of chroma."""
    rows = [row for row in report.rows if row.points == report.rows[0].points]
    return sorted(rows, key=lambda row: row.saturation)


def _line(axes: Axes, name: str, rows: Sequence[Row], values: Sequence[Interval]) -> None:
    counts = [row.points for row in rows]
    (line,) = axes.plot(counts, [item.value for item in values], "o-", markersize=4, label=name)
    low, high = ([getattr(item, end) for item in values] for end in ("low", "high"))
    axes.fill_between(counts, low, high, color=line.get_color(), alpha=0.2, linewidth=0)


def trade_curve(reports: Sequence[Report]) -> bytes:
    """What colourfulness costs: gain against share of the truth's colourfulness, a line a model."""
    figure = Figure(figsize=(6.4, 4.8), layout="constrained")
    axes = figure.subplots()
    for report in reports:
        rows = trade_rows(report)
        across, up = [100 * row.share.value for row in rows], [row.gain.value for row in rows]
        axes.plot(across, up, "o-", markersize=4, label=report.model)
        for x, y, row in zip(across, up, rows, strict=True):
            axes.annotate(
                f"×{row.saturation:g}", (x, y), (4, 4), textcoords="offset points", fontsize=8
            )
    axes.axhline(0, color="grey", linewidth=1)
    axes.margins(0.1)
    axes.set(xlabel="colourfulness, % of the truth's", ylabel="gain over grey (dB)")
    _finish(axes, reports)
    return _png(figure)


def _finish(axes: Axes, reports: Sequence[Report]) -> None:
    axes.grid(alpha=0.3)
    if len(reports) > 1:
        axes.legend()
    else:
        axes.set_title(reports[0].model, fontsize=10)


def matrix(
    values: Sequence[Sequence[float]],
    names: Sequence[str],
    labels: Iterable[Iterable[str]],
    title: str,
) -> bytes:
    """A square matrix as coloured cells: rows are trained on, columns measured on."""
    figure = Figure(figsize=(1.5 * len(names) + 2.5, 1.2 * len(names) + 1.6), layout="constrained")
    axes = figure.subplots()
    image = axes.imshow(np.array(values), cmap="cividis")
    middle = float(np.mean(image.get_clim()))
    for row, texts in enumerate(labels):
        for column, text in enumerate(texts):
            dark = values[row][column] < middle
            color = "white" if dark else "black"
            axes.text(column, row, text, ha="center", va="center", color=color, fontsize=9)
    axes.set_xticks(range(len(names)), names)
    axes.set_yticks(range(len(names)), names)
    axes.set(xlabel="measured on", ylabel="trained on", title=title)
    return _png(figure)


def _png(figure: Figure) -> bytes:
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI)
    return buffer.getvalue()
