"""Numbers are made as ARCHITECTURE.md says: known models get known numbers."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn import functional as F

from helpers.training import TINY, cpu, write_pictures
from photochrom.color import lab
from photochrom.color.arrays import FloatImage
from photochrom.errors import InputError, ModelError
from photochrom_trainer.evaluation import measure as subject
from photochrom_trainer.evaluation.measure import (
    BLOCK,
    SIDE,
    evaluate,
    point_hints,
    read_truth,
    render,
)
from photochrom_trainer.evaluation.predictors import Model, Predictor, load
from photochrom_trainer.evaluation.sheets import contact_sheet
from photochrom_trainer.training.run import Run

SCALE = 110.0
COLOR = (180, 90, 40)


def model(predict: Predictor) -> Model:
    return Model("known", predict, SCALE)


def constant(a: float, b: float) -> Model:
    """A model that paints everything in one chroma, whatever it is shown."""

    def predict(luminance: FloatImage, hints: FloatImage) -> FloatImage:
        del hints
        shape = (len(luminance), 1, luminance.shape[2] // 2, luminance.shape[3] // 2)
        planes = [np.full(shape, value / SCALE, np.float32) for value in (a, b)]
        return np.concatenate(planes, axis=1)

    return model(predict)


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """Two pictures of one colour, so that a model can know the truth."""
    folder = tmp_path / "plain"
    folder.mkdir()
    for name in ("a.png", "b.png"):
        Image.new("RGB", (300, 240), COLOR).save(folder / name)
    return folder


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    return write_pictures(tmp_path / "pictures", count=3, size=(300, 240))


def test_a_perfect_model(plain: Path) -> None:
    _, a, b = lab.from_srgb(np.array(COLOR, np.float32) / 255)
    (row,) = evaluate(constant(a, b), plain, points=[0]).rows
    assert row.psnr > 48  # at most one level of rounding
    assert row.delta_e < 0.5
    assert row.share == pytest.approx(1, abs=0.02)


def test_saturation_multiplies_the_prediction(plain: Path) -> None:
    _, a, b = lab.from_srgb(np.array(COLOR, np.float32) / 255)
    report = evaluate(constant(a / 2, b / 2), plain, points=[0], saturation=2)
    assert report.saturation == 2
    assert report.rows[0].delta_e < 0.5


def test_a_grey_model_gains_nothing(pictures: Path) -> None:
    report = evaluate(constant(0, 0), pictures, points=[0, 10])
    for row in report.rows:
        assert row.gain == 0
        assert row.share == pytest.approx(0, abs=0.01)  # equal channels may round apart
        assert (row.psnr, row.delta_e) == (report.grey.psnr, report.grey.delta_e)


def test_grey_truth_makes_an_infinite_psnr_and_valid_json(tmp_path: Path) -> None:
    Image.new("L", (SIDE, SIDE), 119).save(tmp_path / "grey.png")
    report = evaluate(constant(0, 0), tmp_path, points=[0])
    assert report.rows[0].psnr == math.inf
    values = json.loads(subject.to_json(report), parse_constant=pytest.fail)
    assert values["rows"][0]["psnr"] is None


def test_a_model_that_listens_gains_from_points(pictures: Path) -> None:
    """Painting the mean of the hints everywhere must beat grey on smooth pictures."""

    def predict(luminance: FloatImage, hints: FloatImage) -> FloatImage:
        weight = max(float(hints[:, 2].sum()), 1.0)
        mean = (hints[:, :2] * hints[:, 2:]).sum((2, 3), keepdims=True) / weight
        return np.broadcast_to(mean, (1, 2, 112, 112)).astype(np.float32)

    none, few, many = evaluate(model(predict), pictures, points=[0, 3, 50]).rows
    assert none.gain == 0
    assert few.points == 3
    assert many.gain > 0


def test_points_are_blocks_of_the_mean() -> None:
    chroma = np.random.default_rng(0).uniform(-1, 1, (2, 40, 50)).astype(np.float32)
    hints = point_hints(chroma, 1, np.random.default_rng(0))
    rows, columns = np.nonzero(hints[2])
    assert len(rows) == BLOCK**2
    assert np.ptp(rows) == np.ptp(columns) == BLOCK - 1
    expected = chroma[:, rows, columns].mean(axis=1)
    np.testing.assert_allclose(hints[:2, rows[0], columns[0]], expected, atol=1e-6)
    assert set(np.unique(hints[2])) == {0, 1}


def test_fewer_points_are_the_first_of_more() -> None:
    chroma = np.zeros((2, 224, 224), np.float32)
    few, more = (point_hints(chroma, count, np.random.default_rng((0, 5))) for count in (3, 10))
    assert (more[2] >= few[2]).all()
    assert more[2].sum() > few[2].sum()


def test_points_reach_every_edge() -> None:
    hints = point_hints(np.zeros((2, 16, 20), np.float32), 2000, np.random.default_rng(0))
    assert hints[2].all()


@pytest.mark.parametrize("size", [(300, 240), (224, 224), (100, 260), (223, 500), (1, 1)])
def test_the_measured_part_is_a_square_of_224(tmp_path: Path, size: tuple[int, int]) -> None:
    Image.new("RGB", size, COLOR).save(tmp_path / "picture.png")
    truth = read_truth(tmp_path / "picture.png", SCALE)
    assert truth.pixels.shape == (SIDE, SIDE, 3)
    assert truth.luminance.shape == (SIDE, SIDE)
    assert truth.chroma.shape == (2, SIDE, SIDE)
    assert (truth.pixels == COLOR).all()


def test_the_measured_part_is_central(tmp_path: Path) -> None:
    pixels = np.zeros((SIDE + 20, SIDE + 40, 3), np.uint8)
    pixels[10:-10, 20:-20] = 255
    Image.fromarray(pixels).save(tmp_path / "framed.png")
    assert (read_truth(tmp_path / "framed.png", SCALE).pixels == 255).all()


def test_chroma_is_enlarged_as_pytorch_would() -> None:
    chroma = np.random.default_rng(0).uniform(-0.05, 0.05, (2, 16, 20)).astype(np.float32)
    luminance = np.full((32, 40), 0.6, np.float32)
    large = F.interpolate(torch.from_numpy(chroma)[None], scale_factor=2.0, mode="bilinear")[0]
    difference = render(luminance, chroma, SCALE).astype(int) - render(
        luminance, large.numpy(), SCALE
    )
    assert np.abs(difference).max() <= 1


def test_the_report_can_be_made_again(pictures: Path) -> None:
    first, second = (evaluate(constant(10, 20), pictures, points=[0, 1]) for _ in range(2))
    assert first == second
    values = json.loads(subject.to_json(first))
    assert values["pictures"] == ["0.png", "1.png", "2.png"]
    assert values["seed"] == 0
    assert [row["points"] for row in values["rows"]] == [0, 1]


def test_the_table_has_a_line_for_every_row(pictures: Path) -> None:
    table = subject.to_markdown(evaluate(constant(10, 20), pictures, points=[0, 7]))
    names = [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("|")]
    assert names == ["", "---", "grey", "0 points", "7 points", "truth"]
    assert len({line.count("|") for line in table.splitlines() if line.startswith("|")}) == 1


def test_progress_counts_pictures(pictures: Path) -> None:
    seen: list[tuple[int, int]] = []
    evaluate(constant(0, 0), pictures, [0], lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_a_sheet_shows_grey_ours_and_truth(pictures: Path, tmp_path: Path) -> None:
    (tmp_path / "sheet.png").write_bytes(contact_sheet(constant(0, 0), pictures, [0, 10], count=2))
    with Image.open(tmp_path / "sheet.png") as image:
        sheet = np.asarray(image)
    assert sheet.shape[1] // SIDE == 4
    assert sheet.shape[0] // SIDE == 2
    body = sheet[-SIDE:]
    np.testing.assert_array_equal(body[:-4, : SIDE - 4], body[:-4, SIDE + 4 : 2 * SIDE])


def test_a_checkpoint_predicts(tmp_path: Path) -> None:
    Run(TINY, cpu(), pretrained=False).save(tmp_path / "last.pt")
    loaded = load(tmp_path / "last.pt")
    shapes = (1, 1, 64, 32), (1, 3, 64, 32)
    chroma = loaded.predict(*(np.zeros(shape, np.float32) for shape in shapes))
    assert loaded.scale == TINY.scale
    assert chroma.shape == (1, 2, 32, 16)
    assert chroma.dtype == np.float32


def test_a_damaged_onnx_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_text("not a network")
    with pytest.raises(ModelError, match=r"model\.onnx"):
        load(tmp_path / "model.onnx")


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no pictures"):
        evaluate(constant(0, 0), tmp_path)
