"""What the graph of another program's network says of itself, before it is ever run."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from photochrom.errors import ModelError
from photochrom.models import checksum
from photochrom.models.kinds import Kind

if TYPE_CHECKING:
    from onnx import ModelProto, ValueInfoProto

QUANTIZED = {
    "ConvInteger",
    "DequantizeLinear",
    "DynamicQuantizeLinear",
    "MatMulInteger",
    "QLinearConv",
    "QLinearMatMul",
    "QuantizeLinear",
}
"""Operators that only int8 networks have."""


@dataclass(frozen=True)
class Layout:
    """What a graph says before it runs."""

    tensors: dict[str, str]
    """The file's names by role."""
    side: int | None
    """Side of the square that it is fixed to; None where it is free."""
    precision: str
    """``fp32``, ``fp16`` or ``int8``: how the weights are stored."""


def layout(model: "ModelProto", kind: Kind, path: Path) -> Layout:
    """Check a graph's inputs, output and precision against a kind.

    Raises:
        ModelError: what was expected and what was found.
    """
    precision = _precision(model)
    if precision in kind.refused:
        raise ModelError(
            f"{path} is {precision}, at which {kind.name} gives wrong colours; get it in fp32"
        )
    inputs = inputs_of(model)
    if not model.graph.output:
        raise _misfit(path, kind, "no output")
    output = model.graph.output[0]
    _check_floats([*inputs, output], path)
    roles = _roles(inputs, output, kind, path)
    names = [value.name for value in (*inputs, output)]
    return Layout(dict(zip(roles, names, strict=True)), _side(inputs, path, kind), precision)


def widen(model: "ModelProto") -> None:
    """Let a network with float16 inputs or outputs take and give float32 under the same names."""
    from onnx import TensorProto, helper

    half, single = TensorProto.FLOAT16, TensorProto.FLOAT
    for value in [*inputs_of(model), *model.graph.output]:
        if value.type.tensor_type.elem_type != half:
            continue
        inner = f"{value.name}/float16"
        _rename(model, value.name, inner)
        value.type.tensor_type.elem_type = single
        if value in model.graph.output:
            model.graph.node.append(helper.make_node("Cast", [inner], [value.name], to=single))
        else:
            model.graph.node.insert(0, helper.make_node("Cast", [value.name], [inner], to=half))


def _rename(model: "ModelProto", old: str, new: str) -> None:
    """Give a value another name wherever nodes read or write it."""
    from onnx import NodeProto

    for part in checksum.parts(model.graph):
        if isinstance(part, NodeProto):
            for names in (part.input, part.output):
                names[:] = [new if name == old else name for name in names]


def inputs_of(model: "ModelProto") -> "list[ValueInfoProto]":
    """What a network must be given; old exporters list the weights as inputs too."""
    stored = {tensor.name for tensor in model.graph.initializer}
    return [value for value in model.graph.input if value.name not in stored]


def _precision(model: "ModelProto") -> str:
    from onnx import NodeProto, TensorProto

    found = list(checksum.parts(model))
    if any(isinstance(part, NodeProto) and part.op_type in QUANTIZED for part in found):
        return "int8"
    halves = (TensorProto.FLOAT16, TensorProto.BFLOAT16)
    half = any(isinstance(part, TensorProto) and part.data_type in halves for part in found)
    return "fp16" if half else "fp32"


def _check_floats(values: "list[ValueInfoProto]", path: Path) -> None:
    from onnx import TensorProto

    for value in values:
        kind = value.type.tensor_type.elem_type
        if kind != TensorProto.FLOAT:
            word = TensorProto.DataType.Name(kind).lower()
            raise ModelError(
                f"{path}: tensor {value.name} is {word}, not float32 or float16; get it in fp32"
            )


def _sizes(value: "ValueInfoProto") -> list[int | None]:
    """Sizes of a tensor; None where free."""
    return [item.dim_value or None for item in value.type.tensor_type.shape.dim]


def _roles(
    inputs: "list[ValueInfoProto]", output: "ValueInfoProto", kind: Kind, path: Path
) -> list[str]:
    """The role of each input and the output, told by how many channels they have."""
    sizes = [_sizes(value) for value in inputs]
    flat = all(len(item) == 4 and item[0] in (None, 1) for item in sizes)
    answer = _sizes(output)  # not every exporter writes it
    fits = not answer or (len(answer) == 4 and answer[1] in (None, kind.channels))
    for roles in kind.inputs:
        if flat and fits and [item[1] for item in sizes] == list(roles.values()):
            return [*roles, "output"]
    found = ", ".join(_words(value) for value in inputs) or "nothing"
    raise _misfit(path, kind, f"{found} -> {_words(output)}")


def _words(value: "ValueInfoProto") -> str:
    sizes = " x ".join(str(size or "?") for size in _sizes(value)) or "unknown size"
    return f"{value.name} {sizes}"


def _misfit(path: Path, kind: Kind, found: str) -> ModelError:
    choices = " or ".join(
        ", ".join(f"1 x {channels} x S x S" for channels in roles.values()) for roles in kind.inputs
    )
    expected = f"{choices} -> 1 x {kind.channels} x S x S"
    return ModelError(f"{path} is no {kind.name}: expected {expected}, found {found}")


def _side(inputs: "list[ValueInfoProto]", path: Path, kind: Kind) -> int | None:
    """The side that all inputs are fixed to, if any is."""
    sides = {size for value in inputs for size in _sizes(value)[2:]}
    if len(sides) != 1:
        found = ", ".join(_words(value) for value in inputs)
        raise _misfit(path, kind, f"{found}, which is not one square")
    return sides.pop()
