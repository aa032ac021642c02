"""``photochrom-train`` from its entry point, as the shell calls it."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from helpers.training import TINY_TOML, run_main
from photochrom_trainer.cli import main
from photochrom_trainer.training import checkpoint


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.toml"
    path.write_text(TINY_TOML)
    return path


def test_training_resuming_and_refusing(
    pictures: Path,
    settings: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run = tmp_path / "run"
    arguments = ("train", pictures, "-o", run, "--config", settings, "--device", "cpu")
    assert run_main(main, monkeypatch, *arguments) == 0
    shown = capsys.readouterr().err
    assert "training on cpu" in shown
    assert "step 2 of 2, loss 0." in shown
    assert "images/s, 0:00:00 left" in shown
    assert (run / "last.pt").exists()

    assert run_main(main, monkeypatch, *arguments) == 0
    assert "took 0 steps" in capsys.readouterr().err

    settings.write_text("seed = 1\n" + TINY_TOML)
    assert run_main(main, monkeypatch, *arguments) == 2
    assert "other settings (seed)" in capsys.readouterr().err


def test_a_run_of_some_minutes_is_kept_and_goes_on(
    pictures: Path, settings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.write_text(TINY_TOML.replace("save_every = 2", "save_every = 100"))
    run = tmp_path / "run"
    arguments = ("train", pictures, "-o", run, "--config", settings, "--device", "cpu")
    assert run_main(main, monkeypatch, *arguments, "--minutes", "0") == 0
    assert checkpoint.load(run / "last.pt")["step"] == 1
    assert run_main(main, monkeypatch, *arguments) == 0
    assert checkpoint.load(run / "last.pt")["step"] == 2


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("evaluate", "missing.pt", "pictures"), 3),
        (("evaluate", "missing.onnx", "pictures"), 5),
        (("train", "pictures", "-o", "run", "--config", "nothing"), 2),
        (("train", "nowhere", "-o", "run", "--config", "laptop", "--device", "cpu"), 3),
    ],
    ids=["checkpoint", "model", "preset", "folder"],
)
@pytest.mark.usefixtures("pictures")
def test_errors_are_one_line_with_their_code(
    arguments: tuple[str, ...],
    code: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_main(main, monkeypatch, *arguments) == code
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("photochrom-train: ")


def test_a_device_that_is_not_there(
    pictures: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    arguments = ("train", pictures, "-o", tmp_path / "run", "--device", "cuda")
    assert run_main(main, monkeypatch, *arguments) == 6
    assert "--device cpu" in capsys.readouterr().err


def test_stopping_by_hand_is_code_130(
    pictures: Path,
    settings: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("photochrom_trainer.training.run.Run.take_step", stop)
    arguments = ("train", pictures, "-o", tmp_path / "run", "--config", settings)
    assert run_main(main, monkeypatch, *arguments) == 130
    assert "goes on from the last checkpoint" in capsys.readouterr().err


def test_help_does_not_wait_for_pytorch() -> None:
    program = "import sys, photochrom_trainer.cli; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True, env=path_of_this_process())


def path_of_this_process() -> dict[str, str]:
    """Environment in which a child imports what pytest's pythonpath made importable here."""
    return {"PYTHONPATH": ":".join(entry for entry in sys.path if entry)}
