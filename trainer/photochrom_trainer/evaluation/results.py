"""An evaluation's folder: numbers, tables, plots, sheets and the list of its pictures."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from photochrom.errors import InputError
from photochrom.files.whole import make_folder, whole_file
from photochrom_trainer.evaluation import plots, previous_frame, sheets, tables, weak_points
from photochrom_trainer.evaluation.measure import Report
from photochrom_trainer.evaluation.predictors import Model
from photochrom_trainer.evaluation.previous_frame import Carried
from photochrom_trainer.evaluation.weak_points import WeakPoints

NUMBERS = "numbers.json"
TABLE = "table.md"
PICTURES = "pictures.txt"
SHEET_COLUMNS = 3
"""At most this many numbers of points are shown on a sheet."""


@dataclass(frozen=True)
class Evaluation:
    """All that was measured of one model."""

    report: Report
    weak_points: WeakPoints | None = None
    previous_frame: tuple[Carried, ...] | None = None


def to_markdown(evaluation: Evaluation) -> str:
    """All tables."""
    parts = [tables.to_markdown(evaluation.report)]
    if evaluation.weak_points:
        parts.append(weak_points.to_markdown(evaluation.weak_points))
    if evaluation.previous_frame:
        parts.append(previous_frame.to_markdown(evaluation.previous_frame))
    return "\n\n".join(parts)


def to_json(evaluation: Evaluation) -> str:
    """All numbers: the report's fields, then a section for each other part that was measured."""
    values = asdict(evaluation)
    report = values.pop("report")
    return tables.dump({**report, **{name: part for name, part in values.items() if part}})


def write(evaluation: Evaluation, model: Model, folder: Path, output: Path) -> None:
    """Write an evaluation into a folder, which is made if it isn't there.

    Raises:
        OutputError: if a file can't be written.
        InputError: if a picture for the sheets can't be read again.
    """
    report = evaluation.report
    make_folder(output)
    write_text(output / NUMBERS, to_json(evaluation))
    write_text(output / TABLE, to_markdown(evaluation) + "\n")
    write_text(output / PICTURES, "\n".join(report.pictures) + "\n")
    ranked = sheets.by_delta_e(report)
    chosen = {
        "sheet.png": sheets.spread(len(report.pictures), sheets.ROWS),
        "best.png": ranked[: sheets.ROWS],
        "worst.png": ranked[: -sheets.ROWS - 1 : -1],
    }
    for name, places in chosen.items():
        page = sheets.contact_sheet(model, folder, report, places, _columns(report))
        write_bytes(output / name, page)
    write_plots([report], output)


def _columns(report: Report) -> list[int]:
    """Numbers of points that the sheets show: the first, the last and what lies between."""
    counts = [row.points for row in plots.curve_rows(report)]
    return [counts[place] for place in sheets.spread(len(counts), SHEET_COLUMNS)]


def write_plots(reports: Sequence[Report], output: Path) -> None:
    """Write each curve that the reports have two points or more of."""
    if all(len(plots.curve_rows(report)) > 1 for report in reports):
        write_bytes(output / "hint-curve.png", plots.hint_curve(reports))
    if all(len(plots.trade_rows(report)) > 1 for report in reports):
        write_bytes(output / "trade-curve.png", plots.trade_curve(reports))


def read_list(file: Path, folder: Path) -> list[Path]:
    """Pictures below `folder` that a text file names, one path a line.

    Raises:
        InputError: if the file can't be read, is empty, or names a picture that isn't there.
    """
    try:
        names = file.read_text("utf-8").split("\n")
    except (OSError, ValueError) as error:
        raise InputError(f"can't read the list of pictures {file}: {error}") from error
    paths = [folder / name for name in names if name.strip()]
    for path in paths:
        if not path.is_file():
            raise InputError(f"{file} names {path}, which isn't there")
    if not paths:
        raise InputError(f"the list of pictures {file} is empty")
    return paths


def write_text(path: Path, text: str) -> None:
    """Write a text file whole or not at all."""
    with whole_file(path) as file:
        file.write_text(text, "utf-8")


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    with whole_file(path) as file:
        file.write_bytes(data)
