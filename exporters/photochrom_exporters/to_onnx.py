"""A trained generator as an ONNX file that was held against PyTorch before it got its name.

The order of work: build the graph, store or quantize its weights, describe it, write it beside the
target, compare the written file with the network in ONNX Runtime, measure on photographs what int8
costs, and only then rename it.
"""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import onnx
import torch
from onnx import ModelProto
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from photochrom.errors import UsageError
from photochrom.files.whole import whole_file
from photochrom.models.checksum import verify, weights_sha256
from photochrom.models.manifest import METADATA_KEY, Manifest
from photochrom_exporters.agreement import Agreement, bears_half, compare, run_torch
from photochrom_exporters.calibration import Photographs, inputs
from photochrom_exporters.half import store_half
from photochrom_exporters.int8 import quantize
from photochrom_exporters.loss import Loss, measure
from photochrom_trainer.evaluation.predictors import Model, from_onnx, padded
from photochrom_trainer.networks.folding import Convolution, pairs
from photochrom_trainer.networks.generator import HINT_CHANNELS, Generator

OPSET = 18
"""ONNX operator set: the one the exporter translates to without a second conversion."""
INPUTS = ("luminance", "hints")
FEATURES = "features"
"""Name of the second output, which a network with a `feature_stride` has."""
OUTPUT = "chroma"
TOLERANCES = {
    "fp32": {"max": 0.05, "mean": 0.005},
    "fp16": {"max": 0.1, "mean": 0.01},
    "int8": {"max": 60.0, "mean": 5.0},
}
"""Largest and mean difference from PyTorch's float32 result, by stored type, in units of the
network's own chroma: a*b*, or u*v*, which in most colours are as large."""


@dataclass(frozen=True)
class Written:
    """An exported file, and how far it is from PyTorch."""

    manifest: Manifest
    agreement: Agreement
    losses: tuple[Loss, ...]
    """What quantization costs on photographs; empty where nothing was quantized."""
    size: int
    """Bytes."""


def export(
    network: Generator, manifest: Manifest, target: Path, photographs: Photographs | None = None
) -> Written:
    """Write a network as ONNX, whole and verified or not at all.

    Args:
        network: in evaluation mode; stays as it is.
        manifest: what the file will say of itself; its ``weights`` (fp32, fp16 or int8) decides how
            they are stored, its ``tolerance`` what is allowed; its checksum and whether it may be
            computed in fp16 are filled in here.
        target: the file; an older one is replaced only by a verified one.
        photographs: what int8 needs, and nothing else.

    Raises:
        InputError: if a photograph can't be decoded.
        ModelError: if the written file disagrees with PyTorch, fails its own checksum, or loses
            more than `loss.MOST_LOST` on the photographs.
        OutputError: if the file can't be written.
        UsageError: if the weights are int8 and there are no photographs.
    """
    if manifest.weights == "int8" and photographs is None:
        raise UsageError("int8 is calibrated on photographs; name a folder with --calibrate")
    model = _stored(build(network), manifest, photographs)
    manifest = replace(manifest, sha256=weights_sha256(model))
    onnx.checker.check_model(model)
    with whole_file(target) as written:
        _write(model, manifest, written)
        if manifest.weights != "int8":
            manifest = replace(manifest, fp16_compute=bears_half(written, manifest))
            _write(model, manifest, written)
        verify(written)
        agreement = compare(written, network, manifest)
        losses = _losses(written, network, manifest, photographs)
    return Written(manifest, agreement, losses, target.stat().st_size)


def _write(model: ModelProto, manifest: Manifest, path: Path) -> None:
    onnx.helper.set_model_props(model, {METADATA_KEY: manifest.to_json()})
    path.write_bytes(model.SerializeToString())


def _stored(model: ModelProto, manifest: Manifest, photographs: Photographs | None) -> ModelProto:
    """The graph with its weights as the manifest says."""
    if manifest.weights == "int8" and photographs:
        return quantize(model, inputs(photographs.calibrate, manifest))
    if manifest.weights == "fp16":
        store_half(model)
    return model


def _losses(
    path: Path, network: Generator, manifest: Manifest, photographs: Photographs | None
) -> tuple[Loss, ...]:
    if manifest.weights != "int8" or photographs is None:
        return ()
    answer = padded(partial(run_torch, network), network.multiple)
    before = Model("float32", answer, manifest.scale, manifest.color_space)
    return measure(before, from_onnx(path), photographs.validate)


def build(network: Generator) -> ModelProto:
    """The network as an ONNX graph with free batch, height and width; weights are float32."""
    height, width = (
        network.multiple * torch.export.Dim(name, min=1) for name in ("rows", "columns")
    )
    shape = {0: torch.export.Dim("batch", min=1), 2: height, 3: width}
    # Sizes of 1 would be taken for constants, and equal sizes for one and the same size.
    size = (2 * network.multiple, 3 * network.multiple)
    example = (torch.zeros(2, 1, *size), torch.zeros(2, HINT_CHANNELS, *size))
    network, outputs = folded(network), (OUTPUT,)
    if network.feature_stride:  # a module around it would change the weights' names
        network.forward, outputs = network.with_features, (OUTPUT, FEATURES)  # type: ignore[assignment, method-assign]
    with _quiet():
        program = torch.onnx.export(
            network,
            example,
            dynamo=True,
            opset_version=OPSET,
            input_names=INPUTS,
            output_names=outputs,
            dynamic_shapes=(shape, shape),
            external_data=False,
            verbose=False,
        )
    assert program is not None
    model = program.model_proto
    _tidy(model)
    return model


def folded(network: Generator) -> Generator:
    """A copy whose batch norms are part of the convolutions before them.

    Done here and not left to ONNX Runtime, which can't do it across the casts of fp16 weights.
    """
    copy = deepcopy(network).eval()
    for convolution, norm in list(pairs(copy)):
        kernel, scaling = copy.get_submodule(convolution), copy.get_submodule(norm)
        assert isinstance(kernel, Convolution)
        assert isinstance(scaling, nn.BatchNorm2d)
        transposed = isinstance(kernel, nn.ConvTranspose2d)
        copy.set_submodule(convolution, fuse_conv_bn_eval(kernel, scaling, transposed))
        copy.set_submodule(norm, nn.Identity())
    return copy


def _tidy(model: ModelProto) -> None:
    """Name the free sizes, and drop the exporter's notes: they hold paths of this machine."""
    for value in (*model.graph.input, *model.graph.output):
        value.ClearField("metadata_props")
        scaled = "" if value.name in INPUTS else f"{value.name}_"
        dims = value.type.tensor_type.shape.dim
        dims[0].dim_param = "batch"
        dims[2].dim_param, dims[3].dim_param = f"{scaled}height", f"{scaled}width"
    for node in model.graph.node:
        node.ClearField("metadata_props")
        node.ClearField("doc_string")
    for tensor in model.graph.initializer:
        tensor.ClearField("metadata_props")
    for field in ("value_info", "metadata_props", "doc_string"):
        model.graph.ClearField(field)


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence what the exporter says of itself on every export; its errors still come through."""
    log = logging.getLogger("torch.onnx")
    level = log.level
    log.setLevel(logging.ERROR)  # "torchvision is not installed", which we don't use
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", category=FutureWarning, module="copyreg")
            warnings.filterwarnings("ignore", message="# The axis name", category=UserWarning)
            yield
    finally:
        log.setLevel(level)
