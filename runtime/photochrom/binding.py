"""I/O binding: inputs and output of a network that stay in the device's memory between runs.

onnxruntime.ai/docs/performance/tune-performance/iobinding.html describes it. A plain run takes and
frees device memory every time, and copies from memory that the system may page out.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from photochrom.color.arrays import FloatImage

log = logging.getLogger(__name__)

_ALLOCATING = threading.Lock()
"""The allocators behind Python's device tensors belong to the process and are not thread-safe
(onnxruntime issue 20713)."""
Shapes = tuple[str, tuple[tuple[str, tuple[int, ...]], ...]]


class BoundNetwork:
    """Runs a network with buffers on its device, made anew only when shapes change.

    One run at a time: several threads wait for each other.

    Args:
        runtime: the onnxruntime module.
        network: an ``InferenceSession``.
        provider: ONNX Runtime's name of the provider that it runs on.
        memory: what I/O binding calls that provider's memory: ``cuda``, ``dml`` or ``cpu``.
    """

    def __init__(self, runtime: Any, network: Any, provider: str, memory: str) -> None:
        self._runtime, self._network = runtime, network
        self._provider, self._memory = provider, memory
        self._lock = threading.Lock()
        self._bound: _Bound | None = None

    def run(self, inputs: Mapping[str, FloatImage], output: str) -> FloatImage:
        """The output's values, in an array of its own.

        Raises:
            Exception: whatever ONNX Runtime raises; the buffers are let go then, so that a
                smaller input finds memory.
        """
        arrays = {name: np.ascontiguousarray(values, np.float32) for name, values in inputs.items()}
        with self._lock:
            try:
                return self._run(arrays, output)
            except BaseException:
                self._bound = None
                raise

    def _run(self, arrays: Mapping[str, FloatImage], output: str) -> FloatImage:
        shapes = (output, tuple((name, values.shape) for name, values in arrays.items()))
        if self._bound is None or self._bound.shapes != shapes:
            self._bound = None  # before the new ones, which may need its memory
            self._bound = self._bind(shapes)
        binding = self._bound.binding
        for name, values in arrays.items():
            self._bound.buffers[name].fill(values)
        binding.synchronize_inputs()
        self._network.run_with_iobinding(binding)
        binding.synchronize_outputs()
        result: FloatImage = binding.copy_outputs_to_cpu()[0]
        return result

    def _bind(self, shapes: Shapes) -> _Bound:
        output, inputs = shapes
        binding = self._network.io_binding()
        with _ALLOCATING:
            buffers = {name: self._buffer(shape) for name, shape in inputs}
        for name, buffer in buffers.items():
            binding.bind_ortvalue_input(name, buffer.tensor)
        # Of a size that the first run finds out; later runs of the same shapes write into it again.
        binding.bind_output(output, self._memory, 0)
        return _Bound(shapes, binding, buffers)

    def _buffer(self, shape: tuple[int, ...]) -> _Buffer:
        make = self._runtime.OrtValue.ortvalue_from_shape_and_type
        pinned = _pinned(self._runtime, self._provider, shape) if self._memory == "cuda" else None
        return _Buffer(make(list(shape), np.float32, self._memory, 0), pinned)


@dataclass(frozen=True)
class _Buffer:
    """One input's place on the device, and the page-locked memory that it is copied from."""

    tensor: Any
    pinned: Any | None

    def fill(self, values: FloatImage) -> None:
        if self.pinned is None:
            self.tensor.update_inplace(values)
            return
        np.copyto(self.pinned.numpy(), values)
        self.tensor.update_inplace(self.pinned)


@dataclass(frozen=True)
class _Bound:
    """What is kept for one set of shapes."""

    shapes: Shapes
    binding: Any
    buffers: dict[str, _Buffer]


def _pinned(runtime: Any, provider: str, shape: tuple[int, ...]) -> Any | None:
    """Page-locked memory that NumPy can write to, or None where Python can't have any.

    ONNX Runtime's Python offers it since pull request 28038 of 2026, for providers that register
    an allocator for it; without, copies take the driver's detour, and nothing else changes.
    """
    try:
        for device in runtime.get_ep_devices():
            if device.ep_name == provider:
                place = device.memory_info(runtime.OrtDeviceMemoryType.HOST_ACCESSIBLE)
                make = runtime.OrtValue.ortvalue_from_shape_and_type
                return place and make(list(shape), np.float32, memory_info=place)
    except Exception as error:  # older versions lack a function, or a parameter, or the allocator
        log.debug("no page-locked memory: %s", error)
    return None
