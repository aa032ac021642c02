"""Kinds that libvips can't decode here: HEIC, camera raw, JPEG 2000; and what is said of others."""

import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pillow_heif
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image

from helpers import profiles
from helpers.lightness import LIMIT_8_BIT, LIMIT_16_BIT, largest_change
from helpers.pictures import (
    DATE_TIME_ORIGINAL,
    MAKE,
    XMP,
    deepened,
    exif_block,
    photograph,
    write_jpeg,
)
from helpers.reading import facts, pixels
from photochrom import Colorizer, Options
from photochrom.errors import InputError
from photochrom.files import jpeg2000
from photochrom.files.kinds import kind_of

Pixels = NDArray[Any]


def write_heic(path: Path, picture: Pixels, **info: Any) -> Path:
    """At a quality that loses little."""
    mode = "RGB;16" if picture.dtype == np.uint16 else "RGB"
    image = pillow_heif.from_bytes(mode, picture.shape[1::-1], picture.tobytes())
    image.info.update(info)
    image.save(path, quality=98, chroma=444)
    return path


def write_dng(path: Path, light: Pixels, **tags: Any) -> Path:
    """Linear light 0..1 (H x W) as a sensor with red, green and blue in turn would record it."""
    numbers = {
        50706: (1, 4, bytes([1, 4, 0, 0])),  # DNGVersion
        50708: (2, 0, "Test"),  # UniqueCameraModel
        33421: (3, 2, (2, 2)),  # CFARepeatPatternDim
        33422: (1, 4, bytes([0, 1, 1, 2])),  # CFAPattern
        50714: (3, 1, 0),  # BlackLevel
        50717: (3, 1, 65535),  # WhiteLevel
        50721: (10, 9, matrix()),  # ColorMatrix1
        50728: (5, 3, (1, 1, 1, 1, 1, 1)),  # AsShotNeutral
        50778: (3, 1, 21),  # CalibrationIlluminant1: D65
        **tags.get("more", {}),
    }
    tifffile.imwrite(
        path,
        np.rint(light * 65535).astype(np.uint16),
        photometric=32803,
        metadata=None,
        extratags=[
            (code, kind, count, value, True) for code, (kind, count, value) in numbers.items()
        ],
    )
    return path


def matrix() -> tuple[int, ...]:
    """XYZ to linear sRGB, as signed fractions."""
    rows = (3.2406, -1.5372, -0.4986, -0.9689, 1.8758, 0.0415, 0.0557, -0.2040, 1.0570)
    return tuple(part for value in rows for part in (round(value * 10000), 10000))


