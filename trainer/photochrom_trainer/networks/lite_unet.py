"""The default generator: a U-Net on EfficientNet-Lite0 that listens to colour hints."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from photochrom_trainer.networks.generator import HINT_CHANNELS, Generator
from photochrom_trainer.networks.lite0 import (
    FEATURE_CHANNELS,
    IMAGENET_MEAN,
    IMAGENET_STD,
    Lite0Encoder,
    imagenet_weights,
)

CHROMA_GAIN = 4.0
"""Chroma over the scale is about 0.1; this brings it to the size of the other inputs."""
SPARSE = 0.01
"""Known share of a cell at which its averaged hint has half its strength."""
STOCHASTIC_DEPTH = 0.2
"""EfficientNet's own rate; without it the encoder learns small corpora by heart."""
BOTTLENECK_DROPOUT = 0.2
"""Share of the coarsest channels that is dropped in training, for the same reason."""
FEATURE_LEVELS = (2, 3)
"""Encoder maps that places are recognised by: strides 8 and 16, sharp enough and telling enough."""
DECODER_CHANNELS = (48, 64, 96, 128, 256)
"""Decoder widths at strides 2, 4, 8, 16, 32."""


class ConvNormAct(nn.Sequential):
    """Convolution, batch norm, ReLU; the size is kept."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 3) -> None:
        super().__init__(
            nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(inplace=True),
        )


class Bottleneck(nn.Module):
    """The coarsest map joined with its own mean, so that every place knows the whole picture."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.local = ConvNormAct(inputs + HINT_CHANNELS, outputs, 1)
        self.context = nn.Conv2d(inputs + HINT_CHANNELS, outputs, 1)

    def forward(self, x: Tensor) -> Tensor:
        context: Tensor = self.context(x.mean((2, 3), keepdim=True))
        return F.relu(self.local(x) + context)


class UpBlock(nn.Module):
    """Enlarges twice, joins the encoder's map and the hints of that size, and mixes them."""

    def __init__(self, inputs: int, skip: int, outputs: int) -> None:
        super().__init__()
        self.mix = nn.Sequential(
            ConvNormAct(inputs + skip + HINT_CHANNELS, outputs), ConvNormAct(outputs, outputs)
        )

    def forward(self, x: Tensor, skip: Tensor, hints: Tensor) -> Tensor:
        up = F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)
        mixed: Tensor = self.mix(torch.cat((up, skip, hints), dim=1))
        return mixed


