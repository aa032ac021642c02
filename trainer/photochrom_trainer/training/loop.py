"""The training loop, read from top to bottom: set up, take steps, keep checkpoints."""

import json
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from lightning_fabric import Fabric
from torch.utils.data import DataLoader

from photochrom.errors import OutputError, UsageError
from photochrom_trainer.config import SMALLEST, Stage, TrainConfig
from photochrom_trainer.data.loading import measure_loading, plain_errors
from photochrom_trainer.data.pictures import Crops
from photochrom_trainer.data.screening import Screening
from photochrom_trainer.networks.generator import Generator
from photochrom_trainer.training.exported import exported_weights
from photochrom_trainer.training.run import Batch, Run
from photochrom_trainer.training.schedule import (
    Share,
    StepSampler,
    in_steps,
    learning_rate,
    stage_starts,
)

LOADING_BATCHES = 4
"""Batches that the speed of loading is measured on: a second or two."""


@dataclass(frozen=True)
class Progress:
    """One step's report."""

    step: int
    """Steps taken so far, this one included."""
    steps: int
    """Steps of the whole run."""
    losses: dict[str, float]
    """Unweighted terms by name, and ``total``, which the generator lowers."""
    images_per_second: float
    """Over all processes, since this session of the run began."""
    learning_rate: float
    """Of this step."""


class Training:
    """A run on a folder of pictures; going through it takes its steps.

    Args:
        config: what is trained, and how.
        folder: colour pictures.
        output: the run's folder; gets ``last.pt`` (the checkpoint), ``stage-N.pt`` (a copy at the
            end of stage N, from which other cool-downs can start), ``config.json`` and
            ``losses.jsonl``. A run that it holds already goes on where it stopped.
        fabric: device, precision and processes; launched.
        pretrained: whether a new run starts from pretrained weights where there are any.
        start: what a new run starts from: a checkpoint, whose averaged weights are taken, or an
            exported model (.onnx).

    Raises:
        InputError: if there are no pictures, or the checkpoint can't be read.
        ModelError: if the exported model can't be used.
        UsageError: if the checkpoint was trained with another configuration.
        OutputError: if the folder or a checkpoint can't be written.
    """

    def __init__(
        self,
        config: TrainConfig,
        folder: Path,
        output: Path,
        fabric: Fabric,
        pretrained: bool = True,
        start: Path | None = None,
    ) -> None:
        # Its size changes from stage to stage; what it has found out about the pictures stays.
        largest = max(stage.size for stage in config.stages)
        self.crops = Crops(
            folder, config.data, largest, config.scale, config.seed, color_space=config.color_space
        )
        self.output = output
        self.run = Run(in_steps(config, len(self.crops)), fabric, pretrained)
        self.share = _share(self.run.config, fabric)
        if (output / "last.pt").exists():
            self.run.resume(output / "last.pt")
        elif start is not None:
            exported = start.suffix == ".onnx"
            self.run.start_from(
                exported_weights(start, self.config, self.crops) if exported else start
            )
        fabric.barrier()

    @property
    def config(self) -> TrainConfig:
        """The configuration, with epochs counted in steps."""
        return self.run.config

    @property
    def generator(self) -> Generator:
        """The averaged generator as it is now; don't change it."""
        network = self.run.smoothed
        assert isinstance(network, Generator)
        return network.eval()

    def pictures(self) -> list[Path]:
        """What is trained on, in the order of the files; some may turn out to be left out."""
        return [self.crops.path(number) for number in range(len(self.crops))]

    def screening(self) -> Screening:
        """Counts of what has been found out about the pictures so far."""
        return self.crops.screening()

    def loading_speed(self) -> float:
        """Crops a second that the next stage's pictures come at when no model waits for them."""
        starts = stage_starts(self.config)
        stage = next((s for s, first in starts if self.run.step < first + s.steps), None)
        stage = stage or self.config.stages[-1]
        self.crops.size = stage.size
        return measure_loading(self.crops, stage.batch, LOADING_BATCHES, workers=1)

    def __iter__(self) -> Iterator[Progress]:
        """Take every step that is left; log it, and keep checkpoints."""
        run, began, seen = self.run, time.perf_counter(), 0
        with self._open_log() as log:
            for stage, batch in self._batches():
                rate = learning_rate(self.config, run.step)
                losses = run.take_step(batch, stage)
                self._note(log, {"step": run.step, "learning_rate": rate, "losses": losses})
                self._keep()
                seen += stage.batch
                speed = seen / (time.perf_counter() - began)
                yield Progress(run.step, self.config.steps, losses, speed, rate)

    def save(self) -> None:
        """Write the checkpoint that the run goes on from.

        Raises:
            OutputError: if it can't be written.
        """
        self.run.save(self.output / "last.pt")

    def _note(self, log: TextIO, entry: dict[str, Any]) -> None:
        try:
            log.write(json.dumps(entry) + "\n")
        except OSError as error:
            raise OutputError(
                f"can't write {self.output / 'losses.jsonl'}: {error}; free some space and resume"
            ) from error

    def _keep(self) -> None:
        """Write the checkpoints that are due."""
        step = self.run.step
        ended = [
            number
            for number, (stage, first) in enumerate(stage_starts(self.config))
            if step == first + stage.steps
        ]
        if ended or step % self.config.save_every == 0:
            self.save()
        for number in ended:
            self.run.save(self.output / f"stage-{number}.pt")

    def _batches(self) -> Iterator[tuple[Stage, Batch]]:
        for stage, first in stage_starts(self.config):
            last = first + stage.steps
            if self.run.step >= last:
                continue
            self.crops.size = stage.size
            loader = DataLoader(
                self.crops,
                stage.batch // self.share.processes,
                sampler=StepSampler(self.run.step, last, stage.batch, self.share),
                num_workers=1,
                prefetch_factor=4,
            )
            with plain_errors():
                for batch in self._on_device(loader):
                    yield stage, batch

    def _on_device(self, loader: "DataLoader[Batch]") -> Iterable[Batch]:
        return self.run.fabric.setup_dataloaders(loader, use_distributed_sampler=False)  # type: ignore[return-value]

    def _open_log(self) -> TextIO:
        """Make the run's folder; forget what a killed run logged after its last checkpoint."""
        if not self.run.fabric.is_global_zero:
            return Path(os.devnull).open("a")
        losses = self.output / "losses.jsonl"
        try:
            self.output.mkdir(parents=True, exist_ok=True)
            (self.output / "config.json").write_text(json.dumps(self.config.to_dict(), indent=2))
            logged = losses.read_text().splitlines(keepends=True) if losses.exists() else []
            losses.write_text("".join(logged[: self.run.step]))
            return losses.open("a", buffering=1)
        except OSError as error:
            raise OutputError(f"can't use {self.output} as a run's folder: {error}") from error


def _share(config: TrainConfig, fabric: Fabric) -> Share:
    """This process's part of the batches."""
    for stage in config.stages:
        if stage.batch % fabric.world_size:
            raise UsageError(
                f"{fabric.world_size} processes can't share a batch of {stage.batch} evenly; "
                "change the stage's batch or the number of processes"
            )
        if stage.batch // fabric.world_size * (stage.size // SMALLEST) ** 2 < 2:
            raise UsageError(
                f"batch norm can't learn from one picture of {stage.size} pixels a process; "
                "take a larger batch or size"
            )
    return Share(fabric.global_rank, fabric.world_size)
