"""One run: networks, optimizers and position. It takes steps, and can be saved and taken up."""

from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
from lightning_fabric import Fabric
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel

from photochrom.errors import InputError, PhotochromError, UsageError
from photochrom_trainer.config import Stage, TrainConfig
from photochrom_trainer.losses.objective import Objective, Sight, weighted_sum
from photochrom_trainer.losses.weights import LossWeights
from photochrom_trainer.networks.classes import LiteClasses
from photochrom_trainer.networks.generator import Generator
from photochrom_trainer.networks.registry import build
from photochrom_trainer.training import checkpoint
from photochrom_trainer.training.discriminator import Discriminator
from photochrom_trainer.training.optimizers import make_optimizer, set_learning_rate
from photochrom_trainer.training.schedule import averaging, learning_rate

Batch: TypeAlias = tuple[Tensor, Tensor, Tensor]
"""Luminance, hints and chroma (`photochrom_trainer.data.pictures.Crops`)."""
Predicted: TypeAlias = tuple[Tensor, Tensor | None]


class Run:
    """A configuration in training.

    Args:
        config: with its epochs counted in steps.
        fabric: device, precision and processes.
        pretrained: whether a new generator starts from pretrained weights where it has any.
    """

    def __init__(self, config: TrainConfig, fabric: Fabric, pretrained: bool = True) -> None:
        torch.manual_seed(config.seed)
        self.config = config
        self.fabric = fabric
        network = build(config.network)
        if pretrained:
            network.load_pretrained()
        network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.stride = network.output_stride
        self.netG, self.optimizer = fabric.setup(network, make_optimizer(network, config))
        if isinstance(network, LiteClasses):
            self.netG.mark_forward_method("with_classes")  # as `forward`: precision, DDP's hooks
        self.average = AveragedModel(
            network, multi_avg_fn=averaging(config.ema_decay), use_buffers=True
        )
        self.discriminator = (
            Discriminator(config, fabric, self.stride) if config.adversarial else None
        )
        perceptual = any(stage.losses.perceptual for stage in config.stages)
        self.objective = Objective(config.color_space, config.scale, perceptual)
        fabric.to_device(self.objective)
        self.step = 0

    @property
    def smoothed(self) -> nn.Module:
        """The averaged generator; with an `ema_decay` of 0 the one in training."""
        module: nn.Module = self.average.module if self.config.ema_decay else self.netG.module
        return module

    def save(self, path: Path) -> None:
        """Write the checkpoint, from the first process only.

        Raises:
            OutputError: if it can't be written; an older one of that name stays as it was.
        """
        if self.fabric.is_global_zero:
            checkpoint.save(path, self._state())

    def _state(self) -> dict[str, Any]:
        return {
            "config": self.config.to_dict(),
            "step": self.step,
            "generator": self.netG.state_dict(),
            "average": self.smoothed.state_dict(),
            "averaged": int(self.average.n_averaged),
            "optimizer": self.optimizer.state_dict(),
            "discriminator": self.discriminator.state() if self.discriminator else None,
            "precision": self.fabric.strategy.precision.state_dict(),
        }

    def resume(self, path: Path) -> None:
        """Take over weights, optimizers and step.

        Raises:
            InputError: if the checkpoint is damaged.
            UsageError: if it was trained with another configuration, or is another network's.
        """
        state = checkpoint.load(path)
        _refuse_other_config(path, checkpoint.config_of(state), self.config)
        self.netG.load_state_dict(state["generator"])
        self.average.module.load_state_dict(state["average"])
        self.average.n_averaged.fill_(state["averaged"])
        self.optimizer.load_state_dict(state["optimizer"])
        if self.discriminator:
            self.discriminator.load(state["discriminator"])
        self.fabric.strategy.precision.load_state_dict(state["precision"])
        self.step = state["step"]

    def start_from(self, start: Path | dict[str, Tensor]) -> None:
        """Take over only a generator's weights; optimizers and step begin anew.

        Args:
            start: a checkpoint, whose averaged weights are taken, or the weights themselves.

        Raises:
            InputError: if the checkpoint is damaged or of another architecture.
        """
        weights = self._weights_of(start) if isinstance(start, Path) else start
        self.netG.load_state_dict(weights)
        self.average.module.load_state_dict(weights)

    def _weights_of(self, path: Path) -> dict[str, Tensor]:
        state = checkpoint.load(path)
        found, wanted = checkpoint.config_of(state).network, self.config.network
        if found != wanted:
            raise InputError(f"{path} holds a {found} network, not a {wanted}; choose another")
        weights: dict[str, Tensor] = state["average"]
        return weights

    def take_step(self, batch: Batch, stage: Stage) -> dict[str, float]:
        """Train on one batch; returns the losses by name, `total` being the generator's.

        Raises:
            PhotochromError: if a loss or a gradient is not a number; the weights stay as they are.
        """
        # Dropout depends on the step alone, so that a resumed run drops what this one would.
        torch.manual_seed(int(np.random.SeedSequence(self._place()).generate_state(1)[0]))
        self._set_modes()
        rate = learning_rate(self.config, self.step)
        set_learning_rate(self.optimizer, self.config, rate)
        luminance, hints, chroma = batch
        predicted, logits = self._predict(luminance, hints, stage)
        sight = self._sight(luminance, hints, chroma)
        losses: dict[str, Tensor] = {}
        if self.discriminator and stage.losses.adversarial:
            form = stage.losses.adversarial_form
            losses = self.discriminator.learn(sight, predicted.detach(), form, rate)
        losses |= self._improve(predicted, logits, sight, stage.losses)
        self.step += 1
        return self._over_processes(losses)

    def _predict(self, luminance: Tensor, hints: Tensor, stage: Stage) -> Predicted:
        """Chroma, and logits of its classes where their loss is wanted."""
        luminance = luminance.contiguous(memory_format=torch.channels_last)
        if not stage.losses.classes:
            return self.netG(luminance, hints).float(), None
        chroma, logits = self.netG.with_classes(luminance, hints)
        return chroma.float(), logits

    def _place(self) -> tuple[int, int, int]:
        return self.config.seed, self.step, self.fabric.global_rank

    def _set_modes(self) -> None:
        for network in (self.netG, self.discriminator and self.discriminator.netD):
            if network:
                network.train()
                if self.config.freeze_normalization:
                    freeze_normalization(network)

    def _sight(self, luminance: Tensor, hints: Tensor, chroma: Tensor) -> Sight:
        return Sight(*(F.avg_pool2d(image, self.stride) for image in (luminance, hints, chroma)))

    def _improve(
        self, predicted: Tensor, logits: Tensor | None, sight: Sight, weights: LossWeights
    ) -> dict[str, Tensor]:
        """The generator's half of a step."""
        judge = self.discriminator.judge(sight) if self.discriminator else None
        with self.fabric.autocast():
            terms = self.objective(predicted, sight, weights, judge, logits)
        total = weighted_sum(terms, weights)
        self._check(total, "loss")
        self.optimizer.zero_grad()
        self.fabric.backward(total)
        self._clip()
        self.optimizer.step()
        if self.config.ema_decay:
            self.average.update_parameters(self.netG.module)
        return {"total": total.detach()} | {name: term.detach() for name, term in terms.items()}

    def _clip(self) -> None:
        norm = self.fabric.clip_gradients(
            self.netG, self.optimizer, max_norm=self.config.clip_norm, error_if_nonfinite=False
        )
        if self.config.precision != "16-mixed":  # whose scaler skips such a step by itself
            self._check(norm, "gradient")

    def _check(self, value: Tensor | None, what: str) -> None:
        if value is None or not torch.isfinite(value):
            raise PhotochromError(
                f"the {what} is not finite at step {self.step}; lower learning_rate and resume"
            )

    def _over_processes(self, losses: dict[str, Tensor]) -> dict[str, float]:
        values = torch.stack([loss.float() for loss in losses.values()])
        if self.fabric.world_size > 1:
            values = self.fabric.all_reduce(values)  # type: ignore[assignment]
        return dict(zip(losses, values.tolist(), strict=True))


def freeze_normalization(network: nn.Module) -> None:
    """Batch norms in evaluation mode: they use and keep their running means and variances."""
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()


def _refuse_other_config(path: Path, stored: TrainConfig, asked: TrainConfig) -> None:
    """Going on with other settings would give a run that nobody can repeat."""
    old, new = stored.to_dict(), asked.to_dict()
    changed = [key for key in new if old[key] != new[key]]
    if changed:
        raise UsageError(
            f"{path} was trained with other settings ({', '.join(changed)}): "
            "take its configuration, or choose another run folder"
        )


def load_generator(path: Path) -> Generator:
    """The averaged generator of a checkpoint, ready to predict.

    Raises:
        InputError: if the file is no checkpoint, or of a network that this version doesn't know.
    """
    state = checkpoint.load(path)
    network = build(checkpoint.config_of(state).network)
    network.load_state_dict(state["average"])
    return network.eval()
