"""Chroma fitted small and joined at full size, against the whole picture computed at once."""

from typing import Any

import numpy as np
import pytest
import pyvips
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from photochrom.color.profile import default_profile
from photochrom.color.recombination import Recombination, lines
from photochrom.files import blocks, recombine, scaling
from photochrom.files.recombine import ChromaModel

Pixels = NDArray[Any]


def chroma_of(height: int, width: int) -> ChromaModel:
    chance = np.random.default_rng(4)
    slope = chance.normal(0, 0.2, (2, height, width)).astype(np.float32)
    return ChromaModel(slope, chance.normal(0, 12, (2, height, width)).astype(np.float32))


def at_once(codes: Pixels, chroma: ChromaModel, strength: float) -> Pixels:
    """The same by libvips' bilinear enlargement, without blocks, pieces or threads."""
    height, width, bands = codes.shape
    slope, offset = (
        strength * scaling.fit_planes(planes, width, height)
        for planes in (chroma.slope, chroma.offset)
    )
    out = np.empty((height, width, 3), codes.dtype)
    own = 1 - strength if bands == 3 else 0
    Recombination(default_profile(), codes.dtype, own).join(codes, lines(slope, offset), out)
    return out


def joined(codes: Pixels, chroma: ChromaModel, strength: float) -> Pixels:
    image = pyvips.Image.new_from_array(codes)
    result = recombine.recombine(image, default_profile(), chroma, strength, image.format)
    pixels: Pixels = result.numpy()
    return pixels


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    size=st.tuples(st.integers(1, 70), st.integers(1, 70)),
    bands=st.sampled_from([1, 3]),
    dtype=st.sampled_from(["uint8", "uint16"]),
    strength=st.sampled_from([1.0, 0.4]),
    sizes=st.tuples(st.sampled_from([7, 500, 1 << 19]), st.sampled_from([5, 32_000])),
)
def test_as_at_once(
    size: tuple[int, int],
    bands: int,
    dtype: str,
    strength: float,
    sizes: tuple[int, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Wherever blocks and pieces end; chroma nearly as large as the picture, so no rows share."""
    monkeypatch.setattr(blocks, "PIXELS", sizes[0])
    monkeypatch.setattr(recombine, "PIECE", sizes[1])
    height, width = size
    top = np.iinfo(dtype).max + 1
    codes = np.random.default_rng(0).integers(0, top, (*size, bands)).astype(dtype)
    chroma = chroma_of(-(-height // 2), -(-width // 2))
    difference = joined(codes, chroma, strength).astype(int) - at_once(codes, chroma, strength)
    assert np.abs(difference).max() <= (1 if dtype == "uint8" else 40)


def test_shared_rows_are_steps_that_nobody_sees() -> None:
    """Far above the fitted size a few rows share slope and offset."""
    codes = np.full((600, 500, 1), 30_000, np.uint16)
    chroma = chroma_of(15, 12)
    assert recombine._Enlarged(chroma, 1, 500, 600).shared == 10
    exact = at_once(codes, chroma, 1).astype(int)
    step = np.abs(np.diff(exact, axis=0)).max()
    difference = np.abs(joined(codes, chroma, 1) - exact)
    assert difference.max() <= 7 * step  # 10 rows: the outermost lies 4.5 rows off
    assert difference.mean() <= 3 * np.abs(np.diff(exact, axis=0)).mean()


@pytest.mark.parametrize("threads", [1, 5])
def test_any_number_of_threads(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "PIXELS", 300)
    monkeypatch.setattr(pyvips, "concurrency_get", lambda: threads)
    codes = np.random.default_rng(0).integers(0, 65536, (90, 60, 1)).astype(np.uint16)
    chroma = chroma_of(45, 30)
    difference = joined(codes, chroma, 1).astype(int) - at_once(codes, chroma, 1)
    assert np.abs(difference).max() <= 40


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_part_is_that_of_the_whole(
    data: st.DataObject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is seen in a window is what will be written."""
    monkeypatch.setattr(blocks, "PIXELS", data.draw(st.integers(20, 2000)))
    monkeypatch.setattr(recombine, "PIECE", data.draw(st.integers(1, 300)))
    height, width = data.draw(st.integers(1, 60)), data.draw(st.integers(1, 60))
    bands = data.draw(st.sampled_from([1, 3]))
    dtype, most = data.draw(st.sampled_from([(np.uint8, 255), (np.uint16, 65535)]))
    strength = data.draw(st.sampled_from([0.4, 1.0]))
    chance = np.random.default_rng(height)
    codes = chance.integers(0, most, (height, width, bands)).astype(dtype)
    chroma = chroma_of(data.draw(st.integers(1, 9)), data.draw(st.integers(1, 9)))
    whole = joined(codes, chroma, strength)
    form = blocks.Form(width, height, 3, np.dtype(dtype))
    parts = recombine.Parts(default_profile(), chroma, strength, form, bands)
    top, left = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))
    bottom = data.draw(st.integers(top + 1, height))
    right = data.draw(st.integers(left + 1, width))
    part = parts.colored(codes[top:bottom, left:right], top, left)
    np.testing.assert_array_equal(part, whole[top:bottom, left:right])
