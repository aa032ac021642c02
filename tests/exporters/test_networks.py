"""Every network of the trainer exports, in both colour spaces."""

from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import ModelProto, numpy_helper

from helpers.training import TINY, cpu, run_main, shake_norms
from photochrom import Colorizer, Options, Point
from photochrom.color import lab, srgb
from photochrom.color.spaces import COLOR_SPACES, SCALES, ColorSpace
from photochrom.errors import ModelError
from photochrom.models.checksum import verify
from photochrom.models.manifest import Manifest
from photochrom_exporters import to_onnx
from photochrom_exporters.agreement import UNITS, shapes
from photochrom_exporters.cli import main
from photochrom_exporters.to_onnx import TOLERANCES, export, folded
from photochrom_trainer.config import TrainConfig
from photochrom_trainer.evaluation.predictors import from_onnx
from photochrom_trainer.networks import registry
from photochrom_trainer.networks.classes import LiteClasses
from photochrom_trainer.networks.generator import Generator
from photochrom_trainer.networks.unet256 import UNet256
from photochrom_trainer.training.run import Run

pytestmark = pytest.mark.slow


def manifest(network: Generator, space: ColorSpace, weights: str = "fp16") -> Manifest:
    return Manifest(
        "toy",
        "1",
        "",
        color_space=space,
        scale=SCALES[space],
        native_size=96,
        multiple=network.multiple,
        output_stride=network.output_stride,
        weights=weights,
        tolerance=TOLERANCES[weights],
    )


