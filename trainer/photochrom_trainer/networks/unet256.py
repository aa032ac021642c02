"""pix2pix's generator for 256 pixels, as the paper and its authors' PyTorch code have it.

Isola, Zhu, Zhou, Efros, "Image-to-Image Translation with Conditional Adversarial Networks",
arXiv:1611.07004, section 6.1: eight halvings, channels 64-128-256-512-512-512-512-512, batch norm,
dropout in the inner decoder blocks of full width, weights drawn from N(0, 0.02). Where the paper
and `UnetGenerator` in junyanz/pytorch-CycleGAN-and-pix2pix differ, the code is followed.
"""

import torch
from torch import Tensor, nn

from photochrom_trainer.networks.generator import Generator

FULL_WIDTH = 8
"""Channels grow to this many times the base width."""
FULL_WIDTH_LEVEL = 4
"""First level (0 is the outermost) whose decoder block has dropout; the innermost has none."""


class Down(nn.Sequential):
    """LeakyReLU, strided convolution, batch norm; both ends without norm, the outer one plain."""

    def __init__(self, inputs: int, outputs: int, level: int, levels: int) -> None:
        layers: list[nn.Module] = [] if level == 0 else [nn.LeakyReLU(0.2)]
        layers.append(nn.Conv2d(inputs, outputs, 4, 2, 1, bias=False))
        if 0 < level < levels - 1:
            layers.append(nn.BatchNorm2d(outputs))
        super().__init__(*layers)


class Up(nn.Sequential):
    """Transposed convolution, batch norm, and dropout where the paper has it.

    The ReLU before it is the caller's: on each input before they are joined, which keeps no copy of
    the joined ones for the backward pass.
    """

    def __init__(self, inputs: int, outputs: int, level: int, levels: int) -> None:
        super().__init__(nn.ConvTranspose2d(inputs, outputs, 4, 2, 1, bias=level == 0))
        if level > 0:
            self.append(nn.BatchNorm2d(outputs))
        if FULL_WIDTH_LEVEL <= level < levels - 1:
            self.append(nn.Dropout(0.5))


class UNet256(Generator):
    """``G(luminance) -> chroma`` at the input's size. It knows no hints: the paper's has none.

    Args:
        levels: halvings; H and W must be divisible by 2**levels. 8 is pix2pix's ``unet_256``,
            7 its ``unet_128``.
        base_width: channels of the outermost level (``ngf``).
        input_channels: 1 for luminance.
        output_channels: 2 for chroma.
    """

    output_stride = 1
    takes_hints = False

    def __init__(
        self,
        levels: int = 8,
        base_width: int = 64,
        input_channels: int = 1,
        output_channels: int = 2,
    ) -> None:
        super().__init__()
        self.multiple = 2**levels
        widths = [base_width * min(2**level, FULL_WIDTH) for level in range(levels)]
        inputs, outputs = [input_channels, *widths[:-1]], [output_channels, *widths[:-1]]
        self.down = nn.ModuleList(
            Down(inputs[level], widths[level], level, levels) for level in range(levels)
        )
        self.up = nn.ModuleList(
            Up(widths[level] * (1 if level == levels - 1 else 2), outputs[level], level, levels)
            for level in range(levels)
        )
        self.apply(init_normal)

    def forward(self, luminance: Tensor, hints: Tensor) -> Tensor:
        """Predict chroma; the hints are not looked at."""
        del hints
        return self.translate(luminance * 2 - 1)

    def translate(self, x: Tensor) -> Tensor:
        """Picture in -1..1 to picture in -1..1, as pix2pix uses the network."""
        skips = []
        for block in self.down:
            x = block(x)
            skips.append(x)
        x = self.up[-1](skips.pop().relu())
        for block in reversed(self.up[:-1]):
            x = block(torch.cat((skips.pop().relu(), x.relu()), dim=1))
        return torch.tanh(x)


def init_normal(module: nn.Module) -> None:
    """pix2pix's first weights: N(0, 0.02), batch norm N(1, 0.02), no biases."""
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
        nn.init.normal_(module.weight, 0.0, 0.02)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)
    else:
        return
    if module.bias is not None:
        nn.init.zeros_(module.bias)
