"""A command that does something by itself and has others below it."""

from typing import Any

from typer.core import TyperGroup


class DefaultGroup(TyperGroup):
    """Runs its first command, hidden, unless another one is named.

    So ``photochrom video film.mp4`` colorizes, and ``photochrom video shots film.mp4`` lists shots.
    A film of such a name is given as ``./shots``.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the first command's name where none is said."""
        default, *_ = self.commands
        if not args or args[0] not in self.commands:
            args = [default, *args]
        return super().parse_args(ctx, args)
