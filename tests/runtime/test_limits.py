"""Limits as people set them, and that a file's header is held against them before it is decoded."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.clips import make_clip
from helpers.pictures import write_png, write_tiff
from photochrom import limits
from photochrom.errors import LimitError, UsageError
from photochrom.files.source import open_source
from photochrom.limits import INTERACTIVE, NAMES, SECONDS, VARIABLE, Limits

NUMBERS = st.none() | st.integers(1, 10**15)


@pytest.fixture(autouse=True)
def nothing_held() -> Iterator[None]:
    yield
    limits.hold(None)


@given(values=st.fixed_dictionaries({name: NUMBERS for name in NAMES}), part=st.sets(
    st.sampled_from(NAMES)))  # fmt: skip
def test_what_is_said_as_text_is_what_is_meant(
    values: dict[str, int | None], part: set[str]
) -> None:
    said = Limits(**values)
    assert Limits.parse(said.to_text()) == said
    some = {name: values[name] for name in part}
    assert (
        Limits.from_mapping(some, base=INTERACTIVE).to_text()
        == Limits(**{**{name: getattr(INTERACTIVE, name) for name in NAMES}, **some}).to_text()
    )


def test_numbers_as_people_write_them() -> None:
    said = Limits.parse("pixels=3e9, memory=none,seconds=0.5,frames=1_000")
    assert (said.pixels, said.memory, said.seconds, said.frames) == (3_000_000_000, None, 0.5, 1000)
    assert said.pages == Limits().pages


@pytest.mark.parametrize("text", [
    "pixel=3", "pixels", "pixels=", "pixels=many", "pixels=0", "pixels=-1", "pixels=1.5",
    "pixels=inf", "seconds=nan", "seconds=0", "=3",
])  # fmt: skip
def test_limits_that_cant_be_meant(text: str) -> None:
    with pytest.raises(UsageError, match="limit"):
        Limits.parse(text)


@pytest.mark.parametrize("said", [[], 3, {"pixels": True}, {"pixels": [1]}, {"pixels": "x" * 9999}])
def test_settings_that_cant_be_meant(said: object) -> None:
    with pytest.raises(UsageError) as error:
        Limits.from_mapping(said)  # type: ignore[arg-type]
    assert len(str(error.value)) < 2000


def test_films_have_their_own_time() -> None:
    said = Limits(seconds=10, film_seconds=1000)
    assert (said.seconds_for("photo"), said.seconds_for("film")) == (10, 1000)
    assert INTERACTIVE.seconds_for("film") is None
    assert {*SECONDS} <= {*NAMES}


def test_a_picture_is_refused_by_its_header(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_png(tmp_path / "a.png", np.zeros((20, 30), np.uint8))
    monkeypatch.setenv(VARIABLE, "pixels=599")
    with pytest.raises(LimitError, match=r"a\.png has 600 pixels, .* \(599\).*pixels=600$"):
        open_source(path)
    monkeypatch.setenv(VARIABLE, "pixels=600")
    assert open_source(path).image.width == 30


def test_a_picture_that_is_decoded_small_counts_as_it_is(tmp_path: Path) -> None:
    from helpers.pictures import write_jpeg

    path = write_jpeg(tmp_path / "a.jpg", np.zeros((80, 160), np.uint8))
    limits.hold(Limits(pixels=10_000))
    with pytest.raises(LimitError):
        open_source(path, shrink=8)


def test_a_file_of_too_many_pages(tmp_path: Path) -> None:
    import tifffile

    path = tmp_path / "a.tif"
    tifffile.imwrite(path, np.zeros((4, 8, 8), np.uint8), photometric="minisblack")
    limits.hold(Limits(pages=3))
    with pytest.raises(LimitError, match="has 4 pages"):
        open_source(path)


@pytest.mark.parametrize(("held", "name"), [
    (Limits(frame_pixels=64 * 48 - 1), "frame_pixels"), (Limits(frames=11), "frames"),
])  # fmt: skip
def test_a_film_is_refused_by_its_header(held: Limits, name: str, tmp_path: Path) -> None:
    from photochrom.video.container.probe import probe

    path = make_clip(tmp_path / "a.mp4")
    limits.hold(held)
    with pytest.raises(LimitError, match=f"the limit {name}"):
        probe(path)


def test_a_film_that_holds_more_frames_than_it_says(tmp_path: Path) -> None:
    from photochrom.files.pulling import Watch
    from photochrom.video.container.probe import probe
    from photochrom.video.survey import FEW, survey

    path = make_clip(tmp_path / "a.mkv", frames=FEW + 5)
    info = probe(path)
    limits.hold(Limits(frames=FEW - 1))
    with pytest.raises(LimitError, match=f"has {FEW} frames"):
        survey(info, Watch())


@pytest.mark.parametrize("name", ["a.heic", "a.jp2", "a.ppm", "a.bmp"])
def test_other_decoders_are_asked_for_sizes_first(name: str, tmp_path: Path) -> None:
    from fuzzing import seeds
    from photochrom.files.decoders import decoded

    path = tmp_path / name
    path.write_bytes(seeds.of_pictures()[name])
    limits.hold(Limits(pixels=100))
    with pytest.raises(LimitError, match="more than the limit pixels"), decoded(path, tmp_path):
        pass
    assert [*tmp_path.iterdir()] == [path]


def test_what_is_no_photograph(tmp_path: Path) -> None:
    from photochrom.errors import InputError

    for name, words in (("a.svg", '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
                        ("a.mat", "3 1\n1 2 3\n")):  # fmt: skip
        path = tmp_path / name
        path.write_text(words)
        with pytest.raises(InputError, match="no photograph"):
            open_source(path)


def test_a_list_of_other_files_is_no_film(tmp_path: Path) -> None:
    """FFmpeg would open what such lists name: other people's files, or places in the network."""
    from photochrom.errors import InputError
    from photochrom.video.container.probe import probe

    make_clip(tmp_path / "secret.ts", codec="mpeg2video", options={})
    lists = {
        "a.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nsecret.ts\n#EXT-X-ENDLIST\n",
        "a.mp4": "ffconcat version 1.0\nfile secret.ts\n",
        "a.sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=video 5 RTP/AVP 96\n",
    }
    for name, words in lists.items():
        (tmp_path / name).write_text(words)
        with pytest.raises(InputError, match="no film"):
            probe(tmp_path / name)


def test_no_one_who_writes_tiff_is_troubled(tmp_path: Path) -> None:
    """Limits are far above what scanners make."""
    limits.hold(Limits())
    assert open_source(write_tiff(tmp_path / "a.tif", np.zeros((9, 9), np.uint16))).page == 0
