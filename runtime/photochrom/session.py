"""ONNX Runtime sessions: which provider is asked for, which one really loaded."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from photochrom.color.arrays import FloatImage
from photochrom.errors import DeviceError, ModelError

log = logging.getLogger(__name__)

PROVIDERS = {
    "cuda": "CUDAExecutionProvider",
    "tensorrt": "TensorrtExecutionProvider",
    "directml": "DmlExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
    "openvino": "OpenVINOExecutionProvider",
    "cpu": "CPUExecutionProvider",
}
"""Device names that people give, best first for ``auto``, and what ONNX Runtime calls them."""
AUTOMATIC = ("cuda", "directml", "coreml", "cpu")
"""What ``auto`` tries: devices that need no preparation of the model."""


def onnxruntime() -> Any:
    """The onnxruntime module.

    Raises:
        DeviceError: if none of its wheels is installed.
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise DeviceError(
            "ONNX Runtime is not installed; install photochrom[cpu], or photochrom[gpu] for NVIDIA"
        ) from error
    return onnxruntime


def available_devices() -> list[str]:
    """Devices that the installed ONNX Runtime was built for; each may still fail to start."""
    present = onnxruntime().get_available_providers()
    return [device for device, provider in PROVIDERS.items() if provider in present]


@dataclass(frozen=True)
class Session:
    """A loaded network and the device that it really runs on."""

    network: Any
    device: str
    metadata: Mapping[str, str]
    shapes: Mapping[str, tuple[Any, ...]]
    """Shape of every input and output by name; free sizes are names or None."""

    def run(self, inputs: Mapping[str, FloatImage], output: str | None = None) -> FloatImage:
        """An output, by default the first, for float32 inputs by name.

        Raises:
            ModelError: if the network fails on them.
        """
        try:
            result: FloatImage = self.network.run([output] if output else None, dict(inputs))[0]
        except Exception as error:  # ONNX Runtime's errors share no narrower public base
            raise ModelError(f"the model failed on {self.device}: {_first_line(error)}") from error
        if not np.isfinite(result).all():
            raise ModelError(
                f"the model gave values that are not numbers on {self.device}; try --device cpu"
            )
        return result


def open_session(path: Path, device: str = "auto") -> Session:
    """Load a model file on a device.

    Args:
        path: an ONNX file.
        device: ``auto``, or a name of `PROVIDERS`.

    Raises:
        DeviceError: if the device is unknown, not built in, or does not start when asked by name.
        ModelError: if the file can't be loaded.
    """
    for choice in _choices(device):
        network = _start(path, choice)
        if network is not None:
            return _describe(network, choice)
        if device != "auto":
            raise DeviceError(
                f"{device} is built in but did not start; check its driver, or use --device cpu"
            )
        log.warning("%s did not start; trying the next device", choice)
    raise DeviceError("no execution provider started; reinstall ONNX Runtime")


def _choices(device: str) -> list[str]:
    present = available_devices()
    if device == "auto":
        return [name for name in AUTOMATIC if name in present]
    if device not in PROVIDERS:
        raise DeviceError(f"unknown device {device!r}; choose auto, {', '.join(PROVIDERS)}")
    if device not in present:
        raise DeviceError(
            f"this ONNX Runtime has no {device}; it has {', '.join(present)}. "
            "Install the matching extra, for example photochrom[gpu]"
        )
    return [device]


def _start(path: Path, device: str) -> Any | None:
    """The network on a device; None if the device, not the model, is at fault."""
    try:
        network = _load(path, device)
    except ModelError:
        _load(path, "cpu")  # fails again if it is the model
        return None
    return network if PROVIDERS[device] in network.get_providers() else None


def _load(path: Path, device: str) -> Any:
    module = onnxruntime()
    options = module.SessionOptions()
    options.log_severity_level = 3  # errors only; what matters is raised or logged here
    # The arena keeps the largest run's memory for ever (onnxruntime issue 11627).
    options.enable_cpu_mem_arena = False
    providers = list(dict.fromkeys((PROVIDERS[device], PROVIDERS["cpu"])))
    try:
        # Without fallback: it would go on elsewhere unasked, and print that on stdout.
        return module.InferenceSession(
            str(path), options, providers=providers, enable_fallback=False
        )
    except Exception as error:  # ONNX Runtime's errors share no narrower public base
        raise ModelError(f"can't load the model {path}: {_first_line(error)}") from error


def _describe(network: Any, device: str) -> Session:
    values = [*network.get_inputs(), *network.get_outputs()]
    shapes = {value.name: tuple(value.shape) for value in values}
    return Session(network, device, network.get_modelmeta().custom_metadata_map, shapes)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
