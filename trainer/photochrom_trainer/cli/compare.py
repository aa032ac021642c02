"""``photochrom-train compare``: measured models, sets of pictures, colour spaces."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from photochrom.errors import UsageError
from photochrom_trainer.cli.train import Device, follow_run, make_fabric

if TYPE_CHECKING:
    from photochrom_trainer.training.loop import Training

compare = typer.Typer(
    help="Compare measured models, or train small runs and compare them.", no_args_is_help=True
)

Output = Annotated[Path, typer.Option("--output", "-o", help="Folder for the results.")]
Config = Annotated[str, typer.Option(help="A preset's name, or a TOML file.")]
DeviceOption = Annotated[Device, typer.Option(help="Where to compute.")]
Threads = Annotated[int | None, typer.Option(min=1, help="CPU threads to compute with.")]


@compare.command()
def models(
    evaluations: Annotated[
        list[Path], typer.Argument(help="Folders that evaluate wrote; the first is the baseline.")
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder for table, JSON and curves.")
    ] = None,
) -> None:
    """Say whether measured models' intervals are apart, with paired differences."""
    from photochrom.files.whole import make_folder
    from photochrom_trainer.evaluation import pairs, results, tables

    if len(evaluations) < 2:
        raise UsageError("comparing takes two evaluations or more")
    first, *others = (tables.read_report(folder / results.NUMBERS) for folder in evaluations)
    found = [(other, pairs.compare(first, other)) for other in others]
    text = "\n\n".join(pairs.to_markdown(first, *each) for each in found)
    typer.echo(text)
    if output:
        make_folder(output)
        results.write_text(output / "models.md", text + "\n")
        values = [pairs.to_plain(first, *each) for each in found]
        results.write_text(output / "models.json", tables.dump(values))
        results.write_plots([first, *others], output)


@compare.command()
def datasets(
    corpus: Annotated[Path, typer.Argument(help="Folder with one folder of pictures a set.")],
    sets: Annotated[list[str], typer.Argument(help="Names of those folders.")],
    output: Output,
    config: Config = "laptop",
    measured: Annotated[int, typer.Option(min=2, help="Pictures of each set to measure on.")] = 200,
    trained: Annotated[
        int | None,
        typer.Option(min=1, help="Pictures of each set to train on [default: the smallest set's]."),
    ] = None,
    device: DeviceOption = "auto",
    threads: Threads = None,
) -> None:
    """Train on each set of pictures and measure on all, with equal counts and steps."""
    from photochrom_trainer.config import read_config
    from photochrom_trainer.evaluation import cross_datasets
    from photochrom_trainer.reports.console import counting

    settings = read_config(config)
    parts = cross_datasets.divide(corpus, sets, measured, trained)
    fabric = make_fabric(device, settings.precision, threads)
    cross_datasets.train_each(settings, corpus, parts, output, fabric, _watch)
    with counting("measuring", Console(stderr=True)) as progress:
        found = cross_datasets.measure_each(corpus, parts, output, progress, _workers())
    cross_datasets.write(settings, parts, corpus, found, output)
    typer.echo(cross_datasets.to_markdown(parts, found))


@compare.command()
def spaces(
    folder: Annotated[Path, typer.Argument(help="Folder of colour pictures to train on.")],
    measured: Annotated[Path, typer.Argument(help="Folder of others to measure on.")],
    output: Output,
    config: Config = "laptop",
    device: DeviceOption = "auto",
    threads: Threads = None,
) -> None:
    """Train the same run in Lab and in Luv, and score both alike."""
    from photochrom_trainer.config import read_config
    from photochrom_trainer.evaluation import color_spaces
    from photochrom_trainer.reports.console import counting

    settings = read_config(config)
    fabric = make_fabric(device, settings.precision, threads)
    color_spaces.train_both(settings, folder, output, fabric, _watch)
    with counting("measuring", Console(stderr=True)) as progress:
        typer.echo(color_spaces.measure_both(measured, output, progress, _workers()))


def _watch(training: "Training") -> None:
    typer.echo(f"training {training.output.name}", err=True)
    follow_run(training, None)


def _workers() -> int:
    import torch

    return torch.get_num_threads()
