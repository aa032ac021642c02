"""Every frame is read, from the beginning and from a place in the middle."""

from pathlib import Path

import pytest

from helpers.clips import make_clip
from photochrom.video.colorizer import look
from photochrom.video.container import reading


@pytest.mark.parametrize("codec", ["libx264", "ffv1", "mpeg2video"])
@pytest.mark.parametrize("count", [1, 2, 3, 5, 9])
def test_films_shorter_than_a_decoder_is_deep(codec: str, count: int, tmp_path: Path) -> None:
    film = look(make_clip(tmp_path / "in.mkv", codec=codec, grey=True, frames=count))
    assert len(film.pts) == count
    for start in range(count):
        assert [frame.pts for frame in film.frames(start, count)] == film.pts[start:]
        seen = reading.frames(film.info, film.pts[start], film.pts[-1] + 1)
        assert [frame.pts for frame in seen] == film.pts[start:]
