"""Images a second of pix2pix's training here, beside the same networks in a plain PyTorch loop.

Run: python benchmarks/training.py [--batches 1 8] [--pairs 8] [--steps 2] [--threads N]
     [--precision bf16-mixed] [--pictures FOLDER] [--plot FILE.png]

"photochrom" is `Training` with everything that it does in a step: crops from its worker process,
Fabric, clipping, the moving average of the weights, the checks for NaN, the log. "textbook" is the
step of pix2pix's authors (`Pix2PixModel.optimize_parameters`) as one writes it down: pictures with
PIL in the loop's own process, PyTorch's defaults, float32. Both have the same networks, losses,
pictures, size of crops and number of threads, and both read their losses after every step, as
PyTorch's DCGAN tutorial does. Checkpoints are left out on both sides.

Each side is a process of its own. They take turns of a few steps, one waiting while the other
computes, and the ratio is taken pair by pair, since machines drift and other programs come and go.
After the counted turns come a few with a stopwatch around the methods in `watch_photochrom` and
`watch_textbook`; only these give the table of phases and the plot, so what is counted runs as it
always does. photochrom's worker process may load up to four batches while the other side computes;
"waiting for data" shows whether that matters.
"""

import argparse
import itertools
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from subprocess import PIPE
from typing import Any, TypeAlias

import numpy as np
import torch
from PIL import Image

from photochrom_trainer.cli.train import make_fabric
from photochrom_trainer.config import TrainConfig, read_config
from photochrom_trainer.training.loop import Training
from plain_training import start_textbook, watch_textbook
from stopwatch import Stopwatch, take, watch_everywhere

PICTURES = 32
"""Number of pictures that are made up: a multiple of the usual batches."""
ENDLESS = 10**6
"""Steps that no run reaches, so that no checkpoint falls due."""
WARM_UP = 2
"""Steps before the first turn."""
PHASES = (
    "waiting for data",
    "generator forward",
    "discriminator step",
    "generator's loss",
    "generator backward",
    "gradient clipping",
    "generator's optimizer",
    "moving average",
    "rest",
)

Turn: TypeAlias = dict[str, float]
"""Seconds an image: `total`, and those phases that were watched."""
Pair: TypeAlias = dict[str, Turn]
"""A turn of each kind."""


@dataclass(frozen=True)
class Measured:
    """What one batch size gave."""

    counted: list[Pair]
    """Undisturbed turns."""
    watched: list[Pair]
    """Turns with the stopwatch."""


# --- photochrom ----------------------------------------------------------------------------------


def configuration(network: str, size: int, batch: int, precision: str) -> TrainConfig:
    """The preset for the paper, with the average and the clipping that it does without."""
    preset = read_config("pix2pix")
    stage = replace(preset.stages[0], steps=ENDLESS, epochs=0.0, size=size, batch=batch)
    return replace(
        preset,
        stages=(stage,),
        network=network,
        precision=precision,
        ema_decay=0.999,
        clip_norm=1.0,
        save_every=ENDLESS,
    )


def start_photochrom(options: Any, batch: int, pictures: Path, folder: Path) -> Training:
    """A run of the trainer."""
    fabric = make_fabric(options.device, options.precision, options.threads)
    config = configuration(options.network, options.size, batch, options.precision)
    return Training(config, pictures, folder, fabric)


def watch_photochrom(training: Training, watch: Callable[[Any, str, str], None]) -> None:
    """Hang the stopwatch around the parts of a step."""
    run = training.run
    watch(run.netG.module, "forward", "generator forward")
    watch(run.discriminator, "learn", "discriminator step")
    watch(run.objective, "forward", "generator's loss")
    watch(run.fabric, "clip_gradients", "gradient clipping")
    watch(run.optimizer, "step", "generator's optimizer")
    watch(run.average, "update_parameters", "moving average")


# --- measuring -----------------------------------------------------------------------------------

KINDS: dict[str, tuple[Callable[..., Any], Callable[..., None]]] = {
    "photochrom": (start_photochrom, watch_photochrom),
    "textbook": (start_textbook, watch_textbook),
}
"""How each kind starts, and how it is watched."""


def child(options: Any) -> None:
    """One side: takes steps when its input tells it to, and prints what they took."""
    kind, batch, pictures = options.child[0], int(options.child[1]), Path(options.child[2])
    start, watch = KINDS[kind]
    stopwatch = Stopwatch()
    with tempfile.TemporaryDirectory() as folder:
        training = start(options, batch, pictures, Path(folder))
        steps = iter(training)
        for line in sys.stdin:
            order = json.loads(line)
            if order["watch"] and not stopwatch.hung:
                watch_everywhere(stopwatch)
                watch(training, stopwatch.watch)
            turn = take(steps, order["steps"], stopwatch)
            turn = {name: seconds / order["steps"] / batch for name, seconds in turn.items()}
            print(json.dumps(turn), flush=True)


class Side:
    """A process of one kind, with the options of this one."""

    def __init__(self, kind: str, batch: int, pictures: Path) -> None:
        own = ["--child", kind, str(batch), str(pictures)]
        command = [sys.executable, __file__, *sys.argv[1:], *own]
        self.process = subprocess.Popen(command, stdin=PIPE, stdout=PIPE, text=True)

    def turn(self, steps: int, watch: bool = False) -> Turn:
        """Let it take some steps."""
        assert self.process.stdin
        assert self.process.stdout
        print(json.dumps({"steps": steps, "watch": watch}), file=self.process.stdin, flush=True)
        reply = self.process.stdout.readline()
        if not reply:
            sys.exit("a side of the benchmark failed; its message is above")
        turn: Turn = json.loads(reply)
        return turn

    def end(self) -> None:
        """Close its input, after which it ends by itself."""
        self.process.communicate()


