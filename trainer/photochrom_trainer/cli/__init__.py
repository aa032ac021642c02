"""``photochrom-train``: train a generator, and measure one.

Commands only read their arguments and call the library. PyTorch is imported inside them, so that
``--help`` answers at once.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import typer
from rich.console import Console

from photochrom.cli import run
from photochrom.errors import CancelledError, DeviceError
from photochrom.files.whole import whole_file

if TYPE_CHECKING:
    from lightning_fabric import Fabric

app = typer.Typer(
    help="Train photochrom's generators and measure them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

Device: TypeAlias = Literal["auto", "cpu", "cuda"]


@app.command()
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


@app.command()
def evaluate(
    model: Annotated[Path, typer.Argument(help="A checkpoint, or an ONNX file.")],
    folder: Annotated[Path, typer.Argument(help="Folder of colour pictures.")],
    points: Annotated[
        list[int] | None,
        typer.Option(min=0, help="Random points of true colour; may be repeated [default: 0, 10]"),
    ] = None,
    saturation: Annotated[float, typer.Option(help="Multiplies the predicted chroma.")] = 1.0,
    json: Annotated[Path | None, typer.Option(help="Write the numbers here too.")] = None,
    sheet: Annotated[Path | None, typer.Option(help="Write grey | ours | truth here, PNG.")] = None,
) -> None:
    """Measure a model: PSNR, colourfulness and colour difference, as a Markdown table."""
    from photochrom_trainer.evaluation.measure import evaluate as measure
    from photochrom_trainer.evaluation.measure import to_json, to_markdown
    from photochrom_trainer.evaluation.predictors import load
    from photochrom_trainer.evaluation.sheets import contact_sheet
    from photochrom_trainer.reports.console import counting

    counts, loaded = points or [0, 10], load(model)
    with counting("measuring", Console(stderr=True)) as progress:
        report = measure(loaded, folder, counts, progress, saturation)
    typer.echo(to_markdown(report))
    if json:
        with whole_file(json) as file:
            file.write_text(to_json(report), "utf-8")
    if sheet:
        with whole_file(sheet) as file:
            file.write_bytes(contact_sheet(loaded, folder, counts))


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


def main() -> None:
    """Run the command line; a PhotochromError becomes one line on stderr and its exit code."""
    sys.exit(run(app, "photochrom-train"))


if __name__ == "__main__":
    main()
