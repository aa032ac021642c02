"""An evaluation's folder: what is in it, and that it can be read and made again."""

import json
import math
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from helpers.known_models import constant, listening
from helpers.training import write_pictures
from photochrom.errors import InputError, OutputError
from photochrom_trainer.evaluation import results, sheets, tables
from photochrom_trainer.evaluation.intervals import Interval
from photochrom_trainer.evaluation.measure import Report, evaluate
from photochrom_trainer.evaluation.previous_frame import previous_frame
from photochrom_trainer.evaluation.protocol import SIDE, grey, read_truth
from photochrom_trainer.evaluation.results import Evaluation
from photochrom_trainer.evaluation.weak_points import weak_points


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pictures(tmp_path_factory.mktemp("pictures") / "set", 3, (240, 230))


@pytest.fixture(scope="module")
def report(pictures: Path) -> Report:
    return evaluate(listening(), pictures, [0, 7], [1, 1.5])


def opened(data: bytes) -> np.ndarray:
    with Image.open(BytesIO(data)) as image:
        assert image.format == "PNG"
        return np.asarray(image)


def rows_of(table: str) -> list[list[str]]:
    lines = [line for line in table.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_a_folder_holds_everything(pictures: Path, report: Report, tmp_path: Path) -> None:
    found = Evaluation(
        report, weak_points(listening(), pictures), previous_frame(listening(), pictures)
    )
    results.write(found, listening(), pictures, tmp_path / "out")
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {
        "numbers.json",
        "table.md",
        "pictures.txt",
        "sheet.png",
        "best.png",
        "worst.png",
        "hint-curve.png",
        "trade-curve.png",
    }
    text = (tmp_path / "out" / "table.md").read_text()
    assert "## Weak points" in text
    assert "## Previous frame" in text
    for name in names:
        if name.endswith(".png"):
            assert opened((tmp_path / "out" / name).read_bytes()).std() > 5


def test_one_row_makes_no_curve(pictures: Path, tmp_path: Path) -> None:
    found = Evaluation(evaluate(constant(5, 5), pictures, [0]))
    results.write(found, constant(5, 5), pictures, tmp_path)
    assert not list(tmp_path.glob("*curve*"))
    assert "weak_points" not in json.loads((tmp_path / "numbers.json").read_text())


def test_numbers_come_back_and_can_be_made_again(
    pictures: Path, report: Report, tmp_path: Path
) -> None:
    results.write(Evaluation(report), listening(), pictures, tmp_path)
    assert tables.read_report(tmp_path / "numbers.json") == report
    listed = results.read_list(tmp_path / "pictures.txt", pictures)
    assert evaluate(listening(), pictures, [0, 7], [1, 1.5], listed) == report


def test_the_order_of_a_list_is_kept(pictures: Path, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("2.png\n0.png\n\n")
    assert [p.name for p in results.read_list(tmp_path / "list.txt", pictures)] == [
        "2.png",
        "0.png",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [("9.png\n", r"9\.png, which isn't there"), ("\n", "is empty"), (None, "can't read the list")],
)
def test_a_list_that_can_t_be_used(
    pictures: Path, tmp_path: Path, text: str | None, message: str
) -> None:
    if text is not None:
        (tmp_path / "list.txt").write_text(text)
    with pytest.raises(InputError, match=message):
        results.read_list(tmp_path / "list.txt", pictures)


def test_a_folder_that_can_t_be_made(report: Report, pictures: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="can't make the folder"):
        results.write(Evaluation(report), listening(), pictures, tmp_path / "file" / "out")


def test_the_table_has_a_line_for_every_row(report: Report) -> None:
    lines = rows_of(tables.to_markdown(report))
    assert [line[0] for line in lines] == [
        "",
        "---",
        "grey",
        "0 points, chroma × 1",
        "0 points, chroma × 1.5",
        "7 points, chroma × 1",
        "7 points, chroma × 1.5",
        "truth",
    ]
    assert len({len(line) for line in lines}) == 1
    head, values = lines[0], lines[5]
    row = report.rows[2]
    gain = f"{row.gain.value:+.2f} ({row.gain.low:+.2f} to {row.gain.high:+.2f})"
    assert values[head.index("gain (dB)")] == gain
    assert values[head.index("KID × 1000")].startswith(f"{1000 * row.kid.value:.2f} (")
    assert lines[-1][head.index("colourfulness")] == f"{np.mean(report.truth_colorfulness):.1f}"


def test_a_single_point_is_no_points(report: Report) -> None:
    row = replace(report.rows[0], points=1)
    assert tables.row_name(row, replace(report, rows=(row,))) == "1 point"


def test_numbers_that_are_none_are_null(report: Report, tmp_path: Path) -> None:
    row = replace(report.rows[0], psnr=Interval(math.inf, 20, math.inf))
    text = tables.to_json(replace(report, rows=(row,)))
    values = json.loads(text, parse_constant=pytest.fail)
    assert values["rows"][0]["psnr"] == {"value": None, "low": 20, "high": None}
    assert values["pictures"] == ["0.png", "1.png", "2.png"]
    assert values["seed"] == 0
    (tmp_path / "numbers.json").write_text(text)
    back = tables.read_report(tmp_path / "numbers.json").rows[0].psnr
    assert back.low == 20
    assert math.isnan(back.high)


@pytest.mark.parametrize("text", ["no json", "[]", "{}", '{"rows": [1]}', '{"rows": [{}]}'])
def test_other_json_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "numbers.json").write_text(text)
    with pytest.raises(InputError, match="is not the JSON of an evaluation"):
        tables.read_report(tmp_path / "numbers.json")


def test_a_sheet_shows_grey_ours_and_truth(pictures: Path, report: Report) -> None:
    model = listening()
    page = opened(sheets.contact_sheet(model, pictures, report, [2, 0], [0, 7]))
    step = SIDE + sheets.GAP
    assert page.shape == (2 * (step + sheets.CAPTION_HEIGHT) + sheets.CAPTION_HEIGHT, 4 * step, 3)
    truth = read_truth(pictures / "2.png", model.scale)
    top = 2 * sheets.CAPTION_HEIGHT
    cells = [page[top : top + SIDE, n * step : n * step + SIDE] for n in range(4)]
    np.testing.assert_array_equal(cells[0], grey(truth))
    np.testing.assert_array_equal(cells[1], grey(truth))  # it heard nothing
    assert (cells[2] != cells[1]).any()
    np.testing.assert_array_equal(cells[3], truth.pixels)


def test_sheets_order_by_difference(report: Report) -> None:
    errors = [score.delta_e for score in report.rows[0].scores]
    assert [errors[place] for place in sheets.by_delta_e(report)] == sorted(errors)
