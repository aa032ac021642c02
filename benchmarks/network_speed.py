"""The shipped network in ONNX Runtime (fp32, fp16 and int8 weights) beside PyTorch on the CPU.

Run: python benchmarks/network_speed.py [--size 256] [--runs 15] [--threads N]
                                        [--weights fp32 fp16 int8]
                                        [--calibrate FOLDER] [--validate FOLDER] [--plot FILE.png]

The ONNX files are made anew from the shipped one by the exporter, which also measures what int8
loses on photographs (by default those in scikit-image); where it refuses int8, that row is left
out. In every round each kind runs once and so does a multiplication of two 2048 x 2048 float32
matrices, the machine's peak; ratios are taken round by round. Operations are those that PyTorch
counts in convolutions, two for each multiplication and addition.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import skimage
import torch
from torch.utils.flop_counter import FlopCounterMode

from photochrom.color.arrays import FloatImage
from photochrom.errors import ModelError
from photochrom.models.manifest import METADATA_KEY, Manifest, from_metadata
from photochrom.models.names import DEFAULT_MODEL
from photochrom.models.store import find_model
from photochrom.session import open_session
from photochrom_exporters.calibration import Photographs, choose
from photochrom_exporters.to_onnx import TOLERANCES, export
from photochrom_trainer.networks.folding import load_folded
from photochrom_trainer.networks.generator import Generator
from photochrom_trainer.networks.registry import build

MATRIX = 2048
WARM_UP = 3
PAUSE = 0.2
"""Seconds before each; the threads of the kind before spin on for a while and keep a core busy."""
TYPES = ["fp32", "fp16", "int8"]
PHOTOGRAPHS = ("astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg")
"""In scikit-image's wheel."""
TORCH = "PyTorch, eager, fp32"

Work = Callable[[], object]
Inputs = dict[str, FloatImage]


def network_of(path: Path) -> Generator:
    """The PyTorch network of an exported file."""
    network = build(DEFAULT_MODEL)
    load_folded(network, path)
    return network.eval()


def manifest_of(path: Path) -> Manifest:
    """What a file says of itself."""
    metadata = open_session(path, "cpu").metadata
    return from_metadata({METADATA_KEY: metadata[METADATA_KEY]}, str(path))


def files(folder: Path, types: list[str], photographs: Photographs) -> dict[str, Path]:
    """The network exported with weights of every type that the exporter accepts."""
    shipped = find_model(DEFAULT_MODEL)
    network, manifest = network_of(shipped), manifest_of(shipped)
    written = {}
    for weights in types:
        path = folder / f"{weights}.onnx"
        wanted = replace(manifest, weights=weights, tolerance=TOLERANCES[weights])
        try:
            export(network, wanted, path, photographs if weights == "int8" else None)
        except ModelError as error:
            print(f"{weights} is left out: {error}")
            continue
        written[f"ONNX Runtime, {weights} weights"] = path
    return written


def inputs(size: int) -> Inputs:
    """A made-up picture without hints."""
    rng = np.random.default_rng(0)
    light = rng.random((1, 1, size, size), np.float32)
    return {"luminance": light, "hints": np.zeros((1, 3, size, size), np.float32)}


def works(paths: dict[str, Path], given: Inputs, threads: int) -> dict[str, Work]:
    """What is timed, by name; PyTorch first."""
    network = network_of(find_model(DEFAULT_MODEL))
    tensors = [torch.from_numpy(given[name]) for name in ("luminance", "hints")]
    sessions = {name: open_session(path, "cpu", threads) for name, path in paths.items()}
    matrix = torch.rand(MATRIX, MATRIX)

    def eager() -> object:
        with torch.inference_mode():
            return network(*tensors)

    return {
        TORCH: eager,
        **{name: partial(session.run, given) for name, session in sessions.items()},
        "sgemm": lambda: matrix @ matrix,
    }


