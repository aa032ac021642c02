"""Where results go."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from photochrom.errors import UsageError


def targets_for(
    sources: Sequence[Path], output: str | None, word: str, ending: str | None = None
) -> list[Path]:
    """Where each picture goes: beside it, into a folder, or to a file of a name that was given.

    Args:
        sources: the pictures.
        output: a file, a folder, or None.
        word: the middle of names that are made here: ``NAME.word.EXT``.
        ending: their end; None: the source's, if such files can be written.

    Raises:
        UsageError: if several pictures would go to one file.
    """
    folder = None if output is None else Path(output)
    if folder is None:
        targets = [source.parent / _name(source, word, ending) for source in sources]
    elif os.path.isdir(folder) or str(output).endswith(("/", "\\")):
        from photochrom.files.whole import make_folder

        make_folder(folder)
        targets = [folder / _name(source, word, ending) for source in sources]
    elif len(sources) == 1:
        targets = [folder]
    else:
        raise UsageError(f"{len(sources)} pictures need a folder to go to, and {output} is none")
    if len({os.path.realpath(target) for target in targets}) < len(targets):
        raise UsageError("two of the pictures would go to the same file; give them one at a time")
    return targets


def _name(source: Path, word: str, ending: str | None) -> str:
    """Pictures of a kind that can't be written become PNG."""
    from photochrom.files.formats import WRITABLE

    suffix = ending or (source.suffix if source.suffix.lower() in WRITABLE else ".png")
    return f"{source.stem}.{word}{suffix}"
