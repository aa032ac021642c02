"""``photochrom-train train``: a run from its first step, or from where it stopped."""

import math
import os
import shlex
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import typer
from rich.console import Console

from photochrom.errors import CancelledError, DeviceError, UsageError

if TYPE_CHECKING:
    from lightning_fabric import Fabric

    from photochrom_trainer.reports.page import Facts
    from photochrom_trainer.reports.run_report import RunReport
    from photochrom_trainer.training.loop import Progress, Training

Device: TypeAlias = Literal["auto", "cpu", "cuda"]


def train(
    folder: Annotated[Path, typer.Argument(help="Folder of colour pictures.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the run.")],
    config: Annotated[str, typer.Option(help="A preset's name, or a TOML file.")] = "default",
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", help='Replaces a setting, as color_space="luv"; may be repeated.'),
    ] = None,
    start: Annotated[
        Path | None,
        typer.Option("--from", help="Checkpoint or .onnx file that a new run starts from."),
    ] = None,
    look: Annotated[
        Path | None, typer.Option(help="Folder of pictures to show in sheets [default: FOLDER].")
    ] = None,
    minutes: Annotated[
        float | None, typer.Option(min=0, help="Stop after so long; the same command goes on.")
    ] = None,
    device: Annotated[Device, typer.Option(help="Where to compute.")] = "auto",
    threads: Annotated[int | None, typer.Option(min=1, help="CPU threads to compute with.")] = None,
) -> None:
    """Train a generator, or go on with a run that stopped. Works under torchrun too."""
    from photochrom_trainer.config import read_config
    from photochrom_trainer.training.loop import Training

    settings = read_config(config, changes or ())
    fabric = make_fabric(device, settings.precision, threads)
    if minutes is not None and fabric.world_size > 1:
        raise UsageError("--minutes is for one process: the clocks of several would not agree")
    training = Training(settings, folder, output, fabric, start=start)
    if fabric.is_global_zero:
        where = f"{fabric.world_size} x {fabric.device}" if fabric.world_size > 1 else fabric.device
        typer.echo(f"training on {where}, {settings.precision}; run folder {output}", err=True)
        steps = follow_run(training, look, minutes)
        typer.echo(f"took {steps} steps; the report is {output / 'report.html'}", err=True)
    else:
        for _ in training:
            pass


def follow_run(training: "Training", look: Path | None = None, minutes: float | None = None) -> int:
    """Take a run's steps under the eyes of a person; returns how many were taken.

    Args:
        training: the run.
        look: folder of pictures for the sheets; those trained on if there is none.
        minutes: after which the run is saved and left; None goes to its end.
    """
    from photochrom_trainer.data.layouts import list_pictures
    from photochrom_trainer.reports.console import follow
    from photochrom_trainer.reports.run_report import RunReport

    shown = list_pictures(look) if look else training.pictures()
    report = RunReport(training.output, training.config, shown)
    loading = training.loading_speed()
    typer.echo(f"pictures alone come at {loading:.0f} images/s; with the model:", err=True)
    try:
        steps = _reported(_for_minutes(training, minutes), training, report)
        return follow(steps, Console(stderr=True, highlight=False))
    except KeyboardInterrupt as error:
        raise CancelledError(
            f"stopped; the same command goes on from the last checkpoint in {training.output}"
        ) from error
    finally:
        report.finish(_facts(training, loading))


def _for_minutes(training: "Training", minutes: float | None) -> Iterator["Progress"]:
    """The run's steps, until the time is over; the last one is kept."""
    end = time.monotonic() + (math.inf if minutes is None else 60 * minutes)
    for progress in training:
        yield progress
        if time.monotonic() >= end:
            training.save()
            return


def _reported(
    steps: Iterable["Progress"], training: "Training", report: "RunReport"
) -> Iterator["Progress"]:
    """The run's steps, with a sheet now and then and at the end."""
    from photochrom_trainer.evaluation.predictors import from_generator

    for progress in steps:
        report.step(progress)
        if progress.step % training.config.look_every == 0 or progress.step == progress.steps:
            report.look(progress.step, from_generator(training.generator, training.config))
        yield progress


def _facts(training: "Training", loading: float) -> "Facts":
    from photochrom_trainer.reports.page import Facts
    from photochrom_trainer.training.checkpoint import source_commit

    fabric = training.run.fabric
    return Facts(
        device=f"{fabric.world_size} x {fabric.device}",
        commit=source_commit(),
        command=shlex.join(["photochrom-train", *sys.argv[1:]]),
        screening=training.screening(),
        loading_per_second=loading,
    )


def make_fabric(device: Device, precision: str, threads: int | None) -> "Fabric":
    """Fabric on one device, or on those that torchrun gives; checked to be there, and launched.

    Raises:
        DeviceError: if CUDA is asked for and not there.
    """
    import torch
    from lightning_fabric import Fabric
    from lightning_fabric.strategies.ddp import DDPStrategy

    found = torch.cuda.is_available()
    if device == "cuda" and not found:
        raise DeviceError("PyTorch finds no CUDA device here; use --device cpu")
    if threads:
        torch.set_num_threads(threads)
    accelerator = "cuda" if found and device != "cpu" else "cpu"
    processes = int(os.environ.get("LOCAL_WORLD_SIZE", 1))
    nodes = int(os.environ.get("GROUP_WORLD_SIZE", 1))
    fabric = Fabric(
        accelerator=accelerator,
        devices=processes,
        num_nodes=nodes,
        # The discriminator looks twice before it learns, which DDP's own buffers would not survive.
        strategy=DDPStrategy(broadcast_buffers=False) if processes * nodes > 1 else "auto",
        precision=precision,  # type: ignore[arg-type]
    )
    fabric.launch()
    return fabric
