"""Inception v3 for FID, in both variants that published numbers were made with.

Architecture: Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", CVPR
2016. Parameter names are those of both published weight files. The two differ in their weights, in
how some pools treat the border, and in how pictures are shown to them, so their FIDs can't be
compared with each other:

``torchvision`` is the 1000-class ``inception_v3_google-*.pth``, as DDColor's table used it. It is
shown pictures as DDColor's code shows them (``basicsr/metrics/custom_fid.py``), which takes pixels
in 0..1 for -1..1 and so halves their contrast: what counts is the same number for the same picture.

``tensorflow`` is the 1008-class ``pt_inception-2015-12-05-*.pth``, ported from TensorFlow, which
pytorch-fid uses. Its average pools leave the padding out of the mean, and its last block takes the
largest value instead of the mean.
"""

import hashlib
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from photochrom.errors import InputError

SIDE = 299
"""Side that pictures are resized to, bilinearly."""
Variant: TypeAlias = Literal["torchvision", "tensorflow"]
CLASSIFIERS: dict[tuple[int, ...], Variant] = {
    (1000, 2048): "torchvision",
    (1008, 2048): "tensorflow",
}
"""Variant by the shape of ``fc.weight``: classes x features."""
UNUSED = ("AuxLogits.", "fc.")
"""Parts of the weight files that features don't need."""


