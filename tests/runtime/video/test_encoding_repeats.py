"""A film is the same bytes every time."""

import hashlib
from pathlib import Path

import pytest

from helpers.clips import make_clip
from photochrom.video.colorizer import FilmColorizer


@pytest.mark.slow
def test_h264_repeats(films: FilmColorizer, tmp_path: Path) -> None:
    """x264's AVX-512 code reads beyond rows whose width is no multiple of 256."""
    clip, seen = tmp_path / "clip.mkv", set()
    make_clip(clip, grey=True, frames=180)
    for number in range(3):
        target = tmp_path / f"{number}.mkv"
        films.colorize_file(clip, target)
        seen.add(hashlib.sha256(target.read_bytes()).hexdigest())
    assert len(seen) == 1
