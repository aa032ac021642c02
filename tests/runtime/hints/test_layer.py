"""Layers of hints: files from painting programs, reduced without dark rims, held to the picture."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from photochrom.errors import InputError, UsageError
from photochrom.hints import layer
from photochrom.hints.strokes import chroma_of

RED = (200, 30, 40)


def painted(height: int = 120, width: int = 180) -> np.ndarray:
    """A red rectangle on nothing; the transparent pixels hold a blue that must never show."""
    rgba = np.zeros((height, width, 4), np.uint8)
    rgba[...] = (0, 0, 255, 0)
    rgba[30:61, 60:91] = (*RED, 255)
    return rgba


def save(path: Path, rgba: np.ndarray, exif: Image.Exif | None = None) -> Path:
    Image.fromarray(rgba).save(path, exif=exif or Image.Exif())
    return path


def test_a_file_is_what_its_array_is(tmp_path: Path) -> None:
    read = layer.read(save(tmp_path / "strokes[1].png", painted()))
    np.testing.assert_allclose(read.paint, layer.from_array(painted()).paint, atol=0.05)


def test_colour_and_confidence(tmp_path: Path) -> None:
    drawn = layer.draw(layer.read(save(tmp_path / "s.png", painted())), 120, 180)
    np.testing.assert_allclose(drawn[:2, 45, 75], chroma_of(RED), atol=0.1)
    assert drawn[2, 45, 75] == pytest.approx(1, abs=1e-4)
    assert not drawn[:, 10, 10].any()


@pytest.mark.parametrize("size", [(40, 60), (47, 71), (240, 360)])
def test_rims_keep_their_colour_at_any_size(size: tuple[int, int]) -> None:
    """Premultiplied: a half covered pixel is half as sure, and of the same colour."""
    drawn = layer.draw(layer.from_array(painted()), *size)
    some = drawn[2] > 0.01
    assert ((drawn[2] > 0.1) & (drawn[2] < 0.9)).any()
    np.testing.assert_allclose(
        drawn[:2, some], np.broadcast_to(chroma_of(RED)[:, None], (2, some.sum())), atol=0.2
    )


def test_alpha_is_confidence_in_sixteen_bits_too() -> None:
    half = painted().astype(np.uint16) * 257
    half[..., 3] //= 2
    drawn = layer.draw(layer.from_array(half), 120, 180)
    assert drawn[2, 45, 75] == pytest.approx(0.5, abs=1e-3)
    np.testing.assert_allclose(drawn[:2, 45, 75], chroma_of(RED), atol=0.1)


def test_lightness_of_the_paint_does_not_count() -> None:
    """Grey of any lightness says "no colour"."""
    for value in (20, 128, 250):
        rgba = painted()
        rgba[30:61, 60:91, :3] = value
        drawn = layer.draw(layer.from_array(rgba), 120, 180)
        np.testing.assert_allclose(drawn[:2], 0, atol=0.05)
        assert drawn[2].max() == pytest.approx(1)


def test_a_large_layer_is_kept_small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(layer, "LARGEST", 60)
    kept = layer.read(save(tmp_path / "s.png", painted()))
    assert kept.paint.shape == (3, 60, 90)
    drawn = layer.draw(kept, 120, 180)
    np.testing.assert_allclose(drawn[:2, 45, 75], chroma_of(RED), atol=0.2)


def test_turned_by_its_tag(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    kept = layer.read(save(tmp_path / "s.png", painted(), exif=exif))
    assert kept.paint.shape == (3, 180, 120)


def test_an_empty_layer_says_so() -> None:
    nothing = painted()
    nothing[..., 3] = 0
    assert layer.from_array(nothing).empty
    assert not layer.draw(layer.from_array(nothing), 30, 45).any()
    assert not layer.from_array(painted()).empty


@pytest.mark.parametrize("size", [(120, 180), (60, 90), (59, 90), (1200, 1800), (3, 5)])
def test_another_size_of_the_same_aspect_is_fine(size: tuple[int, int]) -> None:
    rows, columns = size
    layer.check_aspect(layer.from_array(np.zeros((rows, columns, 4), np.uint8)), 120, 180)


@pytest.mark.parametrize("size", [(180, 120), (120, 120), (120, 190)])
def test_another_aspect_is_refused(size: tuple[int, int]) -> None:
    rows, columns = size
    other = layer.from_array(np.zeros((rows, columns, 4), np.uint8))
    with pytest.raises(InputError, match="aspect"):
        layer.check_aspect(other, 120, 180)


def test_files_that_are_no_layer(tmp_path: Path) -> None:
    opaque = save(tmp_path / "opaque.png", painted()[..., :3])
    with pytest.raises(InputError, match="no transparency"):
        layer.read(opaque)
    (tmp_path / "text.png").write_text("no picture")
    cut = tmp_path / "cut.png"
    cut.write_bytes(save(tmp_path / "s.png", painted()).read_bytes()[:150])
    for path in (tmp_path / "text.png", cut, tmp_path / "missing.png", tmp_path):
        with pytest.raises(InputError):
            layer.read(path)


def test_arrays_that_are_no_layer() -> None:
    for wrong in (
        np.zeros((4, 4, 3), np.uint8),
        np.zeros((4, 4, 4)),
        np.zeros((0, 4, 4), np.uint8),
    ):
        with pytest.raises(UsageError):
            layer.from_array(wrong)
