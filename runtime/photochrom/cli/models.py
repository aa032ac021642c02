"""``photochrom models``: which models there are, what they say of themselves, adding your own."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from photochrom.cli.photo import DeviceOption, JsonOption
from photochrom.models.names import DEFAULT_MODEL

app = typer.Typer(help="List models, check them, add your own.", no_args_is_help=True)
AnyModel = Annotated[str, typer.Argument(help="Name of a model, or path of an .onnx file.")]


@app.command("list")
def list_(json: JsonOption = False) -> None:
    """List the models that can be named with --model."""
    from photochrom.models.store import list_models

    rows = [
        {
            "name": model.name,
            "path": str(model.path),
            "default": model.name == DEFAULT_MODEL and not model.user,
            "user": model.user,
        }
        for model in list_models()
    ]
    if json:
        _print_json(rows)
        return
    for row in rows:
        mark = "  (default)" if row["default"] else "  (yours)" if row["user"] else ""
        _print(f"{row['name']}{mark}  {row['path']}")


@app.command()
def info(name: AnyModel, json: JsonOption = False) -> None:
    """Check a model's checksum and show its manifest."""
    from photochrom.models.checksum import verify
    from photochrom.models.store import find_model

    path = find_model(name)
    values = {"path": str(path), **asdict(verify(path))}
    if json:
        _print_json(values)
        return
    for key, value in values.items():
        _print(f"{key:14} {value}")


@app.command()
def add(
    file: Annotated[Path, typer.Argument(help="An .onnx file; it is copied.")],
    kind: Annotated[
        str | None,
        typer.Option(
            help="What another program's network is: ddcolor, deoldify, siggraph17 or eccv16. "
            "Files made by photochrom-export need none."
        ),
    ] = None,
    name: Annotated[str | None, typer.Option(help="What to call it. Default: as the file.")] = None,
    json: JsonOption = False,
) -> None:
    """Check a model and keep it, so that --model finds it by name."""
    from photochrom.worker import alone

    added = alone.asked("add-model", source=str(file), kind=kind, name=name)
    if json:
        keys = ("name", "path", "kind", "assumed", "notes")
        _print_json({key: added[key] for key in keys})
        return
    for line in added["assumed"]:
        _print(line)
    for line in added["notes"]:
        _print(f"note: {line}")
    _print(f"added {added['name']}: {added['path']}")


@app.command()
def remove(
    name: Annotated[str, typer.Argument(help="Name of a model that you added.")],
    json: JsonOption = False,
) -> None:
    """Delete a model that you added. Models that ship with photochrom stay."""
    from photochrom.models import library

    path = library.remove(name)
    if json:
        _print_json({"name": name, "path": str(path)})
        return
    _print(f"removed {name}: {path}")


@app.command()
def verify(name: AnyModel, device: DeviceOption = "cpu", json: JsonOption = False) -> None:
    """Check a model's checksum, and that it gives colours on a device."""
    from photochrom.models import library

    manifest, ran_on = library.verify(name, device)
    if json:
        facts = {"name": manifest.name, "kind": manifest.kind, "sha256": manifest.sha256}
        _print_json({**facts, "device": ran_on})
        return
    _print(f"{manifest.name}: checksum good, gives colours on {ran_on}")


def _print(text: str) -> None:
    from photochrom.cli.reporting import printable

    typer.echo(printable(text))


def _print_json(values: object) -> None:
    import json

    typer.echo(json.dumps(values, indent=2))
