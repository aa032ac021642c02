"""A model whose graph computes in fp16, for devices that take the precision from the graph."""

import sys
from pathlib import Path

from photochrom.errors import ModelError
from photochrom.models.checksum import read

TOLERANCE = {"max": 4.0, "mean": 0.2}
"""Largest and mean difference in a*b* (or u*v*) from float32 that fp16 computing may make; an 8-bit
step is about 0.4. docs/gpu.md says what was measured."""


def to_half(path: Path) -> bytes:
    """A model file with float32 inputs and outputs, and fp16 between them; metadata is kept.

    Args:
        path: an ONNX file with a float32 graph; its weights may be stored as fp16.

    Raises:
        ModelError: if the file can't be read, or ONNX Runtime's converter can't convert it.
    """
    convert = _converter()
    try:
        return convert(read(path), keep_io_types=True).SerializeToString()  # type: ignore[operator]
    except ModelError:
        raise
    except Exception as error:  # the converter promises no class of error
        raise ModelError(f"can't turn {path} into fp16 ({error}); try --device cpu") from error


def _converter() -> object:
    path = list(sys.path)
    from onnxruntime.transformers.float16 import convert_float_to_float16

    sys.path[:] = path  # the package appends its own folder, whose names are common words
    return convert_float_to_float16
