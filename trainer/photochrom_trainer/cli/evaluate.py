"""``photochrom-train evaluate``: a model's numbers."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

HINT_CURVE = (0, 1, 2, 5, 10, 20, 50, 100)


def evaluate(
    model: Annotated[Path, typer.Argument(help="A checkpoint, or an ONNX file.")],
    folder: Annotated[Path, typer.Argument(help="Folder of colour pictures.")],
    points: Annotated[
        list[int] | None,
        typer.Option(min=0, help="Random points of true colour; may be repeated [default: 0, 10]"),
    ] = None,
    hint_curve: Annotated[
        bool, typer.Option("--hint-curve", help="0, 1, 2, 5, 10, 20, 50 and 100 points.")
    ] = False,
    saturation: Annotated[
        list[float] | None,
        typer.Option(help="Multiplies the predicted chroma; may be repeated [default: 1]"),
    ] = None,
    weak_points: Annotated[
        bool, typer.Option("--weak-points", help="Hues mixed up, many regions, grey things.")
    ] = False,
    previous_frame: Annotated[
        bool, typer.Option("--previous-frame", help="How well a previous frame is carried on.")
    ] = False,
    inception: Annotated[
        Path | None, typer.Option(help="Inception weights for FID, a local file.")
    ] = None,
    layout: Annotated[
        str, typer.Option(help="How the folder is laid out; its validation pictures are taken.")
    ] = "folder",
    pictures: Annotated[
        Path | None, typer.Option(help="Text file that names the pictures, one path a line.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Folder for numbers, tables, plots and sheets."),
    ] = None,
    threads: Annotated[int | None, typer.Option(min=1, help="CPU threads to compute with.")] = None,
) -> None:
    """Measure a model on colour pictures, and print its numbers as Markdown."""
    import torch

    from photochrom_trainer.data.layouts import list_pictures
    from photochrom_trainer.evaluation import measure, results
    from photochrom_trainer.evaluation import previous_frame as frames
    from photochrom_trainer.evaluation import weak_points as weak
    from photochrom_trainer.evaluation.inception import read_inception
    from photochrom_trainer.evaluation.predictors import load
    from photochrom_trainer.reports.console import counting

    if threads:
        torch.set_num_threads(threads)
    workers, console = threads or torch.get_num_threads(), Console(stderr=True)
    counts = HINT_CURVE if hint_curve else tuple(points or (0, 10))
    network = read_inception(inception) if inception else None
    if pictures:
        paths = results.read_list(pictures, folder)
    else:
        paths = list_pictures(folder, layout, "val")
    loaded = load(model)
    with counting("measuring", console) as progress:
        report = measure.evaluate(
            loaded, folder, counts, saturation or (1.0,), paths, network, progress, workers
        )
    found, carried = None, None
    if weak_points:
        with counting("weak points", console) as progress:
            found = weak.weak_points(loaded, folder, paths, progress, workers)
    if previous_frame:
        with counting("previous frame", console) as progress:
            carried = frames.previous_frame(loaded, folder, paths, progress)
    evaluation = results.Evaluation(report, found, carried)
    typer.echo(results.to_markdown(evaluation))
    if output:
        results.write(evaluation, loaded, folder, output)
