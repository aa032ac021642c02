"""TIFF files of several pages: each page coloured as a picture of its own, all in one file."""

import threading
import tracemalloc
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from helpers import profiles
from helpers.lightness import LIMIT_8_BIT, LIMIT_16_BIT, largest_change
from helpers.pictures import deepened, photograph
from helpers.reading import source_types
from photochrom import Colorizer, Options
from photochrom.errors import CancelledError, InputError
from photochrom.files.tiff_pages import layout_of, layouts

Pixels = NDArray[Any]

EXAMPLE = (
    b"II*\0\x08\0\0\0"
    + b"\2\0"
    + b"\0\1\4\0\1\0\0\0\5\0\0\0"
    + b"\x11\1\4\0\2\0\0\0\x40\0\0\0"
    + b"\x26\0\0\0"
    + b"\1\0"
    + b"\0\1\3\0\1\0\0\0\7\0\0\0"
    + bytes(60)
)
"""Two pages' directories."""
SMALL, DEEP = photograph("camera.png", 60), deepened(photograph("camera.png", 90))
COLOR = photograph("coffee.png", 75)


def write_box(path: Path, big: bool = False, order: str = "<") -> Path:
    """Pages of different size, depth, layout, compression, profile and description."""
    assert profiles.ADOBE.icc is not None
    with tifffile.TiffWriter(path, bigtiff=big, byteorder=order) as file:  # type: ignore[arg-type]
        file.write(
            SMALL, photometric="minisblack", description="first", rowsperstrip=7, metadata=None
        )
        file.write(DEEP, photometric="minisblack", compression="lzw", tile=(32, 16), metadata=None)
        file.write(
            COLOR,
            photometric="rgb",
            compression="deflate",
            iccprofile=profiles.ADOBE.icc,
            resolution=(300, 300),
            metadata=None,
            extratags=[(271, 2, 0, "Zeiss Ikon", True), (700, 1, 4, b"<a/>", True)],
        )
    return path


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("big", [False, True])
def test_each_page_is_its_own(big: bool, order: str, warm: Colorizer, tmp_path: Path) -> None:
    source = write_box(tmp_path / "in.tif", big, order)
    report = warm.colorize_file(source, tmp_path / "out.tif")
    assert report.notes == (
        "3 pages, each colorized by itself",
        "its XMP is damaged and was left out (page 3)",
    )
    assert (report.width, report.height) == (60, 60)
    with tifffile.TiffFile(tmp_path / "out.tif") as file:
        assert file.is_bigtiff is big
        pages: list[Any] = list(file.pages)
        first, second, third = pages
        for page, before, profile, limit in (
            (first, SMALL, profiles.NO_PROFILE, LIMIT_8_BIT),
            (second, DEEP, profiles.NO_PROFILE, LIMIT_16_BIT),
            (third, COLOR, profiles.ADOBE, LIMIT_8_BIT),
        ):
            after = page.asarray()
            assert after.dtype == before.dtype
            assert largest_change(before, after, profile) <= limit
            assert source_types(page.tags[700].value)
        assert first.tags[270].value == "first"
        assert (second.tilewidth, second.tilelength) == (16, 32)
        codes = [tifffile.COMPRESSION(page.compression).name for page in pages]
        assert codes == ["NONE", "LZW", "ADOBE_DEFLATE"]
        assert third.tags[271].value == "Zeiss Ikon"
        assert third.tags[34675].value == profiles.ADOBE.icc
        assert third.tags[282].value[0] / third.tags[282].value[1] == pytest.approx(300)
        for page in pages:
            assert all(tag.valueoffset % 2 == 0 for tag in page.tags)


def test_pillow_and_libvips_read_it_too(warm: Colorizer, tmp_path: Path) -> None:
    warm.colorize_file(write_box(tmp_path / "in.tif"), tmp_path / "out.tif")
    with Image.open(tmp_path / "out.tif") as image:
        assert image.n_frames == 3  # type: ignore[attr-defined]
        image.seek(2)
        assert image.size == (75, 50)
        image.load()
    assert [layout.compression for layout in layouts(tmp_path / "out.tif")] == [
        "none",
        "lzw",
        "deflate",
    ]
    again = warm.colorize_file(tmp_path / "out.tif", tmp_path / "again.tif")
    assert again.notes[0].startswith("3 pages")


@pytest.mark.parametrize("page", [1, 2, 3])
def test_one_page(page: int, warm: Colorizer, tmp_path: Path) -> None:
    source = write_box(tmp_path / "in.tif")
    warm.colorize_file(source, tmp_path / "all.tif", Options(provenance=False))
    alone = Options(page=page, provenance=False)
    warm.colorize_file(source, tmp_path / "one.tif", alone)
    with (
        tifffile.TiffFile(tmp_path / "one.tif") as one,
        tifffile.TiffFile(tmp_path / "all.tif") as all_,
    ):
        assert len(one.pages) == 1
        np.testing.assert_array_equal(one.pages[0].asarray(), all_.pages[page - 1].asarray())


