"""What is shown is what will be written, at any place, from memory and from a pyramid."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pyvips
from numpy.typing import NDArray

from photochrom import Colorizer, Options, Point
from photochrom.errors import InputError, UsageError
from photochrom.files.pulling import Watch
from photochrom.files.shelf import PYRAMIDS
from photochrom.restoration.options import Restoration
from photochrom.session import Session
from photochrom.viewing import levels, view
from photochrom.viewing.view import View, open_view

Pixels = NDArray[Any]
WIDTH, HEIGHT = 420, 310


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHOTOCHROM_DATA", str(tmp_path / "data"))


def codes(bands: int, dtype: type) -> Pixels:
    chance = np.random.default_rng(1)
    ramp = np.linspace(0.05, 0.9, WIDTH)[None, :, None] * np.linspace(1, 0.4, HEIGHT)[:, None, None]
    noisy = ramp + chance.normal(0, 0.02, (HEIGHT, WIDTH, bands))
    most = np.iinfo(dtype).max
    return np.rint(np.clip(noisy, 0, 1) * most).astype(dtype)


def picture(
    folder: Path, bands: int = 1, dtype: type = np.uint8, turned: int = 1, **kept: Any
) -> Path:
    path = folder / "in.tif"
    image = pyvips.Image.new_from_array(codes(bands, dtype))
    grey, color = ("grey16", "rgb16") if dtype is np.uint16 else ("b-w", "srgb")
    image = image.copy(interpretation=grey if bands == 1 else color)
    image.set_type(pyvips.GValue.gint_type, "orientation", turned)
    image.tiffsave(str(path), **kept)
    return path


def whole(seen: View, level: int = 0, side: view.Side = "after") -> Pixels:
    return seen.window(level, 0, 0, *seen.levels.sizes[level], side)


def written(colorizer: Colorizer, source: Path, options: Options) -> Pixels:
    """What a file gets, upright, in 8 bits of sRGB."""
    target = source.with_name("out.tif")
    colorizer.colorize_file(source, target, options, overwrite=True)
    image = pyvips.Image.new_from_buffer(target.read_bytes(), "").autorot()
    if image.get_typeof("icc-profile-data"):
        image = image.icc_transform("srgb", depth=8)
    pixels: Pixels = image.numpy()
    return pixels if pixels.dtype == np.uint8 else np.rint(pixels / 257).astype(np.uint8)


@pytest.mark.parametrize("file", [False, True])
@pytest.mark.parametrize("turned", [1, 6])
@pytest.mark.parametrize("bands", [1, 3])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_shown_as_written(
    bands: int, dtype: type, turned: int, file: bool, corners: Colorizer, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    if file:
        monkeypatch.setattr(view, "IN_MEMORY", 0)
    source = picture(tmp_path, bands, dtype, turned)
    options = Options(saturation=1.2, strength=0.8, points=(Point(0.3, 0.4, (200, 60, 60)),))
    with open_view(corners.tiles, source, options, Watch()) as seen:
        seen.look(options, Watch())
        shown = whole(seen)
    exact = written(corners, source, options)
    assert shown.shape == exact.shape
    # turned, other rows share a row of chroma
    assert np.abs(shown.astype(int) - exact).max() <= (0 if turned == 1 else 2)
    assert np.ptp(shown.astype(int), axis=2).max() > 20


def test_a_profile_counts(corners: Colorizer, tmp_path: Path) -> None:
    source = picture(tmp_path, 3, np.uint16, profile="p3")
    options = Options(saturation=0.3)  # what has no room in sRGB is brought in otherwise
    with open_view(corners.tiles, source, options, Watch()) as seen:
        seen.look(options, Watch())
        shown, before = whole(seen), whole(seen, side="before")
    difference = np.abs(shown.astype(int) - written(corners, source, options))
    assert np.percentile(difference, 99) <= 2
    plain = pyvips.Image.new_from_file(str(source)).icc_transform("srgb", depth=8).numpy()
    assert np.percentile(np.abs(before.astype(int) - plain), 99) <= 2


def test_any_window(corners: Colorizer, tmp_path: Path) -> None:
    source = picture(tmp_path, 1, np.uint16)
    with open_view(corners.tiles, source, Options(), Watch()) as seen:
        seen.look(Options(), Watch())
        for level, (width, height) in enumerate(seen.levels.sizes):
            for side in ("before", "after"):
                all_of_it = whole(seen, level, side)
                left, top = width // 3, height // 4
                part = seen.window(level, left, top, width // 2, height // 2, side)
                expected = all_of_it[top : top + height // 2, left : left + width // 2]
                np.testing.assert_array_equal(part, expected)


def test_smaller_levels_show_the_same(corners: Colorizer, tmp_path: Path) -> None:
    with open_view(corners.tiles, picture(tmp_path), Options(), Watch()) as seen:
        seen.look(Options(), Watch())
        assert seen.levels.sizes == [(420, 310), (210, 155)]
        full = pyvips.Image.new_from_array(whole(seen)).shrink(2, 2).numpy()
        assert np.abs(full.astype(int) - whole(seen, 1)).mean() < 1.5


def test_a_change_of_mind_needs_no_decoding(
    corners: Colorizer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_view(corners.tiles, picture(tmp_path), Options(), Watch()) as seen:
        seen.look(Options(), Watch())
        first = whole(seen)
        monkeypatch.setattr("photochrom.pages.open_source", None)
        seen.look(Options(saturation=0), Watch())
        grey = whole(seen)
        assert np.ptp(grey.astype(int), axis=2).max() <= 1
        seen.look(Options(), Watch())
        np.testing.assert_array_equal(whole(seen), first)


def test_a_negative_is_shown_restored(corners: Colorizer, tmp_path: Path) -> None:
    options = Options(restoration=Restoration(steps=("negative",)))
    source = picture(tmp_path)
    with open_view(corners.tiles, source, options, Watch()) as seen:
        seen.look(options, Watch())
        before = whole(seen, side="before")
        np.testing.assert_array_equal(whole(seen), written(corners, source, options))
    assert before[:, :40].mean() > before[:, -40:].mean()


def test_a_pyramid_is_made_once_and_of_the_file_as_it_is(
    corners: Colorizer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "IN_MEMORY", 0)
    source = picture(tmp_path)
    for _ in range(2):
        with open_view(corners.tiles, source, Options(), Watch()) as seen:
            first = whole(seen, side="before")
    (made,) = PYRAMIDS.folder.iterdir()
    assert PYRAMIDS.folder.stat().st_mode & 0o777 == 0o700
    inverted = 255 - codes(1, np.uint8)
    pyvips.Image.new_from_array(inverted).copy(interpretation="b-w").tiffsave(str(source))
    with open_view(corners.tiles, source, Options(), Watch()) as seen:
        np.testing.assert_array_equal(whole(seen, side="before"), 255 - first)
    assert made.exists()
    assert len(list(PYRAMIDS.folder.iterdir())) == 2


@pytest.mark.parametrize("place", [
    (0, -1, 0, 5, 5), (0, 0, 0, 421, 1), (0, 0, 300, 5, 11), (0, 0, 0, 0, 5),
    (2, 0, 0, 1, 1), (-1, 0, 0, 1, 1),
])  # fmt: skip
def test_places_that_are_not_there(
    place: tuple[int, int, int, int, int], corners: Colorizer, tmp_path: Path
) -> None:
    with open_view(corners.tiles, picture(tmp_path), Options(), Watch()) as seen:
        with pytest.raises(UsageError):
            seen.window(*place, "before")
        with pytest.raises(UsageError, match="not coloured yet"):
            seen.window(0, 0, 0, 1, 1, "after")


def test_a_damaged_file(corners: Colorizer, tmp_path: Path) -> None:
    source = picture(tmp_path, compression="deflate")
    source.write_bytes(source.read_bytes()[: -source.stat().st_size // 2])
    with pytest.raises(InputError), open_view(corners.tiles, source, Options(), Watch()):
        pass


@pytest.mark.parametrize("size", [(1, 1), (1, 700), (700, 1), (513, 257)])
def test_levels_of_any_size(size: tuple[int, int], tmp_path: Path) -> None:
    width, height = size
    chance = np.random.default_rng(0).integers(0, 255, (height, width, 1)).astype(np.uint8)
    image = pyvips.Image.new_from_array(chance)
    levels.write(image, 1, tmp_path / "a.tif")
    stored, held = levels.of_file(tmp_path / "a.tif"), levels.in_memory(image, 1)
    for one in (stored, held):
        np.testing.assert_array_equal(one.window(0, 0, 0, width, height), chance)
        for level, (wide, high) in enumerate(one.sizes):
            assert one.window(level, 0, 0, wide, high).shape == (high, wide, 1)


def test_strokes_on_the_same_picture_ask_the_network_once_for_the_bare_one(
    corners: Colorizer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.png"
    pyvips.Image.new_from_array(np.tile(np.arange(200, dtype=np.uint8), (150, 1))).write_to_file(
        path
    )
    runs: list[str] = []
    run = Session.run

    def counted(session: Session, *asked: Any, **more: Any) -> Any:
        runs.append("")
        return run(session, *asked, **more)

    monkeypatch.setattr(Session, "run", counted)
    with open_view(corners.tiles, path, Options(), Watch()) as view:
        counts = []
        for x in (0.2, 0.4, 0.6):
            view.look(Options(detail=0, points=(Point(x, 0.5, (200, 30, 40)),)), Watch())
            counts.append(len(runs))
    assert counts[1] - counts[0] == counts[2] - counts[1] == counts[0] - 1
