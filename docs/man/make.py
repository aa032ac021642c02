"""Writes the manual page from the command line's own help: ``python docs/man/make.py``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from photochrom import __version__
from photochrom.cli.app import app
from photochrom.errors import PhotochromError

PAGE = Path(__file__).with_name("photochrom.1")
FILES = (
    ("NAME.EXT.photochrom.json", "What was said of a picture, beside it."),
    ("PHOTOCHROM_DATA", "Variable: folder of added models and of the cache."),
    ("PHOTOCHROM_LIMITS", "Variable: what a file may ask for, as pixels=3e9,memory=none."),
)


def page() -> str:
    """The page in roff."""
    root: Any = typer.main.get_command(app)
    lines = [
        f'.TH PHOTOCHROM 1 "" "photochrom {__version__}" "User Commands"',
        ".SH NAME",
        rf"photochrom \- {_text(root.help)}",
        ".SH SYNOPSIS",
        ".B photochrom",
        r"COMMAND [OPTION]... [ARGUMENT]...",
        ".SH COMMANDS",
        *_commands(root, "photochrom"),
        ".SH EXIT STATUS",
        *_items([(str(kind.exit_code), kind.__doc__ or "") for kind in _errors()]),
        ".SH FILES AND ENVIRONMENT",
        *_items(FILES),
    ]
    return "\n".join(lines) + "\n"


def _errors() -> list[type[PhotochromError]]:
    """The class that each exit code is described by: the first of its tree."""
    found = {0: type("Done", (PhotochromError,), {"exit_code": 0, "__doc__": "All is done."})}
    for kind in PhotochromError.__subclasses__():
        found.setdefault(kind.exit_code, kind)
    return [found[code] for code in sorted(found)]


def _commands(group: Any, name: str) -> Iterator[str]:
    for part, command in group.commands.items():
        called = f"{name} {part}"
        if hasattr(command, "commands"):
            yield from _commands(command, called)
            continue
        yield f".SS {called} {' '.join(_arguments(command))}".rstrip()
        yield _text(command.help or "")
        yield from _items(list(_options(command)))


def _arguments(command: Any) -> Iterator[str]:
    for one in command.params:
        if one.param_type_name == "argument":
            word = (one.metavar or one.name).upper().rstrip(".")
            word += "..." if one.nargs == -1 else ""
            yield word if one.required else f"[{word}]"


def _options(command: Any) -> Iterator[tuple[str, str]]:
    for one in command.params:
        if one.param_type_name == "option" and not one.hidden and one.name != "help":
            names = ", ".join((*one.opts, *one.secondary_opts))
            value = "" if one.is_flag else f" {(one.metavar or 'VALUE').upper()}"
            yield names + value, one.help or ""


def _items(items: Any) -> Iterator[str]:
    for name, words in items:
        yield from (".TP", rf"\fB{_text(name)}\fR", _text(words))


def _text(words: str) -> str:
    """Words on one line, with what roff takes for commands made harmless."""
    line = " ".join(words.split()).replace("\\", r"\e").replace("-", r"\-")
    return rf"\&{line}" if line.startswith((".", "'")) or not line else line


def main() -> None:
    """Write the page; ``--check`` only says by the exit code whether it is up to date."""
    if "--check" in sys.argv[1:]:
        sys.exit(PAGE.read_text("utf-8") != page())
    PAGE.write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
