"""A native-contract model of a few kilobytes whose chroma a test can work out by hand, and variants
of it that each break one rule.

Its formula, at half the size of the input, is a plain average of every 2 x 2 cell and then

    chroma = confidence * hint + (1 - confidence) * (constant + light * L*/100 + x * X + y * Y)

for both channels alike (a* and b*, or u* and v* in a toy of the space ``luv``), with X and Y from
0 at the upper left to 1 at the lower right.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

SCALE = 110.0
NATIVE_SIZE = 64


@dataclass(frozen=True)
class Formula:
    """What the toy answers where there is no hint: (a*, b*) or (u*, v*) of each part."""

    constant: tuple[float, float] = (0.0, 0.0)
    light: tuple[float, float] = (0.0, 0.0)
    """Chroma at L* = 100 over that at L* = 0."""
    x: tuple[float, float] = (0.0, 0.0)
    """Chroma at the right border over that at the left."""
    y: tuple[float, float] = (0.0, 0.0)
    """Chroma at the lower border over that at the upper."""


WARM = Formula(constant=(8.0, 18.0), light=(4.0, -10.0))
"""Mild, in gamut for most lightnesses."""
SATURATED = Formula(constant=(200.0, -240.0), x=(-400.0, 0.0), y=(0.0, 480.0))
"""Far outside every gamut, another hue in every corner."""
CORNERS = Formula(constant=(-30.0, -30.0), x=(60.0, 0.0), y=(0.0, 60.0))
"""a* grows to the right and b* downwards: shows how the picture was turned."""


def write_toy(path: Path, formula: Formula = WARM, **manifest: Any) -> Path:
    """Write the toy to `path`; keywords replace entries of its manifest.

    A ``scale`` among them is the one that its weights are in, too.
    """
    model = build_toy(formula, scale=manifest.get("scale", SCALE))
    seal(model, **manifest)
    onnx.save(model, path)
    return path


def build_toy(
    formula: Formula = WARM, chroma_name: str = "chroma", scale: float = SCALE
) -> onnx.ModelProto:
    """The toy without a manifest."""
    graph = helper.make_graph(
        _nodes(chroma_name),
        "toy",
        [
            _tensor("luminance", ["n", 1, "h", "w"]),
            _tensor("hints", ["n", 3, "h", "w"]),
        ],
        [_tensor(chroma_name, ["n", 2, "h2", "w2"])],
        [
            numpy_helper.from_array(values, name)
            for name, values in _weights(formula, scale).items()
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    return model


def seal(model: onnx.ModelProto, **changes: Any) -> None:
    """Give a model its manifest, with the checksum of its weights; keywords replace entries."""
    entries = {
        "contract": 1,
        "kind": "native",
        "name": "toy",
        "version": "1",
        "color_space": "lab",
        "scale": SCALE,
        "native_size": NATIVE_SIZE,
        "multiple": 2,
        "output_stride": 2,
        "tiling": "anchored",
        "precision": "fp32",
        "weights": "fp32",
        "tolerance": {"max": 0.05, "mean": 0.005},
        "license": "Apache-2.0",
        "trained": {"data": "none: made by hand", "images": 0, "commit": ""},
        "sha256": checksum(model),
    }
    helper.set_model_props(model, {"photochrom": json.dumps(entries | changes)})


def checksum(model: onnx.ModelProto) -> str:
    """The manifest's digest, written anew from ARCHITECTURE.md's words: initializers by name."""
    digest = hashlib.sha256()
    for tensor in sorted(model.graph.initializer, key=lambda item: item.name):
        values = numpy_helper.to_array(tensor)
        digest.update(f"{tensor.name}\0{values.dtype.name}\0{values.shape}\0".encode())
        digest.update(values.tobytes())
    return digest.hexdigest()


def predicted(
    formula: Formula, lightness: NDArray[np.floating[Any]], x: object = 0.5, y: object = 0.5
) -> NDArray[np.floating[Any]]:
    """The toy's a* and b* (... x 2) for L* (0..100) at a place, where nothing is hinted."""
    parts = [
        np.multiply.outer(np.broadcast_to(np.asarray(factor, float), lightness.shape), weight)
        for factor, weight in (
            (1.0, formula.constant),
            (lightness / 100, formula.light),
            (x, formula.x),
            (y, formula.y),
        )
    ]
    return np.asarray(sum(parts), float)