class TestHeic:
    def test_eight_bits(self, warm: Colorizer, tmp_path: Path) -> None:
        source = write_heic(tmp_path / "in.heic", photograph("coffee.png", 64))
        warm.colorize_file(source, tmp_path / "out.png")
        before = np.asarray(pillow_heif.open_heif(source))
        after = pixels(tmp_path / "out.png")
        assert after.dtype == np.uint8
        assert largest_change(before, after, profiles.NO_PROFILE) <= LIMIT_8_BIT

    def test_ten_bits(self, warm: Colorizer, tmp_path: Path) -> None:
        """White is white, not the 65,472 that shifting 1,023 gives."""
        picture = deepened(photograph("coffee.png", 64))
        picture[:16, :16] = 65535
        source = write_heic(tmp_path / "in.heic", picture)
        warm.colorize_file(source, tmp_path / "out.tif")
        shifted = np.asarray(pillow_heif.open_heif(source, convert_hdr_to_8bit=False))
        before = shifted | shifted >> 10
        after = pixels(tmp_path / "out.tif")
        assert after.dtype == np.uint16
        assert after[:12, :12].min() > 65400
        assert largest_change(before, after, profiles.NO_PROFILE) <= LIMIT_16_BIT

    def test_description(self, warm: Colorizer, tmp_path: Path) -> None:
        """Turned upright by the decoder, so the tag that would turn it again is gone."""
        source = write_heic(
            tmp_path / "in.heic",
            photograph("coffee.png", 64),
            exif=b"Exif\0\0" + exif_block(orientation=1),
            xmp=XMP,
            icc_profile=profiles.ADOBE.icc,
        )
        for target in ("out.jpg", "out.tif", "out.png"):
            warm.colorize_file(source, tmp_path / target)
            result = facts(tmp_path / target)
            assert result.main[MAKE] == "Zeiss Ikon"
            assert result.exif[DATE_TIME_ORIGINAL] == "1936:08:01 15:00:00"
            assert result.orientation == 1
            assert result.icc == profiles.ADOBE.icc
            assert result.xmp is not None
            assert b"Box 12, no. 7" in result.xmp

    def test_turned(self, warm: Colorizer, tmp_path: Path) -> None:
        """As telephones write it: stored across, and both the file and its EXIF say so."""
        picture = photograph("coffee.png", 64)
        image = pillow_heif.from_bytes("RGB", picture.shape[1::-1], picture.tobytes())
        image.info["exif"] = b"Exif\0\0" + exif_block(orientation=6)
        image.save(tmp_path / "in.heic", quality=98, chroma=444)
        assert b"irot" in (tmp_path / "in.heic").read_bytes()
        warm.colorize_file(tmp_path / "in.heic", tmp_path / "out.png")
        after = pixels(tmp_path / "out.png")
        assert facts(tmp_path / "out.png").orientation == 1
        assert largest_change(np.rot90(picture, -1), after, profiles.NO_PROFILE) < 20
        assert after.shape == (64, 43, 3)

    def test_damaged(self, warm: Colorizer, tmp_path: Path) -> None:
        source = write_heic(tmp_path / "in.heic", photograph("coffee.png", 64))
        source.write_bytes(source.read_bytes()[:-500])
        with pytest.raises(InputError, match=r"can't read .* as HEIC"):
            warm.colorize_file(source, tmp_path / "out.png")
        assert [path.name for path in tmp_path.iterdir()] == ["in.heic"]


class TestRaw:
    def test_grey_ramp(self, warm: Colorizer, tmp_path: Path) -> None:
        """Linear light on the sensor becomes sRGB codes of the same light."""
        ramp = np.tile(np.linspace(0.02, 0.9, 64), (48, 1))
        source = write_dng(tmp_path / "in.dng", ramp)
        warm.colorize_file(source, tmp_path / "out.tif", Options(strength=0))
        after = pixels(tmp_path / "out.tif")
        assert after.dtype == np.uint16
        green = after[20:28, 8:-8, 1].mean(axis=0) / 65535
        linear = np.where(green <= 0.04045, green / 12.92, ((green + 0.055) / 1.055) ** 2.4)
        expected = ramp[0, 8 : 8 + len(linear)]
        assert np.abs(linear / linear.mean() - expected / expected.mean()).max() < 0.05

    def test_description(self, warm: Colorizer, tmp_path: Path) -> None:
        more = {MAKE: (2, 0, "Zeiss Ikon")}
        source = write_dng(tmp_path / "in.dng", np.full((48, 64), 0.5), more=more)
        for target in ("out.tif", "out.jpg", "out.png"):
            warm.colorize_file(source, tmp_path / target)
            assert facts(tmp_path / target).main[MAKE] == "Zeiss Ikon"

    def test_preview_is_not_taken_for_the_picture(self, tmp_path: Path) -> None:
        assert kind_of(write_dng(tmp_path / "in.NEF", np.full((48, 64), 0.5))) == "camera raw"

    def test_jpeg_of_a_wrong_name(self, warm: Colorizer, tmp_path: Path) -> None:
        write_jpeg(tmp_path / "in.dng", photograph("camera.png", 40))
        warm.colorize_file(tmp_path / "in.dng", tmp_path / "out.png")

    def test_damaged(self, warm: Colorizer, tmp_path: Path) -> None:
        (tmp_path / "in.dng").write_bytes(b"II*\0" + bytes(200))
        with pytest.raises(InputError, match="as camera raw"):
            warm.colorize_file(tmp_path / "in.dng", tmp_path / "out.png")


