"""Other programs' networks in miniature: their true tensors, small random insides.

Names, shapes and units are those of the exporters that `photochrom.models.kinds` cites. Inside is
one random convolution at half the size, enough to make colours that differ from place to place.
Switches break one thing each.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

MEAN = np.array([0.485, 0.456, 0.406], np.float32).reshape(1, 3, 1, 1)
DEVIATION = np.array([0.229, 0.224, 0.225], np.float32).reshape(1, 3, 1, 1)
FEATURES = 8


@dataclass(frozen=True)
class Insides:
    """How a network is stored and what it answers."""

    gain: float = 40.0
    """Largest a* and b*, where the kind does not say it."""
    bias: tuple[float, float] = (0.0, 0.0)
    """Added to a* and b*."""
    stored: str = "fp32"
    """``fp32``, ``fp16`` or ``int8``: the weights."""
    overflow: bool = False
    """Whether numbers beyond 65504 occur on the way, which fp16 can't hold."""
    seed: int = 0


@dataclass
class _Graph:
    """A graph under construction; methods append a node and return its output's name."""

    insides: Insides
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    stored: list[onnx.TensorProto] = field(default_factory=list)

    def add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        name = f"{operator.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [name], **attributes))
        return name

    def constant(self, values: object, dtype: Any = np.float32, name: str = "constant") -> str:
        name = f"{name}_{len(self.stored)}"
        self.stored.append(numpy_helper.from_array(np.array(values, dtype), name))
        return name

    def scaled(self, tensor: str, factor: object, offset: object) -> str:
        """tensor * factor + offset."""
        product = self.add("Mul", tensor, self.constant(factor))
        return self.add("Add", product, self.constant(offset))

    def convolved(self, tensor: str, weight: NDArray[Any], **attributes: Any) -> str:
        if self.insides.stored == "int8":
            step = np.abs(weight).max() / 127
            integers = self.constant(np.rint(weight / step), np.int8)
            kernel = self.add("DequantizeLinear", integers, self.constant(step))
            return self.add("Conv", tensor, kernel, **attributes)
        if self.insides.stored == "fp32":
            return self.add("Conv", tensor, self.constant(weight), **attributes)
        half = self.add("Cast", tensor, to=TensorProto.FLOAT16)
        result = self.add("Conv", half, self.constant(weight, np.float16), **attributes)
        if self.insides.overflow:
            result = self.add("Mul", result, self.constant(60000, np.float16))
            result = self.add("Sub", result, self.add("Mul", result, self.constant(2, np.float16)))
        return self.add("Cast", result, to=TensorProto.FLOAT)

    def features(self, tensor: str, channels: int) -> str:
        """Random features of a picture at its own size, each of about -1..1."""
        random = np.random.default_rng(self.insides.seed)
        kernel = random.normal(0, 1, (FEATURES, channels, 3, 3)) / np.sqrt(3 * channels)
        small = self.convolved(tensor, kernel, strides=[2, 2], pads=[1, 1, 1, 1])
        return self.enlarged(self.add("Tanh", small), 2)

    def mixed(self, tensor: str, channels: int) -> str:
        """Features brought to a few channels of -1..1."""
        random = np.random.default_rng(self.insides.seed + 1)
        kernel = random.normal(0, 1, (channels, FEATURES, 1, 1)) / np.sqrt(FEATURES)
        return self.add("Tanh", self.convolved(tensor, kernel))

    def enlarged(self, tensor: str, times: int) -> str:
        scales = self.constant([1, 1, times, times], name="scales")
        return self.add("Resize", tensor, "", scales, mode="linear")

    def model(self, inputs: dict[str, list[Any]], answer: str, output: list[Any]) -> Any:
        self.nodes.append(helper.make_node("Identity", [answer], ["output"]))
        graph = helper.make_graph(
            self.nodes,
            "network",
            [_tensor(name, shape) for name, shape in inputs.items()],
            [_tensor("output", output)],
            self.stored,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
        onnx.checker.check_model(model)
        return model


def _tensor(name: str, shape: list[Any]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def _sides(side: int | None) -> list[Any]:
    return ["height", "width"] if side is None else [side, side]


def ddcolor(side: int | None = 512, insides: Insides | None = None) -> onnx.ModelProto:
    """``scripts/export_onnx.py``: ``input`` of sRGB 0..1, normalised inside; ``output`` of a*b*."""
    insides = insides or Insides()
    graph = _Graph(insides)
    normal = graph.scaled("input", 1 / DEVIATION, -MEAN / DEVIATION)
    color = graph.mixed(graph.features(normal, 3), 2)
    bias = np.reshape(insides.bias, (1, 2, 1, 1))
    answer = graph.scaled(color, insides.gain, bias)
    return graph.model({"input": [1, 3, *_sides(side)]}, answer, [1, 2, *_sides(side)])


def deoldify(
    values: str = "bytes", side: int | None = 256, insides: Insides | None = None
) -> onnx.ModelProto:
    """The picture in colour: its own light, with R, G and B shifted by up to a fifth.

    ``imagenet`` is the network as it was trained, with its last sigmoid to -3..3; ``bytes`` is
    deoldify-onnx's, which wraps it into 0..255.
    """
    graph = _Graph(insides or Insides())
    into = {"bytes": (1 / 255, 0.0), "imagenet": (DEVIATION, MEAN), "fractions": (1.0, 0.0)}
    rgb = graph.scaled("input", *into[values])
    tint = graph.scaled(graph.mixed(graph.features(rgb, 3), 3), 0.2, 0.0)
    colored = graph.add("Add", rgb, tint)
    out: dict[str, tuple[Any, Any]] = {
        "bytes": (255.0, 0.0),
        "imagenet": (1 / DEVIATION, -MEAN / DEVIATION),
        "fractions": (1.0, 0.0),
    }
    low, high = {"bytes": (0, 255), "imagenet": (-3, 3), "fractions": (0, 1)}[values]
    counted = graph.scaled(colored, *out[values])
    answer = graph.add("Clip", counted, graph.constant(low), graph.constant(high))
    shape = [1, 3, *_sides(side)]
    return graph.model({"input": shape}, answer, shape)


def siggraph17(
    hints: bool = True, side: int | None = None, insides: Insides | None = None
) -> onnx.ModelProto:
    """``SIGGRAPHGenerator.forward``: L* and, with `hints`, a*b* and their mask; a*b* come out.

    Where the mask is 1 the answer is the hint; elsewhere it is random.
    """
    graph = _Graph(insides or Insides())
    normal = graph.scaled("input_A", 0.01, -0.5)
    color = graph.mixed(graph.features(normal, 1), 2)
    answer = graph.scaled(color, (insides or Insides()).gain, 0.0)
    inputs: dict[str, list[Any]] = {"input_A": [1, 1, *_sides(side)]}
    if hints:
        inputs |= {"input_B": [1, 2, *_sides(side)], "mask_B": [1, 1, *_sides(side)]}
        error = graph.add("Sub", "input_B", answer)
        answer = graph.add("Add", answer, graph.add("Mul", error, "mask_B"))
    return graph.model(inputs, answer, [1, 2, *_sides(side)])


def eccv16(
    side: int | None = None, insides: Insides | None = None, enlarged: bool = True
) -> onnx.ModelProto:
    """``ECCVGenerator.forward``: L* in; a softmax over colours, their mean, 4 times enlarged."""
    graph = _Graph(insides or Insides())
    normal = graph.scaled("input", 0.01, -0.5)
    random = np.random.default_rng(graph.insides.seed)
    kernel = random.normal(0, 4, (FEATURES, 1, 5, 5))
    small = graph.convolved(normal, kernel, strides=[4, 4], pads=[1, 1, 1, 1])
    likely = graph.add("Softmax", small, axis=1)
    colors = random.uniform(-0.8, 0.8, (2, FEATURES, 1, 1))
    color = graph.convolved(likely, colors)
    answer = graph.scaled(graph.enlarged(color, 4) if enlarged else color, 110.0, 0.0)
    shape = [1, 2, *_sides(side)] if enlarged else [1, 2, "h", "w"]
    return graph.model({"input": [1, 1, *_sides(side)]}, answer, shape)


def save(model: onnx.ModelProto, path: Path) -> Path:
    """Write a model to a file."""
    path.write_bytes(model.SerializeToString())
    return path


def greedy(numbers: int) -> onnx.ModelProto:
    """A small network that asks for the memory of so many numbers."""
    model = deoldify("fractions", 64)
    last = model.graph.node[-1]
    model.graph.initializer.append(
        numpy_helper.from_array(np.array([numbers], np.int64), "numbers")
    )
    nodes = [
        helper.make_node("ConstantOfShape", ["numbers"], ["many"]),
        helper.make_node("ReduceMax", ["many"], ["none"], keepdims=0),
        helper.make_node("Add", ["none", last.input[0]], ["same"]),
    ]
    for node in nodes:
        model.graph.node.insert(len(model.graph.node) - 1, node)
    model.graph.node[-1].input[0] = "same"
    return model
