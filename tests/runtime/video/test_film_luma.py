"""Y' of every frame is the source's, bit for bit, whatever the film's layout."""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from helpers.clips import decoded, make_clip, planes
from photochrom.options import Options
from photochrom.video.colorizer import FilmColorizer
from photochrom.video.container.codecs import Encoding
from photochrom.video.options import FilmOptions

LOSSLESS = FilmOptions(encoding=Encoding("ffv1"))
TAGGED = ("BT.601", "BT.709", "BT.2020", "full range", "turned", "fields")
LAYOUTS: Mapping[str, Mapping[str, Any]] = {
    "4:2:0": {"pix_fmt": "yuv420p"},
    "4:2:2": {"pix_fmt": "yuv422p"},
    "4:4:4": {"pix_fmt": "yuv444p"},
    "10 bits": {"pix_fmt": "yuv420p10le", "codec": "ffv1", "options": {}},
    "10 bits 4:2:2": {"pix_fmt": "yuv422p10le", "codec": "ffv1", "options": {}},
    "grey": {"pix_fmt": "gray", "codec": "ffv1", "options": {}},
    "grey of 10 bits": {"pix_fmt": "gray10le", "codec": "ffv1", "options": {}},
    "full range": {"pix_fmt": "yuv420p", "full_range": True},
    "JPEG": {"pix_fmt": "yuvj420p", "codec": "mjpeg", "options": {}},
    "BT.601": {"matrix": 6, "primaries": 6, "transfer": 6},
    "BT.709": {"matrix": 1, "primaries": 1, "transfer": 1},
    "BT.2020": {"matrix": 9, "primaries": 9, "transfer": 14},
    "odd": {"size": (61, 47), "codec": "ffv1", "options": {}},
    "odd 4:4:4": {"size": (61, 47), "pix_fmt": "yuv444p"},
    "turned": {"rotation": 90},
    "fields": {"interlaced": True},
    "wide samples": {"aspect": Fraction(4, 3)},
    "noise": {"seed": 7, "frames": 3},
}


def source(folder: Path, **settings: Any) -> Path:
    return make_clip(folder / "in.mkv", **{"grey": True, "frames": 14, **settings})


@pytest.mark.parametrize("layout", LAYOUTS)
def test_luma_is_the_sources(layout: str, films: FilmColorizer, tmp_path: Path) -> None:
    path = source(tmp_path, **LAYOUTS[layout])
    films.colorize_file(path, tmp_path / "out.mkv", LOSSLESS)
    before, after = decoded(path), decoded(tmp_path / "out.mkv")
    assert len(before) == len(after)
    for old, new in zip(before, after, strict=True):
        np.testing.assert_array_equal(old[0], new[0])
        assert new[1].std() > 1, "it has no colour"


@pytest.mark.parametrize("layout", TAGGED)
@pytest.mark.parametrize("codec", ["ffv1", "h264"])
def test_tags_are_the_sources(
    layout: str, codec: str, films: FilmColorizer, tmp_path: Path
) -> None:
    path = source(tmp_path, **LAYOUTS[layout])
    films.colorize_file(path, tmp_path / "out.mkv", FilmOptions(encoding=Encoding(codec)))
    before, after = first_frame(path), first_frame(tmp_path / "out.mkv")
    for name in ("colorspace", "color_primaries", "color_trc", "rotation", "interlaced_frame"):
        assert getattr(after, name) == getattr(before, name), name
    assert after.color_range in ((2,) if layout == "full range" else (0, 1))


def test_ten_bits_are_eight_times_four(films: FilmColorizer, tmp_path: Path) -> None:
    path = source(tmp_path)
    options = FilmOptions(encoding=Encoding("ffv1", bits=10))
    films.colorize_file(path, tmp_path / "out.mkv", options)
    for old, new in zip(decoded(path), decoded(tmp_path / "out.mkv"), strict=True):
        np.testing.assert_array_equal(old[0].astype(np.uint16) * 4, new[0])


def test_colours_are_the_models(films: FilmColorizer, tmp_path: Path) -> None:
    """The toy's a* grows to the right and b* downwards."""
    films.colorize_file(source(tmp_path, matrix=1), tmp_path / "out.mkv", LOSSLESS)
    _, u, v = decoded(tmp_path / "out.mkv")[0]
    assert float(v[:, -8:].mean()) > float(v[:, :8].mean()) + 5
    assert float(u[-8:].mean()) < float(u[:8].mean()) - 5


def test_a_turned_film_is_seen_upright(films: FilmColorizer, tmp_path: Path) -> None:
    """Stored turned, a* grows along the edge that lies to the right when it is shown."""
    films.colorize_file(source(tmp_path, rotation=90), tmp_path / "out.mkv", LOSSLESS)
    with av.open(str(tmp_path / "out.mkv")) as container:
        frame = next(container.decode(video=0))
        red = planes(frame)[2].astype(float)
        shown = np.rot90(red, round(frame.rotation / 90))
    assert shown[:, -6:].mean() > shown[:, :6].mean() + 5


def test_no_strength_is_grey(films: FilmColorizer, tmp_path: Path) -> None:
    grey = FilmOptions(Options(strength=0), Encoding("ffv1"))
    films.colorize_file(source(tmp_path), tmp_path / "out.mkv", grey)
    _, u, v = decoded(tmp_path / "out.mkv")[0]
    assert (u == 128).all()
    assert (v == 128).all()


def first_frame(path: Path) -> av.VideoFrame:
    with av.open(str(path)) as container:
        return next(container.decode(video=0))
