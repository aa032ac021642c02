"""ONNX Runtime's execution providers: their names, their order, and what each is told."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import logging
from pathlib import Path
from typing import Any

from photochrom.errors import DeviceError
from photochrom.folders import cache_folder

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
EXTRAS = {
    "cuda": "photochrom[gpu]",
    "tensorrt": "photochrom[gpu]",
    "directml": "photochrom[directml]",
    "openvino": "photochrom[openvino]",
    "cpu": "photochrom[cpu]",
    "coreml": "photochrom[cpu] on a Mac",
}
"""What to install for a device."""

FP16_GRAPH = ("cuda", "directml")
"""Devices that compute in fp16 if the graph's tensors are fp16 (`photochrom.models.half`)."""
FP16_OPTION = ("tensorrt", "openvino")
"""Devices that compute a float32 graph in fp16 if told so.

Core ML is in neither: its fp16 gave wrong answers in an ML program (onnxruntime issue 32569).
"""
BOUND = {"cuda": "cuda", "tensorrt": "cuda", "directml": "dml"}
"""Devices whose tensors stay there between runs, and what I/O binding calls their memory."""

CUDA = {
    # One for each size that comes, and sizes change here. The default, EXHAUSTIVE, times every
    # algorithm for each new shape: 634 ms against 1.9 ms a shape in PaddleX pull request 5057.
    "cudnn_conv_algo_search": "HEURISTIC",
    # The default doubles the arena, which takes up to twice what is needed and never gives it back.
    "arena_extend_strategy": "kSameAsRequested",
}
"""onnxruntime.ai/docs/execution-providers/CUDA-ExecutionProvider.html"""
COREML = {
    # Programs keep float32 where the model has it; the default NeuralNetwork format does not
    # promise that, and knows fewer operators.
    "ModelFormat": "MLProgram",
    "MLComputeUnits": "ALL",
}
"""onnxruntime.ai/docs/execution-providers/CoreML-ExecutionProvider.html"""


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


def provider_chain(device: str, model: Path, fp16: bool) -> list[tuple[str, dict[str, str]]]:
    """Providers of a session and their options, best first; each takes what those before can't.

    Args:
        device: a name of `PROVIDERS`.
        model: the file that will be loaded.
        fp16: whether the device may compute in fp16.
    """
    devices = [device, "cpu"]
    if device == "tensorrt":
        devices.insert(1, "cuda")  # as its page recommends
    if "cuda" in devices:
        _preload()
    present = available_devices()
    return [
        (PROVIDERS[name], _options(name, model, fp16))
        for name in dict.fromkeys(devices)
        if name in present
    ]


def _options(device: str, model: Path, fp16: bool) -> dict[str, str]:
    if device == "tensorrt":
        return _tensorrt(fp16, _cache(model, fp16))
    if device == "openvino":
        return _openvino(fp16)
    return dict({"cuda": CUDA, "coreml": COREML}.get(device, {}))


def _tensorrt(fp16: bool, cache: str | None) -> dict[str, str]:
    """onnxruntime.ai/docs/execution-providers/TensorRT-ExecutionProvider.html"""
    options = {"trt_fp16_enable": str(fp16)}
    if cache is None:
        return options
    # Building an engine takes minutes, and every new size needs one.
    return options | {
        "trt_engine_cache_enable": "True",
        "trt_engine_cache_path": cache,
        "trt_timing_cache_enable": "True",
        "trt_timing_cache_path": cache,
    }


def _openvino(fp16: bool) -> dict[str, str]:
    """onnxruntime.ai/docs/execution-providers/OpenVINO-ExecutionProvider.html

    ``AUTO`` takes a GPU or NPU if there is one. GPUs compute in fp16 unless asked for accuracy.
    """
    mode = "PERFORMANCE" if fp16 else "ACCURACY"
    config = {"AUTO": {"EXECUTION_MODE_HINT": mode}}
    return {"device_type": "AUTO", "load_config": json.dumps(config)}


def _preload() -> None:
    """Load CUDA and cuDNN from NVIDIA's wheels, if those are installed beside ONNX Runtime."""
    preload = getattr(onnxruntime(), "preload_dlls", None)
    if preload is not None:
        said = io.StringIO()
        with contextlib.redirect_stdout(said):  # stdout belongs to --json
            preload()
        log.debug("%s", said.getvalue().strip())


def _cache(model: Path, fp16: bool) -> str | None:
    """A folder for engines of this model and this ONNX Runtime, or None if it can't be made.

    TensorRT does not notice that an engine is of another model or version.
    """
    try:
        digest = hashlib.sha256(model.read_bytes()).hexdigest()[:16]
        name = f"{digest}-{onnxruntime().__version__}-{'fp16' if fp16 else 'fp32'}"
        folder = cache_folder() / "tensorrt" / name
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        log.debug("no cache for TensorRT: %s", error)
        return None
    return str(folder)
