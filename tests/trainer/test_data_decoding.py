"""Files of every kind become upright 8-bit RGB, or an error of one line."""

import struct
import zlib
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from photochrom.errors import InputError
from photochrom_trainer.data.decoding import read_rgb

ORIENTATION = 0x0112


def gradient(width: int = 96, height: int = 64) -> Image.Image:
    """Red grows to the right and green downwards, so that every turn shows."""
    rows, columns = np.mgrid[:height, :width]
    planes = (columns * 255 // width, rows * 255 // height, np.full_like(rows, 60))
    return Image.fromarray(np.stack(planes, axis=-1).astype(np.uint8))


def pixels(path: Path) -> np.ndarray:
    return np.asarray(read_rgb(path), np.int16)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def orientation(value: int) -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION] = value
    return exif.tobytes()


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "tiff"])
@pytest.mark.parametrize("turn", range(1, 9))
def test_pictures_are_turned_upright(tmp_path: Path, kind: str, turn: int) -> None:
    stored: dict[int, Callable[[np.ndarray], np.ndarray]] = {
        1: lambda a: a,
        2: lambda a: a[:, ::-1],
        3: lambda a: a[::-1, ::-1],
        4: lambda a: a[::-1],
        5: lambda a: a.swapaxes(0, 1),
        6: lambda a: np.rot90(a),
        7: lambda a: a[::-1, ::-1].swapaxes(0, 1),
        8: lambda a: np.rot90(a, -1),
    }
    upright = np.asarray(gradient())
    path = tmp_path / f"picture.{kind}"
    image = Image.fromarray(np.ascontiguousarray(stored[turn](upright)))
    options = {"quality": 100} if kind in ("jpeg", "webp") else {}
    path.write_bytes(encoded(image, kind, exif=orientation(turn), **options))
    assert pixels(path).shape == upright.shape
    assert np.abs(pixels(path) - upright).max() <= 16


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
@pytest.mark.parametrize("exif", [b"Exif\0\0garbage", b"x", orientation(6)[:12]])
def test_broken_exif_does_not_spoil_a_picture(tmp_path: Path, kind: str, exif: bytes) -> None:
    path = tmp_path / f"picture.{kind}"
    path.write_bytes(encoded(gradient(), kind, exif=exif))
    assert read_rgb(path).size == gradient().size


@pytest.mark.parametrize("mode", ["L", "1", "P", "CMYK", "YCbCr", "RGBA", "LA", "PA"])
def test_other_colour_modes_become_rgb(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "picture.tif"
    converted = gradient().convert(mode)
    kind = {"YCbCr": "jpeg", "CMYK": "jpeg"}.get(mode, "tiff" if mode != "LA" else "png")
    path.write_bytes(encoded(converted, kind))
    wanted = np.asarray(converted.convert("RGB"), np.int16)
    assert np.abs(pixels(path) - wanted).max() <= 12


def test_sixteen_bits_of_grey_are_rounded_to_eight(tmp_path: Path) -> None:
    values = np.linspace(0, 65535, 64 * 64).reshape(64, 64).astype(np.uint16)
    Image.fromarray(values).save(tmp_path / "picture.png")
    found = pixels(tmp_path / "picture.png")
    assert np.abs(found - (values / 257)[..., None]).max() <= 0.51


def test_transparency_is_laid_on_white(tmp_path: Path) -> None:
    values = np.zeros((32, 32, 4), np.uint8)
    values[:16, :, 3] = 255
    Image.fromarray(values).save(tmp_path / "alpha.png")
    palette = Image.new("P", (32, 32), 1)
    palette.putpalette([255, 0, 0, 0, 0, 255])
    palette.save(tmp_path / "palette.png", transparency=b"\xff\x00")
    assert (pixels(tmp_path / "alpha.png")[:, 0, 0] == [0] * 16 + [255] * 16).all()
    assert (pixels(tmp_path / "palette.png") == 255).all()


@given(st.sampled_from(["jpeg", "png", "tiff", "webp", "bmp"]), st.floats(0, 0.9), st.booleans())
def test_a_part_of_a_file_is_refused_in_one_line(
    tmp_path_factory: pytest.TempPathFactory, kind: str, share: float, progressive: bool
) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)
    options = {"progressive": progressive} if kind == "jpeg" else {}
    content = encoded(Image.fromarray(noise), kind, **options)
    path = tmp_path_factory.mktemp("cut") / "picture.jpg"
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(InputError) as refused:
        read_rgb(path)
    assert str(refused.value).startswith(f"can't read the picture {path}: ")
    assert "\n" not in str(refused.value)


