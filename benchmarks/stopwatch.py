"""Seconds of a training's steps, and of the phases inside them."""

import itertools
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import dataloader


class Stopwatch:
    """Seconds by phase; a phase inside another one counts for the outer one."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.hung = False
        self.busy = False

    def watch(self, owner: Any, method: str, phase: str) -> None:
        """Time a method of an object, or of all objects of a class."""
        inner = getattr(owner, method)

        def timed(*args: Any, **options: Any) -> Any:
            return inner(*args, **options) if self.busy else self.time(phase, inner, args, options)

        setattr(owner, method, timed)
        self.hung = True

    def time(self, phase: str, inner: Callable[..., Any], args: Any, options: Any) -> Any:
        """Call a function and add what it took."""
        self.busy, began = True, now()
        try:
            return inner(*args, **options)
        finally:
            self.seconds[phase] += now() - began
            self.busy = False


def now() -> float:
    """Seconds, once the GPU has done what it was told."""
    if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        torch.cuda.synchronize()
    return time.perf_counter()


def take(steps: Iterator[Any], count: int, stopwatch: Stopwatch) -> dict[str, float]:
    """Seconds of some steps, and of their phases if they are watched."""
    stopwatch.seconds.clear()
    began = now()
    for _ in itertools.islice(steps, count):
        pass
    total = now() - began
    return {**stopwatch.seconds, "rest": total - sum(stopwatch.seconds.values()), "total": total}


def watch_everywhere(stopwatch: Stopwatch) -> None:
    """What both kinds get from PyTorch. A loop's iterator has begun already: watch its class."""
    stopwatch.watch(dataloader._BaseDataLoaderIter, "__next__", "waiting for data")
    stopwatch.watch(Tensor, "backward", "generator backward")
