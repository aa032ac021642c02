"""The first sight of a file."""

from pathlib import Path

import numpy as np
import pytest
import pyvips

from helpers.clips import make_clip
from photochrom.errors import InputError
from photochrom.viewing.glancing import glance


def test_a_picture_is_turned_and_small(tmp_path: Path) -> None:
    codes = np.zeros((400, 600, 3), np.uint8)
    codes[:, :300] = (255, 0, 0)
    image = pyvips.Image.new_from_array(codes).copy()
    image.set_type(pyvips.GValue.gint_type, "orientation", 6)
    image.write_to_file(tmp_path / "a.jpg")
    seen = glance(tmp_path / "a.jpg", 90)
    assert seen.shape == (90, 60, 3)
    assert seen[10, 30, 0] > 240 > 20 > seen[80, 30, 0]


@pytest.mark.parametrize("bands", [1, 3])
def test_a_small_16_bit_picture_keeps_its_size(tmp_path: Path, bands: int) -> None:
    codes = np.full((20, 30, bands), 0x8080, np.uint16)
    pyvips.Image.new_from_array(codes).copy(
        interpretation="grey16" if bands == 1 else "rgb16"
    ).write_to_file(tmp_path / "a.png")
    seen = glance(tmp_path / "a.png", 256)
    assert seen.shape == (20, 30, 3)
    assert np.all(seen == 128)


def test_a_film_shows_its_first_frame(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "a.mkv")
    assert max(glance(clip, 64).shape) == 64


def test_what_is_no_film_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"nothing")
    with pytest.raises(InputError, match=r"a\.mp4 is no film"):
        glance(tmp_path / "a.mp4", 64)
