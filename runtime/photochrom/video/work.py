"""The folder of a film's finished pieces: what is in it stays, however the process ends.

A piece is written under another name, made durable, renamed, and then listed in ``pieces.jsonl``
with a key: the hash of everything that decided what is in it. What is listed under a key that is
wanted again is not made again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from photochrom.errors import OutputError
from photochrom.files.whole import held_folder, sweep, whole_file

LIST = "pieces.jsonl"
LISTS = "pieces*.jsonl"
"""Several processes that work in one folder have a list each."""
FOUND = ".npz"
"""Ending of what the first pass found."""


def key_of(facts: dict[str, Any]) -> str:
    """A hash of facts that JSON can hold, 24 hexadecimal digits."""
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:24]


@dataclass
class Work:
    """Finished pieces by their keys. Use `open_work`."""

    folder: Path
    own_list: str = LIST
    """Name of the list that this process writes."""
    _listed: dict[str, int] = field(default_factory=dict)
    """Bytes of the file by the piece's name, which is its key and ending."""

    def has(self, name: str) -> bool:
        """Whether a piece is finished."""
        path = self.path(name)
        return name in self._listed and path.is_file() and path.stat().st_size == self._listed[name]

    def path(self, name: str) -> Path:
        """Where a piece lies; its name is its key and ending."""
        return self.folder / name

    @contextmanager
    def piece(self, name: str) -> Iterator[Path]:
        """A file to write a piece to; at the end of the block it is finished.

        Raises:
            OutputError: if it can't be written.
        """
        target = self.path(name)
        with whole_file(target) as temporary:
            yield temporary
        self._list(name, target.stat().st_size)

    def keep_only(self, names: Collection[str]) -> None:
        """Remove the pieces that are not wanted."""
        for name in [name for name in self._listed if name not in names]:
            with suppress(OSError):
                self.path(name).unlink()
            del self._listed[name]

    @property
    def begun(self) -> bool:
        """Whether there is more than what the first pass found, which is quickly found again."""
        return any(not name.endswith(FOUND) for name in self._listed)

    @property
    def size(self) -> int:
        """Bytes of all finished pieces."""
        return sum(self._listed.values())

    def _list(self, name: str, size: int) -> None:
        line = json.dumps({"piece": name, "bytes": size})
        try:
            with (self.folder / self.own_list).open("a", encoding="utf-8") as file:
                file.write(line + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise OutputError(f"can't write into {self.folder}: {error.strerror}") from error
        self._listed[name] = size

    def _read(self) -> None:
        for path in sorted(self.folder.glob(LISTS)):
            for line in path.read_text("utf-8", errors="replace").splitlines():
                with suppress(ValueError, KeyError, TypeError):  # a line that power cut in two
                    told = json.loads(line)
                    self._listed[str(told["piece"])] = int(told["bytes"])


def list_of(number: int) -> str:
    """Name of the list that whoever makes a piece writes."""
    return f"pieces-{number}.jsonl"


@contextmanager
def open_work(folder: Path, keep: bool) -> Iterator[Work]:
    """A folder's finished pieces, for one process at a time.

    Args:
        folder: made if it is not there.
        keep: whether it stays when the block ends well; after an error it stays too if there is
            anything in it that took long.

    Raises:
        OutputError: if another process works there, or nobody may write there.
    """
    with held_folder(folder):
        sweep(folder)
        work = Work(folder)
        work._read()
        try:
            yield work
        except BaseException:
            keep = keep or work.begun
            raise
        finally:
            if not keep:
                shutil.rmtree(folder, ignore_errors=True)


def open_part(folder: Path, number: int) -> Work:
    """A folder's finished pieces, for a process that makes one while others make theirs.

    Args:
        folder: there already.
        number: of the piece, which names this process' list.
    """
    work = Work(folder, list_of(number))
    work._read()
    return work
