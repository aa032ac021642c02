"""Ray itself: joining a cluster, what it has, and what its errors mean."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from photochrom.batch.items import Item, Outcome
from photochrom.errors import DeviceError, UsageError

QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_DISABLE_IMPORT_WARNING": "1"}
"""Nothing is sent anywhere; standard output is ours."""


@dataclass(frozen=True)
class Demand:
    """What one order takes of a machine."""

    resources: Mapping[str, float] = field(default_factory=dict)
    """Amounts by Ray's names: ``CPU`` (1 if it is not named), ``GPU``, and those of the cluster's
    own, with which its machines are told apart."""

    @classmethod
    def of(cls, said: Sequence[str], device: str) -> Demand:
        """What a command line says: ``NAME`` or ``NAME=AMOUNT`` each.

        A device that is a graphics card takes one, unless something else is said.

        Raises:
            UsageError: if an amount is no number above 0.
        """
        found = {"GPU": 1.0} if device in ("cuda", "tensorrt") else {}
        for word in said:
            name, _, amount = word.partition("=")
            try:
                found[name] = float(amount or 1)
            except ValueError:
                found[name] = 0.0
            if not name or not 0 < found[name] < float("inf"):
                raise UsageError(f"--resource is NAME or NAME=AMOUNT, as GPU=0.5, not {word!r}")
        return cls(found)

    @property
    def cpus(self) -> float:
        """Cores."""
        return self.resources.get("CPU", 1.0)

    @property
    def threads(self) -> int:
        """Of the processor, that an order may use."""
        return max(1, int(self.cpus))

    def options(self) -> dict[str, Any]:
        """As Ray's tasks take it."""
        own = {name: value for name, value in self.resources.items() if name not in ("CPU", "GPU")}
        return {"num_cpus": self.cpus, "num_gpus": self.resources.get("GPU", 0), "resources": own}

    def slots(self, ray: Any) -> int:
        """Orders that fit onto the cluster's machines now; 1 at least, as some may be on their
        way."""
        demand = {**self.resources, "CPU": self.cpus}
        machines = [node["Resources"] for node in ray.nodes() if node["Alive"]]
        fitting = [
            min(int(machine.get(name, 0) / amount + 1e-6) for name, amount in demand.items())
            for machine in machines
        ]
        return max(1, sum(fitting))


@contextmanager
def connected(address: str | None) -> Iterator[Any]:
    """The module ``ray``, connected to a cluster.

    Raises:
        UsageError: if Ray is not installed.
        DeviceError: if there is no cluster.
    """
    os.environ.update({name: os.environ.get(name, value) for name, value in QUIET.items()})
    try:
        import ray
    except ImportError as error:
        raise UsageError(
            "--engine ray needs Ray; install the extra: pip install 'photochrom[cluster]'"
        ) from error
    with _own_signals():
        _join(ray, address)
    try:
        yield ray
    finally:
        ray.shutdown()


def _join(ray: Any, address: str | None) -> None:
    try:
        ray.init(
            address=address or "auto",
            log_to_driver=False,
            configure_logging=False,
            namespace="photochrom",
        )
        # Ray prints of machines that are gone, and has no public way to have it silent; standard
        # output holds our lines only, and what is lost for good is told there
        ray._private.worker._worker_logs_enabled = False
    except Exception as error:  # ConnectionError, RuntimeError, ValueError: whatever went wrong
        line = (str(error).splitlines() or [type(error).__name__])[0]
        raise DeviceError(
            f"can't join the Ray cluster {address or 'of this machine'}: {line}; "
            "is it up (ray status), with the same versions of Ray and Python?"
        ) from error


@contextmanager
def _own_signals() -> Iterator[None]:
    """Ray sets handlers of its own; ours stay."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def result(ray: Any, reference: Any, item: Item) -> Outcome:
    """What became of an order, whatever became of the machine that had it."""
    try:
        outcome: Outcome = ray.get(reference)
    except ray.exceptions.RayTaskError as error:
        cause = error.cause
        words = f"photochrom failed ({type(cause).__name__}: {cause}); please report it"
        return Outcome(item, 0.0, time.time(), error=words, error_kind="InternalError")
    except ray.exceptions.RayError as error:
        line = (str(error).strip().splitlines() or [""])[0]
        words = f"can't colour {item.source}: the cluster lost it ({type(error).__name__}: {line})"
        return Outcome(item, 0.0, time.time(), error=words, error_kind="LostError")
    return outcome
