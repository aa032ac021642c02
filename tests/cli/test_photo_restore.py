"""``photochrom photo --restore``: put right, then coloured."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from helpers.command import events_of, run
from helpers.damage import dusty, faded, negative
from helpers.pictures import photograph, write_png, write_tiff
from helpers.reading import pixels
from photochrom import Options
from photochrom.colorizer import Colorizer
from photochrom.errors import UsageError
from photochrom.restoration.options import Restoration


@pytest.fixture
def pale(folder: Path) -> Path:
    return write_png(folder / "pale.png", faded(photograph("camera.png", 120)))


def lightness(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path).convert("L"))


def test_by_default_a_faded_print_stays_as_it_is_and_levels_are_suggested(pale: Path) -> None:
    result = run("photo", "pale.png")
    assert result.code == 0
    assert "  levels: suggested (90 % sure): its tones use" in result.out
    assert np.ptp(lightness(pale.with_name("pale.color.png"))) < 120


def test_auto_does_what_was_suggested(pale: Path) -> None:
    result = run("photo", "pale.png", "--restore", "auto")
    assert result.code == 0
    assert "  levels: done (90 % sure)" in result.out
    assert np.ptp(lightness(pale.with_name("pale.color.png"))) > 220


def test_findings_are_events_too(pale: Path) -> None:
    result = run("photo", "pale.png", "--restore", "levels", "--json")
    (done,) = [event for event in events_of(result.out) if event["event"] == "done"]
    (found,) = done["findings"]
    assert (found["step"], found["done"]) == ("levels", True)


def test_the_model_sees_the_positive(folder: Path) -> None:
    """Its colours follow what is written, so luminance is the restored scan's own."""
    write_tiff(folder / "n.tif", negative(photograph("camera.png", 160)))
    assert run("restore", "n.tif", "--steps", "negative", "-o", "positive.tif").code == 0
    assert run("photo", "n.tif", "--restore", "negative", "-o", "both.tif").code == 0
    assert run("photo", "positive.tif", "-o", "after.tif").code == 0
    both, after = (pixels(folder / name).astype(int) for name in ("both.tif", "after.tif"))
    assert np.abs(both - after).mean() < 0.002 * 65535


def test_dust_on_every_page(folder: Path) -> None:
    damaged = [dusty(photograph("chelsea.png"), seed=seed).picture for seed in (0, 1)]
    pages = [Image.fromarray(page) for page in damaged]
    pages[0].save(folder / "album.tif", save_all=True, append_images=pages[1:])
    result = run("photo", "album.tif", "--restore", "dust")
    assert result.code == 0
    with Image.open(folder / "album.color.tif") as album:
        for number, dirty in enumerate(damaged):
            album.seek(number)
            changed = np.abs(np.asarray(album.convert("L")).astype(int) - grey(dirty)) > 30
            assert 0.001 < changed.mean() < 0.1
    assert not list(folder.glob(".*photochrom*"))


def grey(picture: np.ndarray) -> np.ndarray:
    return np.asarray(Image.fromarray(picture).convert("L")).astype(int)


def test_a_step_that_does_not_exist(pale: Path) -> None:
    result = run("photo", "pale.png", "--restore", "magic")
    assert result.code == 2
    assert "there is no restoration step 'magic'" in result.error_line


def test_arrays_are_not_restored() -> None:
    options = Options(restoration=Restoration(steps=None))
    with pytest.raises(UsageError, match="save the picture to one first"):
        Colorizer().colorize(np.zeros((20, 20), np.uint8), options)
