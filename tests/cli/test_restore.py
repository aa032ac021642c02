"""``photochrom restore``: where results go, what is told, how it ends."""

import json
from pathlib import Path

import numpy as np
import pytest

from helpers.command import run
from helpers.damage import dusty, faded, negative
from helpers.pictures import photograph, write_png, write_tiff
from helpers.reading import pixels


@pytest.fixture
def pale(folder: Path) -> Path:
    return write_png(folder / "pale.png", faded(photograph("camera.png", 120)))


def test_a_faded_print(pale: Path) -> None:
    result = run("restore", "pale.png")
    assert (result.code, result.err) == (0, "")
    assert "  levels: done (90 % sure): its tones use" in result.out
    assert np.ptp(pixels(pale.with_name("pale.restored.png"))) > 230


def test_names_and_folders(pale: Path) -> None:
    assert run("restore", "pale.png", "in.jpg", "-o", "new/").code == 0
    names = sorted(path.name for path in (pale.parent / "new").iterdir())
    assert names == ["in.restored.jpg", "pale.restored.png"]
    assert run("restore", "pale.png", "-o", "pale.color.png").code == 0
    assert (pale.parent / "pale.color.png").exists()


def test_a_negative(folder: Path) -> None:
    write_tiff(folder / "n.tif", negative(photograph("camera.png", 200)))
    result = run("restore", "n.tif", "--steps", "negative", "--film", "bw")
    assert result.code == 0
    assert "  negative: done (60 % sure): the edge is the brightest" in result.out


def test_a_negative_that_is_none_is_inverted_with_a_word(pale: Path) -> None:
    result = run("restore", "pale.png", "--steps", "negative")
    assert result.code == 0
    assert "  negative: done (0 % sure): no film base" in result.out


def test_a_negative_without_a_picture(folder: Path) -> None:
    write_png(folder / "even.png", np.full((40, 40), 130, np.uint8))
    result = run("restore", "even.png", "--steps", "negative")
    assert result.code == 3
    assert "nothing to invert" in result.error_line


def test_the_mask_of_a_dusty_print(folder: Path) -> None:
    write_png(folder / "d.png", dusty(photograph("chelsea.png")).picture)
    result = run("restore", "d.png", "--steps", "dust", "--mask-out", "m.png")
    assert result.code == 0
    assert "  dust: done" in result.out
    assert 0 < (pixels(folder / "m.png") > 0).mean() < 0.1


def test_json(pale: Path) -> None:
    result = run("restore", "pale.png", "missing.png", "--json")
    assert result.code == 7
    events = [json.loads(line) for line in result.out.splitlines()]
    assert events[0] == {"schema": 1, "event": "start", "input": "pale.png"}
    (done,) = [event for event in events if event["event"] == "done"]
    findings = {finding["step"]: finding for finding in done["findings"]}
    assert findings["levels"]["done"] is True
    assert findings["contrast"]["done"] is False
    assert events[-1] == {"schema": 1, "event": "summary", "done": 1, "failed": 1}
    del pale


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["pale.png", "--steps", "paint"], 2),
        (["pale.png", "--film", "slide"], 2),
        (["pale.png", "--steps", "levels", "--mask", "in.jpg"], 2),
        (["pale.png", "in.jpg", "--mask-out", "m.png"], 2),
        (["pale.png", "--steps", "dust", "--mask", "in.jpg"], 3),
        (["pale.png", "--steps", "dust", "--infrared", "page:2"], 3),
        (["pale.png", "-o", "pale.png"], 4),
        (["pale.png", "in.jpg", "-o", "in.jpg"], 2),
        (["missing.png"], 3),
    ],
)
def test_refusals(arguments: list[str], code: int, pale: Path) -> None:
    before = sorted(path.name for path in pale.parent.iterdir())
    result = run("restore", *arguments)
    assert result.code == code
    assert result.error_line
    assert sorted(path.name for path in pale.parent.iterdir()) == before


def test_an_existing_file_stays(pale: Path) -> None:
    assert run("restore", "pale.png").code == 0
    again = run("restore", "pale.png")
    assert again.code == 4
    assert "--overwrite" in again.error_line
    assert run("restore", "pale.png", "--overwrite").code == 0
