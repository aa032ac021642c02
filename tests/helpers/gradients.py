"""A process of a run that stops before its first step would change anything, for torchrun.

``python -m helpers.gradients PICTURES OUTPUT`` writes the gradients of one batch to OUTPUT.
"""

import sys
from dataclasses import replace
from pathlib import Path

import torch
from torch import nn

from helpers.training import TINY
from photochrom_trainer.cli.train import make_fabric
from photochrom_trainer.config import DiscriminatorConfig, Stage
from photochrom_trainer.losses.weights import LossWeights
from photochrom_trainer.networks.lite0 import InvertedResidual
from photochrom_trainer.training.loop import Training

CONFIG = replace(
    TINY,
    stages=(Stage(32, 4, (0.0, 0.0), steps=1, losses=LossWeights(1, 0.1, 0, 0.1, 0.1)),),
    discriminator=DiscriminatorConfig(layers=1),
    freeze_normalization=True,
    clip_norm=1e9,
)
"""One step at a learning rate of 0; nothing in it depends on what else is in the batch."""


def without_chance(network: nn.Module) -> None:
    """Dropout draws differently for each process; here it must not."""
    for module in network.modules():
        if isinstance(module, nn.Dropout2d):
            module.p = 0.0
        elif isinstance(module, InvertedResidual):
            module.drop = 0.0


def main(pictures: Path, output: Path) -> None:
    """Take the step and write what was averaged."""
    torch.set_num_threads(1)
    fabric = make_fabric("cpu", "32-true", threads=1)
    training = Training(CONFIG, pictures, output.with_suffix(".run"), fabric, pretrained=False)
    without_chance(training.run.netG)
    (progress,) = training
    if fabric.is_global_zero:
        named = training.run.netG.module.named_parameters()
        gradients = {name: parameter.grad for name, parameter in named}
        torch.save({"gradients": gradients, "losses": progress.losses}, output)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
