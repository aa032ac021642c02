"""What describes a picture travels with it: EXIF, GPS, DPI, XMP; the grey thumbnail does not."""

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, IptcImagePlugin

from helpers.pictures import (
    ARTIST,
    DATE_TIME,
    DATE_TIME_ORIGINAL,
    DESCRIBED,
    FOCAL_LENGTH,
    MAKE,
    MAKER_NOTE,
    MODEL,
    XMP,
    Description,
    Jpeg,
    Png,
    Tiff,
    Value,
    exif_block,
    photograph,
    text,
    write,
    write_jpeg,
    write_png,
    write_tiff,
)
from helpers.reading import Facts, facts
from photochrom import Colorizer, Options
from photochrom.files import iptc

Pixels = NDArray[Any]

TIFF = Tiff(description=DESCRIBED, xmp=XMP, dpi=300)
SOURCES: dict[str, Jpeg | Png | Tiff] = {
    "jpg": Jpeg(exif=exif_block(), xmp=XMP, dpi=300),
    "motorola.jpg": Jpeg(exif=exif_block(order=">"), xmp=XMP, dpi=300),
    "png": Png(exif=exif_block(), xmp=XMP, dpi=300),
    "tif": TIFF,
    "last.tif": replace(TIFF, directory_first=False),
    "lzw.tif": replace(TIFF, codec="lzw"),
    "motorola.tif": replace(TIFF, order=">"),
    "big.tif": replace(TIFF, big=True),
    "big.motorola.tif": replace(TIFF, big=True, order=">"),
}
TARGETS = ("jpg", "png", "tif", "webp")

every_way = pytest.mark.parametrize(
    ("source", "target"), [(source, target) for source in SOURCES for target in TARGETS]
)


def picture() -> Pixels:
    return photograph("camera.png", 90)


def write_source(folder: Path, name: str) -> Path:
    return write(folder / f"in.{name}", picture(), SOURCES[name])


def through(source: Path, target: str, colorizer: Colorizer) -> Facts:
    result = source.with_name(f"out.{target}")
    colorizer.colorize_file(source, result)
    return facts(result)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("source", ["jpg", "png", "tif"])
def test_a_picture_comes_out_alike_twice(
    source: str, target: str, warm: Colorizer, tmp_path: Path
) -> None:
    path = write_source(tmp_path, source)
    twice = []
    for name in (f"first.{target}", f"second.{target}"):
        warm.colorize_file(path, tmp_path / name)
        twice.append((tmp_path / name).read_bytes())
    assert twice[0] == twice[1]


@every_way
def test_everything_is_kept(source: str, target: str, warm: Colorizer, tmp_path: Path) -> None:
    result = through(write_source(tmp_path, source), target, warm)
    assert result.main[MAKE] == "Zeiss Ikon"
    assert result.main[MODEL] == "Contessa 35"
    assert result.main[DATE_TIME] == "2001:02:03 04:05:06"
    assert artist(result.main[ARTIST]) == "Käthe Augenstein"
    assert result.exif[DATE_TIME_ORIGINAL] == "1936:08:01 15:00:00"
    assert float(result.exif[FOCAL_LENGTH]) == 45.5
    assert result.gps[1] == "N"
    assert [float(part) for part in result.gps[2]] == pytest.approx([52, 30, 51.23])
    assert [float(part) for part in result.gps[4]] == pytest.approx([13, 14, 22.17])
    assert result.dpi == pytest.approx((300, 300), abs=0.01)
    assert result.xmp is not None
    assert b"Box 12, no. 7" in result.xmp


def artist(name: str | bytes) -> str:
    """Pillow takes TIFF's text for Latin-1 here and leaves it as bytes there."""
    raw = name if isinstance(name, bytes) else name.encode("latin-1", "surrogateescape")
    try:
        return raw.decode().rstrip("\0")
    except UnicodeDecodeError:
        return str(name)


