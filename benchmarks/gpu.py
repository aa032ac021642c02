"""Pictures a second and latency of the network on the CPU and on a device, in one run.

Run: python benchmarks/gpu.py [--device auto] [--model NAME] [--size 256] [--batches 1 8]
                              [--rounds 20] [--threads N] [--json FILE.json] [--plot FILE.png]

Every way to run is there with and without I/O binding, and in fp16 where the device offers that
(allowed here whatever the manifest says). In every round each way runs once, so that a machine
that drifts drifts for all; ratios are taken round by round, then their median. The difference from
the CPU's float32 is printed beside, in a*b* (or u*v*). On a machine without a device it compares
the CPU with itself under I/O binding.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from photochrom.color.arrays import FloatImage
from photochrom.models.manifest import Manifest, from_metadata
from photochrom.models.names import DEFAULT_MODEL
from photochrom.models.store import find_model
from photochrom.providers import onnxruntime
from photochrom.session import Session, open_session

WARM_UP = 2
"""Runs of every shape that are not counted."""
Inputs = dict[str, FloatImage]


@dataclass(frozen=True)
class Row:
    """What one way of running gave for one size of batch."""

    device: str
    precision: str
    bound: bool
    batch: int
    seconds: float
    """Median of a run."""
    quartiles: tuple[float, float]
    """Of a run's seconds."""
    pictures_per_second: float
    ratio: float
    """Median over rounds of the first way's seconds over this one's."""
    max_difference: float
    """From the first way's answer, in the network's own chroma."""
    mean_difference: float

    @property
    def name(self) -> str:
        """The way, in words."""
        return f"{self.device} {self.precision}{' bound' if self.bound else ''}"


def ways(model: Path, device: str, threads: int | None) -> list[Session]:
    """The CPU first, each device and precision with and without I/O binding."""
    kinds = [("cpu", False), (device, False), (device, True)]
    sessions: dict[tuple[str, str, bool], Session] = {}
    for name, fp16 in kinds:
        for bind in (False, True):
            session = open_session(model, name, threads, fp16, bind)
            sessions.setdefault((session.device, session.precision, bind), session)
    return list(sessions.values())


