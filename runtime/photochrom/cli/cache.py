"""``photochrom cache``: what can be made again."""

from __future__ import annotations

import typer

from photochrom.cli.photo import JsonOption
from photochrom.cli.reporting import printable

app = typer.Typer(help="What is kept so that it need not be made again.", no_args_is_help=True)


@app.command()
def clear() -> None:
    """Remove all of it."""
    from photochrom.files.shelf import SHELVES
    from photochrom.folders import cache_folder

    freed = sum(shelf.clear() for shelf in SHELVES)
    typer.echo(printable(f"{freed / 1e6:.1f} MB removed from {cache_folder()}"))


@app.command()
def info(json: JsonOption = False) -> None:
    """Show how much of what is kept, and how much may be."""
    from photochrom.files.shelf import SHELVES

    rows = [
        {
            "name": shelf.name,
            "folder": str(shelf.folder),
            "files": len(kept := shelf.kept()),
            "bytes": sum(size for _, size, _ in kept),
            "cap": shelf.cap,
        }
        for shelf in SHELVES
    ]
    if json:
        import json as encoder

        typer.echo(encoder.dumps(rows, indent=2))
        return
    for row in rows:
        taken, cap = (f"{int(str(row[name])) / 1e6:.1f}" for name in ("bytes", "cap"))
        words = f"{row['name']:10} {row['files']} files, {taken} of {cap} MB: {row['folder']}"
        typer.echo(printable(words))
