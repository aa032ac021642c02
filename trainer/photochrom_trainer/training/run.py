"""The training loop, read from top to bottom: set up, take steps, keep checkpoints."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import torch
from lightning_fabric import Fabric
from torch import Tensor
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from torch.utils.data import DataLoader

from photochrom.errors import InputError, OutputError, PhotochromError, UsageError
from photochrom_trainer.config import Stage, TrainConfig
from photochrom_trainer.data.pictures import Crops, StepSampler
from photochrom_trainer.networks.lite_unet import LiteUNet
from photochrom_trainer.training import checkpoint

Batch: TypeAlias = tuple[Tensor, Tensor, Tensor]
"""Luminance, hints and chroma (`photochrom_trainer.data.pictures.Crops`)."""
Tensors: TypeAlias = tuple[Tensor, ...] | list[Tensor]
ARCHITECTURE = "lite-unet"
"""Name that checkpoints carry; another name needs other code to build it."""


@dataclass(frozen=True)
class Progress:
    """One step's report."""

    step: int
    """Steps taken so far, this one included."""
    steps: int
    """Steps of the whole run."""
    loss: float
    """L1 of chroma over the scale."""
    images_per_second: float
    """Since this session of the run began."""


class Run:
    """Networks, optimizer and position of one run; `steps` trains, `save` and `resume` keep it."""

    def __init__(self, config: TrainConfig, fabric: Fabric, pretrained: bool = True) -> None:
        torch.manual_seed(config.seed)
        self.config = config
        self.fabric = fabric
        network = LiteUNet()
        if pretrained:
            network.load_imagenet()
        network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.netG, self.optimizer = fabric.setup(network, make_optimizer(network, config))
        self.average = AveragedModel(
            network, multi_avg_fn=averaging(config.ema_decay), use_buffers=True
        )
        self.step = 0

    def save(self, path: Path) -> None:
        """Write the checkpoint."""
        state = {
            "architecture": ARCHITECTURE,
            "config": self.config.to_dict(),
            "step": self.step,
            "generator": self.netG.state_dict(),
            "average": self.average.module.state_dict(),
            "averaged": int(self.average.n_averaged),
            "optimizer": self.optimizer.state_dict(),
        }
        checkpoint.save(path, state)

    def resume(self, path: Path) -> None:
        """Take over weights, optimizer and step.

        Raises:
            InputError: if the checkpoint is damaged or of another architecture.
            UsageError: if it was trained with another configuration.
        """
        state = _read(path)
        _refuse_other_config(path, checkpoint.config_of(state), self.config)
        self.netG.load_state_dict(state["generator"])
        self.average.module.load_state_dict(state["average"])
        self.average.n_averaged.fill_(state["averaged"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step = state["step"]

    def start_from(self, path: Path) -> None:
        """Take over only the averaged weights; optimizer and step begin anew.

        Raises:
            InputError: if the checkpoint is damaged or of another architecture.
        """
        weights = _read(path)["average"]
        self.netG.load_state_dict(weights)
        self.average.module.load_state_dict(weights)

    def train(self, folder: Path) -> Iterator[Progress]:
        """Train to the end of the configuration, yielding after every step."""
        began, seen = time.perf_counter(), 0
        for stage, first in stage_starts(self.config):
            if self.step >= first + stage.steps:
                continue
            for batch in self._batches(folder, stage, first):
                set_learning_rate(self.optimizer, self.config, self.step)
                loss = self._optimize(batch)
                self.step += 1
                seen += stage.batch
                speed = seen / (time.perf_counter() - began)
                yield Progress(self.step, self.config.steps, loss, speed)

    def _batches(self, folder: Path, stage: Stage, first: int) -> Iterator[Batch]:
        config = self.config
        crops = Crops(folder, config.data, stage.size, config.scale, config.seed)
        sampler = StepSampler(self.step, first + stage.steps, stage.batch)
        loader = DataLoader(
            crops, stage.batch, sampler=sampler, num_workers=1, prefetch_factor=4, drop_last=True
        )
        try:
            yield from self.fabric.setup_dataloaders(loader, use_distributed_sampler=False)  # type: ignore[misc]
        except InputError as error:
            # The worker process hands over its whole traceback; the last line is the message.
            message = str(error).splitlines()[-1].removeprefix("photochrom.errors.InputError: ")
            raise InputError(message) from error

    def _optimize(self, batch: Batch) -> float:
        luminance, hints, chroma = batch
        self.netG.train()
        predicted = self.netG(luminance.contiguous(memory_format=torch.channels_last), hints)
        target = F.avg_pool2d(chroma, LiteUNet.output_stride)
        loss = F.l1_loss(predicted.float(), target)
        if not torch.isfinite(loss):
            raise PhotochromError(
                f"the loss is not finite at step {self.step}; lower learning_rate and resume"
            )
        self.optimizer.zero_grad()
        self.fabric.backward(loss)
        self.fabric.clip_gradients(self.netG, self.optimizer, max_norm=self.config.clip_norm)
        self.optimizer.step()
        self.average.update_parameters(self.netG.module)
        return float(loss.detach())


def averaging(limit: float) -> Callable[[Tensors, Tensors, Tensor | int], None]:
    """Moving average whose decay grows with its count, to at most `limit`.

    With 0.999 from the start, two thirds of a run of 400 steps would be its random first weights.
    (1 + n) / (10 + n) is TensorFlow's ExponentialMovingAverage with num_updates.
    """

    def update(averaged: Tensors, current: Tensors, count: Tensor | int) -> None:
        decay = min(limit, (1 + int(count)) / (10 + int(count)))
        get_ema_multi_avg_fn(decay)(averaged, current, count)  # type: ignore[no-untyped-call]

    return update


def make_optimizer(network: LiteUNet, config: TrainConfig) -> torch.optim.Optimizer:
    """AdamW with two groups: the pretrained encoder (index 0) and the rest."""
    encoder = {id(parameter) for parameter in network.encoder.parameters()}
    rest = [parameter for parameter in network.parameters() if id(parameter) not in encoder]
    groups = [{"params": list(network.encoder.parameters())}, {"params": rest}]
    return torch.optim.AdamW(groups, lr=0.0, weight_decay=config.weight_decay)


def stage_starts(config: TrainConfig) -> Iterator[tuple[Stage, int]]:
    """Each stage with the number of its first step."""
    first = 0
    for stage in config.stages:
        yield stage, first
        first += stage.steps


def images_seen(config: TrainConfig, step: int) -> int:
    """Pictures that a run has drawn in its first `step` steps."""
    return sum(
        stage.batch * min(max(step - first, 0), stage.steps)
        for stage, first in stage_starts(config)
    )


def set_learning_rate(optimizer: torch.optim.Optimizer, config: TrainConfig, step: int) -> None:
    """Set both groups' rates for the step that comes next."""
    for stage, first in stage_starts(config):
        if step < first + stage.steps:
            start, end = stage.learning_rate
            rate = start + (end - start) * (step - first) / stage.steps
            break
    encoder, rest = optimizer.param_groups
    encoder["lr"], rest["lr"] = rate * config.encoder_rate, rate


def train(
    config: TrainConfig,
    folder: Path,
    output: Path,
    fabric: Fabric,
    pretrained: bool = True,
    start: Path | None = None,
) -> Iterator[Progress]:
    """Train, or go on where `output` stopped; yields every step.

    Args:
        config: what is trained, and how.
        folder: colour pictures.
        output: the run's folder; gets ``last.pt`` (the checkpoint), ``stage-N.pt`` (a copy at the
            end of stage N, from which other cool-downs can start), ``config.json`` and
            ``losses.jsonl``.
        fabric: device and precision.
        pretrained: whether the encoder of a new run starts from ImageNet.
        start: checkpoint whose averaged weights a new run starts from.

    Raises:
        InputError: if there are no pictures, or the checkpoint can't be read.
        UsageError: if the checkpoint was trained with another configuration.
        OutputError: if a checkpoint can't be written.
    """
    last, losses = output / "last.pt", output / "losses.jsonl"
    run = Run(config, fabric, pretrained)
    if last.exists():
        run.resume(last)
    elif start is not None:
        run.start_from(start)
    _prepare(output, config, losses, run.step)
    stage_ends = {first + stage.steps: n for n, (stage, first) in enumerate(stage_starts(config))}
    with losses.open("a") as log:
        for progress in run.train(folder):
            log.write(json.dumps({"step": progress.step, "loss": progress.loss}) + "\n")
            ended = stage_ends.get(progress.step)
            if ended is not None or progress.step % config.save_every == 0:
                log.flush()
                run.save(last)
            if ended is not None:
                run.save(output / f"stage-{ended}.pt")
            yield progress


def _prepare(output: Path, config: TrainConfig, losses: Path, step: int) -> None:
    """Make the run's folder; forget losses that a killed run logged after its last checkpoint."""
    try:
        output.mkdir(parents=True, exist_ok=True)
        (output / "config.json").write_text(json.dumps(config.to_dict(), indent=2))
        logged = losses.read_text().splitlines(keepends=True) if losses.exists() else []
        losses.write_text("".join(logged[:step]))
    except OSError as error:
        raise OutputError(f"can't use {output} as a run's folder: {error}") from error


def _read(path: Path) -> dict[str, Any]:
    """A checkpoint of this architecture, or InputError."""
    state = checkpoint.load(path)
    found = state.get("architecture")
    if found != ARCHITECTURE:
        raise InputError(f"{path} holds a {found} network; this version builds {ARCHITECTURE}")
    return state


def _refuse_other_config(path: Path, stored: TrainConfig, asked: TrainConfig) -> None:
    """Going on with other settings would give a run that nobody can repeat."""
    old, new = stored.to_dict(), asked.to_dict()
    changed = [key for key in new if old[key] != new[key]]
    if changed:
        raise UsageError(
            f"{path} was trained with other settings ({', '.join(changed)}): "
            "take its configuration, or choose another run folder"
        )


def load_generator(path: Path) -> LiteUNet:
    """The averaged generator of a checkpoint, ready to predict.

    Raises:
        InputError: if the file is no checkpoint of this architecture.
    """
    network = LiteUNet()
    network.load_state_dict(_read(path)["average"])
    return network.eval()
