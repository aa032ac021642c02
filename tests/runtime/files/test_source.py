"""Opening pictures: what can't be one is refused in one line, and what is odd about one is said."""

import os
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray

from helpers import profiles
from helpers.pictures import (
    Jpeg,
    Png,
    Tiff,
    photograph,
    write,
    write_jpeg,
    write_png,
    write_tiff,
)
from helpers.reading import facts
from photochrom import Colorizer
from photochrom.errors import InputError
from photochrom.files.source import open_source

Pixels = NDArray[Any]


def picture() -> Pixels:
    return photograph("coffee.png", 120)


def refusal(path: Path, colorizer: Colorizer) -> str:
    """The message that a file is refused with; nothing may be left beside it, nor in it changed."""
    target = path.with_name("result.tif")
    before = sorted(path.parent.iterdir())
    with pytest.raises(InputError) as caught:
        colorizer.colorize_file(path, target)
    assert sorted(path.parent.iterdir()) == before
    message = str(caught.value)
    assert "\n" not in message
    assert str(path) in message
    return message


class TestNoPicture:
    def test_missing(self, warm: Colorizer, tmp_path: Path) -> None:
        assert "no such file" in refusal(tmp_path / "missing.jpg", warm)

    def test_folder(self, warm: Colorizer, tmp_path: Path) -> None:
        (tmp_path / "album.jpg").mkdir()
        assert "is a folder" in refusal(tmp_path / "album.jpg", warm)

    @pytest.mark.parametrize("ending", ["jpg", "png", "tif", ""])
    def test_empty(self, ending: str, warm: Colorizer, tmp_path: Path) -> None:
        path = tmp_path / f"empty.{ending}"
        path.touch()
        assert "is empty" in refusal(path, warm)

    @pytest.mark.parametrize("ending", ["jpg", "png", "tif", "gif", "webp", "txt"])
    def test_text(self, ending: str, warm: Colorizer, tmp_path: Path) -> None:
        path = tmp_path / f"text.{ending}"
        path.write_text("Dear Ann,\nthe photographs came out well.\n" * 50)
        assert "can't read" in refusal(path, warm)

    def test_one_byte(self, warm: Colorizer, tmp_path: Path) -> None:
        (tmp_path / "x.jpg").write_bytes(b"\xff")
        refusal(tmp_path / "x.jpg", warm)

    def test_named_pipe(self, warm: Colorizer, tmp_path: Path) -> None:
        """It could be read only once, and waiting for a writer would hang."""
        os.mkfifo(tmp_path / "pipe.jpg")
        assert "not a regular file" in refusal(tmp_path / "pipe.jpg", warm)

    def test_name_that_no_file_can_have(self, warm: Colorizer, tmp_path: Path) -> None:
        assert "no such file" in refusal(tmp_path / ("n" * 300 + ".jpg"), warm)

    def test_link_to_itself(self, warm: Colorizer, tmp_path: Path) -> None:
        (tmp_path / "loop.jpg").symlink_to("loop.jpg")
        refusal(tmp_path / "loop.jpg", warm)

    def test_link_to_nothing(self, warm: Colorizer, tmp_path: Path) -> None:
        (tmp_path / "link.jpg").symlink_to("gone.jpg")
        assert "no such file" in refusal(tmp_path / "link.jpg", warm)


NAMES = [
    "two words.jpg",
    "scan[1].jpg",
    "a[page=1]",
    "a.tif[page=1]",
    "x[Q=5].jpg",
    "Käthe 写真 🎞.jpg",
    "-o.jpg",
    "%s%n.jpg",
    "~.jpg",
    "a'b\"c$HOME.jpg",
    "...jpg",
]


