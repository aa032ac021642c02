"""An ONNX Runtime with devices that no test machine has.

What is loaded is really loaded and run, on the CPU; which providers there are, which of them start,
how much memory they have and when they break is made up, and what they were asked is kept.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
import onnxruntime
import pytest

from photochrom.color.arrays import FloatImage
from photochrom.providers import PROVIDERS

DEVICE_OF = {provider: device for device, provider in PROVIDERS.items()}
CUDA_FULL = (
    "[ONNXRuntimeError] : 6 : RUNTIME_EXCEPTION : Non-zero status code returned while running Conv "
    "node. Name:'conv' Status Message: onnxruntime/core/framework/bfc_arena.cc:376 void* "
    "onnxruntime::BFCArena::AllocateRawInternal(size_t, bool, onnxruntime::Stream*, bool, "
    "onnxruntime::WaitNotificationFn) Failed to allocate memory for requested buffer of size 512\n"
)
"""What CUDA's arena says when it is full (onnxruntime issue 20038)."""
DIRECTML_GONE = (
    "[ONNXRuntimeError] : 1 : FAIL : ExecutionProvider.cpp(962)\\onnxruntime_pybind11_state.pyd!1: "
    "(caller: 2) Exception(3) tid(5a68) 887A0005 The GPU device instance has been suspended. "
    "Use GetDeviceRemovedReason to determine the appropriate action.\n"
)
"""What DirectML says when its device is gone (onnxruntime issue 22700)."""


@dataclass
class FakeRuntime:
    """Stands in for the module ``onnxruntime``; what it does not define is the real one's."""

    built_in: tuple[str, ...] = ("cuda", "cpu")
    start: tuple[str, ...] = tuple(PROVIDERS)
    """Devices that load; asked for others, ONNX Runtime quietly takes the CPU."""
    break_down: tuple[str, ...] = ()
    """Devices at which creating a session fails."""
    idle: tuple[str, ...] = ()
    """Devices that load and then take no part of the model."""
    largest: int | None = None
    """Most values that an input may have before the device is out of memory."""
    lost: bool = False
    """Whether the device is gone."""
    pinned: bool = False
    """Whether Python can have page-locked memory."""
    asked: list[_Asked] = field(default_factory=list)
    """Sessions that were asked for, in their order."""
    allocated: list[tuple[str, tuple[int, ...]]] = field(default_factory=list)
    """Kind of memory and shape of every tensor that was made."""
    bindings: int = 0
    runs: list[str] = field(default_factory=list)
    """``plain`` or ``bound``, for every run."""

    OrtDeviceMemoryType = onnxruntime.OrtDeviceMemoryType

    def __getattr__(self, name: str) -> Any:
        return getattr(onnxruntime, name)

    def get_available_providers(self) -> list[str]:
        return [PROVIDERS[device] for device in self.built_in]

    def InferenceSession(
        self, model: str | bytes, options: Any, providers: list[Any], **extras: Any
    ) -> FakeNetwork:
        self.asked.append(_Asked(model, options, dict(providers), extras))
        devices = [DEVICE_OF[name] for name, _ in providers]
        if devices[0] in self.break_down:
            raise RuntimeError("EP Error: no such library\nand more lines")
        real = onnxruntime.InferenceSession(model, options, providers=[PROVIDERS["cpu"]])
        loaded = [device for device in devices if device in (*self.start, "cpu")]
        return FakeNetwork(self, real, loaded)

    def get_ep_devices(self) -> list[Any]:
        if not self.pinned:
            return []
        place = SimpleNamespace(name="CUDA_PINNED")
        return [
            SimpleNamespace(ep_name=PROVIDERS["cpu"], memory_info=lambda _: None),
            SimpleNamespace(ep_name=PROVIDERS["cuda"], memory_info=lambda _: place),
        ]

    @property
    def OrtValue(self) -> Any:
        return SimpleNamespace(ortvalue_from_shape_and_type=self._allocate)

    def _allocate(
        self, shape: list[int], kind: Any, memory: str = "cpu", number: int = 0, **extras: Any
    ) -> FakeTensor:
        where = extras["memory_info"].name if extras else memory
        self.allocated.append((where, tuple(shape)))
        self.check(int(np.prod(shape)))
        make = onnxruntime.OrtValue.ortvalue_from_shape_and_type
        return FakeTensor(make(shape, kind, "cpu", number))

    def check(self, values: int) -> None:
        """Break down, if the device is gone or this many values are too many for it."""
        if self.lost:
            raise RuntimeError(DIRECTML_GONE)
        if self.largest is not None and values > self.largest:
            raise RuntimeError(CUDA_FULL)


@dataclass(frozen=True)
class _Asked:
    """One session that was asked for."""

    model: str | bytes
    options: Any
    providers: dict[str, dict[str, str]]
    extras: dict[str, Any]

    @property
    def device(self) -> str:
        return DEVICE_OF[next(iter(self.providers))]


@dataclass(frozen=True)
class FakeTensor:
    """A tensor that is said to be on the device."""

    real: Any

    def update_inplace(self, values: Any) -> None:
        self.real.update_inplace(values.numpy() if isinstance(values, FakeTensor) else values)

    def numpy(self) -> FloatImage:
        values: FloatImage = self.real.numpy()
        return values


@dataclass(frozen=True)
class FakeNetwork:
    """A session that is said to be on devices."""

    runtime: FakeRuntime
    real: Any
    loaded: list[str]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def get_providers(self) -> list[str]:
        return [PROVIDERS[device] for device in self.loaded]

    def get_provider_graph_assignment_info(self) -> list[Any]:
        busy = [device for device in self.loaded if device not in self.runtime.idle]
        return [SimpleNamespace(ep_name=PROVIDERS[device]) for device in busy]

    def run(self, outputs: list[str], inputs: dict[str, FloatImage]) -> list[FloatImage]:
        self.runtime.runs.append("plain")
        self.runtime.check(max(values.size for values in inputs.values()))
        results: list[FloatImage] = self.real.run(outputs, inputs)
        return results

    def io_binding(self) -> FakeBinding:
        self.runtime.bindings += 1
        return FakeBinding(self.real.io_binding())

    def run_with_iobinding(self, binding: FakeBinding) -> None:
        self.runtime.runs.append("bound")
        self.runtime.check(0)
        self.real.run_with_iobinding(binding.real)


@dataclass(frozen=True)
class FakeBinding:
    """A binding to the device's memory."""

    real: Any
    memories: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def bind_ortvalue_input(self, name: str, tensor: FakeTensor) -> None:
        self.real.bind_ortvalue_input(name, tensor.real)

    def bind_output(self, name: str, memory: str, number: int) -> None:
        self.memories.append(memory)
        self.real.bind_output(name, "cpu", number)


def flat_inputs(side: int = 4, batch: int = 1, light: float = 0.5) -> dict[str, FloatImage]:
    """Flat grey pictures without hints."""
    return {
        "luminance": np.full((batch, 1, side, side), light, np.float32),
        "hints": np.zeros((batch, 3, side, side), np.float32),
    }


def use(monkeypatch: pytest.MonkeyPatch, fake: FakeRuntime) -> FakeRuntime:
    """Let photochrom import this runtime from now on."""
    monkeypatch.setitem(sys.modules, "onnxruntime", fake)
    return fake
