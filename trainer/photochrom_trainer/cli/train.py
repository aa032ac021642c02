"""``photochrom-train train``: a run from its first step, or from where it stopped."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import typer
from rich.console import Console

from photochrom.errors import CancelledError, DeviceError

if TYPE_CHECKING:
    from lightning_fabric import Fabric

Device: TypeAlias = Literal["auto", "cpu", "cuda"]


def train(
    folder: Annotated[Path, typer.Argument(help="Folder of colour pictures.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the run.")],
    config: Annotated[str, typer.Option(help="A preset's name, or a TOML file.")] = "default",
    start: Annotated[
        Path | None, typer.Option("--from", help="Checkpoint whose weights a new run starts from.")
    ] = None,
    device: Annotated[Device, typer.Option(help="Where to compute.")] = "auto",
    threads: Annotated[int | None, typer.Option(min=1, help="CPU threads to compute with.")] = None,
) -> None:
    """Train a generator, or go on with a run that stopped."""
    from photochrom_trainer.config import read_config
    from photochrom_trainer.reports.console import follow
    from photochrom_trainer.training.run import train as take_steps

    settings = read_config(config)
    fabric = _fabric(device, settings.precision, threads)
    typer.echo(f"training on {fabric.device}, {settings.precision}; run folder {output}", err=True)
    try:
        progress = take_steps(settings, folder, output, fabric, start=start)
        steps = follow(progress, Console(stderr=True, highlight=False))
    except KeyboardInterrupt as error:
        raise CancelledError(
            f"stopped; the same command goes on from the last checkpoint in {output}"
        ) from error
    typer.echo(f"took {steps} steps; the checkpoint is {output / 'last.pt'}", err=True)


def _fabric(device: Device, precision: str, threads: int | None) -> "Fabric":
    """Fabric on one device, checked to be there."""
    import torch
    from lightning_fabric import Fabric

    found = torch.cuda.is_available()
    if device == "cuda" and not found:
        raise DeviceError("PyTorch finds no CUDA device here; use --device cpu")
    if threads:
        torch.set_num_threads(threads)
    accelerator = "cuda" if found and device != "cpu" else "cpu"
    return Fabric(accelerator=accelerator, devices=1, precision=precision)  # type: ignore[arg-type]