def operations(size: int) -> int:
    """Floating-point operations of one run."""
    network, given = network_of(find_model(DEFAULT_MODEL)), inputs(size)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        network(*(torch.from_numpy(given[name]) for name in ("luminance", "hints")))
    return int(counter.get_total_flops())


def rounds(todo: dict[str, Work], count: int) -> dict[str, list[float]]:
    """Seconds of each kind in each round."""
    for work in todo.values():
        for _ in range(WARM_UP):
            work()
    seconds: dict[str, list[float]] = {name: [] for name in todo}
    for _ in range(count):
        for name, work in todo.items():
            time.sleep(PAUSE)
            began = time.perf_counter()
            work()
            seconds[name].append(time.perf_counter() - began)
    return seconds


def against(seconds: dict[str, list[float]], first: str, second: str) -> float:
    """Median over rounds of one kind's seconds over another's."""
    pairs = zip(seconds[first], seconds[second], strict=True)
    return statistics.median(one / other for one, other in pairs)


def peak_share(seconds: dict[str, list[float]], name: str, flops: int) -> float:
    """Operations a second of a kind over those of the matrices."""
    return flops / (2 * MATRIX**3) * against(seconds, "sgemm", name)


def report(seconds: dict[str, list[float]], flops: int, paths: dict[str, Path]) -> None:
    """Medians, ratios to PyTorch, shares of the peak."""
    peak = 2 * MATRIX**3 / statistics.median(seconds["sgemm"])
    print(f"{flops / 1e9:.2f} Gflop a picture; peak by sgemm {peak / 1e9:.0f} Gflop/s")
    print(
        "| | ms a picture | times PyTorch's speed | of the peak | file |",
        "|---|---|---|---|---|",
        sep="\n",
    )
    for name, values in seconds.items():
        if name == "sgemm":
            continue
        size = f"{paths[name].stat().st_size / 1e6:.1f} MB" if name in paths else ""
        cells = [
            name,
            f"{1000 * statistics.median(values):.1f}",
            f"{against(seconds, TORCH, name):.2f}",
            f"{peak_share(seconds, name, flops):.0%}",
            size,
        ]
        print(f"| {' | '.join(cells)} |")


def plot(seconds: dict[str, list[float]], path: Path) -> None:
    """Milliseconds of every kind: median, and the quartiles as a whisker."""
    from matplotlib.figure import Figure

    figure = Figure((7, 3), layout="constrained")
    axes = figure.add_subplot()
    kinds = [name for name in seconds if name != "sgemm"][::-1]
    low, middle, high = (
        1000 * np.array([np.quantile(seconds[name], share) for name in kinds])
        for share in (0.25, 0.5, 0.75)
    )
    axes.barh(kinds, middle, xerr=[middle - low, high - middle], color="C0")
    axes.set(xlabel="milliseconds a picture (whiskers: quartiles)")
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=120)


def own_photographs(folder: Path) -> Path:
    """Photographs in scikit-image, in a folder of their own."""
    folder.mkdir()
    for name in PHOTOGRAPHS:
        shutil.copy(Path(skimage.__file__).parent / "data" / name, folder)
    return folder


def main() -> None:
    """Parse, export, run, report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--runs", type=int, default=15, help="rounds")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--weights", nargs="+", default=TYPES, choices=TYPES)
    parser.add_argument("--calibrate", type=Path, help="photographs (default: scikit-image's)")
    parser.add_argument("--validate", type=Path, help="others, to measure the loss of int8 on")
    parser.add_argument("--plot", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    with tempfile.TemporaryDirectory() as folder:
        known = options.calibrate or own_photographs(Path(folder, "photographs"))
        paths = files(Path(folder), options.weights, choose(known, options.validate))
        todo = works(paths, inputs(options.size), options.threads)
        seconds = rounds(todo, options.runs)
        print(
            f"{options.size} x {options.size}, threads: {options.threads}, rounds: {options.runs}"
        )
        report(seconds, operations(options.size), paths)
    if options.plot:
        plot(seconds, options.plot)


if __name__ == "__main__":
    main()
