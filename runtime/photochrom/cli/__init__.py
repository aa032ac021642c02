"""The command line: parse, call the library, report. Heavy modules load inside the commands."""

import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import TYPE_CHECKING

from photochrom.errors import PhotochromError

if TYPE_CHECKING:
    from typer import Typer


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``photochrom`` and return its exit code."""
    from photochrom.cli.app import app

    return run(app, "photochrom", arguments)


def run(app: "Typer", name: str, arguments: Sequence[str] | None = None) -> int:
    """Run a command line; an error of ours becomes one line on stderr and its exit code.

    Usage errors and Ctrl+C end the process in Typer, with 2 and 130.
    """
    from photochrom.cli.reporting import printable

    _print_any_name()
    try:
        app(arguments)
    except PhotochromError as error:
        from photochrom.cli.complaint import keep

        keep(error)
        if str(error):
            sys.stderr.write(printable(f"{name}: {error}") + "\n")
        return error.exit_code
    return 0


def _print_any_name() -> None:
    """Let no file name stop the work because the terminal has no letters for it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
