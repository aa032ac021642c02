"""The tree of commands."""

import typer

from photochrom.cli import (
    batch,
    cache,
    demo,
    desktop,
    doctor,
    gimp,
    models,
    photo,
    restore,
    video,
)

app = typer.Typer(
    name="photochrom",
    help="Colorize black-and-white photographs and films; their own light is never touched.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command("photo")(photo.photo)
app.command("restore")(restore.restore)
app.add_typer(video.app, name="video", help="Colorize films.")
app.add_typer(batch.app, name="batch", help="Colorize whole archives.")
app.add_typer(models.app, name="models")
app.command("desktop")(desktop.desktop)
app.add_typer(gimp.app, name="gimp")
app.add_typer(cache.app, name="cache")
app.command("doctor")(doctor.doctor)
app.command("demo")(demo.demo)


@app.callback(invoke_without_command=True)
def _version(
    version: bool = typer.Option(False, "--version", help="Print the version and leave."),
) -> None:
    if version:
        from photochrom import __version__

        typer.echo(__version__)
        raise typer.Exit
