"""PyTorch on one thread, and networks whose graphs are built once: building takes seconds.

One thread, because tiny networks gain nothing from more, and a busy machine loses much.
"""

import pytest
import torch
from onnx import ModelProto
from torch import nn

from helpers.training import shake_norms
from photochrom_exporters.to_onnx import build
from photochrom_trainer.networks.generator import Generator
from photochrom_trainer.networks.lite_unet import LiteUNet
from photochrom_trainer.networks.unet256 import UNet256

torch.set_num_threads(1)


@pytest.fixture(scope="session")
def network() -> Generator:
    """An untrained default generator."""
    torch.manual_seed(0)
    network = LiteUNet().eval()
    shake_norms(network)
    return network


@pytest.fixture(scope="session")
def graph(network: Generator) -> ModelProto:
    return build(network)


@pytest.fixture(scope="session")
def unet() -> Generator:
    """pix2pix's network with five halvings and an eighth of its channels.

    Its own first weights make next to no colour; these make as much as training does.
    """
    torch.manual_seed(0)
    network = UNet256(levels=5, base_width=8).eval()
    shake_norms(network)
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.kaiming_normal_(module.weight)
            module.weight.data *= 0.1 if module.out_channels == 2 else 1
    return network


@pytest.fixture(scope="session")
def unet_graph(unet: Generator) -> ModelProto:
    return build(unet)