def measure(options: Any, batch: int, pictures: Path) -> Measured:
    """All turns with one batch size."""
    sides = {kind: Side(kind, batch, pictures) for kind in KINDS}
    for side in sides.values():
        side.turn(WARM_UP)
    counted, watched = (
        [
            {kind: side.turn(options.steps, watch) for kind, side in sides.items()}
            for _ in range(pairs)
        ]
        for watch, pairs in ((False, options.pairs), (True, options.watched))
    )
    for side in sides.values():
        side.end()
    return Measured(counted, watched)


def make_pictures(folder: Path) -> None:
    """Made-up photographs of 640 x 480: coloured clouds and grain."""
    rng = np.random.default_rng(0)
    for number in range(PICTURES):
        clouds = Image.fromarray(rng.integers(0, 256, (6, 8, 3), np.uint8)).resize((640, 480))
        pixels = np.asarray(clouds) + rng.normal(0, 8, (480, 640, 1))
        picture = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
        picture.save(folder / f"{number}.jpg", quality=90)


# --- report --------------------------------------------------------------------------------------


def speed_table(measured: dict[int, Measured]) -> Iterator[str]:
    """Medians, and the ratios' median and quartiles."""
    yield "| batch | photochrom, images/s | textbook, images/s | ratio (quartiles) |"
    yield "|---|---|---|---|"
    for batch, figures in measured.items():
        ours, bare = ([1 / pair[kind]["total"] for pair in figures.counted] for kind in KINDS)
        low, ratio, high = np.quantile(np.divide(ours, bare), (0.25, 0.5, 0.75))
        speeds = f"{np.median(ours):.3g} | {np.median(bare):.3g}"
        yield f"| {batch} | {speeds} | {ratio:.2f} ({low:.2f} to {high:.2f}) |"


def phases_of(turns: list[Pair], kind: str) -> list[float]:
    """Milliseconds an image of each phase, medians over the turns of a kind."""
    return [1000 * statistics.median(pair[kind].get(name, 0) for pair in turns) for name in PHASES]


def phase_table(measured: dict[int, Measured]) -> Iterator[str]:
    """Milliseconds an image, phases down, kinds and batches across."""
    bars = list(itertools.product(measured, KINDS))
    yield "| ms an image | " + " | ".join(f"{kind}, batch {batch}" for batch, kind in bars) + " |"
    yield "|---" * (len(bars) + 1) + "|"
    columns = [phases_of(measured[batch].watched, kind) for batch, kind in bars]
    for phase, values in zip(PHASES, zip(*columns, strict=True), strict=True):
        yield f"| {phase} | " + " | ".join(f"{value:.0f}" for value in values) + " |"


def plot(measured: dict[int, Measured], title: str, path: Path) -> None:
    """A stacked bar for each kind and batch."""
    from matplotlib.figure import Figure

    bars = list(itertools.product(measured, KINDS))
    names = [f"{kind}\nbatch {batch}" for batch, kind in bars]
    columns = np.array([phases_of(measured[batch].watched, kind) for batch, kind in bars])
    figure = Figure((8, 4.5), layout="constrained")
    axes = figure.add_subplot()
    for index, phase in enumerate(PHASES):
        below = columns[:, :index].sum(axis=1)
        axes.bar(names, columns[:, index], 0.7, below, label=phase, color=f"C{index}")
    axes.set(ylabel="milliseconds an image", title=title)
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside right upper", reverse=True, frameon=False)
    figure.savefig(path, dpi=120)


def options_of() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 8])
    parser.add_argument("--pairs", type=int, default=8, help="counted turns of each side")
    parser.add_argument("--steps", type=int, default=2, help="steps of a turn")
    parser.add_argument("--watched", type=int, default=4, help="further turns, for the phases")
    parser.add_argument("--network", choices=["unet256", "unet128"], default="unet256")
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--precision", default="32-true", help="of photochrom's side")
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--pictures", type=Path, help="folder of pictures (default: made up)")
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    return parser


def main() -> None:
    """Parse, run in pairs, report."""
    options = options_of().parse_args()
    if options.child:
        child(options)
        return
    with tempfile.TemporaryDirectory() as folder:
        if not options.pictures:
            make_pictures(Path(folder))
        pictures = options.pictures or Path(folder)
        measured = {batch: measure(options, batch, pictures) for batch in options.batches}
    report(measured, options)


def report(measured: dict[int, Measured], options: Any) -> None:
    """Print both tables, and plot."""
    threads = options.threads or torch.get_num_threads()
    title = f"{options.network}, {options.size} pixels, {options.device}, threads: {threads}"
    print(f"{title}: {options.pairs} pairs of {options.steps} steps")
    print(f"photochrom computes in {options.precision}, textbook in 32-true")
    print("", *speed_table(measured), "", *phase_table(measured), sep="\n")
    if options.plot:
        plot(measured, title, options.plot)


if __name__ == "__main__":
    main()
