"""``photochrom-train finetune``: a person's own pictures into a model that photochrom runs."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from photochrom.errors import OutputError, UsageError
from photochrom.models.names import DEFAULT_MODEL
from photochrom_trainer.cli.train import Device, follow_run, make_fabric


def finetune(
    folder: Annotated[Path, typer.Argument(help="Folder of your own colour pictures.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The model to write, .onnx.")],
    model: Annotated[
        str, typer.Option(help="Model to start from: a name, or an .onnx file.")
    ] = DEFAULT_MODEL,
    config: Annotated[str, typer.Option(help="A preset's name, or a TOML file.")] = "finetune",
    run: Annotated[
        Path | None, typer.Option(help="Folder of the run [default: the model's name and .run].")
    ] = None,
    device: Annotated[Device, typer.Option(help="Where to compute.")] = "auto",
    threads: Annotated[int | None, typer.Option(min=1, help="CPU threads to compute with.")] = None,
) -> None:
    """Train a shipped model on with your own pictures, and export it."""
    from photochrom.models.checksum import verify
    from photochrom.models.store import find_model
    from photochrom_trainer.config import read_config
    from photochrom_trainer.training.loop import Training

    _check_output(output)
    settings, base = read_config(config), find_model(model)
    manifest = verify(base)
    fabric = make_fabric(device, settings.precision, threads)
    where = run or output.with_suffix(".run")
    typer.echo(
        f"training {model} on with {folder}, on {fabric.device}; run folder {where}", err=True
    )
    training = Training(settings, folder, where, fabric, False, base)
    follow_run(training, look=None)
    used = training.screening()
    kept = used.seen - used.unreadable - used.grey
    _export(where / "last.pt", output, f"{model} {manifest.version}, then {kept} pictures more")
    typer.echo(f"photochrom photo PICTURE --model {output}", err=True)


def _check_output(output: Path) -> None:
    """Find out before an hour of training, and not after it."""
    if output.suffix != ".onnx":
        raise UsageError(f"the model's name ends in .onnx, not {output.suffix or 'in nothing'}")
    if not output.parent.is_dir():
        raise OutputError(f"no such folder: {output.parent}; make it first")


def _export(checkpoint: Path, output: Path, data: str) -> None:
    """Call the exporter as a person would; it is a component above this one.

    Weights stay float32: the shipped ones lie on fp16's grid, and a small step away from it is
    what rounding to fp16 would take back, all in one direction.
    """
    command = [sys.executable, "-m", "photochrom_exporters", str(checkpoint), "-o", str(output)]
    command += ["--name", output.stem, "--data", data, "--weights", "fp32"]
    done = subprocess.run(command, check=False)
    if done.returncode:
        raise typer.Exit(done.returncode)  # the exporter has said why