class LiteUNet(Generator):
    """``G(luminance, hints) -> chroma`` at half the input's size.

    Hints enter beside the luminance and again, averaged down, at every step of the decoder:
    a single point is already seen at stride 32. At the end the network's own chroma moves towards
    the hints as far as it trusts them, so that a dense one comes through as it is.
    """

    output_stride = 2
    multiple = 32
    feature_stride = 8

    def __init__(self) -> None:
        super().__init__()
        self.encoder = Lite0Encoder(1 + HINT_CHANNELS, STOCHASTIC_DEPTH)
        self.bottleneck = Bottleneck(FEATURE_CHANNELS[-1], DECODER_CHANNELS[-1])
        self.up = nn.ModuleList(
            UpBlock(DECODER_CHANNELS[i + 1], FEATURE_CHANNELS[i], DECODER_CHANNELS[i])
            for i in reversed(range(len(DECODER_CHANNELS) - 1))
        )
        self.dropout = nn.Dropout2d(BOTTLENECK_DROPOUT)
        self.head = nn.Conv2d(DECODER_CHANNELS[0], 2, 3, padding=1)
        self.trust = nn.Conv2d(DECODER_CHANNELS[0], 1, 3, padding=1)

    def forward(self, luminance: Tensor, hints: Tensor) -> Tensor:
        """Predict chroma at half the size; sides divisible by 32."""
        x, weighted, _ = self.decode(luminance, hints)
        return self.blend(self.own_chroma(x), weighted, x)

    def with_features(self, luminance: Tensor, hints: Tensor) -> tuple[Tensor, Tensor]:
        """Chroma, and the encoder's maps of `FEATURE_LEVELS` side by side."""
        x, weighted, features = self.decode(luminance, hints)
        chroma = self.blend(self.own_chroma(x), weighted, x)
        maps = [
            _unit(_enlarged(features[level], 2 ** (level - FEATURE_LEVELS[0])))
            for level in FEATURE_LEVELS
        ]
        return chroma, torch.cat(maps, dim=1) / len(maps) ** 0.5

    def own_chroma(self, x: Tensor) -> Tensor:
        """The network's own chroma from its last map, before the hints have their way."""
        return torch.tanh(self.head(x))

    def decode(self, luminance: Tensor, hints: Tensor) -> tuple[Tensor, Tensor, list[Tensor]]:
        """The last map at half the size, the weighted hints, and the encoder's maps at strides 2 to
        32."""
        confidence = hints[:, 2:]
        weighted = torch.cat((hints[:, :2] * CHROMA_GAIN * confidence, confidence), dim=1)
        normal = (luminance - IMAGENET_MEAN) / IMAGENET_STD
        features = self.encoder(torch.cat((normal, weighted), dim=1))
        pooled = _pyramid(weighted, (confidence > 0).to(weighted.dtype), len(features))
        x = self.dropout(self.bottleneck(torch.cat((features[-1], pooled[-1]), dim=1)))
        for level, block in zip(reversed(range(len(self.up))), self.up, strict=True):
            x = block(x, features[level], pooled[level])
        return x, weighted, features

    def blend(self, own: Tensor, weighted: Tensor, x: Tensor) -> Tensor:
        """The network's own chroma, moved towards the hints as far as the last map trusts them."""
        return _blend(own, weighted, torch.sigmoid(self.trust(x)))

    def pretrained_parameters(self) -> Iterable[nn.Parameter]:
        """The encoder's."""
        return self.encoder.parameters()

    def load_pretrained(self) -> None:
        """Start the encoder from ImageNet: luminance stands for all three bands, hints for none."""
        state = imagenet_weights()
        rgb = state["_conv_stem.weight"]
        hint = rgb.new_zeros(rgb.shape[0], HINT_CHANNELS, *rgb.shape[2:])
        state["_conv_stem.weight"] = torch.cat((rgb.sum(1, keepdim=True), hint), dim=1)
        self.encoder.load_state_dict(state)


def _blend(own: Tensor, weighted: Tensor, trust: Tensor) -> Tensor:
    """The network's own chroma, moved towards the hints by their confidence times `trust`."""
    told = F.avg_pool2d(weighted, LiteUNet.output_stride)
    confidence = told[:, 2:]
    chroma = told[:, :2] / (CHROMA_GAIN * confidence.clamp_min(SPARSE))
    return own + trust * confidence * (chroma - own)


def _enlarged(features: Tensor, times: int) -> Tensor:
    if times == 1:
        return features
    return F.interpolate(features, scale_factor=float(times), mode="bilinear", align_corners=False)


def _unit(features: Tensor) -> Tensor:
    """Vectors along the channels, of length 1. First made small: in fp16 squares overflow soon."""
    features = features / features.abs().amax(1, keepdim=True).clamp_min(1e-4)
    return features / features.square().sum(1, keepdim=True).sqrt().clamp_min(1e-4)


def _pyramid(hints: Tensor, known: Tensor, levels: int) -> list[Tensor]:
    """Hints averaged over their known pixels at strides 2, 4, ... 2**levels.

    A plain average would thin a point out to nothing: 7 x 7 pixels are a twentieth of a cell at
    stride 32. `SPARSE` fades only what covers less than about a hundredth of a cell.
    """
    pyramid = []
    for _ in range(levels):
        hints, known = F.avg_pool2d(hints, 2), F.avg_pool2d(known, 2)
        pyramid.append(hints / (known + SPARSE))
    return pyramid
