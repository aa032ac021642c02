"""int8 is calibrated on photographs, keeps what the fp32 file does, and is refused if it can't."""

from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import ModelProto, TensorProto, numpy_helper
from PIL import Image

from helpers.training import TINY, cpu, run_main, write_pictures
from photochrom import Colorizer, Options
from photochrom.errors import InputError, ModelError, UsageError
from photochrom.models.checksum import verify
from photochrom.models.manifest import Manifest
from photochrom_exporters import calibration, loss, to_onnx
from photochrom_exporters.calibration import choose
from photochrom_exporters.cli import main
from photochrom_exporters.int8 import chosen
from photochrom_exporters.to_onnx import TOLERANCES, Written, export
from photochrom_trainer.evaluation.predictors import Model
from photochrom_trainer.evaluation.protocol import SIDE, read_truth, render
from photochrom_trainer.networks.generator import Generator
from photochrom_trainer.training.run import Run

pytestmark = pytest.mark.slow

LOUDER = 4.0
"""Factor of the untrained network's last layer."""
HIDDEN = "up.2.mix"
"""Two quantized layers; those after them stay float32."""

FLOAT = {
    "encoder._conv_stem.weight",
    "up.3.mix.0.0.weight",
    "up.3.mix.1.0.weight",
    "head.weight",
    "trust.weight",
}
"""Weights of the layers that see the inputs, and of those that are close to the output."""


def manifest() -> Manifest:
    return Manifest("toy", "1", "", precision="int8", weights="int8", tolerance=TOLERANCES["int8"])


@pytest.fixture(scope="module")
def colorful(network: Generator) -> Generator:
    """The default generator with enough chroma to lose some."""
    louder = deepcopy(network)
    for parameter in louder.get_submodule("head").parameters():
        parameter.data *= LOUDER
    return louder


@pytest.fixture(scope="module")
def colorful_graph(graph: ModelProto) -> ModelProto:
    louder = deepcopy(graph)
    for tensor in louder.graph.initializer:
        if tensor.name.startswith("head."):
            values = numpy_helper.to_array(tensor) * np.float32(LOUDER)
            tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))
    return louder


