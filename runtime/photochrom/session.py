"""ONNX Runtime sessions: which provider is asked for, which one really loaded."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from photochrom.binding import BoundNetwork
from photochrom.color.arrays import FloatImage
from photochrom.errors import DeviceError, ModelError, UsageError
from photochrom.failures import first_line, run_failure
from photochrom.providers import (
    AUTOMATIC,
    BOUND,
    EXTRAS,
    FP16_GRAPH,
    FP16_OPTION,
    PROVIDERS,
    available_devices,
    onnxruntime,
    provider_chain,
)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Session:
    """A loaded network and the device that it really runs on. Safe to use from several threads.

    On the CPU, threads run at once. Elsewhere they take turns: DirectML forbids anything else
    (onnxruntime.ai/docs/execution-providers/DirectML-ExecutionProvider.html), and bound buffers
    hold one run.
    """

    network: Any
    device: str
    metadata: Mapping[str, str]
    shapes: Mapping[str, tuple[Any, ...]]
    """Shape of every input and output by name; free sizes are names or None."""
    precision: str = "fp32"
    """What it computes in: ``fp32``, or ``fp16`` where the device was allowed to."""
    bound: BoundNetwork | None = None
    """Runs it by I/O binding, where that is chosen."""
    turns: AbstractContextManager[Any] = field(default_factory=contextlib.nullcontext)
    """Held for the time of a run."""

    def run(self, inputs: Mapping[str, FloatImage], output: str | None = None) -> FloatImage:
        """An output, by default the first, for float32 inputs by name.

        Raises:
            OutOfMemoryError: if the device has not enough memory for inputs of this size.
            DeviceError: if the device is gone.
            ModelError: if the network fails on them.
        """
        try:
            result = self._run(inputs, output or self.network.get_outputs()[0].name)
        except Exception as error:  # ONNX Runtime's errors share no narrower public base
            raise run_failure(error, self.device) from error
        if not np.isfinite(result).all():
            raise ModelError(
                f"the model gave values that are not numbers on {self.device}; try --device cpu"
            )
        return result

    def _run(self, inputs: Mapping[str, FloatImage], output: str) -> FloatImage:
        with self.turns:
            if self.bound is not None:
                return self.bound.run(inputs, output)
            result: FloatImage = self.network.run([output], dict(inputs))[0]
            return result


def open_session(
    path: Path,
    device: str = "auto",
    threads: int | None = None,
    fp16: bool = False,
    bind: bool | None = None,
    spinning: bool = True,
) -> Session:
    """Load a model file on a device.

    Args:
        path: an ONNX file.
        device: ``auto``, or a name of `PROVIDERS`.
        threads: how many CPU threads one run may use; None: what ONNX Runtime takes, all cores.
            OpenVINO has threads of its own.
        fp16: whether the model may be computed in fp16; the CPU and Core ML never do.
        bind: whether to run by I/O binding; None: where it helps.
        spinning: whether CPU threads wait for work busily: faster alone, and slower for all where
            others need the processor too.

    Raises:
        DeviceError: if the device is unknown, not built in, or does not start when asked by name.
        ModelError: if the file can't be loaded.
        UsageError: if there is less than one thread.
    """
    if threads is not None and threads < 1:
        raise UsageError(f"a run needs one thread or more, not {threads}")
    for choice in _choices(device):
        half = fp16 and choice in FP16_GRAPH + FP16_OPTION
        wanted = _Wanted(path, choice, threads, half, spinning)
        try:
            return _describe(_start(wanted), wanted, choice in BOUND if bind is None else bind)
        except DeviceError as error:
            if device != "auto":
                raise
            log.warning("%s; trying the next device", error)
    raise DeviceError("no execution provider started; reinstall ONNX Runtime")


def may_use_fp16(device: str) -> bool:
    """Whether a session for this device, ``auto`` included, could make use of fp16.

    Raises:
        DeviceError: if the device is unknown or not built in.
    """
    return not set(_choices(device)).isdisjoint(FP16_GRAPH + FP16_OPTION)


def _choices(device: str) -> list[str]:
    present = available_devices()
    if device == "auto":
        return [name for name in AUTOMATIC if name in present]
    if device not in PROVIDERS:
        raise DeviceError(f"unknown device {device!r}; choose auto, {', '.join(PROVIDERS)}")
    if device not in present:
        raise DeviceError(
            f"this ONNX Runtime has no {device}; it has {', '.join(present)}. "
            f"Install {EXTRAS[device]} in place of it"
        )
    return [device]


@dataclass(frozen=True)
class _Wanted:
    """What to load, and how."""

    path: Path
    device: str
    threads: int | None
    fp16: bool
    spinning: bool = True

    @property
    def precision(self) -> str:
        return "fp16" if self.fp16 else "fp32"


def _start(wanted: _Wanted) -> Any:
    """The network on its device.

    Raises:
        DeviceError: if the device, not the model, is at fault.
        ModelError: if the model is.
    """
    provider = PROVIDERS[wanted.device]
    try:
        network = _load(wanted)
    except ModelError as error:
        _load(_Wanted(wanted.path, "cpu", wanted.threads, fp16=False))  # fails too if it is
        raise _not_started(wanted.device, f" ({first_line(error)})") from error
    if provider not in network.get_providers():
        raise _not_started(wanted.device)
    if not _takes_part(network, provider):
        raise _not_started(wanted.device, " (it can run no part of this model)")
    return network


def _not_started(device: str, why: str = "") -> DeviceError:
    return DeviceError(
        f"{device} is built in but did not start{why}; check its driver, or use --device cpu"
    )


def _takes_part(network: Any, provider: str) -> bool:
    """Whether a loaded provider got at least one node; True where ONNX Runtime does not tell."""
    try:
        names = [part.ep_name for part in network.get_provider_graph_assignment_info()]
    except Exception as error:  # AttributeError in older versions; others promise no class
        log.debug("no word on who runs the model: %s", error)
        return True
    return not names or provider in names


def _load(wanted: _Wanted) -> Any:
    runtime = onnxruntime()
    model: str | bytes = str(wanted.path)
    if wanted.fp16 and wanted.device in FP16_GRAPH:
        from photochrom.models.half import to_half  # imports onnx, which takes a while

        model = to_half(wanted.path)
    try:
        # Without fallback: it would go on elsewhere unasked, and print that on stdout.
        return runtime.InferenceSession(
            model,
            _session_options(runtime, wanted),
            providers=provider_chain(wanted.device, wanted.path, wanted.fp16),
            enable_fallback=False,
        )
    except Exception as error:  # ONNX Runtime's errors share no narrower public base
        raise ModelError(f"can't load the model {wanted.path}: {first_line(error)}") from error


def _session_options(runtime: Any, wanted: _Wanted) -> Any:
    options = runtime.SessionOptions()
    options.log_severity_level = 4  # nothing: what matters is raised or logged here
    # The arena keeps the largest run's memory for ever (onnxruntime issue 11627).
    options.enable_cpu_mem_arena = False
    options.add_session_config_entry("session.record_ep_graph_assignment_info", "1")
    if wanted.threads is not None:
        options.intra_op_num_threads = wanted.threads
    if not wanted.spinning:
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if wanted.device == "directml":
        # It refuses sessions with memory patterns (its page at onnxruntime.ai).
        options.enable_mem_pattern = False
    return options


def _shapes(network: Any, path: Path) -> dict[str, tuple[Any, ...]]:
    """Of inputs and outputs by their names.

    Raises:
        ModelError: if a name in them is damaged.
    """
    values = [*network.get_inputs(), *network.get_outputs()]
    try:
        return {value.name: tuple(value.shape) for value in values}
    except UnicodeDecodeError as error:
        raise ModelError(f"{path} is damaged: a name in it is no text") from error


def _describe(network: Any, wanted: _Wanted, bind: bool) -> Session:
    memory = BOUND.get(wanted.device, "cpu")
    return Session(
        network,
        wanted.device,
        network.get_modelmeta().custom_metadata_map,
        _shapes(network, wanted.path),
        wanted.precision,
        BoundNetwork(onnxruntime(), network, PROVIDERS[wanted.device], memory) if bind else None,
        contextlib.nullcontext() if wanted.device == "cpu" else threading.Lock(),
    )