class TestJpeg2000:
    @pytest.mark.parametrize("bits", [8, 12, 16])
    @pytest.mark.parametrize("codec", ["jp2", "j2k"])
    @pytest.mark.parametrize("color", [False, True])
    def test_depths(
        self, bits: int, codec: str, color: bool, warm: Colorizer, tmp_path: Path
    ) -> None:
        picture = photograph("coffee.png" if color else "camera.png", 60)
        codes = picture if bits == 8 else deepened(picture) >> (16 - bits)
        data = imagecodecs.jpeg2k_encode(
            codes, bitspersample=bits, reversible=True, level=0, codecformat=codec
        )
        (tmp_path / "in.jp2").write_bytes(data)
        warm.colorize_file(tmp_path / "in.jp2", tmp_path / "out.tif")
        after = pixels(tmp_path / "out.tif")
        assert after.dtype == codes.dtype
        full = np.rint(codes * (np.iinfo(codes.dtype).max / ((1 << bits) - 1))).astype(codes.dtype)
        limit = LIMIT_8_BIT if bits == 8 else LIMIT_16_BIT
        assert largest_change(full, after, profiles.NO_PROFILE) <= limit

    def test_profile_and_xmp(self, warm: Colorizer, tmp_path: Path) -> None:
        icc = profiles.ADOBE.icc
        assert icc is not None
        picture = photograph("coffee.png", 60)
        data = bytes(imagecodecs.jpeg2k_encode(picture, reversible=True, level=0))
        old = box(b"colr", b"\1\0\0\0\0\0\x10")
        new = box(b"colr", b"\2\0\0" + icc)
        assert data.count(old) == 1
        at = data.index(b"jp2h") - 4
        (length,) = struct.unpack_from(">I", data, at)
        inside = data[at + 8 : at + length].replace(old, new)
        uuid = box(b"uuid", jpeg2000.XMP_UUID + XMP)
        head = data[:at] + box(b"jp2h", inside) + uuid
        (tmp_path / "in.jp2").write_bytes(head + data[at + length :])
        warm.colorize_file(tmp_path / "in.jp2", tmp_path / "out.tif")
        result = facts(tmp_path / "out.tif")
        assert result.icc == icc
        assert result.xmp is not None
        assert b"Box 12, no. 7" in result.xmp

    @pytest.mark.parametrize("keep", [20, 100, 0.5])
    def test_damaged(self, keep: float, warm: Colorizer, tmp_path: Path) -> None:
        data = imagecodecs.jpeg2k_encode(photograph("coffee.png", 60), reversible=True, level=0)
        cut = int(keep if keep > 1 else len(data) * keep)
        (tmp_path / "in.jp2").write_bytes(data[:cut])
        with pytest.raises(InputError, match=r"in\.jp2"):
            warm.colorize_file(tmp_path / "in.jp2", tmp_path / "out.png")


class TestPlain:
    @pytest.mark.parametrize("name", ["a.pgm", "a.ppm", "a.bmp", "grey.bmp", "palette.bmp"])
    @pytest.mark.parametrize("width", [60, 61, 62, 63])
    def test_eight_bits(self, name: str, width: int, warm: Colorizer, tmp_path: Path) -> None:
        image = Image.fromarray(photograph("coffee.png", width))
        if name in ("a.pgm", "grey.bmp"):
            image = image.convert("L")
        if name == "palette.bmp":
            image = image.quantize(100)
        image.save(tmp_path / name)
        warm.colorize_file(tmp_path / name, tmp_path / "out.png", Options(strength=0))
        expected = np.asarray(image.convert("RGB"), int)
        assert np.abs(pixels(tmp_path / "out.png") - expected).max() <= 1

    @pytest.mark.parametrize("highest", [65535, 4095, 100])
    @pytest.mark.parametrize("remark", [b"", b"# made by a scanner 100\n"])
    def test_pgm_of_any_depth(
        self, highest: int, remark: bytes, warm: Colorizer, tmp_path: Path
    ) -> None:
        codes = np.linspace(0, highest, 600).round().reshape(20, 30)
        stored = codes.astype(">u2" if highest > 255 else ">u1").tobytes()
        head = b"P5\n" + remark + b"30 20\n%d\n" % highest
        (tmp_path / "a.pgm").write_bytes(head + stored)
        warm.colorize_file(tmp_path / "a.pgm", tmp_path / "out.tif")
        after = pixels(tmp_path / "out.tif")
        top = 65535 if highest > 255 else 255
        limit = LIMIT_16_BIT if highest > 255 else LIMIT_8_BIT
        assert after.dtype == (np.uint16 if highest > 255 else np.uint8)
        full = np.rint(codes * (top / highest)).astype(after.dtype)
        assert largest_change(full, after, profiles.NO_PROFILE) <= limit

    @pytest.mark.parametrize("data", [b"P2\n2 1 255\n0 9\n", b"P5\n", b"BM", b"P5\n30 20\n255\nx"])
    def test_damaged(self, data: bytes, warm: Colorizer, tmp_path: Path) -> None:
        (tmp_path / "a").write_bytes(data)
        with pytest.raises(InputError, match="can't read"):
            warm.colorize_file(tmp_path / "a", tmp_path / "out.png")

    def test_cut_bmp(self, warm: Colorizer, tmp_path: Path) -> None:
        Image.fromarray(photograph("coffee.png", 60)).save(tmp_path / "a.bmp")
        data = (tmp_path / "a.bmp").read_bytes()
        (tmp_path / "a.bmp").write_bytes(data[:-2000])
        with pytest.raises(InputError, match="can't read"):
            warm.colorize_file(tmp_path / "a.bmp", tmp_path / "out.png")


