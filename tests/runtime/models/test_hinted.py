"""Network and spreading together, for models that take hints and models that don't."""

from pathlib import Path

import numpy as np
import pytest

from helpers.toy_model import WARM, predicted, write_toy
from photochrom import Point
from photochrom.hints import draw
from photochrom.models import hinted, predict
from photochrom.models.store import open_model

LIGHT = np.full((64, 96), 50, np.float32)
RED = (200, 60, 50)


def told(*points: Point) -> np.ndarray:
    return draw.from_points(points, *LIGHT.shape)


@pytest.mark.parametrize("listens", [True, False])
def test_the_person_has_the_last_word(tmp_path: Path, listens: bool) -> None:
    """The hint at its place, spread around it, and the model's own colour far away."""
    manifest, session = open_model(str(write_toy(tmp_path / "toy.onnx", hints=listens)), "cpu")
    assert predict.listens(manifest) is listens
    given = told(Point(0.25, 0.5, RED))
    chroma = hinted.predict_hinted(manifest, session, LIGHT, given)
    own = predicted(WARM, LIGHT[0, 0])
    assert chroma.shape == (2, 64, 96)
    np.testing.assert_allclose(chroma[:, 32, 24], given[:2, 32, 24], atol=0.01)
    share = (chroma[:, 32, 28] - own) / (given[:2, 32, 24] - own)
    assert share.min() > 0.8
    np.testing.assert_allclose(chroma[:, 32, 94], own, atol=1.5)


def test_without_hints_it_is_the_model(tmp_path: Path) -> None:
    manifest, session = open_model(str(write_toy(tmp_path / "toy.onnx")), "cpu")
    np.testing.assert_array_equal(
        hinted.predict_hinted(manifest, session, LIGHT, told()),
        predict.predict(manifest, session, LIGHT, told()),
    )


def test_an_edge_stops_what_was_said(tmp_path: Path) -> None:
    """The toy obeys hints to the letter and only where they are: all that spreads is ours."""
    manifest, session = open_model(str(write_toy(tmp_path / "toy.onnx")), "cpu")
    light = LIGHT.copy()
    light[:, 40:] = 85
    chroma = hinted.predict_hinted(manifest, session, light, told(Point(0.25, 0.5, RED)))
    own = predicted(WARM, light)
    np.testing.assert_allclose(chroma[:, :, 46:], np.moveaxis(own, -1, 0)[:, :, 46:], atol=2)
    assert chroma[0, 32, 32] > own[32, 32, 0] + 20
