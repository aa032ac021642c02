"""Messages that people got from ONNX Runtime, and what they are taken for."""

import subprocess
import sys
from pathlib import Path

import pytest

from photochrom.errors import DeviceError, ModelError, OutOfMemoryError, PhotochromError
from photochrom.failures import run_failure

FULL = {
    "CUDA's arena, onnxruntime 9939": "Non-zero status code returned while running FusedMatMul "
    "node. Name:'m' Status Message: /onnxruntime_src/onnxruntime/core/framework/bfc_arena.cc:331 "
    "void* onnxruntime::BFCArena::AllocateRawInternal(size_t, bool) Failed to allocate memory for "
    "requested buffer of size 8388608000",
    "an arena at its limit, onnxruntime 23121": "bfc_arena.cc:376 void "
    "*onnxruntime::BFCArena::AllocateRawInternal(size_t, bool, onnxruntime::Stream *, bool, "
    "onnxruntime::WaitNotificationFn) Available memory of 0 is smaller than requested bytes of 99",
    "CUDA": "CUDA failure 2: out of memory ; GPU=0 ; expr=cudaMalloc((void**)&p, size);",
    "cuDNN": "CUDNN failure 2: CUDNN_STATUS_ALLOC_FAILED ; GPU=0",
    "cuBLAS": "CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED ; GPU=0",
    "TensorRT, onnxruntime 10770": "Cuda Error in allocate: 2 (out of memory)",
    "TensorRT, NVIDIA/TensorRT 4254": "Error Code 2: OutOfMemory (Requested size was 16581132288)",
    "DirectML, huggingface/diffusers 552": "MLOperatorAuthorImpl.cpp(1978)\\x.pyd!00007FFB: "
    "(caller: 00007FFBDCFFDEFF) Exception(3) tid(4304) 8007000E Not enough memory resources are "
    "available to complete this operation.",
    "the CPU": "Non-zero status code returned while running Expand node. Name:'' Status Message: "
    "std::bad_alloc",
    "the CPU on Windows, onnxruntime 16305": "running FusedMatMul node. Status Message: bad "
    "allocation",
    "OpenVINO, immich 13674": "ocl_engine.cpp:185:\n[GPU] out of GPU resources",
    "OpenVINO, llama.cpp 20661": "[GPU] Exceeded max size of memory object allocation: requested "
    "4831838208 bytes",
}
LOST = {
    "CUDA, onnxruntime 26312": "CUDA failure 700: an illegal memory access was encountered ; GPU=0",
    "cuDNN, onnxruntime 11592": "CUDNN failure 4: CUDNN_STATUS_INTERNAL_ERROR ; GPU=0",
    "DirectML removed, onnxruntime 22700": "ExecutionProvider.cpp(962)\\x.pyd Exception(3) "
    "887A0005 The GPU device instance has been suspended. Use GetDeviceRemovedReason to determine",
    "DirectML hung, onnxruntime 28495": "DmlGraphFusionHelper.cpp(1078) 887A0006 The GPU will not "
    "respond to more commands, most likely because of an invalid command",
}
FAULTY = [
    "[ONNXRuntimeError] : 2 : INVALID_ARGUMENT : Invalid rank for input: x Got: 3 Expected: 4",
    "Non-zero status code returned while running Add node. Status Message: Attempting to broadcast "
    "an axis by a dimension other than 1. 3 by 5",
    "TensorRT EP failed to create engine from network.",
    "",
]


@pytest.mark.parametrize("message", FULL.values(), ids=FULL.keys())
def test_out_of_memory(message: str) -> None:
    assert kind_of(message) is OutOfMemoryError


@pytest.mark.parametrize("message", LOST.values(), ids=LOST.keys())
def test_device_lost(message: str) -> None:
    assert kind_of(message) is DeviceError


@pytest.mark.parametrize("message", FAULTY)
def test_the_model_is_at_fault(message: str) -> None:
    assert kind_of(message) is ModelError


def kind_of(message: str) -> type[PhotochromError]:
    failure = run_failure(RuntimeError(message), "cuda")
    assert "cuda" in str(failure)
    assert "\n" not in str(failure)
    return type(failure)


def test_memory_that_numpy_could_not_get() -> None:
    assert isinstance(run_failure(MemoryError(), "cpu"), OutOfMemoryError)


LIMITED = """
import resource
import numpy as np
from onnx import TensorProto, helper
from pathlib import Path
from photochrom.errors import OutOfMemoryError
from photochrom.session import open_session

value = helper.make_tensor_value_info
graph = helper.make_graph(
    [helper.make_node("Tile", ["x", "times"], ["y"])],
    "large",
    [value("x", TensorProto.FLOAT, [1])],
    [value("y", TensorProto.FLOAT, ["n"])],
    [helper.make_tensor("times", TensorProto.INT64, [1], [2**30])],
)
opset = helper.make_opsetid("", 17)
Path("large.onnx").write_bytes(
    helper.make_model(graph, opset_imports=[opset], ir_version=9).SerializeToString()
)
session = open_session(Path("large.onnx"), "cpu", threads=1)
resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
try:
    session.run({"x": np.ones(1, np.float32)})
except OutOfMemoryError as error:
    print(error)
"""


@pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux limits a process's memory like this"
)
def test_the_real_cpu_runs_out(tmp_path: Path) -> None:
    """A network that wants 4 GB in a process that may have 3."""
    command = [sys.executable, "-c", LIMITED]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.startswith("cpu has not enough memory for this picture")
    assert done.stderr == ""