def pictures(batch: int, size: int) -> Inputs:
    """Noise of two grains, with a point of colour in each."""
    chance = np.random.default_rng(0)
    coarse = chance.random((batch, 1, size // 32, size // 32), np.float32)
    light = 0.8 * coarse.repeat(32, axis=2).repeat(32, axis=3)
    light += 0.2 * chance.random(light.shape, np.float32)
    hints = np.zeros((batch, 3, size, size), np.float32)
    hints[:, :, 10:17, 10:17] = np.array([0.3, -0.2, 1.0], np.float32)[:, None, None]
    return {"luminance": light, "hints": hints}


def measure(sessions: list[Session], inputs: Inputs, rounds: int, scale: float) -> list[Row]:
    """Every way once a round, in turn."""
    answers = [warm_up(session, inputs) for session in sessions]
    times: list[list[float]] = [[] for _ in sessions]
    for _ in range(rounds):
        for session, spent in zip(sessions, times, strict=True):
            spent.append(seconds(session, inputs))
    differences = [np.abs(answer - answers[0]) * scale for answer in answers]
    return [
        row(session, len(inputs["luminance"]), times[0], spent, difference)
        for session, spent, difference in zip(sessions, times, differences, strict=True)
    ]


def warm_up(session: Session, inputs: Inputs) -> FloatImage:
    """The answer, after runs that prepare the device for this shape."""
    return [session.run(inputs) for _ in range(WARM_UP)][-1]


def seconds(session: Session, inputs: Inputs) -> float:
    """Time of one run, copies to and from the device included."""
    began = time.perf_counter()
    session.run(inputs)
    return time.perf_counter() - began


def row(
    session: Session, batch: int, first: list[float], spent: list[float], difference: FloatImage
) -> Row:
    """The figures of one way."""
    median = statistics.median(spent)
    low, high = np.quantile(spent, [0.25, 0.75])
    return Row(
        device=session.device,
        precision=session.precision,
        bound=session.bound is not None,
        batch=batch,
        seconds=median,
        quartiles=(float(low), float(high)),
        pictures_per_second=batch / median,
        ratio=statistics.median(a / b for a, b in zip(first, spent, strict=True)),
        max_difference=float(difference.max()),
        mean_difference=float(difference.mean()),
    )


def table(rows: list[Row]) -> str:
    """All rows as Markdown."""
    lines = [
        "| batch | way | ms a run (quartiles) | pictures/s | ratio | max diff. | mean diff. |",
        "|---|---|---|---|---|---|---|",
    ]
    for line in rows:
        low, high = (f"{1000 * quartile:.1f}" for quartile in line.quartiles)
        lines.append(
            f"| {line.batch} | {line.name} | {1000 * line.seconds:.1f} ({low} to {high}) "
            f"| {line.pictures_per_second:.2f} | {line.ratio:.2f} "
            f"| {line.max_difference:.4f} | {line.mean_difference:.5f} |"
        )
    return "\n".join(lines)


def plot(rows: list[Row], path: Path) -> None:
    """Pictures a second of every way, batch by batch."""
    from matplotlib import pyplot

    names = list(dict.fromkeys(line.name for line in rows))
    batches = sorted({line.batch for line in rows})
    width = 0.8 / len(batches)
    figure, axes = pyplot.subplots(figsize=(8, 1.6 + 0.5 * len(names)), layout="constrained")
    for number, batch in enumerate(batches):
        places = [names.index(line.name) + number * width for line in rows if line.batch == batch]
        speeds = [line.pictures_per_second for line in rows if line.batch == batch]
        axes.barh(places, speeds, width, label=f"batch of {batch}")
    middle = width * (len(batches) - 1) / 2
    axes.set_yticks([place + middle for place in range(len(names))], names)
    axes.invert_yaxis()
    axes.set(xlabel="pictures a second", title="The network, copies included")
    figure.legend(loc="outside lower center", ncols=len(batches))
    figure.savefig(path)


def report(rows: list[Row], manifest: Manifest, arguments: Any) -> dict[str, Any]:
    """Everything that was measured, and on what."""
    return {
        "model": f"{manifest.name} {manifest.version}",
        "size": arguments.size,
        "rounds": arguments.rounds,
        "threads": arguments.threads,
        "onnxruntime": onnxruntime().__version__,
        "system": platform.platform(),
        "processor": platform.machine(),
        "rows": [asdict(line) for line in rows],
    }


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--model", default=DEFAULT_MODEL, help="of the native kind")
    parser.add_argument("--size", type=int, default=256, help="pixels a side, divisible by 32")
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 8])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--threads", type=int, help="of the CPU (default: ONNX Runtime's)")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--plot", type=Path)
    return parser.parse_args()


def main() -> None:
    """Measure every batch, print, and write what was asked for."""
    arguments = parse()
    model = find_model(arguments.model)
    sessions = ways(model, arguments.device, arguments.threads)
    manifest = from_metadata(dict(sessions[0].metadata), str(model))
    rows: list[Row] = []
    for batch in arguments.batches:
        inputs = pictures(batch, arguments.size)
        rows += measure(sessions, inputs, arguments.rounds, manifest.scale)
    sys.stdout.write(f"{manifest.name}, {arguments.size} pixels a side\n\n{table(rows)}\n")
    if sessions[-1].device == "cpu":
        sys.stdout.write("\nno device but the CPU: nothing was measured on a GPU\n")
    if arguments.json:
        text = json.dumps(report(rows, manifest, arguments), indent=2)
        arguments.json.write_text(text + "\n", encoding="utf-8")
    if arguments.plot:
        plot(rows, arguments.plot)


if __name__ == "__main__":
    main()
