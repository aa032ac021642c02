"""``photochrom-train``: train generators, measure and compare them.

Commands only read their arguments and call the library. PyTorch is imported inside them, so that
``--help`` answers at once.
"""

import sys

import typer

from photochrom.cli import run
from photochrom_trainer.cli.average import average
from photochrom_trainer.cli.compare import compare
from photochrom_trainer.cli.evaluate import evaluate
from photochrom_trainer.cli.finetune import finetune
from photochrom_trainer.cli.train import train

app = typer.Typer(
    help="Train photochrom's generators and measure them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command()(train)
app.command()(finetune)
app.command()(average)
app.command()(evaluate)
app.add_typer(compare, name="compare")


def main() -> None:
    """Run the command line; a PhotochromError becomes one line on stderr and its exit code."""
    sys.exit(run(app, "photochrom-train"))
