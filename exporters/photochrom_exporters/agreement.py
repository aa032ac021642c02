"""Holding an exported file against the PyTorch network that it was made from."""

import math
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import nn

from photochrom.color.arrays import FloatImage
from photochrom.color.spaces import ColorSpace
from photochrom.errors import ModelError
from photochrom.models.half import TOLERANCE, to_half
from photochrom.models.manifest import Manifest
from photochrom.session import open_session
from photochrom_trainer.evaluation.predictors import Predictor

UNITS: dict[ColorSpace, str] = {"lab": "a*b*", "luv": "u*v*"}
"""What differences are told in, by colour space."""
SEED = 0


@dataclass(frozen=True)
class Trial:
    """The difference on one input, in units of the model's chroma (a*b* or u*v*)."""

    name: str
    max: float
    mean: float


@dataclass(frozen=True)
class Agreement:
    """All trials of one file."""

    trials: tuple[Trial, ...]

    @property
    def max(self) -> float:
        """The largest difference of all."""
        return max(trial.max for trial in self.trials)

    @property
    def mean(self) -> float:
        """The mean difference of the worst trial."""
        return max(trial.mean for trial in self.trials)


def compare(path: Path, network: nn.Module, manifest: Manifest) -> Agreement:
    """Run a file in ONNX Runtime on the CPU, and its network in PyTorch, on the same inputs.

    Raises:
        ModelError: if the file can't be run, or differs by more than the manifest's tolerance.
    """
    agreement = _agreement(_runner(path), partial(run_torch, network), manifest)
    _hold(agreement, manifest)
    return agreement


def bears_half(path: Path, manifest: Manifest) -> bool:
    """Whether a file's float32 graph, computed in fp16, stays near what it gives in float32.

    Both run on the CPU; `photochrom.models.half.TOLERANCE` is what is allowed.
    """
    with tempfile.TemporaryDirectory() as folder:
        half = Path(folder, "half.onnx")
        try:
            half.write_bytes(to_half(path))
            agreement = _agreement(_runner(half), _runner(path), manifest)
        except ModelError:  # it overflows, or holds what can't be converted
            return False
    return agreement.max <= TOLERANCE["max"] and agreement.mean <= TOLERANCE["mean"]


def _runner(path: Path) -> Predictor:
    session = open_session(path, "cpu")
    return lambda luminance, hints: session.run({"luminance": luminance, "hints": hints})


def _agreement(first: Predictor, second: Predictor, manifest: Manifest) -> Agreement:
    trials = []
    for name, luminance, hints in _inputs(manifest):
        ours, theirs = first(luminance, hints), second(luminance, hints)
        if ours.shape != theirs.shape:
            raise ModelError(f"the exported network gives {ours.shape}, PyTorch {theirs.shape}")
        difference = np.abs(ours - theirs) * manifest.scale
        trials.append(Trial(name, float(difference.max()), float(difference.mean())))
    return Agreement(tuple(trials))


def run_torch(network: nn.Module, luminance: FloatImage, hints: FloatImage) -> FloatImage:
    """The network's answer in PyTorch, on the CPU."""
    with torch.inference_mode():
        chroma: FloatImage = network(torch.from_numpy(luminance), torch.from_numpy(hints)).numpy()
    return chroma


def _hold(agreement: Agreement, manifest: Manifest) -> None:
    allowed = manifest.tolerance
    if agreement.max > allowed["max"] or agreement.mean > allowed["mean"]:
        raise ModelError(
            f"the exported network disagrees with PyTorch: largest difference {agreement.max:.4f}, "
            f"mean {agreement.mean:.5f}, allowed {allowed['max']} and {allowed['mean']} in "
            f"{UNITS[manifest.color_space]}; nothing was written"
        )


def shapes(manifest: Manifest) -> tuple[tuple[int, int, int], ...]:
    """Batch, height and width of the trials, all divisible by the model's multiple.

    Native size, smallest, several at once, and beyond native: what was fixed to the example that
    the graph was traced with, or is wrong at one side only, shows in one of them.
    """
    step = manifest.multiple
    native, larger, largest = (
        math.ceil(factor * manifest.native_size / step) * step for factor in (1, 1.5, 2)
    )
    return ((1, native, native), (1, 2 * step, step), (2, step, 2 * step), (1, larger, largest))


def _inputs(manifest: Manifest) -> Iterator[tuple[str, FloatImage, FloatImage]]:
    """Made-up pictures of every shape, each without hints and with scattered ones."""
    rng = np.random.default_rng(SEED)
    for batch, height, width in shapes(manifest):
        size = f"{batch} × {height} × {width}"
        luminance = _picture(rng, (batch, 1, height, width))
        none = np.zeros((batch, 3, height, width), np.float32)
        yield f"{size}, no hints", luminance, none
        some = rng.uniform(-0.5, 0.5, none.shape).astype(np.float32)
        some[:, 2] = rng.random(some[:, 2].shape) < 0.05
        yield f"{size}, hints", luminance, some


def _picture(rng: np.random.Generator, shape: tuple[int, ...]) -> FloatImage:
    """Luminance 0..1 with something at every scale, as photographs have: octaves of noise."""
    total = np.zeros(shape)
    for cell in (1, 4, 16, 32):
        small = rng.random((*shape[:2], *(math.ceil(side / cell) for side in shape[2:])))
        large = small.repeat(cell, axis=2).repeat(cell, axis=3)
        total += large[..., : shape[2], : shape[3]] * cell**0.5
    return ((total - total.min()) / np.ptp(total)).astype(np.float32)
