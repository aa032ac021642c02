"""An exported file agrees with PyTorch, describes itself, and notices damage."""

import shutil
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import ModelProto, TensorProto, helper, numpy_helper
from torch import nn

from helpers.training import TINY, cpu, run_main
from photochrom.errors import ModelError, OutputError
from photochrom.models.checksum import verify, weights_sha256
from photochrom.models.manifest import Manifest, from_metadata
from photochrom.session import open_session
from photochrom_exporters import to_onnx
from photochrom_exporters.cli import main
from photochrom_exporters.half import HALF_FROM
from photochrom_exporters.to_onnx import OPSET, TOLERANCES, Written, export, folded
from photochrom_trainer.evaluation import predictors
from photochrom_trainer.networks.generator import Generator
from photochrom_trainer.training.run import Run

pytestmark = pytest.mark.slow

TRAINED = {"data": "nothing", "images": 0, "steps": 0, "commit": "none"}


def manifest(weights: str = "fp16") -> Manifest:
    return Manifest("toy", "3", "", weights=weights, tolerance=TOLERANCES[weights], trained=TRAINED)


@pytest.fixture
def quick(graph: ModelProto, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the graph that was built once: building takes seconds."""
    monkeypatch.setattr(to_onnx, "build", lambda _: deepcopy(graph))


@pytest.fixture(scope="module")
def exported(
    network: Generator, graph: ModelProto, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Written]:
    """A file that is written once."""
    path = tmp_path_factory.mktemp("exported") / "toy.onnx"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(to_onnx, "build", lambda _: deepcopy(graph))
        return path, export(network, manifest(), path)


@pytest.fixture
def written(exported: tuple[Path, Written], tmp_path: Path) -> Written:
    """What was exported, with a copy of the file to break."""
    path, written = exported
    shutil.copy(path, tmp_path)
    return written


def change_one_weight(model: ModelProto) -> None:
    """Change the first weight of the last layer by a little."""
    tensor = next(item for item in model.graph.initializer if item.name == "head.weight")
    values = numpy_helper.to_array(tensor).copy()
    values.flat[0] += np.float32(1e-6)
    tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))


def shift_by_a_pixel(model: ModelProto) -> None:
    """Pad one strided convolution at the wrong side: the error that TensorFlow's SAME invites."""
    pads = [
        attribute
        for node in model.graph.node
        for attribute in node.attribute
        if attribute.name == "pads" and list(attribute.ints) == [0, 0, 1, 1]
    ]
    pads[0].ints[:] = [1, 1, 0, 0]


@pytest.mark.parametrize("weights", ["fp16", "fp32"])
@pytest.mark.usefixtures("quick")
def test_the_written_file_agrees(network: Generator, tmp_path: Path, weights: str) -> None:
    target = tmp_path / "toy.onnx"
    agreement = export(network, manifest(weights), target).agreement
    assert agreement.max <= TOLERANCES[weights]["max"]
    assert agreement.mean <= TOLERANCES[weights]["mean"]
    assert len(agreement.trials) == 8
    assert [path.name for path in tmp_path.iterdir()] == ["toy.onnx"]


def test_the_manifest_comes_back(written: Written, tmp_path: Path) -> None:
    model = onnx.load(tmp_path / "toy.onnx")
    found = from_metadata({item.key: item.value for item in model.metadata_props}, "toy")
    assert found == written.manifest
    assert found == replace(manifest(), sha256=weights_sha256(model), fp16_compute=True)
    assert verify(tmp_path / "toy.onnx") == found


def test_half_precision_halves_the_file(written: Written, graph: ModelProto) -> None:
    assert written.size < 0.55 * graph.ByteSize()


@pytest.mark.usefixtures("written")
def test_only_large_weights_are_halved(tmp_path: Path) -> None:
    for tensor in onnx.load(tmp_path / "toy.onnx").graph.initializer:
        half = tensor.data_type == TensorProto.FLOAT16
        assert half == (np.prod(tensor.dims) >= HALF_FROM), tensor.name


def test_the_graph_is_plain_and_free_in_size(graph: ModelProto) -> None:
    assert [(item.domain, item.version) for item in graph.opset_import] == [("", OPSET)]
    assert not {node.op_type for node in graph.graph.node} & {"BatchNormalization", "Pad", "Shape"}
    shapes = {
        value.name: [dim.dim_param or dim.dim_value for dim in value.type.tensor_type.shape.dim]
        for value in (*graph.graph.input, *graph.graph.output)
    }
    assert shapes == {
        "luminance": ["batch", 1, "height", "width"],
        "hints": ["batch", 3, "height", "width"],
        "chroma": ["batch", 2, "chroma_height", "chroma_width"],
        "features": ["batch", 152, "features_height", "features_width"],
    }


def test_features_are_unit_vectors_on_a_grid(
    exported: tuple[Path, Written], network: Generator
) -> None:
    session = open_session(exported[0], "cpu")
    rng = np.random.default_rng(0)
    luminance = rng.random((2, 1, 64, 96), np.float32)
    hints = np.zeros((2, 3, 64, 96), np.float32)
    features = session.run({"luminance": luminance, "hints": hints}, "features")
    assert features.shape[2:] == (64 // network.feature_stride, 96 // network.feature_stride)
    np.testing.assert_allclose(np.linalg.norm(features, axis=1), 1, atol=1e-3)
    with torch.inference_mode():
        told = network.with_features(torch.from_numpy(luminance), torch.from_numpy(hints))[1]
    np.testing.assert_allclose(features, told.numpy(), atol=2e-3)


def test_the_file_says_what_it_can(exported: tuple[Path, Written], unet: Generator) -> None:
    assert exported[1].manifest.fp16_compute
    assert not unet.takes_hints
    assert unet.feature_stride == 0


def test_a_network_that_half_precision_breaks_says_so(unet: Generator, tmp_path: Path) -> None:
    broken = deepcopy(unet)
    first, second, *_ = (each for each in broken.modules() if isinstance(each, nn.Conv2d))
    with torch.no_grad():  # beyond 65,504, and back
        first.weight *= 1e6
        second.weight *= 1e-6
    wide = {"max": 10.0, "mean": 1.0}
    said = replace(manifest("fp32"), multiple=32, output_stride=1, tolerance=wide)
    assert not export(broken, said, tmp_path / "broken.onnx").manifest.fp16_compute


def test_the_graph_tells_nothing_of_this_machine(graph: ModelProto) -> None:
    assert str(Path(to_onnx.__file__).parents[2]).encode() not in graph.SerializeToString()


@torch.inference_mode()
def test_folding_leaves_the_network_alone(network: Generator) -> None:
    inputs = torch.rand(1, 1, 64, 64), torch.zeros(1, 3, 64, 64)
    before = network(*inputs)
    copy = folded(network)
    assert not any(isinstance(module, torch.nn.BatchNorm2d) for module in copy.modules())
    torch.testing.assert_close(copy(*inputs), before, rtol=0, atol=1e-5)
    assert torch.equal(network(*inputs), before)


def test_a_sabotaged_export_leaves_no_file(
    graph: ModelProto, network: Generator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = deepcopy(graph)
    shift_by_a_pixel(wrong)
    monkeypatch.setattr(to_onnx, "build", lambda _: wrong)
    with pytest.raises(ModelError, match="disagrees with PyTorch"):
        export(network, manifest(), tmp_path / "toy.onnx")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("quick")
def test_a_failed_export_keeps_the_older_file(network: Generator, tmp_path: Path) -> None:
    (tmp_path / "toy.onnx").write_text("older")
    strict = replace(manifest(), tolerance={"max": 0.0, "mean": 0.0})
    with pytest.raises(ModelError, match="disagrees with PyTorch"):
        export(network, strict, tmp_path / "toy.onnx")
    assert (tmp_path / "toy.onnx").read_text() == "older"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.usefixtures("quick")
def test_a_folder_that_is_not_there(network: Generator, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="can't write"):
        export(network, manifest(), tmp_path / "nowhere" / "toy.onnx")


@pytest.mark.usefixtures("written")
def test_one_changed_weight_is_noticed(tmp_path: Path) -> None:
    model = onnx.load(tmp_path / "toy.onnx")
    change_one_weight(model)
    onnx.save(model, tmp_path / "toy.onnx")
    with pytest.raises(ModelError, match="checksum"):
        verify(tmp_path / "toy.onnx")


@pytest.mark.parametrize("share", [0.0, 0.5, 0.999])
@pytest.mark.usefixtures("written")
def test_a_truncated_file_is_noticed(tmp_path: Path, share: float) -> None:
    content = (tmp_path / "toy.onnx").read_bytes()
    (tmp_path / "toy.onnx").write_bytes(content[: int(share * len(content))])
    with pytest.raises(ModelError, match=r"toy\.onnx"):
        verify(tmp_path / "toy.onnx")


def test_the_checksum_knows_names_types_and_shapes() -> None:
    def digest(name: str, values: np.ndarray) -> str:
        tensor = numpy_helper.from_array(values, name)
        return weights_sha256(helper.make_model(helper.make_graph([], "g", [], [], [tensor])))

    zeros = np.zeros((2, 3), np.float32)
    versions = [
        digest("w", zeros),
        digest("v", zeros),
        digest("w", zeros.T),
        digest("w", zeros.astype(np.int32)),
        digest("w", zeros + 1),
    ]
    assert len(set(versions)) == len(versions)


@pytest.mark.usefixtures("written")
def test_foreign_parts_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "toy.onnx"
    model = onnx.load(path)
    model.graph.node[0].domain = "com.example"
    onnx.save(model, path)
    with pytest.raises(ModelError, match=r"custom operators \(com\.example\)"):
        verify(path)


@pytest.mark.usefixtures("written")
def test_weights_in_other_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "toy.onnx"
    model = onnx.load(path)
    onnx.save(model, path, save_as_external_data=True, location="weights.bin")
    with pytest.raises(ModelError, match="other files"):
        verify(path)


@pytest.mark.usefixtures("written")
def test_a_file_without_manifest_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "toy.onnx"
    model = onnx.load(path)
    del model.metadata_props[:]
    onnx.save(model, path)
    with pytest.raises(ModelError, match="no photochrom manifest"):
        verify(path)


@pytest.mark.usefixtures("quick")
def test_from_a_checkpoint_to_a_measured_file(
    tmp_path: Path,
    network: Generator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The command writes the averaged generator, and the trainer measures both alike."""
    run = Run(TINY, cpu(), pretrained=False)
    run.average.module.load_state_dict(network.state_dict())
    run.step = 4
    checkpoint, target = tmp_path / "last.pt", tmp_path / "mine.onnx"
    run.save(checkpoint)
    arguments = (checkpoint, "-o", target, "--name", "mine", "--version", "7", "--data", "my own")
    assert run_main(main, monkeypatch, *arguments) == 0
    assert "1 × 384 × 512, hints" in capsys.readouterr().out

    found = verify(target)
    assert (found.name, found.version, found.weights) == ("mine", "7", "fp16")
    assert (found.native_size, found.multiple, found.output_stride) == (256, 32, 2)
    assert found.trained["data"] == "my own"
    assert (found.trained["images"], found.trained["steps"]) == (8, 4)

    luminance = np.random.default_rng(0).random((1, 1, 64, 64), np.float32)
    hints = np.zeros((1, 3, 64, 64), np.float32)
    ours, theirs = (
        predictors.load(path).predict(luminance, hints) for path in (target, checkpoint)
    )
    np.testing.assert_allclose(ours, theirs, atol=TOLERANCES["fp16"]["max"] / TINY.scale)


def test_a_missing_checkpoint_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_main(main, monkeypatch, tmp_path / "no.pt", "-o", tmp_path / "toy.onnx") == 3
    message = capsys.readouterr().err.splitlines()
    assert len(message) == 1
    assert message[0].startswith("photochrom-export: ")
    assert list(tmp_path.iterdir()) == []
