"""The generator's opponent: its network, its optimizer and its part of a step."""

from typing import Any

import torch
from lightning_fabric import Fabric
from torch import Tensor

from photochrom.errors import UsageError
from photochrom_trainer.config import TrainConfig
from photochrom_trainer.losses import adversarial
from photochrom_trainer.losses.objective import Judge, Sight
from photochrom_trainer.networks.patchgan import PatchGAN
from photochrom_trainer.training.optimizers import adam


class Discriminator:
    """A PatchGAN in training.

    Args:
        config: the run's.
        fabric: device, precision and processes.
        stride: the generator's output stride; the discriminator sees pictures of that size.

    Raises:
        UsageError: if a stage's pictures are smaller than its patches need.
    """

    def __init__(self, config: TrainConfig, fabric: Fabric, stride: int) -> None:
        settings = config.discriminator
        _check_sizes(config, stride)
        network = PatchGAN(settings.layers, settings.hints)
        network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        optimizer = adam([{"params": list(network.parameters())}], config)
        self.rate = settings.rate
        self.fabric = fabric
        self.netD, self.optimizer = fabric.setup(network, optimizer)

    def learn(self, sight: Sight, predicted: Tensor, form: str, rate: float) -> dict[str, Tensor]:
        """Take one step on a batch; returns the two halves of the loss.

        Args:
            sight: the truth.
            predicted: the generator's chroma, detached.
            form: name of the adversarial form.
            rate: the generator's learning rate.
        """
        self.optimizer.param_groups[0]["lr"] = rate * self.rate
        real = self.netD(sight.luminance, sight.hints, sight.chroma)
        fake = self.netD(sight.luminance, sight.hints, predicted)
        losses = {
            "discriminator_real": adversarial.on_truth(form, real.float()),
            "discriminator_fake": adversarial.on_prediction(form, fake.float()),
        }
        self.optimizer.zero_grad()
        # Half of the sum: pix2pix slows the discriminator relative to the generator by it.
        self.fabric.backward((losses["discriminator_real"] + losses["discriminator_fake"]) / 2)
        self.optimizer.step()
        return {name: loss.detach() for name, loss in losses.items()}

    def judge(self, sight: Sight) -> Judge:
        """The verdict on a prediction for this batch, with slopes for the prediction only."""
        network = self.netD.module

        def verdict(predicted: Tensor) -> Tensor:
            network.requires_grad_(False)
            try:
                with self.fabric.autocast():
                    logits: Tensor = network(sight.luminance, sight.hints, predicted)
            finally:
                network.requires_grad_(True)
            return logits.float()

        return verdict

    def state(self) -> dict[str, Any]:
        """For the checkpoint."""
        return {"network": self.netD.state_dict(), "optimizer": self.optimizer.state_dict()}

    def load(self, state: dict[str, Any]) -> None:
        """Take over a checkpoint's weights and optimizer."""
        self.netD.load_state_dict(state["network"])
        self.optimizer.load_state_dict(state["optimizer"])


def _check_sizes(config: TrainConfig, stride: int) -> None:
    """Each layer halves, and the last two convolutions need three pixels a side."""
    least = 3 * 2**config.discriminator.layers * stride
    for stage in config.stages:
        if stage.losses.adversarial and stage.size < least:
            raise UsageError(
                f"{config.discriminator.layers} discriminator.layers need pictures of {least} "
                f"pixels, not {stage.size}; take fewer layers or a larger stage"
            )
