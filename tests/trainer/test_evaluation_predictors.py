"""Models behind one call: checkpoints, ONNX files, any size, either colour space."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.training import TINY, cpu
from photochrom.color.arrays import FloatImage
from photochrom.errors import ModelError
from photochrom_trainer.evaluation.predictors import load, padded
from photochrom_trainer.training.run import Run


def halves(luminance: FloatImage, hints: FloatImage) -> FloatImage:
    """A model of stride 2 that passes its hints on and takes only sides divisible by 8."""
    count, _, height, width = luminance.shape
    assert height % 8 == width % 8 == 0
    cells = hints[:, :2].reshape(count, 2, height // 2, 2, width // 2, 2)
    result: FloatImage = cells.mean((3, 5))
    return result


@given(st.integers(1, 40), st.integers(1, 40))
def test_any_size_is_padded_and_cut_back(height: int, width: int) -> None:
    hints = np.random.default_rng(0).uniform(-1, 1, (2, 3, height, width)).astype(np.float32)
    chroma = padded(halves, 8)(np.zeros((2, 1, height, width), np.float32), hints)
    assert chroma.shape == (2, 2, -(-height // 2), -(-width // 2))
    inside = chroma[:, :, : height // 2, : width // 2]
    whole = hints[:, :2, : height // 2 * 2, : width // 2 * 2]
    cells = whole.reshape(2, 2, height // 2, 2, width // 2, 2)
    np.testing.assert_allclose(inside, cells.mean((3, 5)), atol=1e-6)


def test_borders_are_mirrored() -> None:
    seen: list[FloatImage] = []

    def look(luminance: FloatImage, hints: FloatImage) -> FloatImage:
        seen.append(luminance)
        return halves(luminance, hints)

    luminance = np.arange(6, dtype=np.float32).reshape(1, 1, 1, 6).repeat(6, axis=2)
    padded(look, 8)(luminance, np.zeros((1, 3, 6, 6), np.float32))
    assert seen[0][0, 0, 7].tolist() == [0, 1, 2, 3, 4, 5, 5, 4]


def test_a_checkpoint_predicts_at_any_size(tmp_path: Path) -> None:
    config = replace(TINY, color_space="luv")
    Run(config, cpu(), pretrained=False).save(tmp_path / "last.pt")
    loaded = load(tmp_path / "last.pt")
    luminance, hints = np.zeros((2, 1, 50, 32), np.float32), np.zeros((2, 3, 50, 32), np.float32)
    chroma = loaded.predict(luminance, hints)
    assert (loaded.name, loaded.scale, loaded.color_space) == (tmp_path.name, config.scale, "luv")
    assert chroma.shape == (2, 2, 25, 16)
    assert chroma.dtype == np.float32


def test_a_damaged_onnx_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_text("not a network")
    with pytest.raises(ModelError, match=r"model\.onnx"):
        load(tmp_path / "model.onnx")
