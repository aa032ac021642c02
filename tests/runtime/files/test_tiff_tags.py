"""Tags between TIFF files and EXIF blocks; damaged ones are left out and break nothing."""

import io
import struct
from pathlib import Path

import numpy as np
import pytest
import tifffile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from helpers.pictures import (
    ARTIST,
    DATE_TIME_ORIGINAL,
    DESCRIBED,
    EXIF_POINTER,
    GPS_POINTER,
    MAKE,
    ORIENTATION,
    Description,
    Tiff,
    Value,
    exif_block,
    long,
    short,
    text,
    write_tiff,
)
from photochrom import Colorizer
from photochrom.files import tiff_tags
from photochrom.files.tiff_directory import Tag
from photochrom.files.tiff_pages import layouts
from photochrom.files.tiff_tags import Tags, from_exif, from_tiff, to_exif

GREY = np.full((20, 30), 128, np.uint8)
LAYOUTS = {
    "intel": Tiff(description=DESCRIBED),
    "motorola": Tiff(description=DESCRIBED, order=">"),
    "big": Tiff(description=DESCRIBED, big=True),
    "big motorola": Tiff(description=DESCRIBED, big=True, order=">"),
    "directory last": Tiff(description=DESCRIBED, directory_first=False),
}

NOTHING = Tags({}, {}, {})


class TestReading:
    @pytest.mark.parametrize("layout", LAYOUTS)
    def test_every_layout_gives_the_same(self, layout: str, tmp_path: Path) -> None:
        path = write_tiff(tmp_path / "a.tif", GREY, LAYOUTS[layout])
        tags = from_tiff(path)
        for ours, written in (
            (tags.main, DESCRIBED.main),
            (tags.exif, DESCRIBED.exif),
            (tags.gps, DESCRIBED.gps),
        ):
            assert ours.keys() == written.keys()
            for code, value in written.items():
                assert ours[code] == Tag(value.kind, value.count, value.packed("<"))

    @pytest.mark.parametrize("order", ["<", ">"])
    @pytest.mark.parametrize("marker", [b"", b"Exif\0\0"])
    def test_exif_blocks(self, order: str, marker: bytes) -> None:
        tags = from_exif(marker + exif_block(order=order))
        assert tags.main[MAKE].data == b"Zeiss Ikon\0"
        assert tags.exif[DATE_TIME_ORIGINAL].data == b"1936:08:01 15:00:00\0"
        assert tags.gps[1].data == b"N\0"

    @pytest.mark.parametrize(
        ("codec", "expected"), [("none", "none"), ("lzw", "lzw"), ("deflate", "deflate")]
    )
    def test_compression(self, codec: str, expected: str, tmp_path: Path) -> None:
        path = write_tiff(tmp_path / "a.tif", GREY, Tiff(codec=codec))
        assert layouts(path)[0].compression == expected

    def test_pixel_tags_are_left_out(self, tmp_path: Path) -> None:
        """What says how pixels are stored must not reach another file."""
        path = write_tiff(tmp_path / "a.tif", GREY, LAYOUTS["intel"])
        assert not from_tiff(path).main.keys() & {256, 257, 258, 259, 262, 273, 277, 278, 279, 338}


class TestWriting:
    def test_exif_block_reads_back(self) -> None:
        tags = from_exif(exif_block())
        again = from_exif(to_exif(tags, 6))
        assert again == tags

    def test_exif_block_by_pillow(self) -> None:
        exif = Image.Exif()
        exif.load(to_exif(from_exif(exif_block()), 6))
        assert exif[ORIENTATION] == 6
        assert exif[MAKE] == "Zeiss Ikon"
        assert exif.get_ifd(EXIF_POINTER)[DATE_TIME_ORIGINAL] == "1936:08:01 15:00:00"
        assert exif.get_ifd(GPS_POINTER)[1] == "N"

    @pytest.mark.parametrize("big", [False, True])
    def test_added_to_a_tiff(self, big: bool, tmp_path: Path) -> None:
        path = write_tiff(tmp_path / "a.tif", GREY, Tiff(big=big))
        tiff_tags.add_to_tiff(path, from_exif(exif_block()))
        with tifffile.TiffFile(path) as file:
            page = file.pages.first
            assert page.tags["Make"].value == "Zeiss Ikon"
            assert page.tags["ExifTag"].value["DateTimeOriginal"] == "1936:08:01 15:00:00"
            assert page.tags["GPSTag"].value["GPSLatitudeRef"] == "N"
            np.testing.assert_array_equal(page.asarray(), GREY)

    def test_replaces_what_is_there(self, tmp_path: Path) -> None:
        how = Tiff(description=Description(main={MAKE: text("old"), ARTIST: text("Ann")}))
        path = write_tiff(tmp_path / "a.tif", GREY, how)
        tiff_tags.add_to_tiff(path, Tags({MAKE: Tag(2, 8, b"The new\0")}, {}, {}))
        with tifffile.TiffFile(path) as file:
            assert file.pages.first.tags["Make"].value == "The new"
            assert file.pages.first.tags["Artist"].value == "Ann"


