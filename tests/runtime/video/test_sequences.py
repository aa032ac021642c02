"""Numbered pictures as films: read, written, refused."""

import struct
import threading
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
import pyvips
from numpy.typing import NDArray

from helpers.clips import decoded, make_clip, planes
from photochrom.color import lab, srgb
from photochrom.errors import CancelledError, InputError, OutputError, UsageError
from photochrom.files.provenance import DIGITAL_SOURCE_TYPE
from photochrom.options import Options
from photochrom.video.colorizer import FilmColorizer, look
from photochrom.video.container import dpx, sequences
from photochrom.video.container.codecs import Encoding
from photochrom.video.container.probe import probe
from photochrom.video.container.sequences import Names
from photochrom.video.options import FilmOptions

LOSSLESS = FilmOptions(encoding=Encoding("ffv1", chroma="444"))
Codes = NDArray[np.unsignedinteger]


def grey(number: int, dtype: type) -> Codes:
    """A light and a dark half that move, every code once or more."""
    ramp = np.linspace(0, np.iinfo(dtype).max, 96)
    return np.roll(np.tile(ramp, (64, 1)), 2 * number, axis=1).astype(dtype)


def scans(
    folder: Path, ending: str, dtype: type = np.uint16, count: int = 6, first: int = 7
) -> Path:
    """A folder of numbered pictures."""
    folder.mkdir()
    for number in range(first, first + count):
        codes = grey(number, dtype)
        path = folder / f"scan.{number:05d}{ending}"
        if ending == ".dpx":
            path.write_bytes(film_scan(codes / np.iinfo(dtype).max, number))
            continue
        meant = "b-w" if dtype is np.uint8 else "grey16"
        image = pyvips.Image.new_from_array(codes).copy(interpretation=meant, xres=40, yres=40)
        image.write_to_file(str(path))
    return folder


def film_scan(light: NDArray[np.floating], number: int) -> bytes:
    """A DPX file of 10 bits with a key code, a time code and a project."""
    colors = np.repeat(light[..., None], 3, 2).astype(np.float32)
    data = bytearray(dpx.encoded(colors, 10, "scanner", None))
    header = bytearray(data[:1664]) + bytearray(384)
    header[260:268] = b"Reel 12\0"
    header[801:803] = bytes([5, 6])
    header[1664:1666] = b"EK"
    struct.pack_into(">I", header, 1920, 0x01020300 + number)  # time code
    struct.pack_into(">I", header, 4, 2048)
    struct.pack_into(">I", header, 808, 2048)
    return bytes(header + data[1664:])


def read(path: Path) -> Codes:
    return pyvips.Image.new_from_buffer(path.read_bytes(), "").numpy()


def lightness(codes: Codes) -> NDArray[np.floating]:
    """L* of sRGB."""
    colors = codes if codes.ndim == 3 else np.repeat(codes[..., None], 3, 2)
    return lab.from_linear(srgb.decode(colors / np.float32(np.iinfo(codes.dtype).max)))[..., 0]


@pytest.mark.parametrize(("ending", "dtype", "most"), [
    (".tif", np.uint16, 0.003), (".tif", np.uint8, 0.25),
    (".png", np.uint16, 0.003), (".png", np.uint8, 0.25),
])  # fmt: skip
def test_pictures_keep_what_photographs_keep(
    ending: str, dtype: type, most: float, films: FilmColorizer, tmp_path: Path
) -> None:
    source = scans(tmp_path / "in", ending, dtype)
    report = films.colorize_file(source, tmp_path / "out")
    assert (report.frames, report.target) == (6, tmp_path / "out")
    written = sorted((tmp_path / "out").iterdir())
    assert [path.name for path in written] == [path.name for path in sorted(source.iterdir())]
    for path in written:
        image = pyvips.Image.new_from_file(str(path))
        assert (image.bands, round(image.xres)) == (3, 40)
        assert DIGITAL_SOURCE_TYPE.encode() in bytes(image.get("xmp-data"))
        codes, own = read(path), read(source / path.name)
        assert codes.dtype == dtype
        assert np.abs(lightness(codes) - lightness(own)).max() < most
        assert np.ptp(codes.astype(int), axis=2).max() > 10 * np.iinfo(dtype).max // 255
    assert not list(tmp_path.glob(".*"))


