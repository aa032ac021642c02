"""What is measured: the central crop, points, rendering in either colour space."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn import functional as F

from helpers.known_models import SCALE
from helpers.pictures import photograph
from photochrom.color.spaces import SCALES, ColorSpace
from photochrom_trainer.evaluation.protocol import (
    BLOCK,
    SIDE,
    grey,
    point_hints,
    random_points,
    read_truth,
    render,
)

COLOR = (180, 90, 40)


def test_points_are_blocks_of_the_mean() -> None:
    chroma = np.random.default_rng(0).uniform(-1, 1, (2, 40, 50)).astype(np.float32)
    hints = point_hints(chroma, 1, np.random.default_rng(0))
    rows, columns = np.nonzero(hints[2])
    assert len(rows) == BLOCK**2
    assert np.ptp(rows) == np.ptp(columns) == BLOCK - 1
    expected = chroma[:, rows, columns].mean(axis=1)
    np.testing.assert_allclose(hints[:2, rows[0], columns[0]], expected, atol=1e-6)
    assert set(np.unique(hints[2])) == {0, 1}


def test_fewer_points_are_the_first_of_more(tmp_path: Path) -> None:
    Image.fromarray(photograph("coffee.png")).save(tmp_path / "coffee.png")
    truth = read_truth(tmp_path / "coffee.png", SCALE)
    few, more = (random_points(truth, count, 5) for count in (3, 10))
    assert (more[2] >= few[2]).all()
    assert more[2].sum() > few[2].sum()
    assert (random_points(truth, 3, 6) != few).any()


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


@pytest.mark.parametrize("space", ["lab", "luv"])
def test_the_truth_s_chroma_renders_as_the_truth(tmp_path: Path, space: ColorSpace) -> None:
    Image.fromarray(photograph("coffee.png")).save(tmp_path / "coffee.png")
    truth = read_truth(tmp_path / "coffee.png", SCALES[space], space)
    rendered = render(truth.luminance, truth.chroma, SCALES[space], space)
    assert np.abs(rendered.astype(int) - truth.pixels).max() <= 1


def test_grey_keeps_the_light(tmp_path: Path) -> None:
    Image.fromarray(photograph("coffee.png")).save(tmp_path / "coffee.png")
    lab, luv = (read_truth(tmp_path / "coffee.png", SCALES[s], s) for s in ("lab", "luv"))
    picture = grey(lab)
    assert (np.ptp(picture.astype(int), axis=-1) <= 1).all()
    np.testing.assert_array_equal(picture, grey(luv))


def test_chroma_is_enlarged_as_pytorch_would() -> None:
    chroma = np.random.default_rng(0).uniform(-0.05, 0.05, (2, 16, 20)).astype(np.float32)
    luminance = np.full((32, 40), 0.6, np.float32)
    large = F.interpolate(torch.from_numpy(chroma)[None], scale_factor=2.0, mode="bilinear")[0]
    difference = render(luminance, chroma, SCALE).astype(int) - render(
        luminance, large.numpy(), SCALE
    )
    assert np.abs(difference).max() <= 1
