"""Files in another depth, size and profile than their sources."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pyvips
from hypothesis import given
from hypothesis import strategies as st

from helpers.command import run
from photochrom import Colorizer, Options
from photochrom.errors import UsageError
from photochrom.options import Delivery


def ramp(path: Path, deep: bool = False, bands: int = 1) -> Path:
    """A smooth picture with a dark left side; a fourth band makes its left half transparent."""
    top = 65535 if deep else 255
    light = np.linspace(0.1, 0.9, 300)[None] * np.linspace(0.8, 1, 200)[:, None]
    codes = np.repeat((light * top)[..., None], bands, axis=2)
    if bands == 4:
        codes[..., 3] = np.where(np.arange(300) < 150, 0, top)
    image = pyvips.Image.new_from_array(codes.astype(np.uint16 if deep else np.uint8))
    names = {1: ("b-w", "grey16"), 3: ("srgb", "rgb16"), 4: ("srgb", "rgb16")}
    image.copy(interpretation=names[bands][deep]).write_to_file(str(path))
    return path


def delivered(colorizer: Colorizer, source: Path, target: Path, **wanted: Any) -> pyvips.Image:
    report = colorizer.colorize_file(
        source, target, Options(strength=0.3, delivery=Delivery(**wanted))
    )
    image = pyvips.Image.new_from_file(str(target))
    image.set_type(pyvips.GValue.gstr_type, "told", " | ".join(report.notes))
    return image


def test_depth(corners: Colorizer, tmp_path: Path) -> None:
    deep = delivered(corners, ramp(tmp_path / "a.tif"), tmp_path / "b.tif", bits=16)
    assert deep.format == "ushort"
    usual = delivered(corners, tmp_path / "a.tif", tmp_path / "c.tif")
    assert np.abs(deep.numpy() / 257 - usual.numpy()).max() <= 0.51
    assert len(np.unique(deep.numpy() % 257)) > 100  # chroma is finer than 8 bits
    flat = delivered(corners, ramp(tmp_path / "d.tif", deep=True), tmp_path / "e.tif", bits=8)
    assert flat.format == "uchar"
    assert "16 bits became 8" in flat.get("told")


def test_size(corners: Colorizer, tmp_path: Path) -> None:
    source = ramp(tmp_path / "a.png")
    small = delivered(corners, source, tmp_path / "b.png", long_side=60)
    assert (small.width, small.height) == (60, 40)
    assert "60 x 40" in small.get("told")
    whole = delivered(corners, source, tmp_path / "c.png", long_side=300).numpy()
    means = whole.reshape(40, 5, 60, 5, 3).mean((1, 3))
    assert np.abs(means - small.numpy())[3:-3, 3:-3].max() < 2


def test_what_is_transparent_does_not_darken_what_is_not(
    corners: Colorizer, tmp_path: Path
) -> None:
    source = ramp(tmp_path / "a.png", bands=4)
    small = delivered(corners, source, tmp_path / "b.png", long_side=30).numpy().astype(int)
    whole = delivered(corners, source, tmp_path / "c.png").numpy().astype(int)
    assert small.shape == (20, 30, 4)
    assert np.abs(small[10, 15:, :3] - whole[105, 155::10, :3]).max() < 12
    assert small[:, :14, 3].max() <= 2
    assert small[:, 16:, 3].min() >= 253


def test_profile(corners: Colorizer, tmp_path: Path) -> None:
    source, p3 = tmp_path / "a.tif", bytes(pyvips.Operation.call("profile_load", "p3"))
    image = pyvips.Image.new_from_file(str(ramp(tmp_path / "grey.tif", deep=True, bands=3))).copy()
    image.set_type(pyvips.GValue.blob_type, "icc-profile-data", p3)
    image.write_to_file(str(source))
    plain = delivered(corners, source, tmp_path / "b.tif")
    srgb = delivered(corners, source, tmp_path / "c.tif", profile="srgb")
    assert bytes(plain.get("icc-profile-data")) == p3
    assert bytes(srgb.get("icc-profile-data")) != p3
    assert "became sRGB" in srgb.get("told")
    assert np.abs(plain.numpy().astype(int) - srgb.numpy()).max() > 500  # other codes
    before, after = (one.icc_import(embedded=True).numpy() for one in (plain, srgb))
    bright = before[..., 0] > 25  # darker ones lie outside sRGB
    assert np.abs(before - after)[bright].max() < 0.5  # and the same colours


@given(st.integers(1, 5000), st.integers(1, 5000), st.integers(1, 6000))
def test_no_side_is_longer_and_none_is_lost(width: int, height: int, side: int) -> None:
    small = Delivery(long_side=side).size(width, height)
    assert max(small) == min(side, max(width, height))
    assert min(small) >= 1


@pytest.mark.parametrize("wanted", [
    {"bits": 12}, {"long_side": 0}, {"long_side": 1.5}, {"profile": "p3"}, {"long_side": 10**7},
])  # fmt: skip
def test_what_cant_be_wanted(wanted: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        Delivery(**wanted)


def test_on_the_command_line(toys: Path, tmp_path: Path) -> None:
    source, target = ramp(tmp_path / "a.tif", deep=True), tmp_path / "b.tif"
    asked = ("--bits", "8", "--long-side", "90", "--profile", "srgb")
    ended = run("photo", source, "-o", target, "--model", toys / "corners.onnx", *asked)
    assert ended.code == 0
    image = pyvips.Image.new_from_file(str(target))
    assert (image.width, image.format) == (90, "uchar")
    assert "16 bits became 8" in ended.err + ended.out


def test_pages_are_delivered_alike(corners: Colorizer, tmp_path: Path) -> None:
    pages = [pyvips.Image.new_from_file(str(ramp(tmp_path / f"{n}.tif"))) for n in range(2)]
    joined = pyvips.Image.arrayjoin(pages, across=1).copy()
    joined.set_type(pyvips.GValue.gint_type, "page-height", 200)
    joined.write_to_file(str(tmp_path / "both.tif"))
    delivered(corners, tmp_path / "both.tif", tmp_path / "c.tif", long_side=100, bits=16)
    for page in range(2):
        one = pyvips.Image.tiffload(str(tmp_path / "c.tif"), page=page)
        assert (one.width, one.height, one.format) == (100, 67, "ushort")
