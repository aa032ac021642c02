"""Every kind of file into every kind of file: what is kept, and what a kind can't hold."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image

from helpers import profiles
from helpers.lightness import LIMIT_8_BIT, LIMIT_16_BIT, largest_change, lightness
from helpers.pictures import (
    Jpeg,
    Png,
    Tiff,
    deepened,
    photograph,
    with_alpha,
    write_jpeg,
    write_png,
    write_tiff,
)
from helpers.reading import facts, icc_tag, pixels, tiff_codec
from photochrom import Colorizer
from photochrom.errors import OutputError

Pixels = NDArray[Any]
Write = Callable[[Path, Pixels, bytes | None], Path]

SOURCES: dict[str, Write] = {
    "jpg": lambda path, picture, icc: write_jpeg(path, picture, Jpeg(icc=icc)),
    "png": lambda path, picture, icc: write_png(path, picture, Png(icc=icc)),
    "tif": lambda path, picture, icc: write_tiff(path, picture, Tiff(icc=icc)),
    "bigtiff": lambda path, picture, icc: write_tiff(path, picture, Tiff(big=True, icc=icc)),
    "motorola": lambda path, picture, icc: write_tiff(path, picture, Tiff(order=">", icc=icc)),
}
TARGETS = ("jpg", "png", "tif", "webp")
NAMES = {"jpg": "JPEG", "png": "PNG", "tif": "TIFF", "webp": "WEBP"}


@dataclass(frozen=True)
class Kind:
    """A kind of source."""

    source: str
    depth: int
    color: bool
    alpha: bool

    def __str__(self) -> str:
        words = [self.source, str(self.depth), "rgb" if self.color else "grey"]
        return "-".join([*words, "alpha"] if self.alpha else words)

    def picture(self) -> Pixels:
        picture = photograph("coffee.png" if self.color else "camera.png", 90)
        picture = deepened(picture) if self.depth == 16 else picture
        return with_alpha(picture) if self.alpha else picture

    def write(self, folder: Path, icc: bytes | None = None) -> Path:
        ending = {"bigtiff": "tif", "motorola": "tiff"}.get(self.source, self.source)
        return SOURCES[self.source](folder / f"in.{ending}", self.picture(), icc)


KINDS = [
    Kind(source, depth, color, alpha)
    for source in SOURCES
    for depth in (8, 16)
    for color in (False, True)
    for alpha in (False, True)
    if source != "jpg" or (depth == 8 and not alpha)
]


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_every_way(kind: Kind, target: str, warm: Colorizer, tmp_path: Path) -> None:
    source, result = kind.write(tmp_path), tmp_path / f"out.{target}"
    report = warm.colorize_file(source, result)
    assert facts(result).format == NAMES[target]
    before, after = pixels(source), pixels(result)
    assert after.shape[:2] == before.shape[:2] == (report.height, report.width)
    shallow = target in ("jpg", "webp")
    assert after.dtype == (np.uint8 if shallow else before.dtype)
    assert after.shape[2] == (4 if kind.alpha and target != "jpg" else 3)
    lost = int(shallow and kind.depth == 16) + int(target == "jpg" and kind.alpha)
    assert len(report.notes) == lost
    if target == "jpg":
        return
    if kind.alpha:
        alpha = np.rint(before[..., -1] / 257) if shallow and kind.depth == 16 else before[..., -1]
        np.testing.assert_array_equal(after[..., -1], alpha)
    limit = LIMIT_16_BIT if kind.depth == 16 and not shallow else LIMIT_8_BIT
    assert largest_change(before, after, profiles.NO_PROFILE) <= limit


CODECS = {"none": "NONE", "lzw": "LZW", "deflate": "ADOBE_DEFLATE"}
ICC_WAYS = [(source, target) for source in ("jpg", "png", "tif") for target in TARGETS]


class TestProfilesAreKept:
    @pytest.mark.parametrize(("source", "target"), ICC_WAYS)
    @pytest.mark.parametrize("profile", profiles.RGB_PROFILES[1:], ids=lambda p: p.name)
    def test_rgb_byte_for_byte(
        self, source: str, target: str, profile: profiles.Profile, warm: Colorizer, tmp_path: Path
    ) -> None:
        path = Kind(source, 8, True, False).write(tmp_path, profile.icc)
        warm.colorize_file(path, tmp_path / f"out.{target}")
        assert facts(tmp_path / f"out.{target}").icc == profile.icc

    @pytest.mark.parametrize(("source", "target"), ICC_WAYS)
    @pytest.mark.parametrize("profile", profiles.GREY_PROFILES[1:], ids=lambda p: p.name)
    def test_grey_becomes_rgb_with_its_curve(
        self, source: str, target: str, profile: profiles.Profile, warm: Colorizer, tmp_path: Path
    ) -> None:
        assert profile.icc is not None
        path = Kind(source, 8, False, False).write(tmp_path, profile.icc)
        warm.colorize_file(path, tmp_path / f"out.{target}")
        icc = facts(tmp_path / f"out.{target}").icc
        assert icc is not None
        assert icc[16:20] == b"RGB "
        for band in (b"rTRC", b"gTRC", b"bTRC"):
            assert icc_tag(icc, band) == icc_tag(profile.icc, b"kTRC")

    @pytest.mark.parametrize("target", TARGETS)
    def test_none_stays_none(self, target: str, warm: Colorizer, tmp_path: Path) -> None:
        path = Kind("png", 8, True, False).write(tmp_path)
        warm.colorize_file(path, tmp_path / f"out.{target}")
        assert facts(tmp_path / f"out.{target}").icc is None

    @pytest.mark.parametrize("source", ["jpg", "png", "tif"])
    def test_rgb_profile_on_a_grey_picture(
        self, source: str, warm: Colorizer, tmp_path: Path
    ) -> None:
        """Common, though not allowed by PNG: its curve counts, and the profile is kept."""
        profile = profiles.PROPHOTO
        path = Kind(source, 8, False, False).write(tmp_path, profile.icc)
        warm.colorize_file(path, tmp_path / "out.tif")
        assert facts(tmp_path / "out.tif").icc == profile.icc
        before, after = pixels(path), pixels(tmp_path / "out.tif")
        assert largest_change(before, after, profile) <= LIMIT_8_BIT


class TestOutputs:
    def test_jpeg_is_quality_95_without_subsampling(self, warm: Colorizer, tmp_path: Path) -> None:
        path = Kind("png", 8, True, False).write(tmp_path)
        warm.colorize_file(path, tmp_path / "out.jpg")
        Image.fromarray(pixels(path)).save(tmp_path / "ours.jpg", quality=95, subsampling=0)
        with Image.open(tmp_path / "out.jpg") as out, Image.open(tmp_path / "ours.jpg") as ours:
            assert out.layer == ours.layer  # type: ignore[attr-defined]
            assert out.quantization == ours.quantization  # type: ignore[attr-defined]

    @pytest.mark.parametrize(
        ("codec", "expected"), [("none", "NONE"), ("lzw", "LZW"), ("deflate", "ADOBE_DEFLATE")]
    )
    @pytest.mark.parametrize("depth", [8, 16])
    def test_tiff_compression_is_kept(
        self, codec: str, expected: str, depth: int, warm: Colorizer, tmp_path: Path
    ) -> None:
        picture = Kind("tif", depth, False, False).picture()
        write_tiff(tmp_path / "in.tif", picture, Tiff(codec=codec))
        np.testing.assert_array_equal(pixels(tmp_path / "in.tif"), picture)
        warm.colorize_file(tmp_path / "in.tif", tmp_path / "out.tif")
        assert tiff_codec(tmp_path / "out.tif") == expected

    def test_tiff_of_another_kind_is_deflated(self, warm: Colorizer, tmp_path: Path) -> None:
        path = Kind("jpg", 8, True, False).write(tmp_path)
        warm.colorize_file(path, tmp_path / "out.tif")
        assert tiff_codec(tmp_path / "out.tif") == "ADOBE_DEFLATE"

    @pytest.mark.parametrize("depth", [8, 16])
    def test_tiff_is_read_by_others(self, depth: int, warm: Colorizer, tmp_path: Path) -> None:
        path = Kind("png", depth, False, True).write(tmp_path)
        warm.colorize_file(path, tmp_path / "out.tif")
        with tifffile.TiffFile(tmp_path / "out.tif") as file:
            page = file.pages.first
            assert page.photometric == tifffile.PHOTOMETRIC.RGB
            assert tuple(page.extrasamples) == (tifffile.EXTRASAMPLE.UNASSALPHA,)
            np.testing.assert_array_equal(page.asarray(), pixels(tmp_path / "out.tif"))

    @pytest.mark.parametrize("codec", ["none", "lzw", "deflate"])
    @pytest.mark.parametrize("big", [False, True])
    @pytest.mark.parametrize("depth", [8, 16])
    def test_tiff_layout_is_kept(
        self, codec: str, big: bool, depth: int, warm: Colorizer, tmp_path: Path
    ) -> None:
        """In tiles, and as BigTIFF."""
        picture = Kind("tif", depth, False, False).picture()
        tifffile.imwrite(
            tmp_path / "in.tif",
            picture,
            tile=(32, 48),
            bigtiff=big,
            photometric="minisblack",
            compression=None if codec == "none" else codec,
        )
        warm.colorize_file(tmp_path / "in.tif", tmp_path / "out.tif")
        with tifffile.TiffFile(tmp_path / "out.tif") as file:
            page = file.pages.first
            assert (page.tilelength, page.tilewidth, file.is_bigtiff) == (32, 48, big)
        assert tiff_codec(tmp_path / "out.tif") == CODECS[codec]
        limit = LIMIT_16_BIT if depth == 16 else LIMIT_8_BIT
        after = pixels(tmp_path / "out.tif")
        assert largest_change(picture, after, profiles.NO_PROFILE) <= limit

    @pytest.mark.parametrize("mode", ["L", "RGB"])
    def test_tiff_of_jpeg_is_not_damaged_again(
        self, mode: str, warm: Colorizer, tmp_path: Path
    ) -> None:
        with Image.fromarray(photograph("coffee.png", 90)).convert(mode) as image:
            image.save(tmp_path / "in.tif", compression="jpeg", quality=60)
        warm.colorize_file(tmp_path / "in.tif", tmp_path / "out.tif")
        assert tiff_codec(tmp_path / "out.tif") == "ADOBE_DEFLATE"
        before, after = pixels(tmp_path / "in.tif"), pixels(tmp_path / "out.tif")
        assert largest_change(before, after, profiles.NO_PROFILE) <= LIMIT_8_BIT

    @pytest.mark.parametrize(("ending", "side"), [("webp", 16384), ("jpg", 65536)])
    def test_sides_that_a_kind_has_no_room_for(
        self, ending: str, side: int, warm: Colorizer, tmp_path: Path
    ) -> None:
        write_png(tmp_path / "in.png", np.zeros((1, side), np.uint8))
        with pytest.raises(OutputError, match=f"at most {side - 1} pixels"):
            warm.colorize_file(tmp_path / "in.png", tmp_path / f"out.{ending}")
        assert [path.name for path in tmp_path.iterdir()] == ["in.png"]

    @pytest.mark.parametrize("name", ["out.WebP", "OUT.JPG", "out.Jpeg", "out.TIFF", "Out.PNG"])
    def test_endings_in_any_case(self, name: str, warm: Colorizer, tmp_path: Path) -> None:
        path = Kind("png", 8, False, False).write(tmp_path)
        warm.colorize_file(path, tmp_path / name)
        expected = {"j": "JPEG", "t": "TIFF", "p": "PNG", "w": "WEBP"}[
            name.split(".")[1][0].lower()
        ]
        assert facts(tmp_path / name).format == expected


def is_srgb(icc: bytes | None) -> bool:
    """Whether littleCMS finds sRGB's primaries in a profile; none at all means sRGB too."""
    if icc is None:
        return True
    held = profiles.held_luminance(icc)
    return bool(np.allclose(held, profiles.SRGB.luminance, atol=1e-4))


