"""pix2pix's training as one writes it down in PyTorch, for `benchmarks/training.py`.

The step of its authors (`Pix2PixModel.optimize_parameters`): pictures with PIL in the loop's own
process, PyTorch's defaults, float32.
"""

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from photochrom.color import lab
from photochrom.color.spaces import SCALES
from photochrom_trainer.data.layouts import list_pictures
from photochrom_trainer.networks.patchgan import PatchGAN
from photochrom_trainer.networks.registry import build


class Pictures(Dataset[tuple[Tensor, Tensor]]):
    """Pictures as pix2pix prepares them: scaled to 286 / 256 of the size, cropped, mirrored."""

    def __init__(self, folder: Path, size: int) -> None:
        self.paths = list_pictures(folder)
        self.size = size

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        large = self.size * 286 // 256
        image = Image.open(self.paths[index]).convert("RGB").resize((large, large))
        left, top = (random.randint(0, large - self.size) for _ in range(2))
        image = image.crop((left, top, left + self.size, top + self.size))
        if random.random() < 0.5:
            image = ImageOps.mirror(image)
        planes = lab.from_srgb(np.asarray(image, np.float32) / 255).transpose(2, 0, 1)
        return torch.from_numpy(planes[:1] / 100), torch.from_numpy(planes[1:] / SCALES["lab"])


class Textbook:
    """pix2pix's two networks, their losses and optimizers; going through it takes steps."""

    def __init__(self, network: str, loader: "DataLoader[Any]", device: str) -> None:
        self.loader = loader
        self.device = device
        self.netG = build(network).to(device)
        self.netD = PatchGAN().to(device)
        self.optimizerG = torch.optim.Adam(self.netG.parameters(), lr=2e-4, betas=(0.5, 0.999))
        self.optimizerD = torch.optim.Adam(self.netD.parameters(), lr=2e-4, betas=(0.5, 0.999))
        self.bce, self.l1 = nn.BCEWithLogitsLoss(), nn.L1Loss()

    def __iter__(self) -> Iterator[dict[str, float]]:
        while True:
            for luminance, chroma in self.loader:
                yield self.take_step(luminance.to(self.device), chroma.to(self.device))

    def take_step(self, luminance: Tensor, chroma: Tensor) -> dict[str, float]:
        """Train both networks on a batch; returns their losses."""
        predicted = self.netG(luminance, luminance[:, :0])  # no hints
        discriminator = self.train_discriminator(luminance, chroma, predicted)
        generator = self.train_generator(luminance, chroma, predicted)
        return {"discriminator": discriminator.item(), "generator": generator.item()}

    def train_discriminator(self, luminance: Tensor, chroma: Tensor, predicted: Tensor) -> Tensor:
        """Its half of a step."""
        self.netD.requires_grad_(True)
        self.optimizerD.zero_grad()
        fake = self.judge(luminance, predicted.detach(), torch.zeros_like)
        real = self.judge(luminance, chroma, torch.ones_like)
        loss = (fake + real) / 2
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimizerD.step()
        return loss

    def train_generator(self, luminance: Tensor, chroma: Tensor, predicted: Tensor) -> Tensor:
        """Its half of a step."""
        self.netD.requires_grad_(False)
        self.optimizerG.zero_grad()
        loss = self.generator_loss(luminance, chroma, predicted)
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimizerG.step()
        return loss

    def generator_loss(self, luminance: Tensor, chroma: Tensor, predicted: Tensor) -> Tensor:
        """The paper's equation 4 with its weights."""
        adversarial = self.judge(luminance, predicted, torch.ones_like)
        loss: Tensor = adversarial + 100 * self.l1(predicted, chroma)
        return loss

    def judge(self, luminance: Tensor, chroma: Tensor, label: Callable[..., Tensor]) -> Tensor:
        """Cross entropy of the discriminator's logits, all patches having one label."""
        logits = self.netD(luminance, luminance[:, :0], chroma)
        loss: Tensor = self.bce(logits, label(logits))
        return loss


def start_textbook(options: Any, batch: int, pictures: Path, folder: Path) -> Textbook:
    """A plain loop; it keeps nothing in the folder."""
    del folder
    torch.manual_seed(0)
    random.seed(0)
    if options.threads:
        torch.set_num_threads(options.threads)
    dataset = Pictures(pictures, options.size)
    loader = DataLoader(dataset, batch, shuffle=True, drop_last=True)
    return Textbook(options.network, loader, options.device)


def watch_textbook(textbook: Textbook, watch: Callable[[Any, str, str], None]) -> None:
    """Hang the stopwatch around the parts of a step."""
    watch(textbook.netG, "forward", "generator forward")
    watch(textbook, "train_discriminator", "discriminator step")
    watch(textbook, "generator_loss", "generator's loss")
    watch(textbook.optimizerG, "step", "generator's optimizer")
