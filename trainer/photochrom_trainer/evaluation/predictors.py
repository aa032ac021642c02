"""Trained models behind one plain call in NumPy, so that PyTorch and ONNX are measured alike."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from photochrom.color.arrays import FloatImage
from photochrom.color.spaces import ColorSpace
from photochrom.models.native import mirrored

if TYPE_CHECKING:
    from photochrom_trainer.config import TrainConfig
    from photochrom_trainer.networks.generator import Generator

Predictor: TypeAlias = Callable[[FloatImage, FloatImage], FloatImage]
"""``(luminance N x 1 x H x W, hints N x 3 x H x W) -> chroma N x 2 x H/s x W/s``, all float32 as
the model's contract has them: L*/100, chroma over the scale, confidence 0..1."""


@dataclass(frozen=True)
class Model:
    """A model that can be measured."""

    name: str
    """What tables call it."""
    predict: Predictor
    """The call; takes any size."""
    scale: float
    """Chroma that 1 stands for."""
    color_space: ColorSpace = "lab"
    """What hints and chroma are given in."""


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
    from photochrom_trainer.training import checkpoint
    from photochrom_trainer.training.run import load_generator

    config = checkpoint.config_of(checkpoint.load(path))
    # A run's checkpoint is called last.pt; its folder says which run it is.
    name = path.resolve().parent.name if path.stem == "last" else path.stem
    return from_generator(load_generator(path), config, name)


def from_generator(network: "Generator", config: "TrainConfig", name: str = "ours") -> Model:
    """A generator in evaluation mode, on whatever device it is."""
    import torch

    device = next(network.parameters()).device

    def predict(luminance: FloatImage, hints: FloatImage) -> FloatImage:
        inputs = (torch.from_numpy(values).to(device) for values in (luminance, hints))
        with torch.inference_mode():
            chroma: FloatImage = network(*inputs).cpu().numpy()
        return chroma

    return Model(name, padded(predict, network.multiple), config.scale, config.color_space)


def from_onnx(path: Path) -> Model:
    """An exported model, in ONNX Runtime."""
    from photochrom.models.checksum import verify
    from photochrom.session import open_session

    manifest, session = verify(path), open_session(path, "cpu")

    def predict(luminance: FloatImage, hints: FloatImage) -> FloatImage:
        return session.run({"luminance": luminance, "hints": hints})

    name, call = f"{manifest.name} {manifest.version}", padded(predict, manifest.multiple)
    return Model(name, call, manifest.scale, manifest.color_space)


def padded(predict: Predictor, multiple: int) -> Predictor:
    """A predictor of any size from one whose sides must be divisible by `multiple`.

    The lower and right borders are mirrored, and the answer is cut back, as the runtime does it.
    """

    def call(luminance: FloatImage, hints: FloatImage) -> FloatImage:
        height, width = luminance.shape[2:]
        large = mirrored(luminance, multiple)
        chroma = predict(large, mirrored(hints, multiple))
        stride = large.shape[2] // chroma.shape[2]
        return chroma[:, :, : -(-height // stride), : -(-width // stride)]

    return call
