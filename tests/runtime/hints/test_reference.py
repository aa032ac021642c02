"""References: colours come over from where a picture shows the same, and from nowhere else."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from helpers.pictures import photograph
from helpers.profiles import identity_curve, rgb_icc
from helpers.toy_model import write_toy
from photochrom.color import lab, srgb
from photochrom.color.profile import SRGB_IN_PCS
from photochrom.errors import InputError, UsageError
from photochrom.hints import reference
from photochrom.hints.reference import Carried
from photochrom.models import hinted
from photochrom.models.manifest import Manifest
from photochrom.models.names import DEFAULT_MODEL
from photochrom.models.store import open_model
from photochrom.session import Session

Model = tuple[Manifest, Session]
SIDE, SHIFT = 256, 85


@pytest.fixture(scope="module")
def model() -> Model:
    return open_model(DEFAULT_MODEL, "cpu")


def part(name: str, shift: int = 0) -> np.ndarray:
    """A square part of a photograph, `SIDE` wide, so far right and down of the first."""
    return photograph(name, 400)[shift : shift + SIDE, shift : shift + SIDE]


def planes(rgb: np.ndarray) -> np.ndarray:
    return np.moveaxis(lab.from_srgb(srgb.to_float(np.ascontiguousarray(rgb))), -1, 0)


def carried(model: Model, target: np.ndarray, other: np.ndarray) -> Carried:
    copies = reference.describe(*model, reference.from_array(np.ascontiguousarray(other)))
    return reference.carry(*model, planes(target)[0], copies)


def error(chroma: np.ndarray, truth: np.ndarray) -> np.ndarray:
    return np.hypot(*(chroma - truth))


@pytest.mark.parametrize("mirrored", [False, True])
def test_colours_come_over_from_an_overlapping_part(model: Model, mirrored: bool) -> None:
    other = part("astronaut.png", SHIFT)
    other = other[:, ::-1] if mirrored else other
    target = part("astronaut.png")
    told = carried(model, target, other)
    truth = planes(target)
    assert 0.25 < told.share < 0.9
    known = told.hints[2] >= reference.FOUND
    bare = hinted.predict_hinted(*model, truth[0], np.zeros_like(told.hints))
    bare = np.kron(bare, np.ones((2, 2)))
    assert np.median(error(told.hints[:2], truth[1:])[known]) < 6
    assert error(told.hints[:2], truth[1:])[known].mean() < error(bare, truth[1:])[known].mean() / 2


def test_they_help_the_network(model: Model) -> None:
    target = part("astronaut.png")
    truth = planes(target)
    told = carried(model, target, part("astronaut.png", SHIFT)).hints
    nothing = np.zeros_like(told)
    off = [
        error(
            np.kron(hinted.predict_hinted(*model, truth[0], nothing, guess), np.ones((2, 2))),
            truth[1:],
        ).mean()
        for guess in (nothing, told)
    ]
    assert off[1] < 0.7 * off[0]


def test_an_unrelated_picture_says_nothing(model: Model) -> None:
    told = carried(model, part("coffee.png"), part("chelsea.png"))
    assert told.share == 0
    assert told.hints[2].max() < 0.1
    assert told.note.startswith("nothing in it")


def test_what_is_not_in_the_reference_is_left_alone(model: Model) -> None:
    """Two photographs side by side; the reference knows the left one only."""
    left, right = part("astronaut.png")[:, :192], part("coffee.png")[:, :192]
    told = carried(model, np.concatenate((left, right), axis=1), part("astronaut.png"))
    assert (told.hints[2, :, :144] >= reference.FOUND).mean() > 0.6
    assert (told.hints[2, :, 240:] > 0.1).mean() < 0.05


@pytest.mark.parametrize("shape", [(200, 304), (131, 97), (33, 250)])
def test_hints_lie_on_the_pixels_that_they_are_of(model: Model, shape: tuple[int, int]) -> None:
    """Its own reference, at sizes that no stride divides: the truth, place by place."""
    target = part("astronaut.png")[: shape[0], :250].repeat(2, axis=1)[:, : shape[1]]
    truth = planes(target)
    told = reference.carry(
        *model, truth[0], reference.describe(*model, reference.from_array(target))
    )
    assert told.hints.shape == (3, *shape)
    assert told.hints.dtype == np.float32
    assert not told.hints[:2, told.hints[2] == 0].any()


def test_its_own_colours_come_back_in_place(model: Model) -> None:
    target = part("coffee.png")
    told = carried(model, target, target)
    cells = planes(target)[1:].reshape(2, 32, 8, 32, 8).mean(axis=(2, 4))
    truth = np.kron(cells, np.ones((8, 8)))
    known = told.hints[2] >= reference.FOUND
    assert told.share > 0.95
    assert np.median(error(told.hints[:2], truth)[known]) < 0.01


def test_a_reference_is_seen_through_its_profile(tmp_path: Path) -> None:
    """Codes that are linear light with sRGB's primaries."""
    codes = part("astronaut.png")
    icc = rgb_icc(SRGB_IN_PCS, identity_curve())
    Image.fromarray(codes).save(tmp_path / "linear.png", icc_profile=icc)
    expected = np.moveaxis(lab.from_linear(codes / np.float32(255)), -1, 0)
    read = reference.read(tmp_path / "linear.png").planes
    assert np.abs(read - expected).mean() < 1  # libvips rounds the matrix to 16 bits
    assert np.abs(planes(codes) - expected).mean() > 5