def with_entry(tag: int, kind: int, count: int, field: int, big: bool = False) -> bytes:
    """A TIFF of one entry with any numbers in it."""
    if big:
        head = struct.pack("<2sHHHQ", b"II", 43, 8, 0, 16)
        return head + struct.pack("<QHHQQQ", 1, tag, kind, count, field, 0)
    return struct.pack("<2sHIHHHIII", b"II", 42, 8, 1, tag, kind, count, field, 0)


class TestDamage:
    @pytest.mark.parametrize(
        "block",
        [
            b"",
            b"II",
            b"Exif\0\0",
            b"II*\0",
            b"II*\0\xff\xff\xff\xff",
            b"XX*\0\x08\0\0\0",
            b"II+\0\x08\0\0\0" + b"\xff" * 8,
            b"MM\0+\0\x08\0\0" + b"\x7f" + b"\xff" * 7,
            with_entry(MAKE, 2, 0xFFFFFFFF, 8),
            with_entry(MAKE, 2, 100, 0xFFFFFFFF),
            with_entry(MAKE, 99, 1, 0),
            with_entry(MAKE, 2, 0, 0),
            with_entry(EXIF_POINTER, 4, 1, 0xFFFFFFFF),
            with_entry(EXIF_POINTER, 4, 1, 8),  # itself
            with_entry(MAKE, 2, 100, 2**64 - 1, big=True),
            with_entry(MAKE, 2, 100, 2**63 - 1, big=True),
            with_entry(MAKE, 2, 2**64 - 1, 8, big=True),
            with_entry(EXIF_POINTER, 16, 1, 2**64 - 1, big=True),
        ],
        ids=str,
    )
    def test_left_out(self, block: bytes, tmp_path: Path) -> None:
        for tags in (from_exif(block), self.of_file(block, tmp_path)):
            assert MAKE not in tags.main
            assert DATE_TIME_ORIGINAL not in tags.exif

    def of_file(self, block: bytes, folder: Path) -> Tags:
        (folder / "a.tif").write_bytes(block)
        return from_tiff(folder / "a.tif")

    @settings(max_examples=300, deadline=None)
    @given(block=st.binary(max_size=300))
    def test_any_bytes(self, block: bytes) -> None:
        for start in (b"", b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08", b"II+\0\x08\0\0\0"):
            from_exif(start + block)

    @settings(
        max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(data=st.data(), layout=st.sampled_from(sorted(LAYOUTS)))
    def test_any_byte_changed(self, data: st.DataObject, layout: str, tmp_path: Path) -> None:
        content = bytearray(write_tiff(tmp_path / "a.tif", GREY, LAYOUTS[layout]).read_bytes())
        for _ in range(data.draw(st.integers(1, 5))):
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
        (tmp_path / "a.tif").write_bytes(content)
        to_exif(from_tiff(tmp_path / "a.tif"), 1)

    def test_offset_beyond_the_file_spoils_only_its_tag(self, tmp_path: Path) -> None:
        """A picture whose maker wrote one wild offset keeps everything else."""
        how = Tiff(description=DESCRIBED, big=True)
        data = bytearray(write_tiff(tmp_path / "a.tif", GREY, how).read_bytes())
        entry = data.index(struct.pack("<HHQ", ARTIST, 2, len(DESCRIBED.main[ARTIST].values)))
        data[entry + 12 : entry + 20] = struct.pack("<Q", 2**63 + 5)
        (tmp_path / "a.tif").write_bytes(data)
        tags = from_tiff(tmp_path / "a.tif")
        assert ARTIST not in tags.main
        assert tags.main[MAKE].data == b"Zeiss Ikon\0"
        assert tags.exif[DATE_TIME_ORIGINAL].data == b"1936:08:01 15:00:00\0"

    def test_such_a_file_is_colorized(self, warm: Colorizer, tmp_path: Path) -> None:
        how = Tiff(description=DESCRIBED, big=True)
        data = bytearray(write_tiff(tmp_path / "a.tif", GREY, how).read_bytes())
        entry = data.index(struct.pack("<HHQ", ARTIST, 2, len(DESCRIBED.main[ARTIST].values)))
        data[entry + 12 : entry + 20] = struct.pack("<Q", 2**63 + 5)
        (tmp_path / "a.tif").write_bytes(data)
        warm.colorize_file(tmp_path / "a.tif", tmp_path / "b.tif")
        with tifffile.TiffFile(tmp_path / "b.tif") as file:
            assert file.pages.first.tags["Make"].value == "Zeiss Ikon"

    def test_exif_directory_that_is_damaged_spoils_only_itself(self) -> None:
        """The main directory's tags are still sound."""
        writer_block = exif_block(Description(main={MAKE: text("Kodak")}, exif={1: short(1)}))
        where = writer_block.index(struct.pack("<HHI", EXIF_POINTER, 4, 1)) + 8
        block = writer_block[:where] + b"\xff\xff\xff\xff" + writer_block[where + 4 :]
        assert from_exif(block).main[MAKE].data == b"Kodak\0"


def test_value_helper_counts() -> None:
    """The test's own writer: a rational is two numbers."""
    assert Value(5, (1, 2, 3, 4)).count == 2
    assert long(1, 2).packed(">") == b"\0\0\0\1\0\0\0\2"
    assert io.BytesIO(exif_block()).read(2) == b"II"