@given(st.sampled_from(["jpeg", "png", "webp"]), st.lists(st.integers(0), max_size=9), st.data())
def test_damage_gives_a_picture_or_an_error(
    tmp_path_factory: pytest.TempPathFactory, kind: str, places: list[int], data: st.DataObject
) -> None:
    content = bytearray(encoded(gradient(), kind, exif=orientation(6)))
    for place in places:
        content[place % len(content)] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("damage") / "picture"
    path.write_bytes(content)
    with suppress(InputError):
        assert read_rgb(path, 16).mode == "RGB"


@pytest.mark.parametrize("content", [b"", b"<html>not found</html>", b"\xff\xd8\xff\xe0"])
def test_what_is_no_picture_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "picture.jpg"
    path.write_bytes(content)
    with pytest.raises(InputError, match="can't read the picture"):
        read_rgb(path)


@pytest.mark.parametrize("side", [9_900, 60_000], ids=["warned of", "a bomb"])
def test_a_bomb_is_refused_without_a_warning(tmp_path: Path, side: int) -> None:
    """A PNG of a few bytes that claims 98 megapixels (Pillow warns) or 3.6 gigapixels."""
    header = b"IHDR" + struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    end = b"IEND"
    chunks = [
        struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c)) for c in (header, end)
    ]
    path = tmp_path / "bomb.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunks))
    with pytest.raises(InputError, match="can't read the picture"):
        read_rgb(path)


def test_floating_point_is_refused(tmp_path: Path) -> None:
    Image.fromarray(np.zeros((8, 8), np.float32)).save(tmp_path / "picture.tif")
    with pytest.raises(InputError, match="floating point"):
        read_rgb(tmp_path / "picture.tif")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.jpg"):
        read_rgb(tmp_path / "nowhere.jpg")


@given(st.integers(1, 400))
def test_a_reduced_picture_keeps_the_side_that_is_asked_for(
    tmp_path_factory: pytest.TempPathFactory, shortest: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "large.jpg"
    if not path.exists():
        gradient(600, 400).save(path, quality=95)
    image = read_rgb(path, shortest)
    assert min(image.size) >= shortest
    assert 400 / min(image.size) in (1, 2, 4, 8)
    assert 400 / min(image.size) == 8 or min(image.size) < 2 * shortest


def test_a_reduced_picture_shows_the_same(tmp_path: Path) -> None:
    gradient(640, 480).save(tmp_path / "large.jpg", quality=95)
    reduced = read_rgb(tmp_path / "large.jpg", 60)
    assert reduced.size == (80, 60)
    wanted = np.asarray(gradient(640, 480).resize((80, 60), Image.Resampling.BOX), np.int16)
    assert np.abs(np.asarray(reduced, np.int16) - wanted).max() <= 6


def test_a_reduced_picture_is_turned_upright_too(tmp_path: Path) -> None:
    gradient(640, 480).save(tmp_path / "large.jpg", exif=orientation(6))
    assert read_rgb(tmp_path / "large.jpg", 60).size == (60, 80)


def test_a_picture_that_is_small_enough_is_decoded_as_ever(tmp_path: Path) -> None:
    gradient().save(tmp_path / "small.jpg")
    with Image.open(tmp_path / "small.jpg") as image:
        whole = np.asarray(image.convert("RGB"))
    for shortest in (None, 33, 64, 500):
        assert np.array_equal(np.asarray(read_rgb(tmp_path / "small.jpg", shortest)), whole)