def write_palette(path: Path) -> Path:
    with Image.fromarray(photograph("coffee.png", 60)).quantize(32) as image:
        image.save(path)
    return path


class TestUnusualSources:
    def test_palette_becomes_rgb(self, warm: Colorizer, tmp_path: Path) -> None:
        write_palette(tmp_path / "in.png")
        warm.colorize_file(tmp_path / "in.png", tmp_path / "out.png")
        with Image.open(tmp_path / "in.png") as image:
            before = np.array(image.convert("RGB"))
        after = pixels(tmp_path / "out.png")
        assert largest_change(before, after, profiles.NO_PROFILE) <= LIMIT_8_BIT

    def test_bilevel(self, warm: Colorizer, tmp_path: Path) -> None:
        picture = photograph("camera.png", 60) > 128
        Image.fromarray(picture).save(tmp_path / "in.png")
        warm.colorize_file(tmp_path / "in.png", tmp_path / "out.png")
        after = pixels(tmp_path / "out.png")
        np.testing.assert_array_equal(after, np.repeat(picture[..., None], 3, axis=-1) * 255)

    def test_white_is_zero(self, warm: Colorizer, tmp_path: Path) -> None:
        """Fax-like TIFF: photometric WhiteIsZero."""
        picture = photograph("camera.png", 60)
        tifffile.imwrite(tmp_path / "in.tif", 255 - picture, photometric="miniswhite")
        warm.colorize_file(tmp_path / "in.tif", tmp_path / "out.tif")
        after = pixels(tmp_path / "out.tif")
        assert largest_change(picture, after, profiles.NO_PROFILE) <= LIMIT_8_BIT

    def test_cmyk_becomes_srgb_and_is_noted(self, warm: Colorizer, tmp_path: Path) -> None:
        picture = np.dstack([photograph("coffee.png", 60), photograph("camera.png", 60)[:40]])
        write_jpeg(tmp_path / "in.jpg", picture)
        report = warm.colorize_file(tmp_path / "in.jpg", tmp_path / "out.png")
        assert report.notes == ("CMYK became sRGB",)
        assert pixels(tmp_path / "out.png").shape == (40, 60, 3)
        assert is_srgb(facts(tmp_path / "out.png").icc)

    def test_a_palette_becomes_rgb_and_is_noted(self, warm: Colorizer, tmp_path: Path) -> None:
        source = Image.fromarray(photograph("coffee.png", 60)).quantize(16)
        source.save(tmp_path / "in.png")
        report = warm.colorize_file(tmp_path / "in.png", tmp_path / "out.png")
        assert report.notes == ("its palette became RGB",)
        assert pixels(tmp_path / "out.png").shape == (*source.size[::-1], 3)

    def test_cmyk_of_16_bits(self, warm: Colorizer, tmp_path: Path) -> None:
        ink = np.zeros((20, 30, 4), np.uint16)
        ink[..., 3] = np.linspace(0, 65535, 30)
        tifffile.imwrite(tmp_path / "in.tif", ink, photometric="separated")
        report = warm.colorize_file(tmp_path / "in.tif", tmp_path / "out.tif")
        assert report.notes == ("CMYK became sRGB",)
        after = pixels(tmp_path / "out.tif")
        assert after.dtype == np.uint16
        assert (np.diff(after[0, :, 1].astype(int)) <= 0).all()

    def test_lab_of_16_bits(self, warm: Colorizer, tmp_path: Path) -> None:
        light = np.linspace(0, 100, 100)
        lab = np.zeros((20, 100, 3), np.uint16)
        lab[..., 0] = np.rint(light / 100 * 65535)
        tifffile.imwrite(tmp_path / "in.tif", lab, photometric="cielab")
        report = warm.colorize_file(tmp_path / "in.tif", tmp_path / "out.tif")
        assert report.notes == ("L*a*b* became 16-bit sRGB",)
        after = lightness(pixels(tmp_path / "out.tif"), profiles.NO_PROFILE)
        assert np.abs(after - light).max() < 0.02

    @pytest.mark.parametrize("ending", ["tif", "gif"])
    def test_palettes_of_other_kinds(self, ending: str, warm: Colorizer, tmp_path: Path) -> None:
        with Image.fromarray(photograph("coffee.png", 60)).quantize(16) as image:
            image.save(tmp_path / f"in.{ending}")
            before = np.array(image.convert("RGB"))
        report = warm.colorize_file(tmp_path / f"in.{ending}", tmp_path / "out.png")
        assert report.notes == ("its palette became RGB",)
        after = pixels(tmp_path / "out.png")
        assert largest_change(before, after, profiles.NO_PROFILE) <= LIMIT_8_BIT

    @pytest.mark.parametrize("compression", [None, "group3", "group4", "packbits", "tiff_lzw"])
    def test_bilevel_tiff(self, compression: str, warm: Colorizer, tmp_path: Path) -> None:
        picture = photograph("camera.png", 61) > 128
        Image.fromarray(picture).save(tmp_path / "in.tif", compression=compression)
        warm.colorize_file(tmp_path / "in.tif", tmp_path / "out.tif")
        after = pixels(tmp_path / "out.tif")
        np.testing.assert_array_equal(after, np.repeat(picture[..., None], 3, axis=-1) * 255)

    @pytest.mark.parametrize("ending", ["webp", "gif"])
    def test_animations_give_their_first_picture(
        self, ending: str, warm: Colorizer, tmp_path: Path
    ) -> None:
        first = Image.fromarray(photograph("camera.png", 60))
        second = Image.fromarray(photograph("coffee.png", 60).transpose(1, 0, 2)[:60]).resize(
            (60, 60)
        )
        first.save(tmp_path / f"in.{ending}", save_all=True, append_images=[second])
        report = warm.colorize_file(tmp_path / f"in.{ending}", tmp_path / "out.tif")
        assert "only the first of 2 pages is colorized" in report.notes
        assert pixels(tmp_path / "out.tif").shape == (60, 60, 3)

    @pytest.mark.parametrize(("width", "height"), [(1, 1), (3, 5000), (5000, 3), (1, 700), (2, 2)])
    @pytest.mark.parametrize("ending", TARGETS)
    def test_odd_sizes(
        self, width: int, height: int, ending: str, warm: Colorizer, tmp_path: Path
    ) -> None:
        picture = np.random.default_rng(0).integers(0, 256, (height, width)).astype(np.uint8)
        write_png(tmp_path / "in.png", picture)
        warm.colorize_file(tmp_path / "in.png", tmp_path / f"out.{ending}")
        after = pixels(tmp_path / f"out.{ending}")
        assert after.shape == (height, width, 3)
        if ending != "jpg":
            assert largest_change(picture, after, profiles.NO_PROFILE) <= LIMIT_8_BIT

    def test_table_profile_becomes_srgb_and_is_noted(self, warm: Colorizer, tmp_path: Path) -> None:
        """An RGB picture whose profile can't be applied as curves and a matrix."""
        icc = profiles.table_icc()
        path = Kind("tif", 16, True, False).write(tmp_path, icc)
        report = warm.colorize_file(path, tmp_path / "out.tif")
        assert len(report.notes) == 1
        assert "became sRGB" in report.notes[0]
        assert is_srgb(facts(tmp_path / "out.tif").icc)
        assert pixels(tmp_path / "out.tif").dtype == np.uint16
