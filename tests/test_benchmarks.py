"""Every benchmark runs, at a size that takes seconds."""

import runpy
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from helpers.training import cpu, write_pictures
from photochrom_trainer.training.run import Run
from plain_training import Textbook

ROOT = Path(__file__).parents[1]
TRAINING = ROOT / "benchmarks" / "training.py"
NO_PICTURES: Any = []


def test_training(tmp_path: Path) -> None:
    """The smallest of pix2pix's networks; the run's own folder may hold pictures and the plot."""
    pictures, plot = write_pictures(tmp_path / "pictures"), tmp_path / "plot.png"
    options = "--network unet128 --size 128 --batches 2 --pairs 1 --steps 1 --watched 1"
    command = [sys.executable, str(TRAINING), *options.split(), "--threads", "1"]
    command += ["--pictures", str(pictures), "--plot", str(plot)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    rows = [line.strip("| ").split(" | ") for line in done.stdout.splitlines() if "|" in line]
    speeds = rows[2]
    assert speeds[0] == "2"
    assert float(speeds[1]) / float(speeds[2]) == pytest.approx(float(speeds[3][:4]), abs=0.02)
    phases = {name: (float(ours), float(textbook)) for name, ours, textbook in rows[5:]}
    assert len(phases) == 9
    assert min(phases["generator backward"]) > 0
    assert min(phases["discriminator step"]) > 0
    assert phases["moving average"][0] > 0 == phases["moving average"][1]
    assert plot.read_bytes().startswith(b"\x89PNG")


def test_both_sides_of_training_take_the_same_step() -> None:
    """Without what only one side has (clipping, dropout's own seeds) they must learn alike."""
    benchmark = runpy.run_path(str(TRAINING))
    config = replace(benchmark["configuration"]("unet128", 128, 2, "32-true"), clip_norm=1e9)
    run, textbook = Run(config, cpu()), Textbook("unet128", NO_PICTURES, "cpu")
    assert run.discriminator is not None
    textbook.netG.load_state_dict(run.netG.state_dict())
    textbook.netD.load_state_dict(run.discriminator.netD.state_dict())
    for module in (*run.netG.modules(), *textbook.netG.modules()):
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    luminance, chroma = torch.rand(2, 1, 128, 128), torch.rand(2, 2, 128, 128) - 0.5
    for _ in range(2):  # the second step shows what the first one did to the weights
        ours = run.take_step((luminance, torch.zeros(2, 3, 128, 128), chroma), config.stages[0])
        theirs = textbook.take_step(luminance, chroma)
        halves = (ours["discriminator_real"] + ours["discriminator_fake"]) / 2
        assert theirs["generator"] == pytest.approx(ours["total"], rel=1e-3)
        assert theirs["discriminator"] == pytest.approx(halves, rel=1e-3)
