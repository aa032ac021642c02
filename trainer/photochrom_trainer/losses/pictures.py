"""Losses on rendered pictures (N x 3 x H x W sRGB in 0..1), each picture counting alike."""

import torch
from torch import Tensor

NOISE = 1e-4
"""Added to the squared error: a picture that is right to within 40 dB has nothing left to gain."""
STEADY = 1e-8
"""Keeps the slope of a square root finite at 0, where a grey picture is."""


def psnr_loss(rendered: Tensor, truth: Tensor) -> Tensor:
    """Minus the mean PSNR in bels (10 dB), up to a constant."""
    error = (rendered - truth).square().mean(dim=(1, 2, 3))
    return torch.log10(error + NOISE).mean()


def colorfulness(rendered: Tensor) -> Tensor:
    """Colourfulness of each picture (N) on the 0..255 scale, as `photochrom.metrics` has it."""
    red, green, blue = (rendered * 255).unbind(dim=1)
    opponents = torch.stack((red - green, (red + green) / 2 - blue), dim=1).flatten(2)
    variance = opponents.var(dim=2, correction=0).sum(dim=1)
    mean = opponents.mean(dim=2).square().sum(dim=1)
    return (variance + STEADY).sqrt() + 0.3 * (mean + STEADY).sqrt()


def colorfulness_loss(rendered: Tensor, truth: Tensor) -> Tensor:
    """How far each picture's colourfulness lies below its truth's, over 100, as a mean."""
    return torch.relu(colorfulness(truth) - colorfulness(rendered)).mean() / 100