class TestTiffAsOthersReadIt:
    """tifffile follows every offset itself, and complains where one is odd."""

    @pytest.mark.parametrize("source", SOURCES)
    def test_by_tifffile(self, source: str, warm: Colorizer, tmp_path: Path) -> None:
        path = write_source(tmp_path, source)
        warm.colorize_file(path, tmp_path / "out.tif")
        with tifffile.TiffFile(tmp_path / "out.tif") as file:
            tags = file.pages.first.tags
            assert list(tags.keys()) == sorted(tags.keys())
            assert tags["Make"].value == "Zeiss Ikon"
            assert tags["ExifTag"].value["DateTimeOriginal"] == "1936:08:01 15:00:00"
            assert tags["GPSTag"].value["GPSLatitude"] == (52, 1, 30, 1, 5123, 100)
            assert len(file.pages) == 1

    def test_odd_lengths_stay_aligned(self, warm: Colorizer, tmp_path: Path) -> None:
        """TIFF 6.0: a value begins on a word boundary."""
        odd = Description(main={MAKE: text("odd"), MODEL: text("abcdefgh"), ARTIST: text("xyzzyx")})
        write_tiff(tmp_path / "in.tif", picture(), Tiff(description=odd))
        warm.colorize_file(tmp_path / "in.tif", tmp_path / "out.tif")
        with tifffile.TiffFile(tmp_path / "out.tif") as file:
            for tag in file.pages.first.tags.values():
                assert tag.valueoffset % 2 == 0
            assert file.pages.first.tags["Model"].value == "abcdefgh"


class TestOrientationTag:
    @pytest.mark.parametrize("orientation", range(1, 9))
    @pytest.mark.parametrize("target", TARGETS)
    def test_kept_as_stored(
        self, orientation: int, target: str, warm: Colorizer, tmp_path: Path
    ) -> None:
        write_tiff(tmp_path / "in.tif", picture(), Tiff(orientation=orientation))
        assert through(tmp_path / "in.tif", target, warm).orientation == orientation

    @pytest.mark.parametrize("orientation", [1, 6])
    @pytest.mark.parametrize("target", TARGETS)
    def test_of_jpeg(self, orientation: int, target: str, warm: Colorizer, tmp_path: Path) -> None:
        exif = exif_block(orientation=orientation)
        write_jpeg(tmp_path / "in.jpg", picture(), Jpeg(exif=exif))
        assert through(tmp_path / "in.jpg", target, warm).orientation == orientation

    @pytest.mark.parametrize("target", TARGETS)
    def test_beside_other_tags(self, target: str, warm: Colorizer, tmp_path: Path) -> None:
        """A TIFF's tags become an EXIF block; its orientation must get into it."""
        how = Tiff(orientation=6, description=DESCRIBED)
        write_tiff(tmp_path / "in.tif", picture(), how)
        result = through(tmp_path / "in.tif", target, warm)
        assert result.orientation == 6
        assert result.main[MAKE] == "Zeiss Ikon"


class TestThumbnail:
    @pytest.mark.parametrize("target", TARGETS)
    def test_dropped(self, target: str, warm: Colorizer, tmp_path: Path) -> None:
        small = io.BytesIO()
        Image.fromarray(picture()).resize((16, 16)).save(small, "JPEG")
        exif = exif_block(thumbnail=small.getvalue())
        source = write_jpeg(tmp_path / "in.jpg", picture(), Jpeg(exif=exif))
        assert facts(source).thumbnail
        result = through(source, target, warm)
        assert not result.thumbnail
        assert small.getvalue()[100:200] not in (tmp_path / f"out.{target}").read_bytes()


HEADLINE = b"\x1c\x02\x69\x00\x1bA wedding at Kiel, May 1911."
CAPTIONS = {(2, 105): b"A wedding at Kiel, May 1911"}


def captions_of(path: Path) -> Any:
    with Image.open(path) as image:
        return IptcImagePlugin.getiptcinfo(image)


