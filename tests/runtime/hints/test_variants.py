"""Variants: reproducible by number, clearly different, on a sheet with readable numbers."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from photochrom.color.arrays import FloatImage
from photochrom.errors import UsageError
from photochrom.hints import variants

ROWS, COLUMNS = np.mgrid[:48, :64].astype(np.float32)
LIGHT = 20 + COLUMNS + 10 * (ROWS > 20)
CHROMA = np.stack((LIGHT / 10, -LIGHT / 5))


def obedient(lightness: FloatImage, hints: FloatImage) -> FloatImage:
    """A model that believes hints as far as they are sure."""
    del lightness
    return (CHROMA + hints[2] * (hints[:2] - CHROMA))[:, ::2, ::2]


def test_a_number_is_all_that_a_variant_depends_on() -> None:
    chosen = variants.choose(obedient, LIGHT, CHROMA, 4)
    assert [one.number for one in chosen] == sorted({one.number for one in chosen})
    assert (chosen[0].number, len(chosen)) == (0, 4)
    assert np.abs(chosen[0].chroma - CHROMA).mean() < 0.2  # but for the model's stride
    for one in chosen:
        again = variants.variant(obedient, LIGHT, CHROMA, one.number)
        np.testing.assert_array_equal(again.chroma, one.chroma)


def test_chosen_ones_differ_more_than_any_others() -> None:
    def apart(some: list[variants.Variant]) -> float:
        pairs = [(a, b) for a in some for b in some if a.number < b.number]
        return float(min(np.hypot(*(a.chroma - b.chroma)).mean() for a, b in pairs))

    every = [variants.variant(obedient, LIGHT, CHROMA, number) for number in range(24)]
    assert apart(variants.choose(obedient, LIGHT, CHROMA, 6)) > 1.3 * apart(every[:6])


def test_hints_are_half_sure_and_within_reason() -> None:
    told = variants.hints(LIGHT, CHROMA, 5)
    assert told.shape == (3, 48, 64)
    assert told.dtype == np.float32
    np.testing.assert_allclose(told[2], variants.CONFIDENCE)
    assert 1 < np.abs(told[:2] - CHROMA).max() < 80


@pytest.mark.parametrize("light", [np.full((5, 7), 50, np.float32), np.zeros((1, 1), np.float32)])
def test_pictures_without_parts(light: FloatImage) -> None:
    told = variants.hints(light, np.zeros((2, *light.shape), np.float32), 1)
    assert np.isfinite(told).all()


@pytest.mark.parametrize("count", [1, 17, 0, -2])
def test_how_many(count: int) -> None:
    with pytest.raises(UsageError, match="2 to 16"):
        variants.choose(obedient, LIGHT, CHROMA, count)


def test_a_negative_number() -> None:
    with pytest.raises(UsageError, match="from 0"):
        variants.variant(obedient, LIGHT, CHROMA, -1)


def test_the_sheet(tmp_path: Path) -> None:
    """Five tiles on a grid, each with dark pixels of its number below it."""
    picture = variants.render(LIGHT, CHROMA)
    sheet = variants.sheet(dict.fromkeys((0, 3, 17, 20, 61), picture))
    assert sheet.dtype == np.uint8
    across = sheet.shape[1] // (64 + 8)
    assert across * (sheet.shape[0] // (48 + 30)) >= 5
    dark = [int((sheet[52:78, 72 * at : 72 * at + 72] < 50).all(-1).sum()) for at in range(across)]
    assert dark[0] == 16 * 12
    assert len(set(dark)) == len(dark)
    variants.write_sheet(sheet, tmp_path / "sheet.png")
    np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "sheet.png")), sheet)
