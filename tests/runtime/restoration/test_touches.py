"""Damage that a person marks by hand."""

from pathlib import Path

import numpy as np
import pytest
import pyvips

from helpers.command import run
from photochrom.errors import UsageError
from photochrom.files import orientation
from photochrom.hints import sidecar
from photochrom.restoration.masks import MaskFile, scratch_mask
from photochrom.restoration.options import Restoration, Touch, from_json
from photochrom.restoration.restorer import restore_file

SPOT = slice(70, 80), slice(100, 110)


def scan(path: Path, speck: bool = True, turned: int = 1) -> Path:
    """A ramp with a white speck, and another far away."""
    codes = np.tile(np.linspace(60, 150, 240), (160, 1)).astype(np.uint8)
    if speck:
        codes[SPOT] = 255
    codes[21:23, 31:33] = 255
    image = pyvips.Image.new_from_array(np.ascontiguousarray(orientation.stored(codes, turned)))  # type: ignore[arg-type]
    image.set_type(pyvips.GValue.gint_type, "orientation", turned)
    image.tiffsave(str(path))
    return path


@pytest.mark.parametrize("turned", range(1, 9))
def test_a_touch_is_where_the_person_sees_it(turned: int, tmp_path: Path) -> None:
    wide, high = (160, 240) if turned >= 5 else (240, 160)  # as stored
    with scratch_mask(tmp_path, wide, high) as mask:
        mask.touch([Touch(((0.25, 0.5), (0.5, 0.5)), 5 / 240)], turned)
        seen = mask.part(slice(0, 160), slice(0, 240), turned)
    assert seen.shape == (160, 240)
    rows, columns = np.nonzero(seen)
    assert (rows.min(), rows.max()) == (pytest.approx(75, abs=1), pytest.approx(84, abs=1))
    assert (columns.min(), columns.max()) == (pytest.approx(55, abs=1), pytest.approx(124, abs=1))


def test_later_touches_lie_on_top(tmp_path: Path) -> None:
    with scratch_mask(tmp_path, 100, 100) as mask:
        both = Touch(((0.5, 0.5),), 0.2), Touch(((0.5, 0.5),), 0.1, damaged=False)
        mask.touch(both, 1)
        whole = share(mask)
        mask.touch(both[:1], 1)
        assert whole > 0.09
    assert whole == pytest.approx(share(mask) * 3 / 4, rel=0.1)


def share(mask: MaskFile) -> float:
    return mask.share


def test_touches_alone_repair_nothing_else(tmp_path: Path) -> None:
    touch = Touch(((105 / 240, 75 / 160),), 9 / 240)
    source = scan(tmp_path / "a.tif")
    report = restore_file(source, tmp_path / "b.tif", Restoration(touches=(touch,)))
    before, after = (
        pyvips.Image.new_from_file(str(one)).numpy() for one in (source, tmp_path / "b.tif")
    )
    assert after[SPOT].max() < 130
    far = np.ones_like(before, bool)
    far[60:90, 90:120] = False
    np.testing.assert_array_equal(after[far], before[far])
    assert "marked by hand" in report.findings[0].seen


def test_what_was_found_and_is_none_stays(tmp_path: Path) -> None:
    sound = Touch(((105 / 240, 75 / 160),), 12 / 240, damaged=False)
    source = scan(tmp_path / "a.tif")
    restore_file(source, tmp_path / "b.tif", Restoration(("dust",), touches=(sound,)))
    before, after = (
        pyvips.Image.new_from_file(str(one)).numpy() for one in (source, tmp_path / "b.tif")
    )
    assert (after[SPOT] == before[SPOT]).all()
    assert after[22, 32] < 160  # the other speck is repaired


def test_sidecars_keep_them_and_photo_heeds_them(toys: Path, tmp_path: Path) -> None:
    source = scan(tmp_path / "a.tif", turned=6)
    touch = Touch(((105 / 240, 75 / 160),), 9 / 240)
    said = sidecar.Sidecar(restore={"steps": [], "touches": [touch.to_json()]})
    sidecar.save(sidecar.path_for(source), said)
    assert sidecar.options(source, sidecar.load(sidecar.path_for(source))).restoration.touches == (
        touch,
    )
    target = tmp_path / "b.tif"
    ended = run("photo", source, "-o", target, "--model", toys / "corners.onnx", "--strength", "0")
    assert ended.code == 0
    upright = pyvips.Image.new_from_file(str(target)).autorot().numpy()
    assert upright[SPOT].max() < 160


@pytest.mark.parametrize("data", [
    {"points": [], "radius": 0.1}, {"points": [[0, 2]], "radius": 0.1}, {"radius": 0.1}, 7,
    {"points": [[0, 0]], "radius": 0}, {"points": 5, "radius": 0.1},
])  # fmt: skip
def test_touches_that_cant_be_meant(data: object) -> None:
    with pytest.raises(UsageError):
        from_json({"touches": [data]})