def _tensor(name: str, shape: list[str | int]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def _weights(formula: Formula, scale: float) -> dict[str, NDArray[Any]]:
    """Initializers, in the model's units (chroma / scale)."""
    parts = np.array([formula.constant, formula.light, formula.x, formula.y], np.float32)
    mix = (parts / scale).T.reshape(2, 4, 1, 1)
    return {
        "mix": np.ascontiguousarray(mix, np.float32),
        "one": np.array(1, np.float32),
        "half": np.array(0.5, np.float32),
        "zero": np.array(0, np.float32),
        "down": np.array(2, np.int64),
        "across": np.array(3, np.int64),
        "rows": np.array([2], np.int64),
        "columns": np.array([3], np.int64),
        "starts": np.array([0], np.int64),
        "ends": np.array([2], np.int64),
        "last": np.array([3], np.int64),
        "channel": np.array([1], np.int64),
    }


def _nodes(chroma_name: str) -> list[onnx.NodeProto]:
    node = helper.make_node
    pool: dict[str, Any] = {"kernel_shape": [2, 2], "strides": [2, 2]}
    return [
        node("AveragePool", ["luminance"], ["light"], **pool),
        node("AveragePool", ["hints"], ["told"], **pool),
        node("Slice", ["told", "starts", "ends", "channel"], ["told_chroma"]),
        node("Slice", ["told", "ends", "last", "channel"], ["confidence"]),
        node("Mul", ["light", "zero"], ["nothing"]),
        node("Add", ["nothing", "one"], ["ones"]),
        *_ramp("x", "across", "columns"),
        *_ramp("y", "down", "rows"),
        node("Concat", ["ones", "light", "x", "y"], ["features"], axis=1),
        node("Conv", ["features", "mix"], ["guess"]),
        node("Sub", ["told_chroma", "guess"], ["difference"]),
        node("Mul", ["difference", "confidence"], ["correction"]),
        node("Add", ["guess", "correction"], [chroma_name]),
    ]


def _ramp(name: str, axis: str, axes: str) -> list[onnx.NodeProto]:
    """Centres of cells along an axis, as fractions of its length."""
    node = helper.make_node
    return [
        node("CumSum", ["ones", axis], [f"{name}_count"]),
        node("Sub", [f"{name}_count", "half"], [f"{name}_centre"]),
        node("ReduceSum", ["ones", axes], [f"{name}_length"], keepdims=1),
        node("Div", [f"{name}_centre", f"{name}_length"], [name]),
    ]


def write_wrong_contract(path: Path) -> Path:
    """A model for a later photochrom."""
    return write_toy(path, contract=2)


def write_wrong_checksum(path: Path) -> Path:
    """A model whose weights were changed after it was sealed."""
    model = build_toy()
    seal(model)
    mix = next(tensor for tensor in model.graph.initializer if tensor.name == "mix")
    mix.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(mix) * np.float32(1.01), "mix"))
    onnx.save(model, path)
    return path


def write_without_manifest(path: Path) -> Path:
    """A network that says nothing of itself."""
    onnx.save(build_toy(), path)
    return path


def write_wrong_names(path: Path) -> Path:
    """A sealed model whose output is not called ``chroma``."""
    model = build_toy(chroma_name="colours")
    seal(model)
    onnx.save(model, path)
    return path


def write_custom_operator(path: Path) -> Path:
    """A model with an operator that only a foreign library knows."""
    model = build_toy()
    model.graph.node[-1].output[0] = "plain"
    model.graph.node.append(
        helper.make_node("Prettify", ["plain"], ["chroma"], domain="com.example.beauty")
    )
    model.opset_import.append(helper.make_opsetid("com.example.beauty", 1))
    seal(model)
    onnx.save(model, path)
    return path


def write_external_data(path: Path) -> Path:
    """A model that keeps its weights in a second file."""
    model = build_toy()
    seal(model)
    onnx.save(
        model,
        path,
        save_as_external_data=True,
        location=f"{path.stem}.bin",
        size_threshold=0,
    )
    return path