class BasicConv2d(nn.Module):
    """Convolution, batch norm, ReLU."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int | tuple[int, int],
        stride: int = 1,
        padding: int | tuple[int, int] = 0,
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=False)
        self.bn = nn.BatchNorm2d(outputs, eps=0.001)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.bn(self.conv(x)))


def _wide(inputs: int, outputs: int, width: int) -> BasicConv2d:
    return BasicConv2d(inputs, outputs, (1, width), padding=(0, width // 2))


def _tall(inputs: int, outputs: int, height: int) -> BasicConv2d:
    return BasicConv2d(inputs, outputs, (height, 1), padding=(height // 2, 0))


def _mean(x: Tensor, variant: Variant) -> Tensor:
    return F.avg_pool2d(x, 3, 1, 1, count_include_pad=variant == "torchvision")


class InceptionA(nn.Module):
    """35 x 35 grid."""

    def __init__(self, inputs: int, pooled: int, variant: Variant) -> None:
        super().__init__()
        self.variant = variant
        self.branch1x1 = BasicConv2d(inputs, 64, 1)
        self.branch5x5_1 = BasicConv2d(inputs, 48, 1)
        self.branch5x5_2 = BasicConv2d(48, 64, 5, padding=2)
        self.branch3x3dbl_1 = BasicConv2d(inputs, 64, 1)
        self.branch3x3dbl_2 = BasicConv2d(64, 96, 3, padding=1)
        self.branch3x3dbl_3 = BasicConv2d(96, 96, 3, padding=1)
        self.branch_pool = BasicConv2d(inputs, pooled, 1)

    def forward(self, x: Tensor) -> Tensor:
        five = self.branch5x5_2(self.branch5x5_1(x))
        double = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        pool = self.branch_pool(_mean(x, self.variant))
        return torch.cat((self.branch1x1(x), five, double, pool), dim=1)


class InceptionB(nn.Module):
    """From 35 x 35 to 17 x 17."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.branch3x3 = BasicConv2d(inputs, 384, 3, stride=2)
        self.branch3x3dbl_1 = BasicConv2d(inputs, 64, 1)
        self.branch3x3dbl_2 = BasicConv2d(64, 96, 3, padding=1)
        self.branch3x3dbl_3 = BasicConv2d(96, 96, 3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        double = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        return torch.cat((self.branch3x3(x), double, F.max_pool2d(x, 3, 2)), dim=1)


class InceptionC(nn.Module):
    """17 x 17 grid."""

    def __init__(self, inputs: int, middle: int, variant: Variant) -> None:
        super().__init__()
        self.variant = variant
        self.branch1x1 = BasicConv2d(inputs, 192, 1)
        self.branch7x7_1 = BasicConv2d(inputs, middle, 1)
        self.branch7x7_2 = _wide(middle, middle, 7)
        self.branch7x7_3 = _tall(middle, 192, 7)
        self.branch7x7dbl_1 = BasicConv2d(inputs, middle, 1)
        self.branch7x7dbl_2 = _tall(middle, middle, 7)
        self.branch7x7dbl_3 = _wide(middle, middle, 7)
        self.branch7x7dbl_4 = _tall(middle, middle, 7)
        self.branch7x7dbl_5 = _wide(middle, 192, 7)
        self.branch_pool = BasicConv2d(inputs, 192, 1)

    def forward(self, x: Tensor) -> Tensor:
        seven = self.branch7x7_3(self.branch7x7_2(self.branch7x7_1(x)))
        double = self.branch7x7dbl_3(self.branch7x7dbl_2(self.branch7x7dbl_1(x)))
        double = self.branch7x7dbl_5(self.branch7x7dbl_4(double))
        pool = self.branch_pool(_mean(x, self.variant))
        return torch.cat((self.branch1x1(x), seven, double, pool), dim=1)


class InceptionD(nn.Module):
    """From 17 x 17 to 8 x 8."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.branch3x3_1 = BasicConv2d(inputs, 192, 1)
        self.branch3x3_2 = BasicConv2d(192, 320, 3, stride=2)
        self.branch7x7x3_1 = BasicConv2d(inputs, 192, 1)
        self.branch7x7x3_2 = _wide(192, 192, 7)
        self.branch7x7x3_3 = _tall(192, 192, 7)
        self.branch7x7x3_4 = BasicConv2d(192, 192, 3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        three = self.branch3x3_2(self.branch3x3_1(x))
        seven = self.branch7x7x3_3(self.branch7x7x3_2(self.branch7x7x3_1(x)))
        return torch.cat((three, self.branch7x7x3_4(seven), F.max_pool2d(x, 3, 2)), dim=1)


class InceptionE(nn.Module):
    """8 x 8 grid."""

    def __init__(self, inputs: int, variant: Variant, largest: bool = False) -> None:
        super().__init__()
        self.variant = variant
        self.largest = largest
        self.branch1x1 = BasicConv2d(inputs, 320, 1)
        self.branch3x3_1 = BasicConv2d(inputs, 384, 1)
        self.branch3x3_2a = _wide(384, 384, 3)
        self.branch3x3_2b = _tall(384, 384, 3)
        self.branch3x3dbl_1 = BasicConv2d(inputs, 448, 1)
        self.branch3x3dbl_2 = BasicConv2d(448, 384, 3, padding=1)
        self.branch3x3dbl_3a = _wide(384, 384, 3)
        self.branch3x3dbl_3b = _tall(384, 384, 3)
        self.branch_pool = BasicConv2d(inputs, 192, 1)

    def forward(self, x: Tensor) -> Tensor:
        three = self.branch3x3_1(x)
        double = self.branch3x3dbl_2(self.branch3x3dbl_1(x))
        pool = F.max_pool2d(x, 3, 1, 1) if self.largest else _mean(x, self.variant)
        branches = (
            self.branch1x1(x),
            self.branch3x3_2a(three),
            self.branch3x3_2b(three),
            self.branch3x3dbl_3a(double),
            self.branch3x3dbl_3b(double),
            self.branch_pool(pool),
        )
        return torch.cat(branches, dim=1)


class InceptionV3(nn.Module):
    """N x 3 x H x W sRGB in 0..1 to N x 2048: the last map, averaged over the picture."""

    def __init__(self, variant: Variant) -> None:
        super().__init__()
        self.variant = variant
        self.Conv2d_1a_3x3 = BasicConv2d(3, 32, 3, stride=2)
        self.Conv2d_2a_3x3 = BasicConv2d(32, 32, 3)
        self.Conv2d_2b_3x3 = BasicConv2d(32, 64, 3, padding=1)
        self.maxpool1 = nn.MaxPool2d(3, 2)
        self.Conv2d_3b_1x1 = BasicConv2d(64, 80, 1)
        self.Conv2d_4a_3x3 = BasicConv2d(80, 192, 3)
        self.maxpool2 = nn.MaxPool2d(3, 2)
        self.Mixed_5b = InceptionA(192, 32, variant)
        self.Mixed_5c = InceptionA(256, 64, variant)
        self.Mixed_5d = InceptionA(288, 64, variant)
        self.Mixed_6a = InceptionB(288)
        self.Mixed_6b = InceptionC(768, 128, variant)
        self.Mixed_6c = InceptionC(768, 160, variant)
        self.Mixed_6d = InceptionC(768, 160, variant)
        self.Mixed_6e = InceptionC(768, 192, variant)
        self.Mixed_7a = InceptionD(768)
        self.Mixed_7b = InceptionE(1280, variant)
        self.Mixed_7c = InceptionE(2048, variant, largest=variant == "tensorflow")

    def forward(self, pictures: Tensor) -> Tensor:
        x = F.interpolate(pictures, size=(SIDE, SIDE), mode="bilinear", align_corners=False)
        x = shown(x, self.variant)
        for stage in self.children():
            x = stage(x)
        return x.mean((2, 3))


def shown(pictures: Tensor, variant: Variant) -> Tensor:
    """Pictures (N x 3 x H x W, 0..1) in the range that each variant's published numbers used."""
    if variant == "tensorflow":
        return 2 * pictures - 1
    mean, deviation = (
        torch.tensor(values).reshape(1, 3, 1, 1)
        for values in ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
    )
    halved = pictures / 2 + 0.5
    return (halved * deviation + mean - 0.5) / 0.5


@dataclass(frozen=True)
class Inception:
    """A network for FID with all that must stand beside its numbers."""

    network: nn.Module
    """N x 3 x H x W sRGB in 0..1 to N x features."""
    variant: Variant
    sha256: str
    """Digest of the weight file."""


def read_inception(path: Path) -> Inception:
    """Load a local weight file; its number of classes tells which variant it is.

    Raises:
        InputError: if it is missing, damaged, or neither of the two.
    """
    state = _read(path)
    variant = _variant(path, state)
    network = InceptionV3(variant)
    used = {name: value for name, value in state.items() if not name.startswith(UNUSED)}
    try:
        network.load_state_dict(used)
    except RuntimeError as error:
        reason = " ".join(str(error).split())[:200]
        raise InputError(f"{path} is not Inception v3 as {variant} names it: {reason}") from error
    return Inception(network.eval(), variant, hashlib.sha256(path.read_bytes()).hexdigest())


def _read(path: Path) -> dict[str, Tensor]:
    try:
        state: object = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, pickle.UnpicklingError, EOFError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(f"{path} can't be read as Inception weights: {reason}") from error
    if not isinstance(state, dict) or not isinstance(state.get("fc.weight"), Tensor):
        raise InputError(f"{path} holds no Inception weights: it has no tensor fc.weight")
    return state


def _variant(path: Path, state: dict[str, Tensor]) -> Variant:
    shape = tuple(state["fc.weight"].shape)
    if shape not in CLASSIFIERS:
        raise InputError(
            f"{path} is neither torchvision's Inception (1000 classes) nor TensorFlow's (1008): "
            f"its fc.weight is of shape {shape}"
        )
    return CLASSIFIERS[shape]
