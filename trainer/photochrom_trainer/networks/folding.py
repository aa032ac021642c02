"""Batch norm and the convolution before it: which belong together, and how to take them apart.

Exported models hold each pair as one convolution. That file alone is enough to train on.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from photochrom.errors import ModelError
from photochrom.models.checksum import verify
from photochrom_trainer.networks.generator import Generator

Convolution: TypeAlias = nn.Conv2d | nn.ConvTranspose2d
HALF = ".fp16"
"""What the exporter adds to the name of a tensor that it stores in half the bytes."""


def pairs(module: nn.Module, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Full names of every convolution and of the batch norm registered right after it."""
    before, previous = "", None
    for name, child in module.named_children():
        if isinstance(child, nn.BatchNorm2d) and isinstance(previous, Convolution):
            yield prefix + before, prefix + name
        yield from pairs(child, f"{prefix}{name}.")
        before, previous = name, child


def load_folded(network: Generator, path: Path) -> None:
    """Fill a network from an exported model; it answers as the file does.

    The folded scale stays in the convolution; the batch norm that is left does nothing but add
    the bias, as long as its mean and variance are frozen.

    Raises:
        ModelError: if the file is damaged, or holds another network.
    """
    verify(path)
    stored = _initializers(path)
    state = {name: stored[name] for name in network.state_dict() if name in stored}
    for convolution, norm in pairs(network):
        state |= _unfolded(network.get_submodule(norm), norm, stored.get(f"{convolution}.bias"))
    try:
        missing, _ = network.load_state_dict(state, strict=False)
    except RuntimeError as error:  # tensors of other shapes
        raise ModelError(f"{path} holds another network: {str(error).splitlines()[-1]}") from error
    lacking = [name for name in missing if not name.endswith("num_batches_tracked")]
    if lacking:
        raise ModelError(f"{path} holds another network: it lacks {lacking[0]}")


def _initializers(path: Path) -> dict[str, Tensor]:
    model = onnx.load(path, load_external_data=False)
    return {
        tensor.name.removesuffix(HALF): torch.tensor(numpy_helper.to_array(tensor)).float()
        for tensor in model.graph.initializer
    }


def _unfolded(norm: nn.Module, name: str, bias: Tensor | None) -> dict[str, Tensor]:
    """State of a batch norm that only adds a bias."""
    assert isinstance(norm, nn.BatchNorm2d)
    ones = torch.ones(norm.num_features)
    return {
        f"{name}.weight": ones,
        f"{name}.bias": torch.zeros_like(ones) if bias is None else bias,
        f"{name}.running_mean": torch.zeros_like(ones),
        f"{name}.running_var": ones - norm.eps,
    }
