"""``photochrom-train evaluate``: a model's numbers."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from photochrom.files.whole import whole_file


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