def test_a_reference_is_seen_upright(tmp_path: Path) -> None:
    rgb = part("astronaut.png")
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(np.rot90(rgb)).save(tmp_path / "turned[1].png", exif=exif)
    read = reference.read(tmp_path / "turned[1].png")
    np.testing.assert_allclose(read.planes, reference.from_array(rgb).planes, atol=0.05)
    np.testing.assert_allclose(read.planes, planes(rgb), atol=0.05)


def test_arrays_of_any_depth_are_the_same_reference() -> None:
    rgb = part("astronaut.png")
    first = reference.from_array(rgb).planes
    for other in (rgb.astype(np.uint16) * 257, rgb.astype(np.float32) / np.float32(255)):
        np.testing.assert_allclose(reference.from_array(other).planes, first, atol=0.01)


def toned(grey: np.ndarray) -> np.ndarray:
    """A sepia print."""
    light = planes(np.dstack([grey] * 3))[0]
    colors = lab.to_srgb(np.stack((light, np.full_like(light, 8), np.full_like(light, 18)), -1))
    return srgb.from_float(colors, np.dtype(np.uint8))


@pytest.mark.parametrize("tone", ["grey", "three equal bands", "sepia"])
def test_a_reference_without_colour_is_refused(tmp_path: Path, tone: str) -> None:
    grey = photograph("camera.png", 200)
    pictures = {"grey": grey, "three equal bands": np.dstack([grey] * 3), "sepia": toned(grey)}
    path = tmp_path / "old.png"
    Image.fromarray(pictures[tone]).save(path)
    with pytest.raises(InputError, match=r"old\.png has no colours to carry over.*one tone"):
        reference.read(path)


def test_a_reference_that_is_no_picture_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.jpg"
    Image.fromarray(part("coffee.png")).save(path)
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(InputError, match=r"cut\.jpg"):
        reference.read(path)
    with pytest.raises(InputError, match="no such file"):
        reference.read(tmp_path / "none.jpg")


def test_a_model_without_features_is_refused(tmp_path: Path) -> None:
    toy = open_model(str(write_toy(tmp_path / "toy.onnx")), "cpu")
    with pytest.raises(UsageError, match=f"model toy.*--model {DEFAULT_MODEL}"):
        reference.describe(*toy, reference.from_array(part("coffee.png")))


@pytest.mark.parametrize("shape", [(9, 9), (9, 9, 4), (0, 9, 3)])
def test_an_array_of_another_shape_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(UsageError, match="H x W x 3"):
        reference.from_array(np.zeros(shape, np.uint8))
