"""What ONNX Runtime's errors mean: out of memory, a device that is gone, or the model's own fault.

ONNX Runtime has no error class of its own for either (onnxruntime issue 16307), only messages.
"""

from photochrom.errors import DeviceError, ModelError, OutOfMemoryError, PhotochromError

OUT_OF_MEMORY = (
    "failed to allocate memory for requested buffer",  # its arena: onnxruntime issue 20038
    "is smaller than requested bytes",  # its arena, at gpu_mem_limit: onnxruntime issue 23121
    "out of memory",  # CUDA, TensorRT: onnxruntime issues 10770, 21001
    "outofmemory",  # TensorRT: NVIDIA/TensorRT issue 4254
    "alloc_failed",  # CUDNN_STATUS_, CUBLAS_STATUS_: pytorch issue 20123
    "8007000e",  # DirectML, E_OUTOFMEMORY: huggingface/diffusers issue 791
    "not enough memory resources",  # the same in words: microsoft/Olive issue 1079
    "bad_alloc",  # the CPU, Linux and macOS
    "bad allocation",  # the CPU, Windows: onnxruntime issue 16305
    "out of gpu resources",  # OpenVINO: immich issue 13674
    "cl_out_of_resources",  # OpenVINO: openvino pull request 32649
    "exceeded max size of memory object",  # OpenVINO: llama.cpp issue 20661
    "unable to allocate",  # NumPy
)
"""Parts of messages, in lower case."""
DEVICE_LOST = (
    "cuda failure",  # 700 and others, after which every call fails: onnxruntime issue 26312
    "cudnn failure",
    "cublas failure",
    "887a000",  # DirectML, removed, hung or reset: onnxruntime issues 22700, 26606; 28495
    "device instance has been suspended",
)
"""Parts of messages, in lower case, that are tried after `OUT_OF_MEMORY`."""


def run_failure(error: Exception, device: str) -> PhotochromError:
    """The error to raise for one that came out of a run on a device."""
    text = str(error).lower()
    said = first_line(error)
    if isinstance(error, MemoryError) or any(part in text for part in OUT_OF_MEMORY):
        return OutOfMemoryError(
            f"{device} has not enough memory for this picture; close other programs, or use a "
            f"smaller tile or --device cpu ({said})"
        )
    if any(part in text for part in DEVICE_LOST):
        return DeviceError(f"{device} stopped working; start again, or use --device cpu ({said})")
    return ModelError(f"the model failed on {device}: {said}")


def first_line(error: Exception) -> str:
    """The first line of an error's message, or its class if it has none."""
    return next(iter(str(error).splitlines()), "") or type(error).__name__
