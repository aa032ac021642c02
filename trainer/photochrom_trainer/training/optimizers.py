"""Optimizers as a configuration asks for them."""

from typing import Any

import torch

from photochrom_trainer.config import TrainConfig
from photochrom_trainer.networks.generator import Generator


def adam(groups: list[dict[str, Any]], config: TrainConfig) -> torch.optim.Optimizer:
    """AdamW on groups of parameters; their rates are set step by step."""
    return torch.optim.AdamW(
        groups,
        lr=0.0,
        betas=config.betas,
        weight_decay=config.weight_decay,
        fused=config.precision != "16-mixed",  # Fabric can't clip fused steps that it unscales
    )


def make_optimizer(network: Generator, config: TrainConfig) -> torch.optim.Optimizer:
    """AdamW with two groups: pretrained weights (index 0, empty if there are none) and the rest."""
    pretrained = list(network.pretrained_parameters())
    known = {id(parameter) for parameter in pretrained}
    rest = [parameter for parameter in network.parameters() if id(parameter) not in known]
    groups = [{"params": pretrained}, {"params": rest}]
    return adam(groups, config)


def set_learning_rate(optimizer: torch.optim.Optimizer, config: TrainConfig, rate: float) -> None:
    """Set both groups' rates."""
    pretrained, rest = optimizer.param_groups
    pretrained["lr"], rest["lr"] = rate * config.pretrained_rate, rate
