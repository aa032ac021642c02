"""Batch norm and the convolution before it: which belong together, and how to take them apart.

Exported models hold each pair as one convolution. That file alone is enough to train on.
"""

from collections.abc import Iterable, Iterator
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


def restore_statistics(network: Generator, batches: Iterable[tuple[Tensor, Tensor]]) -> None:
    """Give the batch norms of a folded network means and variances of what goes through them.

    The network answers as before. But its batch norms do something now, so that it can be trained
    with the statistics of its batches as a network that was never folded is.

    Args:
        network: as `load_folded` leaves it.
        batches: luminance and hints of pictures such as it will be trained on.
    """
    norms = [network.get_submodule(norm) for _, norm in pairs(network)]
    seen = [_Moments() for _ in norms]
    hooks = [
        norm.register_forward_pre_hook(moments.see)
        for norm, moments in zip(norms, seen, strict=True)
    ]
    with torch.inference_mode():
        for luminance, hints in batches:
            network.eval()(luminance, hints)
    for hook, norm, moments in zip(hooks, norms, seen, strict=True):
        hook.remove()
        moments.give(norm)


class _Moments:
    """Sums over everything that a batch norm was given, by channel."""

    def __init__(self) -> None:
        self.count = 0
        self.sum: Tensor | float = 0.0
        self.squares: Tensor | float = 0.0

    def see(self, _: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        values = inputs[0].double()
        self.count += values.numel() // values.shape[1]
        self.sum += values.sum((0, 2, 3))
        self.squares += values.square().sum((0, 2, 3))

    def give(self, norm: nn.Module) -> None:
        """Let the batch norm subtract and scale, and take both back."""
        assert isinstance(norm, nn.BatchNorm2d)
        mean = torch.as_tensor(self.sum) / self.count
        variance = (torch.as_tensor(self.squares) / self.count - mean.square()).clamp_min(0)
        with torch.no_grad():
            norm.running_mean.copy_(mean)  # type: ignore[union-attr]
            norm.running_var.copy_(variance)  # type: ignore[union-attr]
            norm.weight.copy_((variance + norm.eps).sqrt())
            norm.bias.add_(mean)


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
