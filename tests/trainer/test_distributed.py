"""Two processes under torchrun train as one does."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

TOML = """
save_every = 2
look_every = 2
[[stages]]
steps = 2
size = 32
batch = 4
learning_rate = [1e-3, 0.0]
losses = { l1 = 1.0, adversarial = 0.01 }
[discriminator]
layers = 1
"""


def start(processes: int, *arguments: str | Path) -> str:
    """Run a module in so many processes; returns what they said."""
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    command += [f"--nproc-per-node={processes}", "-m", *map(str, arguments)]
    roots = os.pathsep.join(["tests", "runtime", "trainer", "exporters"])
    environment = os.environ | {"PYTHONPATH": roots, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    return done.stderr


def gradients(processes: int, pictures: Path, output: Path) -> dict[str, Any]:
    start(processes, "helpers.gradients", pictures, output)
    written: dict[str, Any] = torch.load(output, weights_only=True)
    return written


def test_two_processes_average_to_the_gradients_of_one(pictures: Path, tmp_path: Path) -> None:
    one, two = (gradients(count, pictures, tmp_path / f"{count}.pt") for count in (1, 2))
    assert one["losses"] == pytest.approx(two["losses"], abs=1e-5)
    for name, expected in one["gradients"].items():
        torch.testing.assert_close(two["gradients"][name], expected, rtol=1e-5, atol=1e-5)
    assert any(gradient.abs().max() > 1e-3 for gradient in one["gradients"].values())


def test_the_command_line_trains_in_two_processes(pictures: Path, tmp_path: Path) -> None:
    (tmp_path / "run.toml").write_text(TOML)
    output, config = tmp_path / "run", tmp_path / "run.toml"
    arguments = ("train", pictures, "-o", output, "--config", config, "--device", "cpu")
    said = start(2, "photochrom_trainer", *arguments)
    assert "2 x cpu" in said
    log = (output / "losses.jsonl").read_text().splitlines()
    steps = [json.loads(line)["step"] for line in log]
    assert steps == [1, 2]
    assert (output / "last.pt").exists()
    assert (output / "report.html").exists()


def test_a_batch_that_cannot_be_shared_is_refused(pictures: Path, tmp_path: Path) -> None:
    (tmp_path / "run.toml").write_text(TOML.replace("batch = 4", "batch = 3"))
    arguments = ("train", pictures, "-o", tmp_path / "run", "--config", tmp_path / "run.toml")
    with pytest.raises(AssertionError, match="2 processes can't share a batch of 3"):
        start(2, "photochrom_trainer", *arguments, "--device", "cpu")
