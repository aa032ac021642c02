"""What a configuration means step by step: stages, learning rates, samples, averaging."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from torch import Tensor
from torch.optim.swa_utils import get_ema_multi_avg_fn
from torch.utils.data import Sampler

from photochrom_trainer.config import Stage, TrainConfig

Tensors: TypeAlias = tuple[Tensor, ...] | list[Tensor]


def in_steps(config: TrainConfig, pictures: int) -> TrainConfig:
    """The configuration with every stage's epochs counted in steps, for so many pictures."""
    stages = tuple(
        replace(stage, steps=math.ceil(stage.epochs * pictures / stage.batch), epochs=0.0)
        if stage.epochs
        else stage
        for stage in config.stages
    )
    return replace(config, stages=stages)


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


def learning_rate(config: TrainConfig, step: int) -> float:
    """The rate of the step that comes after `step` steps; the last one's beyond the end."""
    rate = config.stages[-1].learning_rate[1]
    for stage, first in stage_starts(config):
        if step < first + stage.steps:
            start, end = stage.learning_rate
            return start + (end - start) * (step - first) / stage.steps
    return rate


@dataclass(frozen=True)
class Share:
    """One process's part of every batch."""

    rank: int = 0
    """Number of this process."""
    processes: int = 1
    """Processes in all; their number must divide every batch."""


class StepSampler(Sampler[int]):
    """Indices of the samples of steps `start` to `stop`: sample k of step s is s * batch + k.

    Each process takes its own consecutive part of every batch, so that the batches of all together
    are the batches of one.
    """

    def __init__(self, start: int, stop: int, batch: int, share: Share) -> None:
        self.steps = range(start, stop)
        self.batch = batch
        self.own = range(
            share.rank * batch // share.processes, (share.rank + 1) * batch // share.processes
        )

    def __iter__(self) -> Iterator[int]:
        return (step * self.batch + k for step in self.steps for k in self.own)

    def __len__(self) -> int:
        return len(self.steps) * len(self.own)


def averaging(limit: float) -> Callable[[Tensors, Tensors, Tensor | int], None]:
    """Moving average whose decay grows with its count, to at most `limit`.

    With 0.999 from the start, two thirds of a run of 400 steps would be its random first weights.
    (1 + n) / (10 + n) is TensorFlow's ExponentialMovingAverage with num_updates.
    """

    def update(averaged: Tensors, current: Tensors, count: Tensor | int) -> None:
        decay = min(limit, (1 + int(count)) / (10 + int(count)))
        get_ema_multi_avg_fn(decay)(averaged, current, count)  # type: ignore[no-untyped-call]

    return update
