"""Images a second of pix2pix's training here, beside the same networks in a plain PyTorch loop.

Run: python benchmarks/training.py [--batches 1 8] [--pairs 3] [--steps 6] [--threads N]
     [--precision bf16-mixed] [--pictures FOLDER] [--plot FILE.png]

"photochrom" is `Training` with everything that it does in a step: crops from its worker process,
Fabric, clipping, the moving average of the weights, the checks for NaN, the log. "textbook" is the
step of pix2pix's authors (`Pix2PixModel.optimize_parameters`) as one writes it down: pictures with
PIL in the loop's own process, PyTorch's defaults, float32. Both have the same networks, losses,
pictures, size of crops and number of threads, and both read their losses after every step, as
PyTorch's DCGAN tutorial does. Checkpoints are left out on both sides.

Every run is a process of its own; runs of the two kinds alternate and the ratio is taken pair by
pair, since machines drift. The first steps of a run are not counted. After the counted ones it
takes a few more with a stopwatch around the methods in `watch_photochrom` and `watch_textbook`;
only these give the table of phases and the plot, so the counted ones run as they always do.
"""

import argparse
import itertools
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypedDict

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset, dataloader

from photochrom.color import lab
from photochrom.color.spaces import SCALES
from photochrom_trainer.cli.train import make_fabric
from photochrom_trainer.config import TrainConfig, read_config
from photochrom_trainer.data.layouts import list_pictures
from photochrom_trainer.networks.patchgan import PatchGAN
from photochrom_trainer.networks.registry import build
from photochrom_trainer.training.loop import Training

PICTURES = 32
"""Number of pictures that are made up: a multiple of the usual batches."""
ENDLESS = 10**6
"""Steps that no run reaches, so that no checkpoint falls due."""
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


class Run(TypedDict):
    """What one process measured."""

    images_per_second: float
    phases: dict[str, float]
    """Seconds an image."""


class Stopwatch:
    """Seconds by phase; a phase inside another one counts for the outer one."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.busy = False

    def watch(self, owner: Any, method: str, phase: str) -> None:
        """Time a method of an object, or of all objects of a class."""
        inner = getattr(owner, method)

        def timed(*args: Any, **options: Any) -> Any:
            return inner(*args, **options) if self.busy else self.time(phase, inner, args, options)

        setattr(owner, method, timed)

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


# --- textbook ------------------------------------------------------------------------------------


class Pictures(Dataset[tuple[Tensor, Tensor]]):
    """Pictures as pix2pix prepares them: scaled to 286 / 256 of the size, cropped, mirrored."""

    def __init__(self, folder: Path, size: int) -> None:
        self.paths = list_pictures(folder)
        self.size = size

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        large = self.size * 286 // 256
        image = Image.open(self.paths[index]).convert("RGB").resize((large, large))
        left, top = (random.randint(0, large - self.size) for _ in range(2))
        image = image.crop((left, top, left + self.size, top + self.size))
        if random.random() < 0.5:
            image = ImageOps.mirror(image)
        planes = lab.from_srgb(np.asarray(image, np.float32) / 255).transpose(2, 0, 1)
        return torch.from_numpy(planes[:1] / 100), torch.from_numpy(planes[1:] / SCALES["lab"])


class Textbook:
    """pix2pix's two networks, their losses and optimizers; going through it takes steps."""

    def __init__(self, network: str, loader: "DataLoader[Any]", device: str) -> None:
        self.loader = loader
        self.device = device
        self.netG = build(network).to(device)
        self.netD = PatchGAN().to(device)
        self.optimizerG = torch.optim.Adam(self.netG.parameters(), lr=2e-4, betas=(0.5, 0.999))
        self.optimizerD = torch.optim.Adam(self.netD.parameters(), lr=2e-4, betas=(0.5, 0.999))
        self.bce, self.l1 = nn.BCEWithLogitsLoss(), nn.L1Loss()

    def __iter__(self) -> Iterator[dict[str, float]]:
        while True:
            for luminance, chroma in self.loader:
                yield self.take_step(luminance.to(self.device), chroma.to(self.device))

    def take_step(self, luminance: Tensor, chroma: Tensor) -> dict[str, float]:
        """Train both networks on a batch; returns their losses."""
        predicted = self.netG(luminance, luminance[:, :0])  # no hints
        discriminator = self.train_discriminator(luminance, chroma, predicted)
        generator = self.train_generator(luminance, chroma, predicted)
        return {"discriminator": discriminator.item(), "generator": generator.item()}

    def train_discriminator(self, luminance: Tensor, chroma: Tensor, predicted: Tensor) -> Tensor:
        """Its half of a step."""
        self.netD.requires_grad_(True)
        self.optimizerD.zero_grad()
        fake = self.judge(luminance, predicted.detach(), torch.zeros_like)
        real = self.judge(luminance, chroma, torch.ones_like)
        loss = (fake + real) / 2
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimizerD.step()
        return loss

    def train_generator(self, luminance: Tensor, chroma: Tensor, predicted: Tensor) -> Tensor:
        """Its half of a step."""
        self.netD.requires_grad_(False)
        self.optimizerG.zero_grad()
        loss = self.generator_loss(luminance, chroma, predicted)
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimizerG.step()
        return loss

    def generator_loss(self, luminance: Tensor, chroma: Tensor, predicted: Tensor) -> Tensor:
        """The paper's equation 4 with its weights."""
        adversarial = self.judge(luminance, predicted, torch.ones_like)
        loss: Tensor = adversarial + 100 * self.l1(predicted, chroma)
        return loss

    def judge(self, luminance: Tensor, chroma: Tensor, label: Callable[..., Tensor]) -> Tensor:
        """Cross entropy of the discriminator's logits, all patches having one label."""
        logits = self.netD(luminance, luminance[:, :0], chroma)
        loss: Tensor = self.bce(logits, label(logits))
        return loss


