"""``photochrom-export``: a checkpoint made into a model file that photochrom runs."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.console import Console
from rich.table import Table

from photochrom.cli import run
from photochrom.models.names import DEFAULT_MODEL

if TYPE_CHECKING:
    from photochrom_exporters.to_onnx import Written

app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)


@app.command()
def export(
    checkpoint: Annotated[Path, typer.Argument(help="A checkpoint of photochrom-train.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The ONNX file to write.")],
    name: Annotated[str, typer.Option(help="What --model will call it.")] = DEFAULT_MODEL,
    version: Annotated[str, typer.Option(help="Version of these weights.")] = "1",
    license: Annotated[str, typer.Option(help="SPDX name of their licence.")] = "Apache-2.0",
    weights: Annotated[
        Literal["fp16", "fp32"], typer.Option(help="How weights are stored; fp32 is computed.")
    ] = "fp16",
    data: Annotated[str, typer.Option(help="What it was trained on, in words.")] = "not stated",
) -> None:
    """Export a checkpoint's averaged generator, check it against PyTorch, and write it."""
    from photochrom.models.manifest import Manifest
    from photochrom_exporters.to_onnx import TOLERANCES
    from photochrom_exporters.to_onnx import export as write
    from photochrom_trainer.training.checkpoint import config_of, load
    from photochrom_trainer.training.run import load_generator

    network, state = load_generator(checkpoint), load(checkpoint)
    manifest = Manifest(
        name=name,
        version=version,
        sha256="",
        scale=config_of(state).scale,
        multiple=network.multiple,
        output_stride=network.output_stride,
        weights=weights,
        tolerance=TOLERANCES[weights],
        license=license,
        trained=_provenance(state, data),
    )
    _show(write(network, manifest, output), output)


def _provenance(state: dict[str, Any], data: str) -> dict[str, Any]:
    """Where a checkpoint's weights come from, for the manifest."""
    from photochrom_trainer.training.checkpoint import config_of
    from photochrom_trainer.training.run import images_seen

    steps = state["step"]
    return {
        "data": data,
        "images": images_seen(config_of(state), steps),
        "steps": steps,
        "commit": state["commit"],
    }


def _show(written: "Written", path: Path) -> None:
    allowed = written.manifest.tolerance
    table = Table("input", "max", "mean", title="difference from PyTorch, a*b* units")
    for trial in written.agreement.trials:
        table.add_row(trial.name, f"{trial.max:.5f}", f"{trial.mean:.6f}")
    table.add_row("allowed", str(allowed["max"]), str(allowed["mean"]))
    Console().print(table)
    typer.echo(f"{path}: {written.size / 1e6:.2f} MB, sha256 {written.manifest.sha256}")


def main() -> None:
    """Run the command line; a PhotochromError becomes one line on stderr and its exit code."""
    sys.exit(run(app, "photochrom-export"))


if __name__ == "__main__":
    main()
