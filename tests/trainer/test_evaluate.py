"""Numbers are made as ARCHITECTURE.md says: known models get known numbers."""

import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from torch import nn

from helpers.known_models import constant, listening
from helpers.pictures import photograph
from helpers.training import write_pictures
from photochrom.color import lab
from photochrom.errors import InputError
from photochrom_trainer.evaluation import distances, measure, tables
from photochrom_trainer.evaluation.inception import Inception
from photochrom_trainer.evaluation.measure import evaluate
from photochrom_trainer.evaluation.protocol import SIDE
from photochrom_trainer.evaluation.scores import score, ssim

COLOR = (180, 90, 40)
CELLS = nn.Sequential(nn.AdaptiveAvgPool2d(2), nn.Flatten())
"""Twelve features in Inception's place: four cells of mean colour."""


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
    assert row.psnr.value > 48  # at most one level of rounding
    assert row.delta_e.value < 0.5
    assert row.share.value == pytest.approx(1, abs=0.02)
    assert row.delta_cf.value < 1
    assert row.ssim.value > 0.99


def test_saturation_multiplies_the_prediction(plain: Path) -> None:
    _, a, b = lab.from_srgb(np.array(COLOR, np.float32) / 255)
    report = evaluate(constant(a / 2, b / 2), plain, points=[0], saturations=[1, 2])
    half, whole = report.rows
    assert (half.saturation, whole.saturation) == (1, 2)
    assert half.delta_e.value > 5
    assert whole.delta_e.value < 0.5


def test_a_grey_model_gains_nothing(pictures: Path) -> None:
    report = evaluate(constant(0, 0), pictures, points=[0, 10])
    for row in report.rows:
        assert row.gain.value == row.gain.low == row.gain.high == 0
        assert row.share.value == pytest.approx(0, abs=0.01)  # equal channels may round apart
        assert (row.psnr, row.delta_e, row.kid) == (
            report.grey.psnr,
            report.grey.delta_e,
            report.grey.kid,
        )


def test_delta_cf_is_of_means_not_of_pictures(tmp_path: Path) -> None:
    """One picture comes out too dull and one too colourful: the means nearly agree."""
    picture = photograph("coffee.png")[:SIDE, :SIDE]
    Image.fromarray(picture).save(tmp_path / "a.png")
    Image.new("L", (SIDE, SIDE), 119).save(tmp_path / "b.png")
    report = evaluate(constant(20, 30), tmp_path, points=[0])
    (row,) = report.rows
    ours = np.mean([each.colorfulness for each in row.scores])
    truth = np.mean(report.truth_colorfulness)
    assert row.delta_cf.value == pytest.approx(abs(ours - truth))
    errors = np.subtract([each.colorfulness for each in row.scores], report.truth_colorfulness)
    assert np.abs(errors).mean() > row.delta_cf.value + 1


def test_a_model_that_listens_gains_from_points(pictures: Path) -> None:
    none, few, many = evaluate(listening(), pictures, points=[0, 3, 50]).rows
    assert none.gain.value == 0
    assert few.points == 3
    assert many.gain.value > 0


def test_intervals_hold_their_value_and_every_picture_has_a_score(pictures: Path) -> None:
    report = evaluate(constant(10, 20), pictures, points=[0])
    (row,) = report.rows
    for name in ("psnr", "ssim", "delta_e", "colorfulness"):
        found = getattr(row, name)
        assert found.low < found.value < found.high
        values = [getattr(each, name) for each in row.scores]
        assert found.value == pytest.approx(np.mean(values))
        assert min(values) <= found.low
        assert found.high <= max(values)


def test_points_don_t_depend_on_batches_or_on_pictures_behind(
    pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = sorted(pictures.iterdir())
    all_of_them = evaluate(listening(), pictures, [3], paths=paths).rows[0].scores
    monkeypatch.setattr(measure, "BATCH", 1)
    first = evaluate(listening(), pictures, [3], paths=paths[:2]).rows[0].scores
    for one, other in zip(all_of_them, first, strict=False):
        assert one.psnr == pytest.approx(other.psnr, abs=1e-6)
    (alone,) = evaluate(listening(), pictures, [3], paths=paths[1:2]).rows[0].scores
    assert alone.psnr != pytest.approx(all_of_them[1].psnr, abs=1e-3)  # in another place


def test_threads_change_nothing(pictures: Path) -> None:
    one, two = (evaluate(constant(10, 20), pictures, [0, 1], threads=n) for n in (1, 2))
    assert one == two


def test_grey_truth_makes_an_infinite_psnr(tmp_path: Path) -> None:
    Image.new("L", (SIDE, SIDE), 119).save(tmp_path / "grey.png")
    report = evaluate(constant(0, 0), tmp_path, points=[0])
    assert report.rows[0].psnr.value == math.inf
    assert "inf" in tables.to_markdown(report)


def test_progress_counts_pictures(pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure, "BATCH", 2)
    seen: list[tuple[int, int]] = []
    evaluate(constant(0, 0), pictures, [0], progress=lambda done, total: seen.append((done, total)))
    assert seen == [(2, 3), (3, 3)]


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no pictures"):
        evaluate(constant(0, 0), tmp_path)


def test_few_pictures_get_no_fid(pictures: Path) -> None:
    inception = Inception(CELLS, "torchvision", "0" * 64)
    report = evaluate(constant(10, 20), pictures, [0], inception=inception)
    assert report.rows[0].fid is None
    assert report.inception is None
    assert "No FID: it needs 5000 pictures" in tables.to_markdown(report)


def test_enough_pictures_get_a_fid_that_names_its_variant(
    pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measure, "FEWEST_FOR_FID", 3)
    inception = Inception(CELLS, "tensorflow", "f" * 64)
    report = evaluate(constant(10, 20), pictures, [0], inception=inception)
    assert report.rows[0].fid is not None
    assert report.rows[0].fid > 0
    text = tables.to_markdown(report)
    assert f"FID: Inception v3, tensorflow, sha256 {'f' * 64}" in text
    assert "| FID |" in text


def test_the_limit_of_fid_is_the_field_s() -> None:
    assert distances.FEWEST_FOR_FID == 5000


def test_ssim_of_known_pictures() -> None:
    """Equal pictures are 1; for flat ones only the luminance term of the formula is left."""
    dark, light = (np.full((40, 40, 3), value, np.uint8) for value in (100, 150))
    assert ssim(dark, dark) == pytest.approx(1)
    c1 = (0.01 * 255) ** 2
    expected = (2 * 100 * 150 + c1) / (100**2 + 150**2 + c1)
    assert ssim(dark, light) == pytest.approx(expected, abs=1e-6)


def test_a_score_is_of_the_8_bit_picture() -> None:
    truth = photograph("coffee.png")[:64, :64]
    other = np.clip(truth.astype(int) + 10, 0, 255).astype(np.uint8)
    found = score(other, truth)
    error = np.mean((other.astype(float) - truth) ** 2)
    assert found.psnr == pytest.approx(10 * np.log10(255**2 / error))
    assert found.delta_e > 1
    assert found.ssim < 1