def test_a_profile_stays(films: FilmColorizer, tmp_path: Path) -> None:
    source = scans(tmp_path / "in", ".tif", count=2)
    for path in source.iterdir():
        image = pyvips.Image.new_from_array(read(path)).copy(interpretation="grey16")
        image.tiffsave(str(path), profile="sgrey")
    films.colorize_file(source, tmp_path / "out")
    for path in (tmp_path / "out").iterdir():
        assert pyvips.Image.new_from_file(str(path)).get_typeof("icc-profile-data")


def test_dpx_keeps_its_luma_and_what_it_tells(films: FilmColorizer, tmp_path: Path) -> None:
    source = scans(tmp_path / "in", ".dpx")
    films.colorize_file(source, tmp_path / "out")
    for path in sorted(source.iterdir()):
        data, own = (tmp_path / "out" / path.name).read_bytes(), path.read_bytes()
        assert data[260:268] == b"Reel 12\0"
        assert data[801:803] == bytes([5, 6])
        assert data[1408:2048] == own[1408:2048]
        assert b"compositeWithTrainedAlgorithmicMedia" in data[160:260]
        assert struct.unpack_from(">I", data, 16) == (len(data),)
        green, blue, red = (codes.astype(int) for codes in gbr(tmp_path / "out" / path.name))
        luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
        assert np.abs(luma - gbr(path)[0]).max() < 1
        assert max(np.ptp(np.stack([green, blue, red]), axis=0).ravel()) > 40


def gbr(path: Path) -> list[Codes]:
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0))
        assert frame.format.name.startswith("gbrp10")
        return planes(frame.reformat(format="gbrp10le"))


@pytest.mark.parametrize("ending", [".tif", ".png", ".dpx"])
def test_pictures_become_a_film(ending: str, films: FilmColorizer, tmp_path: Path) -> None:
    source = scans(tmp_path / "in", ending)
    rate = Fraction(24000, 1001)
    options = FilmOptions(encoding=Encoding("ffv1", chroma="444"), rate=rate)
    films.colorize_file(source, tmp_path / "out.mkv", options)
    with av.open(str(tmp_path / "out.mkv")) as container:
        picture = container.streams.video[0]
        assert picture.average_rate == pytest.approx(rate, rel=0.02)
        context = picture.codec_context
        assert (context.color_range, context.colorspace) == (2, 1)
    for path, frame in zip(sorted(source.iterdir()), decoded(tmp_path / "out.mkv"), strict=True):
        own = gbr(path)[0].astype(int) if ending == ".dpx" else np.rint(read(path) / 64.0)
        assert np.abs(frame[0].astype(int) - own).max() <= (0 if ending == ".dpx" else 1)


@pytest.mark.parametrize("ending", [".tif", ".png", ".dpx"])
def test_a_film_becomes_pictures(ending: str, films: FilmColorizer, tmp_path: Path) -> None:
    film = make_clip(tmp_path / "in.mkv", grey=True, frames=5, size=(96, 64), matrix=1, primaries=1)
    report = films.colorize_file(film, tmp_path / f"out.####{ending}")
    assert any("no sound" in note for note in report.notes)
    written = sorted(tmp_path.glob(f"out.*{ending}"))
    assert [path.name for path in written] == [f"out.{n:04d}{ending}" for n in range(1, 6)]
    for path, (luma, _, _) in zip(written, decoded(film), strict=True):
        if ending == ".dpx":
            green, blue, red = gbr(path)
            colors = np.stack([red, green, blue], -1) / 1023
        else:
            colors = read(path) / 255
        made = colors @ np.array([0.2126, 0.7152, 0.0722])
        wanted = np.clip((luma.astype(float) - 16) / 219, 0, 1)
        assert np.abs(made - wanted).max() < 1 / (1023 if ending == ".dpx" else 255)


def test_pictures_of_another_kind(films: FilmColorizer, tmp_path: Path) -> None:
    source = scans(tmp_path / "in", ".dpx", count=2)
    films.colorize_file(source, tmp_path / "a.%03d.tif")
    assert read(tmp_path / "a.007.tif").dtype == np.uint16
    tiff = scans(tmp_path / "tiff", ".tif", count=2)
    films.colorize_file(tiff, tmp_path / "b.%d.dpx")
    with av.open(str(tmp_path / "b.7.dpx")) as container:
        assert next(container.decode(video=0)).format.name.startswith("rgb48")


