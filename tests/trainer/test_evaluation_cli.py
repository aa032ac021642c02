"""``photochrom-train evaluate`` and ``compare`` as the shell calls them."""

import json
from pathlib import Path

import pytest
import torch
from PIL import Image

from helpers.training import TINY, TINY_TOML, cpu, run_main, write_pictures
from photochrom_trainer.cli import main
from photochrom_trainer.training.run import Run


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("run") / "last.pt"
    Run(TINY, cpu(), pretrained=False).save(path)
    return path


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    return write_pictures(tmp_path / "pictures", count=2)


def test_evaluating_and_comparing(
    checkpoint: Path,
    pictures: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "out"
    options = ("--points", "0", "--points", "3", "--weak-points", "--previous-frame", "-o", out)
    assert run_main(main, monkeypatch, "evaluate", checkpoint, pictures, *options) == 0
    shown = capsys.readouterr().out
    assert "| 3 points |" in shown
    assert shown == (out / "table.md").read_text()
    values = json.loads((out / "numbers.json").read_text())
    assert len(values["rows"]) == 2
    assert values["weak_points"]["green_as_blue"]
    assert len(values["previous_frame"]) == 4

    again = ("--pictures", out / "pictures.txt", "--points", "0", "--points", "1")
    more = (*again, "-o", tmp_path / "more")
    assert run_main(main, monkeypatch, "evaluate", checkpoint, pictures, *more) == 0
    capsys.readouterr()
    arguments = ("models", out, tmp_path / "more", "-o", tmp_path / "compared")
    assert run_main(main, monkeypatch, "compare", *arguments) == 0
    assert "| 0 points | PSNR (dB) |" in capsys.readouterr().out
    (compared,) = json.loads((tmp_path / "compared" / "models.json").read_text())
    assert compared["first"] == checkpoint.parent.name
    assert (tmp_path / "compared" / "hint-curve.png").exists()


def test_the_hint_curve_has_eight_points(
    checkpoint: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    picture = write_pictures(tmp_path / "one", count=1)
    assert run_main(main, monkeypatch, "evaluate", checkpoint, picture, "--hint-curve") == 0
    shown = capsys.readouterr().out
    for count in ("0 points", "1 point", "2 points", "5 points", "20 points", "100 points"):
        assert f"| {count} |" in shown


def test_a_wrong_inception_file_stops_at_once(
    checkpoint: Path,
    pictures: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    torch.save({"fc.weight": torch.zeros(10, 512)}, tmp_path / "other.pth")
    arguments = ("evaluate", checkpoint, pictures, "--inception", tmp_path / "other.pth")
    assert run_main(main, monkeypatch, *arguments) == 3
    assert "neither torchvision's Inception" in capsys.readouterr().err


def test_a_single_evaluation_can_t_be_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_main(main, monkeypatch, "compare", "models", tmp_path) == 2
    assert "two evaluations or more" in capsys.readouterr().err


def test_spaces_are_scored_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = (write_pictures(tmp_path / name, count=2) for name in ("one", "two"))
    (tmp_path / "tiny.toml").write_text(TINY_TOML)
    out, options = tmp_path / "out", ("--config", tmp_path / "tiny.toml", "--threads", "1")
    assert run_main(main, monkeypatch, "compare", "spaces", one, two, "-o", out, *options) == 0
    shown = capsys.readouterr().out
    assert "Lab (lab)" in shown
    assert "Luv (luv)" in shown
    assert "| Lab | Luv |" in shown
    for space in ("lab", "luv"):
        stored = json.loads((out / "runs" / space / "config.json").read_text())
        assert stored["color_space"] == space
    lab, luv = (json.loads((out / f"{name}.json").read_text()) for name in ("lab", "luv"))
    assert lab["grey"]["psnr"] == luv["grey"]["psnr"]  # the same pictures, scored in one space
    assert lab["rows"][0]["psnr"] != luv["rows"][0]["psnr"]
    differences = json.loads((out / "lab-luv.json").read_text())["differences"]
    assert {each["measure"] for each in differences} >= {"psnr", "delta_e", "kid"}
    with Image.open(out / "lab-luv.png") as image:
        assert image.width == 4 * 228


def test_too_small_sets_stop_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("one", "two"):
        write_pictures(tmp_path / name, count=2, size=(8, 8))
    arguments = ("datasets", tmp_path, "one", "two", "-o", tmp_path / "out")
    assert run_main(main, monkeypatch, "compare", *arguments) == 3
    assert "one has 2 pictures: too few" in capsys.readouterr().err
