"""``photochrom photo --reference``: colours of another picture, through the whole command."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from helpers.command import run
from helpers.pictures import photograph, write_png
from photochrom import metrics


@pytest.fixture
def truth(folder: Path) -> np.ndarray:
    """The left two thirds of a photograph as grey.png, the right two thirds as other.png."""
    whole = photograph("coffee.png", 300)
    third = whole.shape[1] // 3
    left, right = whole[:, : 2 * third], whole[:, third:]
    write_png(folder / "grey.png", np.asarray(Image.fromarray(left).convert("L")))
    write_png(folder / "other.png", right)
    return left


def psnr(path: Path, truth: np.ndarray) -> float:
    with Image.open(path) as picture:
        return metrics.psnr(np.asarray(picture.convert("RGB")), truth)


def test_brings_the_picture_nearer_to_the_truth(folder: Path, truth: np.ndarray) -> None:
    assert run("photo", "grey.png", "-o", "without.png").code == 0
    result = run("photo", "grey.png", "-o", "with.png", "--reference", "other.png")
    assert result.code == 0
    assert "% of it was found in the reference" in result.out
    assert psnr(folder / "with.png", truth) > psnr(folder / "without.png", truth) + 2


def test_each_page_is_told_apart(folder: Path, truth: np.ndarray) -> None:
    """The other page shows nothing of the reference, and keeps its own colours."""
    noise = np.random.default_rng(0).integers(100, 140, truth.shape[:2], np.uint8)
    pages = [Image.open(folder / "grey.png"), Image.fromarray(noise)]
    pages[0].save(folder / "album.tif", save_all=True, append_images=pages[1:])
    result = run("photo", "album.tif", "--reference", "other.png")
    assert result.code == 0
    assert "was found in the reference (page 1)" in result.out
    assert "nothing in it was like the reference, so it was coloured without (page 2)" in result.out


def test_a_reference_without_colour(folder: Path, truth: np.ndarray) -> None:
    result = run("photo", "grey.png", "--reference", "grey.png")
    assert result.code == 3
    assert "grey.png" in result.error_line
    assert "colour" in result.error_line


def test_a_model_that_cannot(folder: Path, truth: np.ndarray, toy: Path) -> None:
    result = run("photo", "grey.png", "--reference", "other.png", "--model", toy)
    assert result.code == 2
    assert "can't use a reference" in result.err
    assert not (folder / "grey.color.png").exists()