class TestNames:
    @pytest.mark.parametrize("name", NAMES)
    def test_any_name(self, name: str, warm: Colorizer, tmp_path: Path) -> None:
        write_jpeg(tmp_path / name, picture())
        for ending in ("jpg", "png", "tif"):
            target = tmp_path / f"{name}.{ending}"
            warm.colorize_file(tmp_path / name, target)
            assert open_source(target).image.width == 120

    def test_name_that_is_not_utf8(self, warm: Colorizer, tmp_path: Path) -> None:
        name = os.fsdecode(b"\xfe\xff.jpg")
        write_jpeg(tmp_path / name, picture())
        for ending in ("jpg", "png", "tif"):
            target = tmp_path / f"{name}.{ending}"
            warm.colorize_file(tmp_path / name, target)
            assert open_source(target).image.width == 120


def cut_places(data: bytes) -> dict[str, int]:
    return {
        "in the header": 12,
        "early": len(data) // 20,
        "in the middle": len(data) // 2,
        "late": len(data) * 19 // 20,
        "by 100 bytes": len(data) - 100,
    }


PLACES = list(cut_places(b""))

WHOLE: dict[str, Jpeg | Png | Tiff] = {
    "jpg": Jpeg(),
    "progressive.jpg": Jpeg(progressive=True),
    "png": Png(),
    "tif": Tiff(),
    "lzw.tif": Tiff(codec="lzw"),
    "deflate.tif": Tiff(codec="deflate"),
    "last.tif": Tiff(directory_first=False),
    "lzw.last.tif": Tiff(codec="lzw", directory_first=False),
    "deflate.last.tif": Tiff(codec="deflate", directory_first=False),
    "big.tif": Tiff(big=True),
}


class TestDamage:
    @pytest.mark.parametrize("place", PLACES)
    @pytest.mark.parametrize("kind", WHOLE)
    def test_cut_off(self, kind: str, place: str, warm: Colorizer, tmp_path: Path) -> None:
        path = write(tmp_path / f"cut.{kind}", picture(), WHOLE[kind])
        data = path.read_bytes()
        path.write_bytes(data[: cut_places(data)[place]])
        refusal(path, warm)

    @pytest.mark.parametrize("kind", ["lzw.last.tif", "deflate.last.tif", "png"])
    def test_hole_in_the_middle(self, kind: str, warm: Colorizer, tmp_path: Path) -> None:
        """Of the right length, as a download that was never finished."""
        path = write(tmp_path / f"hole.{kind}", picture(), WHOLE[kind])
        data = bytearray(path.read_bytes())
        middle, width = len(data) // 2, len(data) // 5
        data[middle : middle + width] = bytes(width)
        path.write_bytes(data)
        refusal(path, warm)

    def test_large_jpeg_cut_near_its_end(self, warm: Colorizer, tmp_path: Path) -> None:
        """Large enough to be decoded at a fraction of its size for the first look."""
        big = np.kron(photograph("camera.png", 400), np.ones((8, 8), np.uint8))
        data = write_jpeg(tmp_path / "cut.jpg", big).read_bytes()
        (tmp_path / "cut.jpg").write_bytes(data[: len(data) - 3000])
        refusal(tmp_path / "cut.jpg", warm)

    @pytest.mark.parametrize("dtype", ["float32", "int16", "uint32"])
    def test_pixels_without_a_fixed_range(
        self, dtype: str, warm: Colorizer, tmp_path: Path
    ) -> None:
        values = np.full((20, 20), 0.5).astype(dtype)
        tifffile.imwrite(tmp_path / "in.tif", values)
        assert "8 or 16 bits" in refusal(tmp_path / "in.tif", warm)

    def test_float_tiff_with_nan(self, warm: Colorizer, tmp_path: Path) -> None:
        values = np.full((20, 20), 0.5, np.float32)
        values[3, 4] = np.nan
        write_tiff(tmp_path / "in.tif", values)
        assert "8 or 16 bits" in refusal(tmp_path / "in.tif", warm)

    def test_seven_bands(self, warm: Colorizer, tmp_path: Path) -> None:
        values = np.zeros((20, 20, 7), np.uint8)
        tifffile.imwrite(
            tmp_path / "in.tif", values, photometric="minisblack", planarconfig="contig"
        )
        assert "bands" in refusal(tmp_path / "in.tif", warm)


