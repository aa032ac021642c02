"""``photochrom batch``: colorize whole archives."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from photochrom.cli.defaults import DefaultGroup
from photochrom.cli.photo import DeviceOption, JsonOption, ModelOption
from photochrom.errors import UsageError
from photochrom.models.names import DEFAULT_MODEL

app = typer.Typer(cls=DefaultGroup)

JournalOption = Annotated[
    Path | None,
    typer.Option(metavar="PATH", help="The journal, on a local disk. Default: one for each DEST."),
]

DestinationArgument = Annotated[
    Path | None, typer.Argument(help="The batch's -o.", metavar="[DEST]", show_default=False)
]
JobsOption = Annotated[
    int | None, typer.Option(min=1, help="Items at once. Default: as many as cores.")
]
OverwriteOption = Annotated[
    bool, typer.Option("--overwrite", help="Replace files in DEST that the batch did not make.")
]
ReportOption = Annotated[
    Path | None,
    typer.Option(metavar="PATH.html", help="Default: photochrom-report.html in DEST; .csv, .json."),
]
NoReportOption = Annotated[bool, typer.Option("--no-report", help="Write no report.")]


@app.command("colorize", hidden=True)
def colorize(
    sources: Annotated[
        list[str],
        typer.Argument(
            help="Folders, files, patterns as 'scans/**/*.tif'; - reads names from stdin.",
            metavar="SRC...",
        ),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DEST", help="Folder that mirrors the tree.")
    ],
    jobs: JobsOption = None,
    settings: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Settings of all, in the words of sidecars (JSON)."),
    ] = None,
    on_error: Annotated[
        str, typer.Option(metavar="continue|stop", help="What an item that fails does to others.")
    ] = "continue",
    journal: JournalOption = None,
    model: ModelOption = DEFAULT_MODEL,
    device: DeviceOption = "auto",
    no_sidecar: Annotated[
        bool, typer.Option("--no-sidecar", help="Leave aside what lies beside the sources.")
    ] = False,
    root: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Mirror the tree from here. Default: the deepest folder that holds every SRC.",
        ),
    ] = None,
    null: Annotated[
        bool, typer.Option("--null", "-0", help="Names on stdin end with NUL, not a line end.")
    ] = False,
    portable_names: Annotated[
        bool,
        typer.Option("--portable-names", help="Change names that Windows can't hold."),
    ] = sys.platform == "win32",
    overwrite: OverwriteOption = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on with files as they arrive, until Ctrl+C.")
    ] = False,
    engine: Annotated[
        str, typer.Option(metavar="local|ray", help="Run here, or on a Ray cluster that is up.")
    ] = "local",
    address: Annotated[
        str | None,
        typer.Option(metavar="HOST:PORT", help="Of the Ray cluster. Default: this machine's."),
    ] = None,
    resource: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME[=AMOUNT]",
            help="What each task takes of a machine of the cluster, as GPU=1. Repeatable.",
        ),
    ] = None,
    report: ReportOption = None,
    no_report: NoReportOption = False,
    json: JsonOption = False,
) -> None:
    """Colorize everything: pictures and films, told by content, into a tree like the sources'.

    Stopped, killed or failed, the same command goes on: it skips what is done and unchanged.

    photochrom batch status|verify|retry: what a batch's journal knows.
    """
    from photochrom.batch import distant, wishes
    from photochrom.batch.gathering import sources_of
    from photochrom.batch.running import Wanted
    from photochrom.cli.batching import Telling, run

    wanted = Wanted(
        sources=tuple(distant.sources_of(sources) or sources_of(sources, null, sys.stdin.buffer)),
        destination=output,
        asked=wishes.read(settings, _model(model), device, not no_sidecar),
        root=None if root is None else str(root),
        portable=portable_names,
        overwrite=overwrite,
        on_error=_policy(on_error),
        journal=journal,
        jobs=jobs,
        engine=_engine(engine, address, resource),
        address=address,
        resources=tuple(resource or ()),
    )
    run(wanted, Telling(json, not no_report, report), watch=watch)


@app.command("status")
def status(
    destination: DestinationArgument = None,
    journal: JournalOption = None,
    json: JsonOption = False,
) -> None:
    """What is done, what failed and why, what waits; also while the batch runs."""
    from photochrom.cli import batching

    batching.status(_journal(destination, journal), json)


@app.command("verify")
def verify(
    destination: DestinationArgument = None,
    journal: JournalOption = None,
    json: JsonOption = False,
) -> None:
    """Read every output again, and its source: whether they are what the journal says."""
    from photochrom.cli import batching

    batching.verify(_journal(destination, journal), json)


@app.command("retry")
def retry(
    destination: DestinationArgument = None,
    journal: JournalOption = None,
    jobs: JobsOption = None,
    overwrite: OverwriteOption = False,
    report: ReportOption = None,
    no_report: NoReportOption = False,
    json: JsonOption = False,
) -> None:
    """Try again what failed, as it was asked for, and nothing else."""
    from dataclasses import replace

    from photochrom.batch.journal import read_journal
    from photochrom.batch.running import wanted_again
    from photochrom.cli.batching import Telling, run

    with read_journal(_journal(destination, journal)) as known:
        wanted = wanted_again(known)
    wanted = replace(wanted, overwrite=overwrite, jobs=jobs or wanted.jobs)
    run(wanted, Telling(json, not no_report, report), retry=True)


def _journal(destination: Path | None, journal: Path | None) -> Path:
    from photochrom.batch.running import usual_journal

    if journal is None and destination is None:
        raise UsageError("name the destination of the batch, or its --journal")
    return journal or usual_journal(destination or Path())


def _model(model: str) -> str:
    return str(Path(model).absolute()) if model.endswith(".onnx") else model


def _engine(said: str, address: str | None, resource: list[str] | None) -> Literal["local", "ray"]:
    if said not in ("local", "ray"):
        raise UsageError(f"--engine is local or ray, not {said!r}")
    if said == "local" and (address or resource):
        raise UsageError("--address and --resource are for --engine ray")
    return said  # type: ignore[return-value]  # mypy does not narrow str to a Literal


def _policy(said: str) -> Literal["continue", "stop"]:
    if said == "continue" or said == "stop":
        return said  # type: ignore[return-value]  # mypy does not narrow str to a Literal
    raise UsageError(f"--on-error is continue or stop, not {said!r}")