def test_what_is_written_again_goes_on(films: FilmColorizer, tmp_path: Path) -> None:
    source, target = scans(tmp_path / "in", ".png"), tmp_path / "out"
    cancel = threading.Event()

    def stop(stage: str, share: float, *_: object) -> None:
        if stage == "join" and share > 0.4:
            cancel.set()

    with pytest.raises(CancelledError):
        films.colorize_file(source, target, progress=stop, cancel=cancel)
    before = {path: path.stat().st_mtime_ns for path in target.iterdir()}
    assert 0 < len(before) < 6
    assert films.colorize_file(source, target).made == 0
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert len(list(target.iterdir())) == 6
    films.colorize_file(source, tmp_path / "whole")
    for path in target.iterdir():
        np.testing.assert_array_equal(read(path), read(tmp_path / "whole" / path.name))
    assert not list(tmp_path.glob(".*"))


def test_pictures_that_are_there_stay(films: FilmColorizer, tmp_path: Path) -> None:
    source, target = scans(tmp_path / "in", ".png", count=2), tmp_path / "out"
    target.mkdir()
    (target / "scan.00008.png").write_bytes(b"mine")
    with pytest.raises(OutputError, match=r"scan\.00008\.png exists already"):
        films.colorize_file(source, target)
    assert [path.name for path in target.iterdir()] == ["scan.00008.png"]
    films.colorize_file(source, target, overwrite=True)
    assert (target / "scan.00008.png").stat().st_size > 10


def test_sources_are_never_written(films: FilmColorizer, tmp_path: Path) -> None:
    source = scans(tmp_path / "in", ".png", count=2)
    for target in (source, source / "scan.#####.png", tmp_path / "in" / ".." / "in"):
        with pytest.raises(OutputError, match="never changed"):
            films.colorize_file(source, target, overwrite=True)


def test_a_preview_keeps_the_numbers(films: FilmColorizer, tmp_path: Path) -> None:
    source = scans(tmp_path / "in", ".png")
    films.colorize_file(source, tmp_path / "out", FilmOptions(preview=0.1))
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["scan.00007.png", "scan.00008.png", "scan.00009.png"]


def test_colours_can_be_left_out_and_marks_too(films: FilmColorizer, tmp_path: Path) -> None:
    source = scans(tmp_path / "in", ".png", np.uint8, count=1)
    options = FilmOptions(colors=Options(strength=0, provenance=False))
    films.colorize_file(source, tmp_path / "out", options)
    codes = read(tmp_path / "out" / "scan.00007.png")
    assert np.ptp(codes.astype(int), axis=2).max() <= 1
    assert not pyvips.Image.new_from_buffer(
        (tmp_path / "out" / "scan.00007.png").read_bytes(), ""
    ).get_typeof("xmp-data")


def test_a_plan_tells_of_pictures(films: FilmColorizer, tmp_path: Path) -> None:
    source = scans(tmp_path / "in", ".png")
    plan = films.plan(source, tmp_path / "out")
    assert plan.encoding == "PNG, 16 bits, R'G'B'"
    assert plan.space.result == 6 * 96 * 64 * 6
    assert not (tmp_path / "out").exists()


def test_patterns_find_the_same_pictures(tmp_path: Path) -> None:
    folder = scans(tmp_path / "100% #1", ".png", count=3)
    (folder / "scan.00007.png.photochrom.json").write_text("{}")
    (folder / "notes.txt").write_text("")
    for path in (folder, folder / "scan.#####.png", folder / "scan.%05d.png"):
        info = probe(path)
        assert info.images is not None
        assert (info.images.first, info.images.count) == (7, 3)
        assert info.images.rate == Fraction(24)
        assert (info.bits, info.full_range, info.width, info.height) == (16, True, 96, 64)
        assert look(path).pts == [0, 1, 2]


def test_numbers_need_no_zeros(tmp_path: Path) -> None:
    folder = scans(tmp_path / "in", ".png", count=4, first=8)
    for path in list(folder.iterdir()):
        path.rename(folder / f"{int(path.suffixes[0][1:])}.png")
    images = sequences.find(folder, None)
    assert images is not None
    assert [images.path(index).name for index in (0, 3)] == ["8.png", "11.png"]
    assert len(look(folder).pts) == 4


def spoil_gap(folder: Path) -> None:
    (folder / "scan.00009.png").unlink()


