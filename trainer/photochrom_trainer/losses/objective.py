"""The generator's whole loss, term by term."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from torch import Tensor, nn
from torch.nn import functional as F

from photochrom.color.spaces import ColorSpace
from photochrom_trainer.losses import adversarial
from photochrom_trainer.losses.classes import classes_loss
from photochrom_trainer.losses.perceptual import PerceptualLoss
from photochrom_trainer.losses.pictures import colorfulness_loss, psnr_loss
from photochrom_trainer.losses.rendering import render
from photochrom_trainer.losses.weights import LossWeights

Judge: TypeAlias = Callable[[Tensor], Tensor]
"""Logits that a discriminator gives to predicted chroma."""


@dataclass(frozen=True)
class Sight:
    """One batch at the generator's output size."""

    luminance: Tensor
    """N x 1 x h x w, the true picture's L*/100."""
    hints: Tensor
    """N x 3 x h x w, what the generator was told."""
    chroma: Tensor
    """N x 2 x h x w, the true chroma over the scale."""


class Objective(nn.Module):
    """Terms of the generator's loss for one color space; what a weight of 0 needs is not built."""

    def __init__(self, space: ColorSpace, scale: float, perceptual: bool) -> None:
        super().__init__()
        self.space = space
        self.scale = scale
        self.perceptual = PerceptualLoss() if perceptual else None

    def forward(
        self,
        predicted: Tensor,
        sight: Sight,
        weights: LossWeights,
        judge: Judge | None = None,
        logits: Tensor | None = None,
    ) -> dict[str, Tensor]:
        """Every term that has a weight, unweighted, by the names of `LossWeights`.

        Args:
            predicted: N x 2 x h x w chroma over the scale.
            sight: the truth.
            weights: which terms are wanted.
            judge: needed for the adversarial term.
            logits: of classes of chroma, needed for their term.
        """
        terms = {"l1": F.l1_loss(predicted, sight.chroma)} if weights.l1 else {}
        if weights.psnr or weights.perceptual or weights.colorfulness:
            terms |= self._on_pictures(predicted, sight, weights)
        if weights.classes and logits is not None:
            terms["classes"] = classes_loss(logits.float(), sight.chroma)
        if weights.adversarial and judge:
            verdict = judge(predicted)
            terms["adversarial"] = adversarial.on_deceit(weights.adversarial_form, verdict)
        return terms

    def _on_pictures(
        self, predicted: Tensor, sight: Sight, weights: LossWeights
    ) -> dict[str, Tensor]:
        ours, truth = (
            render(sight.luminance, chroma, self.space, self.scale)
            for chroma in (predicted, sight.chroma)
        )
        terms = {}
        if weights.psnr:
            terms["psnr"] = psnr_loss(ours, truth)
        if weights.perceptual and self.perceptual:
            terms["perceptual"] = self.perceptual(ours, truth)
        if weights.colorfulness:
            terms["colorfulness"] = colorfulness_loss(ours, truth)
        return terms


def weighted_sum(terms: dict[str, Tensor], weights: LossWeights) -> Tensor:
    """Terms times their weights, added up."""
    weighted = [getattr(weights, name) * term for name, term in terms.items()]
    total: Tensor = sum(weighted[1:], weighted[0])
    return total
