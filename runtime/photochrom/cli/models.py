"""``photochrom models``: which models there are, and what they say of themselves."""

from dataclasses import asdict
from typing import Annotated

import typer

from photochrom.cli.photo import JsonOption
from photochrom.models.names import DEFAULT_MODEL

app = typer.Typer(help="List models and show what they say of themselves.", no_args_is_help=True)


@app.command("list")
def list_(json: JsonOption = False) -> None:
    """List the models that can be named with --model."""
    from photochrom.models.store import list_models

    rows = [
        {"name": model.name, "path": str(model.path), "default": model.name == DEFAULT_MODEL}
        for model in list_models()
    ]
    if json:
        _print_json(rows)
        return
    for row in rows:
        mark = "  (default)" if row["default"] else ""
        typer.echo(f"{row['name']}{mark}  {row['path']}")


@app.command()
def info(
    name: Annotated[str, typer.Argument(help="Name of a model, or path of an .onnx file.")],
    json: JsonOption = False,
) -> None:
    """Check a model's checksum and show its manifest."""
    from photochrom.models.checksum import verify
    from photochrom.models.store import find_model

    path = find_model(name)
    values = {"path": str(path), **asdict(verify(path))}
    if json:
        _print_json(values)
        return
    for key, value in values.items():
        typer.echo(f"{key:14} {value}")


def _print_json(values: object) -> None:
    import json

    typer.echo(json.dumps(values, indent=2))
