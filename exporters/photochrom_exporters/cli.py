"""``photochrom-export``: a checkpoint made into a model file that photochrom runs."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.console import Console
from rich.table import Table

from photochrom.cli import run
from photochrom.errors import UsageError
from photochrom.models.manifest import LARGEST, Manifest

if TYPE_CHECKING:
    from photochrom_exporters.calibration import Photographs
    from photochrom_exporters.to_onnx import Written
    from photochrom_trainer.config import TrainConfig

app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)


@app.command()
def export(
    checkpoint: Annotated[Path, typer.Argument(help="A checkpoint of photochrom-train.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The ONNX file to write.")],
    name: Annotated[
        str | None, typer.Option(help="What --model will call it; by default the network's name.")
    ] = None,
    version: Annotated[str, typer.Option(help="Version of these weights.")] = "1",
    license: Annotated[str, typer.Option(help="SPDX name of their licence.")] = "Apache-2.0",
    weights: Annotated[
        Literal["fp16", "fp32", "int8"],
        typer.Option(help="How weights are stored. int8 is computed in int8, the others in fp32."),
    ] = "fp16",
    calibrate: Annotated[
        Path | None,
        typer.Option(help="int8 only, and needed for it: folder of colour photographs."),
    ] = None,
    validate: Annotated[
        Path | None,
        typer.Option(
            help="int8 only: folder of other photographs, that its loss is measured on; by default "
            "every second of --calibrate is held out."
        ),
    ] = None,
    native_size: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=LARGEST,
            help="Short side at which it sees pictures; by default 256, or the last stage's crops "
            "where those are larger.",
        ),
    ] = None,
    data: Annotated[str, typer.Option(help="What it was trained on, in words.")] = "not stated",
) -> None:
    """Export a checkpoint's averaged generator, check it against PyTorch, and write it."""
    photographs = _photographs(weights, calibrate, validate)
    from photochrom_exporters.to_onnx import TOLERANCES
    from photochrom_exporters.to_onnx import export as write
    from photochrom_trainer.training.checkpoint import config_of, load
    from photochrom_trainer.training.run import load_generator

    network, state = load_generator(checkpoint), load(checkpoint)
    config = config_of(state)
    manifest = Manifest(
        name=name or config.network,
        version=version,
        sha256="",
        color_space=config.color_space,
        scale=config.scale,
        native_size=native_size or max(Manifest.native_size, config.stages[-1].size),
        multiple=network.multiple,
        output_stride=network.output_stride,
        hints=network.takes_hints,
        precision="int8" if weights == "int8" else "fp32",
        weights=weights,
        tolerance=TOLERANCES[weights],
        license=license,
        trained=_provenance(state, config, data),
    )
    _show(write(network, manifest, output, photographs), output)


def _photographs(
    weights: str, calibrate: Path | None, validate: Path | None
) -> "Photographs | None":
    """The photographs for int8; other weights need none."""
    if weights != "int8" and (calibrate or validate):
        raise UsageError("--calibrate and --validate are for --weights int8")
    from photochrom_exporters.calibration import choose

    return choose(calibrate, validate) if calibrate else None


def _provenance(state: dict[str, Any], config: "TrainConfig", data: str) -> dict[str, Any]:
    """Where a checkpoint's weights come from, for the manifest."""
    from photochrom_trainer.training.schedule import images_seen

    steps = state["step"]
    return {
        "data": data,
        "network": config.network,
        "images": images_seen(config, steps),
        "steps": steps,
        "commit": state["commit"],
    }


def _show(written: "Written", path: Path) -> None:
    from photochrom_exporters.agreement import UNITS
    from photochrom_exporters.loss import MOST_LOST

    allowed = written.manifest.tolerance
    units = UNITS[written.manifest.color_space]
    table = Table("input", "max", "mean", title=f"difference from PyTorch in {units}")
    for trial in written.agreement.trials:
        table.add_row(trial.name, f"{trial.max:.5f}", f"{trial.mean:.6f}")
    table.add_row("allowed", str(allowed["max"]), str(allowed["mean"]))
    Console().print(table)
    for loss in written.losses:
        typer.echo(
            f"int8 on photographs, {loss.points} points: {loss.after:.2f} dB, "
            f"{loss.lost:.2f} less than float32 ({loss.before:.2f}), allowed {MOST_LOST:g}"
        )
    typer.echo(f"{path}: {written.size / 1e6:.2f} MB, sha256 {written.manifest.sha256}")


def main() -> None:
    """Run the command line; a PhotochromError becomes one line on stderr and its exit code."""
    sys.exit(run(app, "photochrom-export"))


if __name__ == "__main__":
    main()
