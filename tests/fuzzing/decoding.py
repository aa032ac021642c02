"""Mutated files and messages for a worker's process: decoders in C can't be guided, nor trusted.

A worker that ends is no finding against the parent, but it is one against the decoder: both are
kept and counted, apart.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from fuzzing import seeds
from fuzzing.mutations import mutated
from fuzzing.targets import UnclearError, check_message
from photochrom.limits import Limits
from photochrom.worker.client import Refused, Worker, WorkerError, own_argv

LIMITS = Limits(
    pixels=1_000_000, pages=100, frame_pixels=250_000, frames=500, memory=2_000_000_000,
    seconds=60, film_seconds=120, silence=60,
)  # fmt: skip
JOBS = {
    "pictures": (*["glance"] * 19, "photo"),
    "hints": ("layer", "reference", "mask"),
    "films": ("glance", "reel"),
    "models": ("load",),
}
"""Tasks by what is mutated; those of hints are photos that name a mutated picture."""


@dataclass
class Outcome:
    """What came of many inputs."""

    inputs: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    """Kinds of errors, and ``result``."""
    ended: list[tuple[str, bytes, str]] = field(default_factory=list)
    """Inputs at which the worker's process ended: kind, bytes, last words."""
    unclear: list[tuple[str, bytes, str]] = field(default_factory=list)
    """Inputs whose error nobody could act on."""


class Decoding:
    """A worker that is fed.

    Args:
        home: a folder; the worker may write into ``home/out`` only.
        model: a model that answers quickly.
        chance: what mutates.
    """

    def __init__(self, home: Path, model: Path, chance: random.Random) -> None:
        self._home, self._model, self._chance = home, model, chance
        self._out, self._in = home / "out", home / "in"
        for folder in (self._out, self._in):
            folder.mkdir()
        self._sound = self._in / "sound.png"
        self._sound.write_bytes(seeds.of_pictures()["grey.png"])
        self._worker: Worker | None = None
        self._turn = 0

    def run(self, kind: str, seconds: float, most: int | None = None) -> Outcome:
        """Feed inputs of a kind for so long, or so many."""
        outcome, end = Outcome(), monotonic() + seconds
        names = self._names(kind)
        while monotonic() < end and (most is None or outcome.inputs < most):
            name = self._chance.choice(names)
            data = mutated(self._seeds(kind, name, names), self._chance)
            self._feed(kind, name, data, outcome)
        return outcome

    def close(self) -> None:
        """End the worker."""
        if self._worker is not None:
            self._worker.close()

    def strangers(self) -> list[Path]:
        """Files that the worker left where it has no business."""
        return [path for path in self._home.iterdir() if path not in (self._out, self._in)] + [
            path
            for path in self._in.iterdir()
            if path.stem not in ("sound", "mutated0", "mutated1")
        ]

    def _names(self, kind: str) -> list[str]:
        if kind == "messages":
            return ["message"]
        if kind == "models":
            return ["a.onnx"]
        return [*(seeds.of_films() if kind == "films" else seeds.of_pictures())]

    def _seeds(self, kind: str, name: str, names: list[str]) -> list[bytes]:
        """The file's own, most of the time: parts of another kind are found soon."""
        if kind in ("models", "messages"):
            return seeds.of({"models": "model", "messages": "job options"}[kind])
        files = seeds.of_films() if kind == "films" else seeds.of_pictures()
        others = [files[self._chance.choice(names)]] if self._chance.random() < 0.05 else []
        return [files[name], *others]

    def _feed(self, kind: str, name: str, data: bytes, outcome: Outcome) -> None:
        outcome.inputs += 1
        try:
            head, _ = self._started().call(**self._job(kind, name, data))
            outcome.answers[str(head["op"])] += 1
        except Refused as error:
            outcome.answers[error.kind] += 1
            self._judge(kind, name, data, error, outcome)
        except WorkerError as error:
            outcome.answers[type(error).__name__] += 1
            outcome.ended.append((f"{kind}:{name}", data, str(error)))
            self.close()
            self._worker = None

    def _judge(self, kind: str, name: str, data: bytes, error: Refused, outcome: Outcome) -> None:
        try:
            check_message(str(error))
            if error.kind == "InternalError":
                raise UnclearError(error.details)
        except UnclearError as unclear:
            outcome.unclear.append((f"{kind}:{name}", data, str(unclear)))

    def _started(self) -> Worker:
        if self._worker is None:
            self._worker = Worker(own_argv(), limits=LIMITS)
            self._worker.hello()
        return self._worker

    def _job(self, kind: str, name: str, data: bytes) -> dict[str, Any]:
        if kind == "messages":
            return dict(mutated_message(self._chance))
        # a model stays loaded under its name
        number = self._turn = 1 - self._turn
        path = self._in / f"mutated{number}{Path(name).suffix}"
        path.write_bytes(data)
        task = self._chance.choice(JOBS[kind])
        model = {"model": str(self._model), "device": "cpu"}
        if task == "load":
            return {"task": task, "model": str(path)}
        job: dict[str, Any] = {"task": task, "source": str(path), **model}
        if task == "glance":
            return {**job, "side": 16}
        if task == "reel":
            return {**job, "film": {"force": True, "salvage": self._chance.random() < 0.5}}
        target = {"target": str(self._out / "out.tif"), "overwrite": True}
        if task == "photo":
            return {**job, **target}
        options = (
            {"restore": {"steps": ["dust"], "mask": str(path)}}
            if task == "mask"
            else {task: str(path)}
        )
        return {**job, **target, "task": "photo", "source": str(self._sound), "options": options}


VALUES: tuple[Any, ...] = (
    None, True, 0, 1, -1, 2**31, 2**63, 1e308, -0.0, "", "a", "\0", "../x", "/", "é" * 50, [], {},
    [[]], [1, 2], {"a": 1}, [None], "1/0", "nan",
)  # fmt: skip
TASKS = ("pixels", "photo", "open", "look", "window", "confidence", "variants", "glance", "film",
         "reel", "frame", "play", "film-plan", "close", "load", "none")  # fmt: skip
KEYS = ("source", "target", "width", "height", "channels", "type", "options", "film", "model",
        "device", "side", "number", "start", "longest", "count", "level", "left", "top", "work",
        "overwrite")  # fmt: skip


def mutated_message(chance: random.Random) -> Iterator[tuple[str, Any]]:
    """A job of some task that is told anything; it names no file that is there."""
    yield "task", chance.choice(TASKS)
    yield "payload", chance.randbytes(chance.choice((0, 1, 4, 64)))
    for key in chance.sample(KEYS, chance.randrange(len(KEYS))):
        yield key, _value(chance, 3)


def _value(chance: random.Random, depth: int) -> Any:
    if depth == 0 or chance.random() < 0.5:
        return chance.choice(VALUES)
    if chance.random() < 0.3:
        return [_value(chance, depth - 1) for _ in range(chance.randrange(4))]
    known = ("strokes", "points", "settings", "restore", "delivery", "page", "encoding", "rate",
             "shots", "keyframes", "steps", "x", "y", "color", "radius", "bits", "saturation",
             "touches", "reference", "layer", "provenance", "preview")  # fmt: skip
    return {key: _value(chance, depth - 1) for key in chance.sample(known, chance.randrange(6))}