def test_kinds_that_hold_one_page_get_the_first(warm: Colorizer, tmp_path: Path) -> None:
    source = write_box(tmp_path / "in.tif")
    report = warm.colorize_file(source, tmp_path / "out.png")
    assert report.notes == ("only the first of 3 pages is colorized; .tif holds all",)
    with pytest.raises(InputError, match="no page 4"):
        warm.colorize_file(source, tmp_path / "b.png", Options(page=4))


def test_smaller_copies_are_left_out(warm: Colorizer, tmp_path: Path) -> None:
    with tifffile.TiffWriter(tmp_path / "in.tif") as file:
        file.write(SMALL, photometric="minisblack")
        file.write(SMALL[::2, ::2], photometric="minisblack", subfiletype=1)
    report = warm.colorize_file(tmp_path / "in.tif", tmp_path / "out.tif")
    assert report.notes == ("smaller copies and masks in it were left out (1)",)
    with tifffile.TiffFile(tmp_path / "out.tif") as file:
        assert len(file.pages) == 1


def test_a_damaged_page_fails_all(warm: Colorizer, tmp_path: Path) -> None:
    with tifffile.TiffWriter(tmp_path / "in.tif") as file:
        file.write(SMALL, photometric="minisblack")
        file.write(SMALL, photometric="minisblack", compression="deflate")
    with tifffile.TiffFile(tmp_path / "in.tif") as file:
        where = file.pages[1].dataoffsets[0]
    data = bytearray((tmp_path / "in.tif").read_bytes())
    data[where + 50 : where + 500] = bytes(450)
    (tmp_path / "in.tif").write_bytes(data)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with pytest.raises(InputError):
        warm.colorize_file(tmp_path / "in.tif", tmp_path / "out.tif", scratch=scratch)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.tif", "scratch"]
    assert list(scratch.iterdir()) == []


def test_cancel_on_a_later_page_leaves_nothing(warm: Colorizer, tmp_path: Path) -> None:
    scratch, cancel, stages = tmp_path / "scratch", threading.Event(), []
    scratch.mkdir()

    def progress(stage: str, fraction: float, left: float | None) -> None:
        stages.append(stage)
        if stage == "color" and "write" in stages:
            cancel.set()

    source = write_box(tmp_path / "in.tif")
    with pytest.raises(CancelledError):
        warm.colorize_file(
            source, tmp_path / "out.tif", progress=progress, cancel=cancel, scratch=scratch
        )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.tif", "scratch"]
    assert list(scratch.iterdir()) == []


def test_chain_that_bites_its_tail(warm: Colorizer, tmp_path: Path) -> None:
    """The second directory says that the first follows."""
    write_box(tmp_path / "in.tif")
    with tifffile.TiffFile(tmp_path / "in.tif") as file:
        first, last = file.pages[0].offset, file.pages[2].offset
        count = len(file.pages[2].aspage().tags)
    data = bytearray((tmp_path / "in.tif").read_bytes())
    place = last + 2 + 12 * count
    data[place : place + 4] = first.to_bytes(4, "little")
    (tmp_path / "in.tif").write_bytes(data)
    assert len(layouts(tmp_path / "in.tif")) == 3


def test_memory_does_not_grow_with_pages(warm: Colorizer, tmp_path: Path) -> None:
    """Python's own, with the next page looked at while one is written."""
    peaks = []
    for count in (6, 30):
        tifffile.imwrite(tmp_path / "in.tif", np.stack([SMALL] * count), photometric="minisblack")
        tracemalloc.start()
        warm.colorize_file(tmp_path / "in.tif", tmp_path / "out.tif", overwrite=True)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] - peaks[0] < 4 << 20


@given(place=st.integers(0, len(EXAMPLE)), data=st.binary(max_size=12))
def test_any_bytes(place: int, data: bytes) -> None:
    """Damaged directories break nothing; libvips says what is wrong with the pixels."""
    changed = EXAMPLE[:place] + data + EXAMPLE[place + len(data) :]
    with NamedTemporaryFile(suffix=".tif") as file:
        file.write(changed)
        file.flush()
        assert len(layouts(Path(file.name))) <= 1 << 16
        layout_of(Path(file.name), 1)


def test_tiles_of_unusual_size_become_strips(warm: Colorizer, tmp_path: Path) -> None:
    picture = np.zeros((2200, 2200), np.uint8)
    tifffile.imwrite(tmp_path / "in.tif", picture, photometric="minisblack", tile=(2112, 2112))
    warm.colorize_file(tmp_path / "in.tif", tmp_path / "out.tif")
    with tifffile.TiffFile(tmp_path / "out.tif") as file:
        assert not file.pages.first.is_tiled


@pytest.mark.parametrize("codec", ["packbits", "lzw", "deflate", None])
def test_others_decode_every_compression(
    codec: str | None, warm: Colorizer, tmp_path: Path
) -> None:
    """The predictor must be named only where it was used."""
    tifffile.imwrite(tmp_path / "in.tif", SMALL, photometric="minisblack", compression=codec)
    warm.colorize_file(tmp_path / "in.tif", tmp_path / "out.tif")
    after = tifffile.imread(tmp_path / "out.tif")
    assert largest_change(SMALL, after, profiles.NO_PROFILE) <= LIMIT_8_BIT
    with Image.open(tmp_path / "out.tif") as image:
        np.testing.assert_array_equal(np.asarray(image), after)
