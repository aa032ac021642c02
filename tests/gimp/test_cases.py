"""The plug-in in the real GIMP: images of every type, selections, groups, hints, repeating."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pyvips
from numpy.typing import NDArray
from PIL import Image

from helpers import profiles
from helpers.gimp import Stage
from photochrom.color import lab

pytestmark = pytest.mark.gimp
SIZE = (96, 64)
ROUNDING = {"u8-linear": 1.0, "u8": 0.4, "half": 0.04}
"""L* that the codes of a precision can't tell apart, and that colours may therefore change; others
keep it within 0.01."""


def scan(bits: int, bands: int, icc: bytes | None = None) -> pyvips.Image:
    """A ramp with noise, 150 x 100; the last band of 2 and 4 is alpha."""
    chance = np.random.default_rng(1)
    top = 255 if bits == 8 else 65535
    ramp = np.linspace(0.05, 0.95, 150) * np.linspace(0.6, 1, 100)[:, None]
    grey = (ramp + chance.normal(0, 0.02, ramp.shape)).clip(0, 1)
    planes = [grey] * (bands - (bands % 2 == 0))
    if bands % 2 == 0:
        planes.append(np.linspace(1, 0.2, 150) * np.ones((100, 1)))
    codes = np.rint(np.stack(planes, -1) * top).astype(np.uint8 if bits == 8 else np.uint16)
    image = pyvips.Image.new_from_array(codes)
    kind = ("b-w" if bands < 3 else "srgb") if bits == 8 else ("grey16" if bands < 3 else "rgb16")
    image = image.copy(interpretation=kind)
    if icc is not None:
        image.set_type(pyvips.GValue.blob_type, "icc-profile-data", icc)
    return image


FILES = {
    "grey-8.png": (8, 1, None),
    "grey-16.tif": (16, 1, None),
    "rgb-8.tif": (8, 3, None),
    "rgb-16.png": (16, 3, None),
    "rgb-alpha-8.png": (8, 4, None),
    "rgb-alpha-16.png": (16, 4, None),
    "adobe-8.tif": (8, 3, profiles.ADOBE.icc),
    "adobe-16.tif": (16, 3, profiles.ADOBE.icc),
}


@pytest.fixture(scope="module")
def found(stage: Stage) -> dict[str, Any]:
    """What all cases found, of one start of GIMP."""
    folder = stage.folder / "files"
    folder.mkdir()
    for name, (bits, bands, icc) in FILES.items():
        scan(bits, bands, icc).write_to_file(folder / name)
    exif = Image.Exif()
    exif[0x013B] = "A. Photographer"
    Image.linear_gradient("L").save(stage.folder / "tagged.jpg", exif=exif)
    return stage.drive("cases")


def value(found: dict[str, Any], case: str) -> Any:
    """What a case returned."""
    assert "error" not in found[case], found[case]["error"]
    return found[case]["value"]


def kept(stage: Stage, name: str, dtype: str, shape: tuple[int, ...]) -> NDArray[Any]:
    """Pixels that a case kept."""
    return np.frombuffer((stage.folder / "out" / f"{name}.raw").read_bytes(), dtype).reshape(shape)


def test_it_is_registered_and_reads_well(found: dict[str, Any]) -> None:
    told = value(found, "registration")
    assert (told["menus"], told["label"], told["types"]) == (
        ["<Image>/Filters"], "_Colorize...", "*",
    )  # fmt: skip
    assert told["blurb"].startswith("Colorize")
    assert "LCh Color" in told["help"]
    arguments = told["arguments"]
    assert list(arguments)[:3] == ["run-mode", "image", "drawables"]
    assert {*arguments} >= {
        "output", "hints", "strength", "saturation", "warmth", "detail", "restore", "model",
        "device",
    }  # fmt: skip
    for name, (kind, of, nick, blurb) in arguments.items():
        assert nick, name
        assert blurb, name
        assert (kind, of) != ("GParamString", "gchararray") or name in ("model", "restore")
    assert arguments["hints"][1] == "GimpLayer"
    assert arguments["strength"][1] == "gdouble"
    assert arguments["output"][0] == "GimpParamChoice"


def test_every_type_and_precision(found: dict[str, Any], stage: Stage) -> None:
    for told in [*value(found, "new_layers"), *value(found, "in_place")]:
        name = told["name"]
        assert told["done"], told
        assert told["base"] == "rgb", told
        assert told["precision"][0] == told["precision"][1], told
        assert told["alpha"][0] == told["alpha"][1], told
        assert told["chosen"] == ["photo"], told
        shape = (SIZE[1], SIZE[0], 4)
        before, after = (kept(stage, f"{name}-{one}", "f4", shape) for one in ("before", "after"))
        most = next((limit for part, limit in ROUNDING.items() if part in name), 0.01)
        np.testing.assert_allclose(after[..., 3], before[..., 3], atol=1e-6)
        light = [lab.from_srgb(one[..., :3])[..., 0] for one in (before, after)]
        assert np.abs(light[0] - light[1]).max() < most, name
        assert np.ptp(after[..., :3], axis=2).mean() > 0.02, name
        if "in-place" in name:
            assert told["layers"] == [["photo", "normal"]]
        else:
            assert told["layers"] == [["photo (colour)", "lch-color"], ["photo", "normal"]]
            source = kept(stage, f"{name}-source", "f4", shape)
            np.testing.assert_allclose(source, before, atol=1e-6)


def test_indexed(found: dict[str, Any]) -> None:
    told = value(found, "indexed")
    assert told["done"], told
    assert told["base"] == "rgb"
    assert told["source kept"]
    assert told["colored"]


@pytest.fixture(scope="module")
def own(found: dict[str, Any], stage: Stage) -> Path:
    """What the command line makes of the files, in the same tree: another C library rounds
    otherwise."""
    del found
    code = "import sys; from photochrom.cli import main; sys.exit(main())"
    files = [f"/t/files/{name}" for name in FILES]
    done = stage.run(sys.executable, "-c", code, "photo", *files, "-o", "/t/own/")
    assert done.returncode == 0, done.stderr
    return stage.folder / "own"


@pytest.mark.parametrize("name", FILES)
def test_pixels_are_those_of_the_command_line(
    name: str, found: dict[str, Any], stage: Stage, own: Path
) -> None:
    stem = Path(name).stem
    expected = pyvips.Image.new_from_file(own / f"{stem}.color{Path(name).suffix}").numpy()
    told = value(found, "equals_the_command_line")
    outputs = [output for output in ("in-place", "lch-layer") if f"{stem} {output}" in told]
    assert "in-place" in outputs
    assert "lch-layer" in outputs or "grey" not in name
    for output in outputs:
        assert told[f"{stem} {output}"]["done"], told
        made = kept(stage, f"{stem}-{output}", expected.dtype.str, expected.shape)
        np.testing.assert_array_equal(made, expected, err_msg=output)


def test_a_selection(found: dict[str, Any]) -> None:
    told = value(found, "selection")
    assert told["done"], told
    assert 500 < told["inside"] < 4000
    assert told["changed"]
    assert told["good"]
    assert told["mask is selection"]
    assert not told["edits mask"]


def test_a_mask_and_a_selection(found: dict[str, Any]) -> None:
    told = value(found, "masks")
    assert told["done"], told
    assert told["seen"] == list(range(24, 48))


def test_groups_and_offsets(found: dict[str, Any]) -> None:
    told = value(found, "groups")
    assert told["done"], told
    assert told["inside"] == [["over", 0, 0], ["photo (colour)", -10, 5], ["photo", -10, 5]]
    assert told["chosen"] == ["photo"]
    assert told["group"]["done"], told
    assert [name for name, _ in told["all"]] == ["group (colour)", "group"]


def test_strokes_are_heeded(found: dict[str, Any], stage: Stage) -> None:
    told = value(found, "hints")
    assert told["done"], told
    # the layer that was painted on is still the active one: what lies under it is meant
    assert told["alone"]["done"], told
    assert [name for name, _ in told["alone"]["layers"]] == ["strokes", "photo (colour)", "photo"]
    shape = (90, 120, 3)
    plain, painted = (
        lab.from_srgb((kept(stage, f"hints-{one}", "u1", shape) / 255).astype(np.float32))
        for one in ("without", "with")
    )
    stroke = np.s_[35:55, 40:60]
    assert painted[stroke][..., 1].mean() > 30  # red
    assert plain[stroke][..., 1].mean() < 20
    assert np.abs(painted - plain)[:, -20:].mean() < np.abs(painted - plain)[stroke].mean() / 2


def test_repeating_renews_the_result(found: dict[str, Any], stage: Stage) -> None:
    told = value(found, "repeated")
    assert told["first"]["done"], told
    assert told["again"]["done"], told
    assert [name for name, _ in told["layers"]] == ["strokes", "photo (colour)", "photo"]
    assert told["opacity"] == pytest.approx(70)
    assert told["mask kept"]
    assert told["changed"]
    assert told["chosen"] == ["strokes"]
    colors = lab.from_srgb((kept(stage, "repeated", "u1", (90, 120, 3)) / 255).astype(np.float32))
    assert colors[40:50, 15:35, 1].mean() > 20
    assert colors[40:50, 85:105, 2].mean() < -5
    assert told["third"]["done"]
    assert len(told["layers then"]) == 4


def test_settings_count(found: dict[str, Any]) -> None:
    told = value(found, "settings_count")
    assert all(one["done"] for one in told.values()), told
    assert told["saturation"]["most"] <= 1
    assert told["strength"]["most"] <= 1


def test_restoration(found: dict[str, Any]) -> None:
    told = value(found, "restoration")
    assert told["done"], told
    assert [mode for _, mode in told["layers"]] == ["normal", "normal"]
    low, high = told["range"]
    assert low < 40
    assert high > 210


def test_large_pictures_go_in_strips(found: dict[str, Any], stage: Stage) -> None:
    told = value(found, "large")
    assert told["done"], told
    shape = (1400, 2600, 4)
    before, after = (kept(stage, f"large-{one}", "u2", shape) for one in ("before", "after"))
    np.testing.assert_array_equal(after[..., 3], before[..., 3])
    light = [
        lab.from_srgb((one[::7, ::7, :3] / np.float32(65535)).astype(np.float32))[..., 0]
        for one in (before, after)
    ]
    assert np.abs(light[0] - light[1]).max() < 0.01
    assert np.ptp(after[..., :3].astype(int), axis=2).mean(axis=1).min() > 0


def test_exported_files_say_so(found: dict[str, Any]) -> None:
    told = value(found, "provenance")
    assert told["done"], told
    assert told["files"] == {"png": [True, True], "jpg": [True, True], "tif": [True, True]}
