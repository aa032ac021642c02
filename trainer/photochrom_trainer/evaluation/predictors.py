"""Trained models behind one plain call in NumPy, so that PyTorch and ONNX are measured alike."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from photochrom.color.arrays import FloatImage

Predictor: TypeAlias = Callable[[FloatImage, FloatImage], FloatImage]
"""``(luminance N x 1 x H x W, hints N x 3 x H x W) -> chroma N x 2 x H/s x W/s``, all float32 as
the model's contract has them: L*/100, chroma over the scale, confidence 0..1."""


@dataclass(frozen=True)
class Model:
    """A model that can be measured."""

    name: str
    """What tables call it."""
    predict: Predictor
    """The call."""
    scale: float
    """Chroma that 1 stands for."""


def load(path: Path) -> Model:
    """Load an ONNX file (by its suffix) or a checkpoint, for prediction on the CPU.

    Raises:
        InputError: if the checkpoint can't be used.
        ModelError: if the ONNX file can't be used.
        DeviceError: if ONNX Runtime is needed and not installed.
    """
    return from_onnx(path) if path.suffix == ".onnx" else from_checkpoint(path)


def from_checkpoint(path: Path) -> Model:
    """The averaged generator of a checkpoint, in PyTorch."""
    import torch

    from photochrom_trainer.training import checkpoint
    from photochrom_trainer.training.run import load_generator

    network = load_generator(path)

    def predict(luminance: FloatImage, hints: FloatImage) -> FloatImage:
        with torch.inference_mode():
            chroma = network(torch.from_numpy(luminance), torch.from_numpy(hints))
        result: FloatImage = chroma.numpy()
        return result

    return Model(path.stem, predict, checkpoint.config_of(checkpoint.load(path)).scale)


def from_onnx(path: Path) -> Model:
    """An exported model, in ONNX Runtime."""
    from photochrom.models.checksum import verify
    from photochrom.session import open_session

    manifest, session = verify(path), open_session(path, "cpu")

    def predict(luminance: FloatImage, hints: FloatImage) -> FloatImage:
        return session.run({"luminance": luminance, "hints": hints})

    return Model(f"{manifest.name} {manifest.version}", predict, manifest.scale)
