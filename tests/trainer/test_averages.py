"""Weights between two checkpoints."""

from pathlib import Path

import pytest
import torch

from helpers.training import TINY, cpu, run_main
from photochrom_trainer.cli import main
from photochrom_trainer.training import checkpoint
from photochrom_trainer.training.run import Run, load_generator


@pytest.fixture
def checkpoints(tmp_path: Path) -> list[Path]:
    """Two untrained networks."""
    paths = [tmp_path / "first.pt", tmp_path / "second.pt"]
    for seed, path in enumerate(paths):
        torch.manual_seed(seed)
        run = Run(TINY, cpu(), pretrained=False)
        for parameter in run.average.module.parameters():
            torch.nn.init.normal_(parameter)
        run.save(path)
    return paths


def test_a_quarter_of_the_way(
    checkpoints: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mixed = tmp_path / "mixed.pt"
    command: list[str | Path] = ["average", *checkpoints, "--share", "0.25", "-o", mixed]
    assert run_main(main, monkeypatch, *command) == 0
    first, second, result = (load_generator(path).state_dict() for path in (*checkpoints, mixed))
    weights = [key for key in result if result[key].is_floating_point()]
    for key in weights:
        torch.testing.assert_close(result[key], 0.75 * first[key] + 0.25 * second[key])
    assert checkpoint.config_of(checkpoint.load(mixed)) == TINY


def test_other_networks_are_refused(
    checkpoints: list[Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    state = checkpoint.load(checkpoints[1])
    state["average"].popitem()
    torch.save(state, checkpoints[1])
    assert run_main(main, monkeypatch, "average", *checkpoints, "-o", tmp_path / "mixed.pt") == 3
    assert "different networks" in capsys.readouterr().err
    assert not (tmp_path / "mixed.pt").exists()
