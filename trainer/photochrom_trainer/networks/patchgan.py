"""The PatchGAN discriminator: real or fake, judged patch by patch.

Isola et al., arXiv:1611.07004, sections 3.2.2 and 6.1.2, as `NLayerDiscriminator` in
junyanz/pytorch-CycleGAN-and-pix2pix builds it. With three layers each output sees 70 x 70 pixels.
"""

from itertools import pairwise

import torch
from torch import Tensor, nn

from photochrom_trainer.networks.generator import HINT_CHANNELS
from photochrom_trainer.networks.unet256 import init_normal

FULL_WIDTH = 8
"""Channels grow to at most this many times the base width."""


class PatchGAN(nn.Module):
    """Scores of overlapping patches of chroma, given what the generator was given.

    Args:
        layers: strided convolutions; 3 sees 70 x 70 pixels, 2 sees 34 x 34, 1 sees 16 x 16.
        hints: whether the hints are shown to it too.
        base_width: channels of the first layer (``ndf``).
    """

    def __init__(self, layers: int = 3, hints: bool = False, base_width: int = 64) -> None:
        super().__init__()
        self.hint_channels = HINT_CHANNELS if hints else 0
        widths = [base_width * min(2**level, FULL_WIDTH) for level in range(layers + 1)]
        blocks: list[nn.Module] = [nn.Conv2d(3 + self.hint_channels, widths[0], 4, 2, 1)]
        for level, (inputs, outputs) in enumerate(pairwise(widths), start=1):
            stride = 2 if level < layers else 1
            blocks += [
                nn.LeakyReLU(0.2),
                nn.Conv2d(inputs, outputs, 4, stride, 1, bias=False),
                nn.BatchNorm2d(outputs),
            ]
        blocks += [nn.LeakyReLU(0.2), nn.Conv2d(widths[-1], 1, 4, 1, 1)]
        self.scores = nn.Sequential(*blocks)
        self.apply(init_normal)

    def forward(self, luminance: Tensor, hints: Tensor, chroma: Tensor) -> Tensor:
        """Judge chroma.

        Args:
            luminance: N x 1 x H x W, L*/100.
            hints: N x 3 x H x W; looked at only if the network was made to.
            chroma: N x 2 x H x W over the scale.

        Returns:
            Logits N x 1 x h x w, high where a patch seems real.
        """
        seen = (luminance * 2 - 1, hints[:, : self.hint_channels], chroma)
        logits: Tensor = self.scores(torch.cat(seen, dim=1))
        return logits
