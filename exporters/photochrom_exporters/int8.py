"""Weights and activations in eight bits, as pairs of QuantizeLinear and DequantizeLinear.

Static quantization of ONNX Runtime: activations have fixed ranges, taken from photographs.
"""

from collections.abc import Iterable
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory

import onnx
from onnx import ModelProto, NodeProto
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)

from photochrom.color.arrays import FloatImage

ACTIVATIONS = ("Relu", "Clip")
"""Taken into the convolution before them: its range then is that of what comes out of them."""
FLOAT_AT_END = 3
"""Convolutions before the output that stay float32, counted on the shortest way: on a trained
`lite-unet`, quantizing the last block too made four fifths of all error (decision 10)."""
PREPARED = {"onnx.quant.pre_process": "onnxruntime.quant"}
"""Tells ONNX Runtime that batch norms are folded already, or it advises on stderr to do so."""


class Reader(CalibrationDataReader):  # type: ignore[misc]  # ONNX Runtime has no types
    """Calibration inputs in the form that ONNX Runtime asks for."""

    def __init__(self, inputs: Iterable[dict[str, FloatImage]]) -> None:
        self.remaining = iter(inputs)

    def get_next(self) -> dict[str, FloatImage] | None:
        """The next inputs by name; None at the end."""
        return next(self.remaining, None)


def quantize(model: ModelProto, inputs: Iterable[dict[str, FloatImage]]) -> ModelProto:
    """A copy of a float32 graph whose inner convolutions compute in int8.

    Weights are int8 with a scale for each output channel, activations uint8 with one scale a
    tensor, biases int32. Inputs, output and all that is no convolution stay float32.

    Args:
        model: as `to_onnx.build` makes it; stays as it is.
        inputs: luminance and hints of calibration pictures, by name.
    """
    source = deepcopy(model)
    onnx.helper.set_model_props(source, PREPARED)
    with TemporaryDirectory() as folder:
        target = Path(folder) / "int8.onnx"
        quantize_static(
            source,
            target,
            Reader(inputs),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            nodes_to_quantize=chosen(model),
            calibrate_method=CalibrationMethod.MinMax,
        )
        quantized = onnx.load(target)
    quantized.graph.ClearField("value_info")
    return quantized


def chosen(model: ModelProto) -> list[str]:
    """Names of the nodes that are quantized: inner convolutions and the activations after them.

    A convolution that has no other before it sees luminance and hints themselves, and stays
    float32 as the last `FLOAT_AT_END` do.
    """
    nodes = model.graph.node
    seen, after = _seen(nodes), _convolutions_after(model)
    inner = [
        node
        for node in nodes
        if node.op_type == "Conv"
        and seen & set(node.input)
        and after[node.output[0]] >= FLOAT_AT_END
    ]
    made = {node.output[0] for node in inner}
    follow = [node for node in nodes if node.op_type in ACTIVATIONS and node.input[0] in made]
    return [node.name for node in (*inner, *follow)]


def _seen(nodes: Iterable[NodeProto]) -> set[str]:
    """Tensors that some convolution has a part in; nodes come in order."""
    seen: set[str] = set()
    for node in nodes:
        if _convolves(node) or seen & set(node.input):
            seen |= set(node.output)
    return seen


def _convolutions_after(model: ModelProto) -> dict[str, int]:
    """Number of convolutions between each tensor and the chroma, on the shortest way.

    What leads to other outputs alone is left out.
    """
    after = {model.graph.output[0].name: 0}
    for node in reversed(model.graph.node):
        counts = [after[name] for name in node.output if name in after]
        if not counts:
            continue
        count = min(counts) + _convolves(node)
        for name in node.input:
            after[name] = min(count, after.get(name, count))
    return after


def _convolves(node: NodeProto) -> bool:
    return node.op_type in ("Conv", "ConvTranspose")