@pytest.fixture(scope="module")
def photographs(colorful: Generator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures in the network's own colours and some grain: it colours them well, within limits."""
    folder = write_pictures(tmp_path_factory.mktemp("photographs"), 4, (SIDE, SIDE))
    rng = np.random.default_rng(0)
    for path in sorted(folder.iterdir()):
        luminance = read_truth(path, 110).luminance
        hints = torch.zeros(1, 3, SIDE, SIDE)
        with torch.inference_mode():
            chroma = colorful(torch.from_numpy(luminance)[None, None], hints)[0].numpy()
        pixels = render(luminance, chroma, 110) + rng.normal(0, 12, (SIDE, SIDE, 3))
        Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(path)
    return folder


@pytest.fixture(scope="module")
def exported(
    colorful: Generator,
    colorful_graph: ModelProto,
    photographs: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, Written]:
    """A file that is written once."""
    path = tmp_path_factory.mktemp("int8") / "toy.onnx"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(to_onnx, "build", lambda _: deepcopy(colorful_graph))
        return path, export(colorful, manifest(), path, choose(photographs, None))


def test_a_good_model_passes(exported: tuple[Path, Written], graph: ModelProto) -> None:
    path, written = exported
    assert [child.name for child in path.parent.iterdir()] == ["toy.onnx"]
    assert verify(path) == written.manifest
    assert (written.manifest.weights, written.manifest.precision) == ("int8", "int8")
    assert 0 < written.agreement.max <= TOLERANCES["int8"]["max"]
    assert [each.points for each in written.losses] == [0, 10]
    assert all(each.lost <= loss.MOST_LOST for each in written.losses)
    assert all(each.before > 20 for each in written.losses)
    assert written.size < 0.4 * graph.ByteSize()


def test_any_size_still_runs(exported: tuple[Path, Written]) -> None:
    colorizer = Colorizer(str(exported[0]), "cpu")
    for shape in ((70, 90), (300, 200)):
        picture = np.tile(np.linspace(0, 1, shape[1], dtype=np.float32), (shape[0], 1))
        assert colorizer.colorize(picture, Options()).shape == (*shape, 3)


def test_the_ends_stay_float(exported: tuple[Path, Written], graph: ModelProto) -> None:
    tensors = {tensor.name for tensor in onnx.load(exported[0]).graph.initializer}
    assert tensors >= FLOAT
    assert f"{HIDDEN}.1.0.weight" not in tensors
    weights = {node.name: node.input[1] for node in graph.graph.node if node.op_type == "Conv"}
    kept = {weights[name] for name in weights.keys() - set(chosen(graph))}
    assert kept == FLOAT


def test_weights_have_a_scale_for_each_channel(exported: tuple[Path, Written]) -> None:
    tensors = {tensor.name: tensor for tensor in onnx.load(exported[0]).graph.initializer}
    quantized = tensors[f"{HIDDEN}.1.0.weight_quantized"]
    assert quantized.data_type == TensorProto.INT8
    assert list(tensors[f"{HIDDEN}.1.0.weight_scale"].dims) == [quantized.dims[0]]


@pytest.mark.parametrize(
    ("tolerance", "decibels", "message"),
    [(0.0, 1.0, "disagrees with PyTorch"), (500.0, -50.0, r"int8 loses .* dB .*; nothing was")],
)
def test_a_refused_quantization_leaves_no_file(
    tolerance: float,
    decibels: float,
    message: str,
    colorful: Generator,
    colorful_graph: ModelProto,
    photographs: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(to_onnx, "build", lambda _: deepcopy(colorful_graph))
    monkeypatch.setattr(loss, "MOST_LOST", decibels)
    asked = replace(manifest(), tolerance={"max": tolerance, "mean": tolerance})
    with pytest.raises(ModelError, match=message):
        export(colorful, asked, tmp_path / "toy.onnx", choose(photographs, None))
    assert list(tmp_path.iterdir()) == []


def constant(chroma: float) -> Model:
    """A model that sees the same chroma everywhere."""
    return Model(
        "constant",
        lambda luminance, _: np.full((len(luminance), 2, 112, 112), chroma, np.float32),
        110.0,
    )


def test_more_than_a_decibel_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "grey"
    folder.mkdir()
    for name, light in (("a", 90), ("b", 160)):
        Image.new("RGB", (SIDE, SIDE), (light + 8, light, light - 8)).save(folder / f"{name}.png")
    paths = sorted(folder.iterdir())
    same = loss.measure(constant(0.01), constant(0.01), paths)
    assert [each.lost for each in same] == [0, 0]
    with pytest.raises(ModelError, match="2 photographs with 0 points, allowed 1;"):
        loss.measure(constant(0.01), constant(0.3), paths)
    assert loss.measure(constant(0.3), constant(0.01), paths)[0].lost < 0


def test_without_photographs(network: Generator, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--calibrate"):
        export(network, manifest(), tmp_path / "toy.onnx")


def test_held_out_pictures_are_not_calibrated_on(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "many", 7)
    chosen_ones = choose(folder, None)
    assert len(chosen_ones.calibrate) == 4
    assert len(chosen_ones.validate) == 3
    assert not set(chosen_ones.calibrate) & set(chosen_ones.validate)
    other = write_pictures(tmp_path / "other", 2)
    named = choose(folder, other)
    assert (len(named.calibrate), len(named.validate)) == (7, 2)
    assert {path.parent for path in named.validate} == {other}


def test_one_picture_is_too_few(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="at least 2"):
        choose(write_pictures(tmp_path / "one", 1), None)


def test_many_pictures_are_thinned_evenly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibration, "MOST_CALIBRATED", 3)
    folder = write_pictures(tmp_path / "many", 9)
    names = [path.stem for path in choose(folder, folder).calibrate]
    assert names == ["0", "4", "8"]


@pytest.mark.parametrize("multiple", [32, 256])
def test_inputs_suit_the_network(tmp_path: Path, multiple: int) -> None:
    paths = sorted(write_pictures(tmp_path / "one", 1).iterdir())
    asked = replace(manifest(), multiple=multiple)
    bare, hinted = calibration.inputs(paths, asked)
    side = -(-SIDE // multiple) * multiple
    assert bare["luminance"].shape == (1, 1, side, side)
    assert hinted["hints"].shape == (1, 3, side, side)
    assert not bare["hints"].any()
    assert hinted["hints"][:, 2].any()


class TestCommand:
    @pytest.fixture
    def checkpoint(self, colorful: Generator, tmp_path: Path) -> Path:
        run = Run(TINY, cpu(), pretrained=False)
        run.average.module.load_state_dict(colorful.state_dict())
        run.save(tmp_path / "last.pt")
        return tmp_path / "last.pt"

    def test_exports(
        self,
        checkpoint: Path,
        photographs: Path,
        colorful_graph: ModelProto,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.setattr(to_onnx, "build", lambda _: deepcopy(colorful_graph))
        target = checkpoint.with_name("mine.onnx")
        options = ("--weights", "int8", "--calibrate", photographs, "--validate", photographs)
        assert run_main(main, monkeypatch, checkpoint, "-o", target, *options) == 0
        printed = capsys.readouterr()
        assert "int8 on photographs, 10 points: " in printed.out
        assert printed.err == ""
        assert verify(target).precision == "int8"

    @pytest.mark.parametrize("options", [("--weights", "int8"), ("--calibrate", ".")])
    def test_options_that_do_not_go_together(
        self,
        options: tuple[str, ...],
        checkpoint: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        target = checkpoint.with_name("mine.onnx")
        assert run_main(main, monkeypatch, checkpoint, "-o", target, *options) == 2
        assert "--calibrate" in capsys.readouterr().err
        assert not target.exists()
