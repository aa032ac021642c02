"""A person's own pictures, in one command, into a model that photochrom runs."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import default_collate

from helpers.command import run
from helpers.training import TINY, run_main, write_pictures
from photochrom.errors import ModelError
from photochrom.models.store import find_model
from photochrom_trainer.cli import main
from photochrom_trainer.config import Stage, read_config
from photochrom_trainer.data.pictures import Crops
from photochrom_trainer.evaluation.predictors import load
from photochrom_trainer.networks.folding import load_folded, pairs
from photochrom_trainer.networks.lite_unet import LiteUNet
from photochrom_trainer.networks.registry import build
from photochrom_trainer.networks.unet256 import UNet256
from photochrom_trainer.training.exported import exported_weights
from photochrom_trainer.training.run import load_generator

TOML = """
freeze_normalization = true
[[stages]]
steps = 4
size = 64
batch = 2
learning_rate = [1e-3, 1e-3]
"""
SHIPPED = find_model("lite-unet")


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    return write_pictures(tmp_path / "own pictures")


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    path = tmp_path / "short.toml"
    path.write_text(TOML)
    return path


def chroma_of(path: Path) -> np.ndarray:
    rng = np.random.default_rng(0)
    luminance, hints = rng.random((1, 1, 64, 96), np.float32), np.zeros((1, 3, 64, 96), np.float32)
    return load(path).predict(luminance, hints)


def test_own_pictures_become_a_model_that_photochrom_runs(
    pictures: Path, settings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "mine.onnx"
    arguments = ("finetune", pictures, "-o", output, "--config", settings, "--device", "cpu")
    assert run_main(main, monkeypatch, *arguments) == 0
    assert np.abs(chroma_of(output) - chroma_of(SHIPPED)).max() > 1e-3
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (40, 60), np.uint8)).save(
        tmp_path / "grey.png"
    )
    target = tmp_path / "colour.png"
    assert run("photo", tmp_path / "grey.png", "-o", target, "--model", output).code == 0
    with Image.open(target) as colored:
        assert colored.size == (60, 40)


def test_the_preset_freezes_what_a_few_pictures_would_spoil() -> None:
    config = read_config("finetune")
    assert config.freeze_normalization
    assert config.network == "lite-unet"


@torch.inference_mode()
def test_training_starts_exactly_at_the_shipped_model() -> None:
    network = LiteUNet().eval()
    load_folded(network, SHIPPED)
    rng = np.random.default_rng(0)
    luminance, hints = (
        rng.random((1, 1, 64, 96), np.float32),
        rng.random((1, 3, 64, 96), np.float32),
    )
    answer = network(torch.from_numpy(luminance), torch.from_numpy(hints)).numpy()
    np.testing.assert_allclose(answer, load(SHIPPED).predict(luminance, hints), atol=1e-5)


@torch.inference_mode()
def test_an_exported_model_gets_its_statistics_back(pictures: Path) -> None:
    config = replace(TINY, stages=(Stage(64, 2, (1e-3, 0.0), steps=3),))
    crops = Crops(pictures, config.data, 64, config.scale, 0)
    network = LiteUNet()
    network.load_state_dict(exported_weights(SHIPPED, config, crops))
    first = network.get_submodule(next(pairs(network))[1])
    measured: list[Tensor] = []
    first.register_forward_pre_hook(lambda _, inputs: measured.append(inputs[0]))
    batch = default_collate([crops[index] for index in range(4)])[:2]
    expected = load(SHIPPED).predict(*(tensor.numpy() for tensor in batch))
    np.testing.assert_allclose(network.eval()(*batch).numpy(), expected, atol=1e-4)
    assert isinstance(first, nn.BatchNorm2d)
    assert first.running_var is not None
    spread = measured[0].var((0, 2, 3)) / first.running_var  # near 1: so are other crops' variances
    assert 0.3 < float(spread.median()) < 3


def test_a_run_starts_from_an_exported_model(
    pictures: Path, settings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ("train", pictures, "-o", tmp_path / "run", "--config", settings)
    started = (*arguments, "--from", SHIPPED, "--device", "cpu")
    changes = ("--set", "ema_decay=0.0", "--set", "pretrained_rate=0.0")
    assert run_main(main, monkeypatch, *started, *changes) == 0
    state = load_generator(tmp_path / "run" / "last.pt").state_dict()
    folded = LiteUNet()
    load_folded(folded, SHIPPED)
    stem = next(name for name in state if name.startswith("encoder") and name.endswith("weight"))
    assert torch.allclose(state[stem], folded.state_dict()[stem], atol=0.01)


@pytest.mark.parametrize("name", ["lite-unet", "unet128"])
def test_every_batch_norm_has_its_convolution(name: str) -> None:
    network = build(name)
    norms = {n for n, module in network.named_modules() if isinstance(module, nn.BatchNorm2d)}
    assert {norm for _, norm in pairs(network)} == norms
    for convolution, norm in pairs(network):
        channels = network.get_submodule(convolution).out_channels
        assert channels == network.get_submodule(norm).num_features


@pytest.mark.parametrize("network", [UNet256(base_width=1), LiteUNet()], ids=["unet", "wide"])
def test_another_networks_file_is_refused(network: LiteUNet | UNet256) -> None:
    if isinstance(network, LiteUNet):
        network.head = nn.Conv2d(48, 3, 3)
    with pytest.raises(ModelError, match="holds another network"):
        load_folded(network, SHIPPED)


@pytest.mark.parametrize(
    ("name", "message"),
    [("mine.pt", "ends in .onnx"), ("nowhere/mine.onnx", "no such folder")],
)
def test_a_wrong_target_is_found_before_training(
    pictures: Path,
    tmp_path: Path,
    name: str,
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run_main(main, monkeypatch, "finetune", pictures, "-o", tmp_path / name) in (2, 4)
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [pictures]
