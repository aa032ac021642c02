"""Inception's two variants: names, shapes, input and what makes them different."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from photochrom.errors import InputError
from photochrom_trainer.evaluation.inception import (
    InceptionV3,
    Variant,
    _mean,
    read_inception,
    shown,
)

STEM = "Conv2d_1a_3x3 Conv2d_2a_3x3 Conv2d_2b_3x3 Conv2d_3b_1x1 Conv2d_4a_3x3"
BLOCK_A = "1x1 5x5_1 5x5_2 3x3dbl_1 3x3dbl_2 3x3dbl_3 _pool"
BLOCK_B = "3x3 3x3dbl_1 3x3dbl_2 3x3dbl_3"
BLOCK_C = "1x1 7x7_1 7x7_2 7x7_3 7x7dbl_1 7x7dbl_2 7x7dbl_3 7x7dbl_4 7x7dbl_5 _pool"
BLOCK_D = "3x3_1 3x3_2 7x7x3_1 7x7x3_2 7x7x3_3 7x7x3_4"
BLOCK_E = "1x1 3x3_1 3x3_2a 3x3_2b 3x3dbl_1 3x3dbl_2 3x3dbl_3a 3x3dbl_3b _pool"
BLOCKS = {
    "Mixed_5b": BLOCK_A,
    "Mixed_5c": BLOCK_A,
    "Mixed_5d": BLOCK_A,
    "Mixed_6a": BLOCK_B,
    "Mixed_6b": BLOCK_C,
    "Mixed_6c": BLOCK_C,
    "Mixed_6d": BLOCK_C,
    "Mixed_6e": BLOCK_C,
    "Mixed_7a": BLOCK_D,
    "Mixed_7b": BLOCK_E,
    "Mixed_7c": BLOCK_E,
}
"""Convolutions of both published weight files."""
CHANNELS = {
    "Mixed_5b": 256,
    "Mixed_5c": 288,
    "Mixed_5d": 288,
    "Mixed_6a": 768,
    "Mixed_6e": 768,
    "Mixed_7a": 1280,
    "Mixed_7b": 2048,
    "Mixed_7c": 2048,
}
VARIANTS: tuple[Variant, ...] = ("torchvision", "tensorflow")
CLASSES = {"torchvision": 1000, "tensorflow": 1008}


def published_names() -> set[str]:
    branches = {
        f"{block}.branch{name}" for block, names in BLOCKS.items() for name in names.split()
    }
    tensors = ("conv.weight", "bn.weight", "bn.bias", "bn.running_mean", "bn.running_var")
    return {f"{branch}.{tensor}" for branch in {*STEM.split(), *branches} for tensor in tensors}


def published(variant: Variant, **changes: Any) -> dict[str, Tensor]:
    """A weight file's tensors, all ones; expanded from single numbers, so the file stays small."""
    shapes = {
        name: value.shape
        for name, value in InceptionV3(variant).state_dict().items()
        if not name.endswith("num_batches_tracked")
    }
    shapes["fc.weight"] = torch.Size((CLASSES[variant], 2048))
    shapes["fc.bias"] = torch.Size((CLASSES[variant],))
    if variant == "torchvision":
        shapes["AuxLogits.conv0.conv.weight"] = torch.Size((128, 768, 1, 1))
    return {name: torch.ones(()).expand(shape) for name, shape in shapes.items()} | changes


@pytest.mark.parametrize("variant", VARIANTS)
def test_names_and_sizes_are_the_published_ones(variant: Variant) -> None:
    network = InceptionV3(variant)
    found = {name for name in network.state_dict() if not name.endswith("num_batches_tracked")}
    assert found == published_names()
    # torchvision's 27,161,264 less the auxiliary classifier and the last layer
    aux, last = 3_326_696, 2048 * 1000 + 1000
    assert sum(p.numel() for p in network.parameters()) == 27_161_264 - aux - last


def test_shapes_at_299() -> None:
    network, sizes = InceptionV3("torchvision").eval(), {}

    def note(name: str) -> Any:
        def hook(module: nn.Module, inputs: object, output: Tensor) -> None:
            sizes[name] = tuple(output.shape[1:])

        return hook

    for name in CHANNELS:
        network.get_submodule(name).register_forward_hook(note(name))
    with torch.inference_mode():
        features = network(torch.rand(1, 3, 224, 224))
    assert features.shape == (1, 2048)
    sides = {"Mixed_5": 35, "Mixed_6": 17, "Mixed_7": 8}
    assert sizes == {name: (count, *[sides[name[:7]]] * 2) for name, count in CHANNELS.items()}


def test_the_variants_pool_differently() -> None:
    """A border of zeros counts in torchvision's means and not in TensorFlow's."""
    ones = torch.ones(1, 1, 4, 4)
    torch.testing.assert_close(_mean(ones, "tensorflow"), ones)
    assert _mean(ones, "torchvision")[0, 0, 0, 0] == pytest.approx(4 / 9)
    assert InceptionV3("tensorflow").Mixed_7c.largest
    assert not InceptionV3("tensorflow").Mixed_7b.largest
    assert not InceptionV3("torchvision").Mixed_7c.largest


def test_equal_weights_give_other_features() -> None:
    one = InceptionV3("torchvision").eval()
    other = InceptionV3("tensorflow").eval()
    other.load_state_dict(one.state_dict())
    with torch.inference_mode():
        picture = torch.rand(1, 3, 75, 75)
        assert not torch.allclose(one(picture), other(picture), rtol=0.01)


def test_pictures_are_shown_as_each_code_shows_them() -> None:
    x = torch.rand(1, 3, 2, 2)
    torch.testing.assert_close(shown(x, "tensorflow"), 2 * x - 1)
    # ImageNet's mean and deviation, on what DDColor takes for -1..1
    red = (x[:, 0] * 0.5 + 0.5) * (0.229 / 0.5) + (0.485 - 0.5) / 0.5
    torch.testing.assert_close(shown(x, "torchvision")[:, 0], red)


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_file_tells_its_variant(tmp_path: Path, variant: Variant) -> None:
    torch.save(published(variant), tmp_path / "weights.pth")
    found = read_inception(tmp_path / "weights.pth")
    assert found.variant == variant
    assert len(found.sha256) == 64
    assert not found.network.training
    weight = found.network.get_parameter("Mixed_7c.branch_pool.conv.weight")
    torch.testing.assert_close(weight, torch.ones_like(weight))


def test_newer_files_count_batches(tmp_path: Path) -> None:
    counts = {"Conv2d_1a_3x3.bn.num_batches_tracked": torch.tensor(7)}
    torch.save(published("tensorflow", **counts), tmp_path / "weights.pth")
    assert read_inception(tmp_path / "weights.pth").variant == "tensorflow"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"no weights", "can't be read as Inception weights"),
        ({"fc.weight": torch.zeros(10, 512)}, r"neither .* of shape \(10, 512\)"),
        ({"features.0.weight": torch.zeros(3)}, "no tensor fc.weight"),
        ([1, 2], "no tensor fc.weight"),
        ({"fc.weight": torch.zeros(()).expand(1000, 2048)}, "is not Inception v3 as torchvision"),
    ],
    ids=["text", "other", "vgg", "list", "empty"],
)
def test_another_file_is_refused_in_one_line(tmp_path: Path, content: Any, message: str) -> None:
    path = tmp_path / "weights.pth"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        torch.save(content, path)
    with pytest.raises(InputError, match=message) as caught:
        read_inception(path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nothing\.pth"):
        read_inception(tmp_path / "nothing.pth")