def start_textbook(options: Any, batch: int, pictures: Path, folder: Path) -> Textbook:
    """A plain loop; it keeps nothing in the folder."""
    del folder
    torch.manual_seed(0)
    random.seed(0)
    if options.threads:
        torch.set_num_threads(options.threads)
    dataset = Pictures(pictures, options.size)
    loader = DataLoader(dataset, batch, shuffle=True, drop_last=True)
    return Textbook(options.network, loader, options.device)


def watch_textbook(textbook: Textbook, watch: Callable[[Any, str, str], None]) -> None:
    """Hang the stopwatch around the parts of a step."""
    watch(textbook.netG, "forward", "generator forward")
    watch(textbook, "train_discriminator", "discriminator step")
    watch(textbook, "generator_loss", "generator's loss")
    watch(textbook.optimizerG, "step", "generator's optimizer")


# --- measuring -----------------------------------------------------------------------------------

KINDS: dict[str, tuple[Callable[..., Any], Callable[..., None]]] = {
    "photochrom": (start_photochrom, watch_photochrom),
    "textbook": (start_textbook, watch_textbook),
}
"""How each kind starts, and how it is watched."""


def child(options: Any) -> None:
    """One run, its figures as JSON on stdout."""
    kind, batch, pictures = options.child[0], int(options.child[1]), Path(options.child[2])
    start, watch = KINDS[kind]
    with tempfile.TemporaryDirectory() as folder:
        training = start(options, batch, pictures, Path(folder))
        steps = iter(training)
        seconds_for(steps, options.warmup)
        seconds = seconds_for(steps, options.steps)
        stopwatch = Stopwatch()
        watch_everywhere(stopwatch)
        watch(training, stopwatch.watch)
        watched = seconds_for(steps, options.watched)
    stopwatch.seconds["rest"] = watched - sum(stopwatch.seconds.values())
    phases = {name: stopwatch.seconds[name] / options.watched / batch for name in PHASES}
    result: Run = {"images_per_second": options.steps * batch / seconds, "phases": phases}
    print(json.dumps(result))


def seconds_for(steps: Iterator[Any], count: int) -> float:
    """Take some steps."""
    began = now()
    for _ in itertools.islice(steps, count):
        pass
    return now() - began


