"""A perceptual loss on features of EfficientNet-Lite0 as ImageNet trained it."""

from typing import Any

from torch import Tensor, nn
from torch.nn import functional as F

from photochrom_trainer.networks.lite0 import (
    IMAGENET_MEAN,
    IMAGENET_STD,
    Lite0Encoder,
    imagenet_weights,
)

MULTIPLE = 32


class PerceptualLoss(nn.Module):
    """Mean absolute difference of features at strides 2 to 32, each map counting alike.

    Every map is divided by the truth's mean magnitude, so that no depth outweighs another
    (Johnson et al., arXiv:1603.08155, take one depth; DDColor weights five by hand).
    """

    def __init__(self) -> None:
        super().__init__()
        self.encoder = Lite0Encoder()
        self.encoder.load_state_dict(imagenet_weights())
        self.encoder.eval().requires_grad_(False)

    def train(self, mode: bool = True) -> "PerceptualLoss":
        """Stay in evaluation mode: the features must not move."""
        del mode
        return super().train(False)

    def forward(self, rendered: Tensor, truth: Tensor) -> Tensor:
        """Compare pictures: N x 3 x H x W sRGB in 0..1, any size above 32 x 32."""
        ours, theirs = self._features(rendered), self._features(truth)
        terms = [
            F.l1_loss(one, other) / other.abs().mean().clamp_min(1e-6)
            for one, other in zip(ours, theirs, strict=True)
        ]
        total: Tensor = sum(terms[1:], terms[0]) / len(terms)
        return total

    def _features(self, pictures: Tensor) -> Any:
        height, width = pictures.shape[2:]
        across, down = -width % MULTIPLE, -height % MULTIPLE
        if across or down:
            pictures = F.pad(pictures, (0, across, 0, down), mode="replicate")
        return self.encoder((pictures - IMAGENET_MEAN) / IMAGENET_STD)