def corrupt_profiles() -> dict[str, bytes]:
    icc = profiles.ADOBE.icc
    assert icc is not None
    return {
        "junk": b"not a profile" * 30,
        "one byte": b"x",
        "cut": icc[:200],
        "without its last tag": icc[:-40],
        "no signature": icc[:36] + b"XXXX" + icc[40:],
        "curves missing": icc.replace(b"gTRC", b"xTRC"),
        "flat curve": icc.replace(profiles.gamma_curve(2.2), profiles.gamma_curve(0)),
        "class": icc[:12] + b"xxxx" + icc[16:],
        "connection space": icc[:20] + b"xxxx" + icc[24:],
        "version": icc[:8] + b"\xff" + icc[9:],
    }


CORRUPT = corrupt_profiles()


class TestCorruptProfiles:
    @pytest.mark.parametrize("damage", CORRUPT)
    @pytest.mark.parametrize("ending", ["jpg", "png", "tif"])
    def test_said_and_not_passed_on(
        self,
        ending: str,
        damage: str,
        warm: Colorizer,
        tmp_path: Path,
    ) -> None:
        icc = CORRUPT[damage]
        kinds: dict[str, Jpeg | Png | Tiff] = {
            "jpg": Jpeg(icc=icc),
            "png": Png(icc=icc),
            "tif": Tiff(icc=icc),
        }
        path = write(tmp_path / f"in.{ending}", picture(), kinds[ending])
        target = tmp_path / f"out.{ending}"
        report = warm.colorize_file(path, target)
        assert len(report.notes) == 1
        assert "profile" in report.notes[0]
        assert report.notes[0].isprintable()
        passed_on = facts(target).icc
        assert passed_on is None or passed_on not in icc

    def test_png_chunk_that_is_not_zlib(self, warm: Colorizer, tmp_path: Path) -> None:
        path = write_png(tmp_path / "in.png", picture(), Png(icc=profiles.ADOBE.icc))
        data = path.read_bytes()
        where = data.index(b"scan\0\0") + 6
        path.write_bytes(data[:where] + b"\0\1\2\3" + data[where + 4 :])
        report = warm.colorize_file(path, tmp_path / "out.png")
        assert len(report.notes) == 1
        assert "profile is damaged" in report.notes[0]

    def test_png_chunk_of_impossible_length(self, warm: Colorizer, tmp_path: Path) -> None:
        path = write_png(tmp_path / "in.png", picture(), Png(icc=profiles.ADOBE.icc))
        data = bytearray(path.read_bytes())
        where = data.index(b"iCCP") - 4
        data[where : where + 4] = struct.pack(">I", 0x7FFFFFF0)
        path.write_bytes(data)
        refusal(path, warm)


class TestFirstLook:
    @pytest.mark.parametrize("shrink", [1, 2, 4, 8])
    def test_jpeg_shrinks(self, shrink: int, tmp_path: Path) -> None:
        write_jpeg(tmp_path / "a.jpg", np.zeros((160, 240), np.uint8))
        opened = open_source(tmp_path / "a.jpg", shrink)
        assert (opened.image.width, opened.image.height) == (240 // shrink, 160 // shrink)

    @pytest.mark.parametrize("shrink", [1, 8])
    def test_others_do_not(self, shrink: int, tmp_path: Path) -> None:
        write_png(tmp_path / "a.png", np.zeros((16, 24), np.uint8))
        assert open_source(tmp_path / "a.png", shrink).image.width == 24

    @pytest.mark.parametrize("orientation", [0, 9, 255])
    def test_orientations_that_do_not_exist(self, orientation: int, tmp_path: Path) -> None:
        write_tiff(tmp_path / "a.tif", np.zeros((16, 24), np.uint8), Tiff(orientation=orientation))
        assert open_source(tmp_path / "a.tif").orientation == 1