def box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", len(body) + 8, name) + body


Writer = Callable[[Path], object]
OTHERS: dict[str, tuple[str, Writer]] = {
    "HEIC": ("a.heic", lambda path: write_heic(path, photograph("coffee.png", 64))),
    "camera raw": ("a.dng", lambda path: write_dng(path, np.full((48, 64), 0.5))),
    "JPEG 2000": ("a.jp2", lambda path: Image.fromarray(photograph("coffee.png", 60)).save(path)),
}
EXTRAS = {
    "HEIC": ("pillow_heif", "heif"),
    "camera raw": ("rawpy", "raw"),
    "JPEG 2000": ("imagecodecs", "jp2"),
}


@pytest.mark.parametrize("kind", OTHERS)
def test_missing_extra_is_named(
    kind: str, warm: Colorizer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, write = OTHERS[kind]
    write(tmp_path / name)
    module, extra = EXTRAS[kind]
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(InputError, match=rf"photochrom\[{extra}\]") as caught:
        warm.colorize_file(tmp_path / name, tmp_path / "out.png")
    assert kind in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", OTHERS)
def test_scratch_goes_where_it_is_told_and_away(kind: str, warm: Colorizer, tmp_path: Path) -> None:
    name, write = OTHERS[kind]
    write(tmp_path / name)
    scratch, seen = tmp_path / "scratch", []
    scratch.mkdir()

    def progress(stage: str, fraction: float, left: float | None) -> None:
        seen.append(len(list(scratch.iterdir())))

    warm.colorize_file(tmp_path / name, tmp_path / "out.png", scratch=scratch, progress=progress)
    assert set(seen) == {1}
    assert list(scratch.iterdir()) == []


def zstd_tiff(path: Path) -> None:
    Image.fromarray(photograph("coffee.png", 60)).save(path, compression="zstd")


def lab_tiff(path: Path) -> None:
    picture = photograph("coffee.png", 60)
    tifffile.imwrite(path, picture, photometric="cielab")


@pytest.mark.parametrize(
    ("name", "write", "words"),
    [
        ("a.jxl", lambda path: path.write_bytes(b"\xff\x0a" + bytes(50)), "JPEG XL"),
        ("a.psd", lambda path: path.write_bytes(b"8BPS\0\1" + bytes(50)), "Photoshop"),
        ("a.tif", zstd_tiff, "TIFF with Zstandard compression"),
        ("a.tif", lab_tiff, r"8-bit L\*a\*b\* TIFF"),
    ],
)
def test_what_can_be_read_is_said(
    name: str, write: Writer, words: str, warm: Colorizer, tmp_path: Path
) -> None:
    write(tmp_path / name)
    with pytest.raises(InputError, match=f"libvips can't read {words} here; save it as TIFF, PNG"):
        warm.colorize_file(tmp_path / name, tmp_path / "out.png")
