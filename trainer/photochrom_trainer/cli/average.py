"""``photochrom-train average``: weights between two checkpoints of one ancestry."""

from pathlib import Path
from typing import Annotated

import typer


def average(
    first: Annotated[Path, typer.Argument(help="Checkpoint.")],
    second: Annotated[Path, typer.Argument(help="Checkpoint that was trained on from it.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The checkpoint to write, .pt.")],
    share: Annotated[float, typer.Option(min=0, max=1, help="Of the second's weights.")] = 0.5,
) -> None:
    """Average two checkpoints' generators: often a better trade than either.

    The result can be measured and exported, not resumed.
    """
    from photochrom_trainer.training import checkpoint
    from photochrom_trainer.training.averages import between

    state = between(checkpoint.load(first), checkpoint.load(second), share)
    checkpoint.save(output, state)
    typer.echo(f"{output}: {1 - share:g} of {first} and {share:g} of {second}")
