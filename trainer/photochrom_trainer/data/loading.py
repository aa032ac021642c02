"""How fast crops come, and what a failing worker process says."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from torch.utils.data import DataLoader

from photochrom.errors import InputError
from photochrom_trainer.data.pictures import Crops


def measure_loading(crops: Crops, batch: int, batches: int, workers: int) -> float:
    """Crops a second when nothing waits for them but this call, without any model.

    Args:
        crops: what is drawn; its first samples are.
        batch: crops at a time.
        batches: how many are timed, after one of each worker to warm up.
        workers: processes; 0 loads in this one.

    Raises:
        InputError: if there is no picture to train on.
    """
    warm = max(workers, 1)
    samples = range((warm + batches) * batch)
    with plain_errors():
        loaded = iter(DataLoader(crops, batch, sampler=samples, num_workers=workers))
        for _ in range(warm):
            next(loaded)
        began = time.perf_counter()
        for _ in loaded:
            pass
    return batches * batch / (time.perf_counter() - began)


@contextmanager
def plain_errors() -> Iterator[None]:
    """Give an InputError from a worker process its one-line message back.

    PyTorch hands over the worker's whole traceback, at whose end the message stands.
    """
    try:
        yield
    except InputError as error:
        raise InputError(str(error).rpartition("InputError: ")[2]) from error