class TestCaptions:
    """IPTC, which JPEG wraps in a Photoshop block and TIFF does not."""

    @pytest.mark.parametrize("source", ["jpg", "tif"])
    @pytest.mark.parametrize("target", ["jpg", "tif"])
    def test_kept(self, source: str, target: str, warm: Colorizer, tmp_path: Path) -> None:
        if source == "jpg":
            block = (
                b"8BIM\x04\x25\1x\0\0\0\3abc\0" + b"8BIM\x04\x04\0\0\0\0\0" + bytes([len(HEADLINE)])
            )
            write_jpeg(tmp_path / "in.jpg", picture())
            jpeg = (tmp_path / "in.jpg").read_bytes()
            app13 = b"Photoshop 3.0\0" + block + HEADLINE + b"\0" * (len(HEADLINE) % 2)
            marker = b"\xff\xed" + (len(app13) + 2).to_bytes(2, "big") + app13
            (tmp_path / "in.jpg").write_bytes(jpeg[:2] + marker + jpeg[2:])
        else:
            tags = Description(main={33723: Value(7, HEADLINE)})
            write_tiff(tmp_path / "in.tif", picture(), Tiff(description=tags))
        assert captions_of(tmp_path / f"in.{source}") == CAPTIONS
        warm.colorize_file(tmp_path / f"in.{source}", tmp_path / f"out.{target}")
        assert captions_of(tmp_path / f"out.{target}") == CAPTIONS

    @pytest.mark.parametrize("target", ["png", "webp"])
    def test_kinds_without_a_place_for_them(
        self, target: str, warm: Colorizer, tmp_path: Path
    ) -> None:
        tags = Description(main={33723: Value(7, HEADLINE)})
        write_tiff(tmp_path / "in.tif", picture(), Tiff(description=tags))
        report = warm.colorize_file(tmp_path / "in.tif", tmp_path / f"out.{target}")
        assert len(report.notes) == 1
        assert "IPTC captions; they were left out" in report.notes[0]

    @given(data=st.binary(max_size=80))
    def test_any_bytes(self, data: bytes) -> None:
        assert iptc.bare(iptc.wrapped(data)) == iptc.bare(data)
        iptc.bare(b"Photoshop 3.0\0" + data)
        iptc.bare(b"Photoshop 3.0\x008BIM" + data)


class TestNothingToKeep:
    @pytest.mark.parametrize("target", TARGETS)
    def test_nothing_is_made_up(self, target: str, warm: Colorizer, tmp_path: Path) -> None:
        write_png(tmp_path / "in.png", picture())
        target_path = tmp_path / f"out.{target}"
        warm.colorize_file(tmp_path / "in.png", target_path, Options(provenance=False))
        result = facts(target_path)
        descriptive = {MAKE, MODEL, DATE_TIME, ARTIST, 270, 305, 33432}
        assert not descriptive & result.main.keys()
        assert DATE_TIME_ORIGINAL not in result.exif
        assert result.gps == {}
        assert result.xmp is None


class TestOddDescriptions:
    @pytest.mark.parametrize("target", TARGETS)
    def test_long_texts(self, target: str, warm: Colorizer, tmp_path: Path) -> None:
        words = "On the back, in pencil: " + "Anna and Johann, spring. " * 500
        long_one = Description(main={270: text(words)})
        write_tiff(tmp_path / "in.tif", picture(), Tiff(description=long_one))
        assert through(tmp_path / "in.tif", target, warm).main[270] == words

    def test_maker_note_from_jpeg_to_tiff(self, warm: Colorizer, tmp_path: Path) -> None:
        note = bytes(range(256)) * 4
        noted = Description(exif={MAKER_NOTE: Value(7, note), 36864: Value(7, b"0232")})
        write_jpeg(tmp_path / "in.jpg", picture(), Jpeg(exif=exif_block(noted)))
        assert through(tmp_path / "in.jpg", "tif", warm).exif[MAKER_NOTE] == note

    @pytest.mark.parametrize("target", TARGETS)
    def test_exif_block_of_garbage(self, target: str, warm: Colorizer, tmp_path: Path) -> None:
        garbage = np.random.default_rng(0).bytes(500)
        write_jpeg(tmp_path / "in.jpg", picture(), Jpeg(exif=b"II*\0\x08\0\0\0" + garbage))
        result = through(tmp_path / "in.jpg", target, warm)
        assert result.format == {"jpg": "JPEG", "png": "PNG", "tif": "TIFF", "webp": "WEBP"}[target]

    def test_same_text_in_a_tiff_and_its_exif(self, warm: Colorizer, tmp_path: Path) -> None:
        """Tags that libtiff knows and writes itself must not come twice."""
        write_tiff(
            tmp_path / "in.tif",
            picture(),
            Tiff(description=Description(main={270: text("Grandmother, 1911")})),
        )
        warm.colorize_file(tmp_path / "in.tif", tmp_path / "out.tif")
        data = (tmp_path / "out.tif").read_bytes()
        with tifffile.TiffFile(io.BytesIO(data)) as file:
            codes = [tag.code for tag in file.pages.first.tags.values()]
            assert codes.count(270) == 1
            assert file.pages.first.tags[270].value == "Grandmother, 1911"