def watch_everywhere(stopwatch: Stopwatch) -> None:
    """What both kinds get from PyTorch. A loop's iterator has begun already: watch its class."""
    stopwatch.watch(dataloader._BaseDataLoaderIter, "__next__", "waiting for data")
    stopwatch.watch(Tensor, "backward", "generator backward")


def measure(kind: str, batch: int, pictures: Path) -> Run:
    """One run in a process of its own, with the options of this one."""
    own = ["--child", kind, str(batch), str(pictures)]
    command = [sys.executable, __file__, *sys.argv[1:], *own]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    figures: Run = json.loads(done.stdout)
    return figures


def make_pictures(folder: Path) -> None:
    """Made-up photographs of 640 x 480: coloured clouds and grain."""
    rng = np.random.default_rng(0)
    for number in range(PICTURES):
        clouds = Image.fromarray(rng.integers(0, 256, (6, 8, 3), np.uint8)).resize((640, 480))
        pixels = np.asarray(clouds) + rng.normal(0, 8, (480, 640, 1))
        picture = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
        picture.save(folder / f"{number}.jpg", quality=90)


# --- report --------------------------------------------------------------------------------------


def speed_table(pairs: dict[int, list[dict[str, Run]]]) -> Iterator[str]:
    """Medians, and the ratios' median and range."""
    yield "| batch | photochrom, images/s | textbook, images/s | ratio (lowest to highest) |"
    yield "|---|---|---|---|"
    for batch, runs in pairs.items():
        ours, bare = ([run[kind]["images_per_second"] for run in runs] for kind in KINDS)
        ratios = [one / other for one, other in zip(ours, bare, strict=True)]
        spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
        speeds = f"{statistics.median(ours):.3g} | {statistics.median(bare):.3g}"
        yield f"| {batch} | {speeds} | {statistics.median(ratios):.2f} ({spread}) |"


def phases_of(runs: list[dict[str, Run]], kind: str) -> list[float]:
    """Milliseconds an image of each phase, medians over the runs of a kind."""
    columns = zip(*(run[kind]["phases"].values() for run in runs), strict=True)
    return [1000 * statistics.median(column) for column in columns]


def phase_table(pairs: dict[int, list[dict[str, Run]]]) -> Iterator[str]:
    """Milliseconds an image, phases down, kinds and batches across."""
    bars = list(itertools.product(pairs, KINDS))
    yield "| ms an image | " + " | ".join(f"{kind}, batch {batch}" for batch, kind in bars) + " |"
    yield "|---" * (len(bars) + 1) + "|"
    columns = [phases_of(pairs[batch], kind) for batch, kind in bars]
    for phase, values in zip(PHASES, zip(*columns, strict=True), strict=True):
        yield f"| {phase} | " + " | ".join(f"{value:.0f}" for value in values) + " |"


def plot(pairs: dict[int, list[dict[str, Run]]], title: str, path: Path) -> None:
    """A stacked bar for each kind and batch."""
    from matplotlib.figure import Figure

    bars = list(itertools.product(pairs, KINDS))
    names = [f"{kind}\nbatch {batch}" for batch, kind in bars]
    columns = np.array([phases_of(pairs[batch], kind) for batch, kind in bars])
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
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--steps", type=int, default=6, help="counted steps of a run")
    parser.add_argument("--warmup", type=int, default=2, help="steps before them")
    parser.add_argument("--watched", type=int, default=2, help="steps after them, for the phases")
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
        pairs = {
            batch: [
                {kind: measure(kind, batch, pictures) for kind in KINDS}
                for _ in range(options.pairs)
            ]
            for batch in options.batches
        }
    report(pairs, options)


def report(pairs: dict[int, list[dict[str, Run]]], options: Any) -> None:
    """Print both tables, and plot."""
    threads = options.threads or torch.get_num_threads()
    title = f"{options.network}, {options.size} pixels, {options.precision}, {options.device}"
    print(f"{title}, {threads} threads: {options.pairs} pairs of {options.steps} steps")
    print("", *speed_table(pairs), "", *phase_table(pairs), sep="\n")
    if options.plot:
        plot(pairs, title, options.plot)


if __name__ == "__main__":
    main()
