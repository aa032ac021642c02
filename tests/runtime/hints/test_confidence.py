"""Confidence: 1 where a model answers the same however it is shown the picture."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from photochrom.color.arrays import FloatImage
from photochrom.errors import OutputError
from photochrom.hints import confidence

LIGHT = np.tile(np.linspace(10, 90, 90, dtype=np.float32), (60, 1))


def by_light(lightness: FloatImage) -> FloatImage:
    """A model that knows only lightness: sees the same in every view."""
    half = lightness[::2, ::2]
    return np.stack((half / 5, half / -10))


def wavering_below(lightness: FloatImage) -> FloatImage:
    """A model whose answer in the lower half changes with the picture's size."""
    chroma = by_light(lightness)
    chroma[:, chroma.shape[1] // 2 :] += lightness.shape[0] / 3
    return chroma


def test_a_steady_model_is_sure() -> None:
    found = confidence.measure(by_light, LIGHT, by_light(LIGHT))
    assert found.shape == LIGHT.shape
    assert found.dtype == np.float32
    assert found.min() > 0.75


def test_a_wavering_one_is_not_just_there() -> None:
    found = confidence.measure(wavering_below, LIGHT, wavering_below(LIGHT))
    assert found[:25].min() > 0.7
    assert found[35:].max() < 0.35


@given(amount=st.floats(0, 1), sure=st.floats(0, 1, width=32))
def test_protection_takes_chroma_where_the_model_is_unsure(amount: float, sure: float) -> None:
    chroma = np.full((2, 3, 4), 20, np.float32)
    left = confidence.protect(chroma, np.full((3, 4), sure, np.float32), amount)
    np.testing.assert_allclose(left, 20 * (1 - amount * (1 - sure)), atol=1e-3)
    assert left.dtype == np.float32


def test_the_map_as_a_picture(tmp_path: Path) -> None:
    ramp = np.linspace(0, 1, 256, dtype=np.float32)[None].repeat(3, 0)
    confidence.write(ramp, tmp_path / "map.png")
    written = Image.open(tmp_path / "map.png")
    assert written.mode == "L"
    np.testing.assert_array_equal(np.asarray(written), np.arange(256)[None].repeat(3, 0))
    with pytest.raises(OutputError):
        confidence.write(ramp, tmp_path / "nowhere" / "map.png")
    assert [path.name for path in tmp_path.iterdir()] == ["map.png"]


def test_what_a_person_said_is_sure() -> None:
    told = np.array([[0.0, 1.0]], np.float32)
    found = confidence.with_hints(np.array([[0.3, 0.3]], np.float32), told)
    np.testing.assert_allclose(found, [[0.3, 1]])