def spoil_size(folder: Path) -> None:
    pyvips.Image.new_from_array(grey(0, np.uint16)[:32]).pngsave(str(folder / "scan.00009.png"))


def spoil_depth(folder: Path) -> None:
    pyvips.Image.new_from_array(grey(0, np.uint8)).pngsave(str(folder / "scan.00009.png"))


def spoil_bytes(folder: Path) -> None:
    path = folder / "scan.00009.png"
    path.write_bytes(path.read_bytes()[:-100])


def spoil_first(folder: Path) -> None:
    (folder / "scan.00007.png").write_bytes(b"no picture")


def spoil_all(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


def add_another(folder: Path) -> None:
    (folder / "other.1.tif").write_bytes(b"")


@pytest.mark.parametrize(("spoil", "words"), [
    (spoil_gap, r"pictures are missing in .*in: scan\.00009\.png"),
    (spoil_size, r"scan\.00009\.png is 96 x 32"),
    (spoil_depth, r"scan\.00009\.png is 96 x 64 \(gray\)"),
    (spoil_bytes, r"damaged after scan\.00008\.png"),
    (spoil_first, r"damaged from scan\.00007\.png on"),
    (spoil_all, "holds no numbered pictures"),
    (add_another, r"several sequences \(other\.#\.tif, scan\.#####\.png\)"),
])  # fmt: skip
def test_pictures_that_make_no_film(
    spoil: Callable[[Path], None], words: str, films: FilmColorizer, tmp_path: Path
) -> None:
    source = scans(tmp_path / "in", ".png")
    spoil(source)
    with pytest.raises(InputError, match=words):
        films.colorize_file(source, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_a_damaged_picture_is_left_out_if_asked(films: FilmColorizer, tmp_path: Path) -> None:
    source = scans(tmp_path / "in", ".png")
    spoil_bytes(source)
    films.colorize_file(source, tmp_path / "out", FilmOptions(salvage=True))
    names = {path.name for path in source.iterdir()} - {"scan.00009.png"}
    assert {path.name for path in (tmp_path / "out").iterdir()} == names
    own = read(source / "scan.00011.png")
    made = read(tmp_path / "out" / "scan.00011.png")
    assert np.abs(lightness(made) - lightness(own)).max() < 0.003


@pytest.mark.parametrize(("target", "options", "words"), [
    ("out.png", FilmOptions(), r"out\.png is one picture; for all of them write .*out\.#####\.png"),
    ("out.##.jpg", FilmOptions(), r"are \.tif, \.png or \.dpx, not out\.##\.jpg"),
    ("out.jpg", FilmOptions(), r"are \.tif, \.png or \.dpx, not out\.jpg"),
    ("#.##.png", FilmOptions(), "2 places for a number"),
    ("out", FilmOptions(encoding=Encoding("av1")), "have no codec"),
])  # fmt: skip
def test_targets_that_mean_nothing(
    target: str, options: FilmOptions, words: str, films: FilmColorizer, tmp_path: Path
) -> None:
    source = scans(tmp_path / "in", ".png", count=1)
    with pytest.raises(UsageError, match=words):
        films.colorize_file(source, tmp_path / target, options)


def test_a_film_has_its_own_rate(films: FilmColorizer, tmp_path: Path) -> None:
    film = make_clip(tmp_path / "in.mkv", grey=True, frames=2)
    with pytest.raises(UsageError, match="rate of its own"):
        films.colorize_file(film, tmp_path / "out.mkv", FilmOptions(rate=Fraction(24)))
    with pytest.raises(UsageError, match="some frames a second"):
        FilmOptions(rate=Fraction(0))


def test_a_pattern_without_pictures(films: FilmColorizer, tmp_path: Path) -> None:
    for path, words in (
        (tmp_path / "a.##.png", "there is no"),
        (tmp_path / "no" / "#.png", "no such folder"),
    ):
        with pytest.raises(InputError, match=words):
            films.colorize_file(path, tmp_path / "out")


def test_a_file_with_a_hash_in_its_name_is_a_file(tmp_path: Path) -> None:
    film = make_clip(tmp_path / "Reel #1.mkv", grey=True, frames=2)
    assert probe(film).images is None


def test_names_are_those_of_ffmpeg() -> None:
    names = Names(Path("/a%b"), "c%", 3, ".png")
    assert names.path(7) == Path("/a%b/c%007.png")
    assert names.ffmpeg == "/a%%b/c%%%03d.png"
