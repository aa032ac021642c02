"""Adversarial losses on a discriminator's logits: three forms, each for both players.

Every function returns the mean over all patches. The generator's forms are the non-saturating ones.
"""

from collections.abc import Callable
from typing import TypeAlias

import torch
from torch import Tensor
from torch.nn import functional as F

Side: TypeAlias = Callable[[Tensor], Tensor]


def _vanilla_real(logits: Tensor) -> Tensor:
    return F.binary_cross_entropy_with_logits(logits, torch.ones_like(logits))


def _vanilla_fake(logits: Tensor) -> Tensor:
    return F.binary_cross_entropy_with_logits(logits, torch.zeros_like(logits))


def _squares_real(logits: Tensor) -> Tensor:
    return F.mse_loss(logits, torch.ones_like(logits))


def _squares_fake(logits: Tensor) -> Tensor:
    return F.mse_loss(logits, torch.zeros_like(logits))


def _hinge_real(logits: Tensor) -> Tensor:
    return F.relu(1 - logits).mean()


def _hinge_fake(logits: Tensor) -> Tensor:
    return F.relu(1 + logits).mean()


def _hinge_generator(logits: Tensor) -> Tensor:
    return -logits.mean()


_FORMS: dict[str, tuple[Side, Side, Side]] = {
    "vanilla": (_vanilla_real, _vanilla_fake, _vanilla_real),
    "least-squares": (_squares_real, _squares_fake, _squares_real),
    "hinge": (_hinge_real, _hinge_fake, _hinge_generator),
}
"""By the names of `photochrom_trainer.losses.weights.ADVERSARIAL_FORMS`: what the discriminator
lowers on truths and on predictions, and what the generator lowers on its predictions."""


def on_truth(form: str, logits: Tensor) -> Tensor:
    """The discriminator's loss on true pictures."""
    return _FORMS[form][0](logits)


def on_prediction(form: str, logits: Tensor) -> Tensor:
    """The discriminator's loss on predicted pictures."""
    return _FORMS[form][1](logits)


def on_deceit(form: str, logits: Tensor) -> Tensor:
    """The generator's loss on its predictions."""
    return _FORMS[form][2](logits)
