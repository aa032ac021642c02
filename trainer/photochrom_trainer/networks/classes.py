"""Colour as a choice among classes: a distribution for each pixel, told as its annealed mean.

Zhang, Isola and Efros, "Colorful Image Colorization", arXiv:1603.08511: section 2.1 (classes on a
grid of a*b*) and 2.3 (annealed mean). Where several colours are plausible, a mean is a dull mixture
of them; a lower temperature moves it towards the likeliest one.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from photochrom_trainer.networks.lite_unet import DECODER_CHANNELS, LiteUNet

SIDE = 17
"""Corners along each side of the grid, from -1 to 1 times the scale: 13.75 a cell in Lab, where the
paper has 10. Those outside the gamut cost nothing: no pixel of the truth ever asks for them."""
TEMPERATURE = 0.38
"""The paper's, of its section 2.3."""


class LiteClasses(LiteUNet):
    """`LiteUNet` that chooses each pixel's chroma among the corners of a grid.

    `temperature` is a buffer: 1 gives the mean, near 0 the likeliest class. A checkpoint or an
    exported file carries its own.
    """

    temperature: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Conv2d(DECODER_CHANNELS[0], SIDE**2, 1)
        self.register_buffer("temperature", torch.tensor(TEMPERATURE))

    def own_chroma(self, x: Tensor) -> Tensor:
        """The annealed mean over the grid (equation 5 of the paper)."""
        return self._annealed_mean(self.head(x))

    def with_classes(self, luminance: Tensor, hints: Tensor) -> tuple[Tensor, Tensor]:
        """Chroma as `forward` has it, and the logits of `losses.classes` (N x 289 x H/2 x W/2)."""
        x, weighted, _ = self.decode(luminance, hints)
        logits = self.head(x)
        return self.blend(self._annealed_mean(logits), weighted, x), logits

    def _annealed_mean(self, logits: Tensor) -> Tensor:
        shares = torch.softmax(logits.float() / self.temperature, dim=1)
        axis = torch.linspace(-1, 1, SIDE, device=logits.device)
        corners = torch.stack(torch.meshgrid(axis, axis, indexing="ij"))
        return F.conv2d(shares, corners.reshape(2, -1, 1, 1))