@pytest.fixture(params=["lite-unet", "unet"])
def built(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Generator:
    """A network whose graph is not built again by `export`."""
    fixtures = {"lite-unet": ("network", "graph"), "unet": ("unet", "unet_graph")}
    network, graph = (request.getfixturevalue(name) for name in fixtures[request.param])
    monkeypatch.setattr(to_onnx, "build", lambda _: deepcopy(graph))
    assert isinstance(network, Generator)
    return network


@pytest.mark.parametrize("space", COLOR_SPACES)
@pytest.mark.parametrize("weights", ["fp16", "fp32"])
def test_agrees_and_colours(
    built: Generator, space: ColorSpace, weights: str, tmp_path: Path
) -> None:
    asked = manifest(built, space, weights)
    written = export(built, asked, tmp_path / "toy.onnx")
    found = verify(tmp_path / "toy.onnx")
    assert found == replace(asked, sha256=written.manifest.sha256, fp16_compute=True)

    colorizer = Colorizer(str(tmp_path / "toy.onnx"), "cpu")
    picture = np.tile(np.linspace(0, 1, 90, dtype=np.float32), (70, 1))
    result = colorizer.colorize(picture, Options(points=(Point(0.5, 0.5, (200, 90, 60)),)))
    values = lab.from_srgb(result)
    grey = lab.from_srgb(srgb.to_float(np.dstack([picture] * 3)))
    np.testing.assert_allclose(values[..., 0], grey[..., 0], atol=0.01)
    assert np.abs(values[..., 1:]).max() > 2


def test_classes_of_colour_become_chroma_in_the_file(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = LiteClasses().eval()
    shake_norms(network)
    network.head.weight.data *= 10  # as decided as training makes it
    export(network, manifest(network, "lab", "fp32"), tmp_path / "classes.onnx")
    luminance = np.random.default_rng(0).random((1, 1, 64, 96), np.float32)
    inputs = luminance, np.zeros((1, 3, 64, 96), np.float32)
    found = from_onnx(tmp_path / "classes.onnx").predict(*inputs)
    with torch.inference_mode():
        expected = network(*map(torch.from_numpy, inputs)).numpy()
    assert expected.std() > 0.01
    np.testing.assert_allclose(found, expected, atol=1e-3)


def test_larger_chroma_is_held_to_the_same_units(
    unet: Generator, unet_graph: ModelProto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same network at another scale: differences grow with it, what is allowed does not."""
    monkeypatch.setattr(to_onnx, "build", lambda _: deepcopy(unet_graph))
    ours = [
        export(unet, manifest(unet, space), tmp_path / f"{space}.onnx").agreement
        for space in COLOR_SPACES
    ]
    np.testing.assert_allclose(ours[1].max / ours[0].max, 176 / 110, rtol=1e-5)
    np.testing.assert_allclose(ours[1].mean / ours[0].mean, 176 / 110, rtol=1e-5)


def test_hints_that_are_not_looked_at_stay_an_input(
    unet: Generator, unet_graph: ModelProto
) -> None:
    inputs = [
        (value.name, [dim.dim_param or dim.dim_value for dim in value.type.tensor_type.shape.dim])
        for value in unet_graph.graph.input
    ]
    assert inputs == [
        ("luminance", ["batch", 1, "height", "width"]),
        ("hints", ["batch", 3, "height", "width"]),
    ]
    assert not any("hints" in node.input for node in unet_graph.graph.node)


def test_transposed_convolutions_take_their_batch_norms(
    unet: Generator, unet_graph: ModelProto
) -> None:
    operators = {node.op_type for node in unet_graph.graph.node}
    assert "ConvTranspose" in operators
    assert not operators & {"BatchNormalization", "Dropout", "Pad", "Shape"}
    inputs = torch.rand(1, 1, 64, 96), torch.zeros(1, 3, 64, 96)
    copy = folded(unet)
    assert not any(isinstance(module, torch.nn.BatchNorm2d) for module in copy.modules())
    with torch.inference_mode():
        torch.testing.assert_close(copy(*inputs), unet(*inputs), rtol=0, atol=1e-5)


def test_a_turned_kernel_is_noticed(
    unet: Generator, unet_graph: ModelProto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A transposed convolution is not a convolution: its kernel lies the other way round."""
    wrong = deepcopy(unet_graph)
    tensor = next(item for item in wrong.graph.initializer if item.name == "up.0.0.weight")
    turned = numpy_helper.to_array(tensor)[..., ::-1, ::-1]
    tensor.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(turned), tensor.name))
    monkeypatch.setattr(to_onnx, "build", lambda _: wrong)
    with pytest.raises(ModelError, match=r"disagrees with PyTorch.* in u\*v\*; nothing was"):
        export(unet, manifest(unet, "luv"), tmp_path / "toy.onnx")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("native_size", [64, 224, 256, 512])
@pytest.mark.parametrize("multiple", [2, 16, 32, 128, 256])
def test_trials_suit_the_network(native_size: int, multiple: int) -> None:
    trials = shapes(
        Manifest("toy", "1", "", native_size=native_size, multiple=multiple, output_stride=1)
    )
    assert all(side % multiple == 0 and side > 0 for trial in trials for side in trial[1:])
    native = -(-native_size // multiple) * multiple
    assert (1, native, native) in trials
    assert any(batch > 1 for batch, _, _ in trials)
    assert any(height > width for _, height, width in trials)
    assert any(height < width for _, height, width in trials)
    assert any(min(trial[1:]) > native or multiple > native_size for trial in trials)


def test_networks_of_any_multiple(tmp_path: Path) -> None:
    """Trials of sides that the made-up picture's octaves do not divide."""
    torch.manual_seed(0)
    network = UNet256(levels=3, base_width=4).eval()
    written = export(
        network, replace(manifest(network, "luv"), native_size=40), tmp_path / "a.onnx"
    )
    assert [trial.name for trial in written.agreement.trials][2] == "1 × 16 × 8, no hints"


class TestCommand:
    @pytest.fixture(autouse=True)
    def small(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The real unet128 has 42 million weights."""
        monkeypatch.setitem(registry.GENERATORS, "unet128", lambda: UNet256(5, base_width=4))

    def export(
        self, config: TrainConfig, folder: Path, monkeypatch: pytest.MonkeyPatch, *options: str
    ) -> Manifest:
        run = Run(config, cpu(), pretrained=False)
        run.save(folder / "last.pt")
        files = (folder / "last.pt", "-o", folder / "mine.onnx")
        assert run_main(main, monkeypatch, *files, *options) == 0
        return verify(folder / "mine.onnx")

    def test_a_luv_checkpoint(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        config = replace(TINY, network="unet128", color_space="luv")
        options = ("--name", "mine", "--native-size", "96")
        found = self.export(config, tmp_path, monkeypatch, *options)
        assert (found.name, found.color_space, found.scale) == ("mine", "luv", 176)
        assert (found.multiple, found.output_stride, found.native_size) == (32, 1, 96)
        assert found.trained["network"] == "unet128"
        assert "in u*v*" in capsys.readouterr().out
        inputs = onnx.load(tmp_path / "mine.onnx").graph.input
        assert [value.name for value in inputs] == ["luminance", "hints"]

    def test_larger_crops_make_a_larger_native_size(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stages = (replace(TINY.stages[0], size=288),)
        config = replace(TINY, network="unet128", stages=stages)
        found = self.export(config, tmp_path, monkeypatch)
        assert (found.name, found.native_size) == ("unet128", 288)
        assert (found.color_space, found.scale) == ("lab", 110)


def test_every_color_space_has_a_unit() -> None:
    assert set(UNITS) == set(COLOR_SPACES)
