"""Which files a person means: files, folders, patterns and lists; what is left out, and why."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO

from photochrom.batch.items import Kind
from photochrom.batch.signatures import FrameError, kind_of
from photochrom.errors import InputError, UsageError
from photochrom.hints.sidecar import ENDING as SIDECAR

STDIN = "-"
UNFINISHED = (".part", ".partial", ".crdownload", ".download", ".filepart", ".tmp")
"""How names of files end that are still on their way."""
LONGEST_LIST = 1 << 30
"""Bytes of a list of files."""


@dataclass(frozen=True)
class Found:
    """A picture or film."""

    path: str
    """Absolute."""
    kind: Kind


@dataclass(frozen=True)
class LeftOut:
    """What was met and is not done."""

    path: str
    why: str
    failed: bool = False
    """Whether something is lost by that: it could not be looked at."""


@dataclass
class Gathered:
    """Everything that is meant, each file once, in the order of the sources and of names."""

    root: str
    """The deepest folder that holds all sources: the tree is mirrored from here."""
    found: list[Found] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    others: int = 0
    """Files that are neither picture nor film, hidden ones included; nobody misses them."""


def gather(
    sources: Sequence[str],
    destination: str,
    root: str | None = None,
    kinds: Callable[[str], Kind | None] = kind_of,
) -> Gathered:
    """Find what is meant.

    Args:
        sources: absolute paths of files and folders (`sources_of`).
        destination: whatever is in this folder is no source, unless it holds sources itself.
        root: the folder from which the tree is mirrored; None: the deepest that holds all sources.
        kinds: tells what a file is.

    Raises:
        UsageError: if a source lies outside of a root that was given.
    """
    gathered = Gathered(_root(sources, root))
    inside = not _is_within(gathered.root, destination)
    gathering = _Gathering(gathered, destination if inside else None, kinds)
    for source in sources:
        gathering.take(source)
    return gathered


def sources_of(said: Sequence[str], null: bool, stdin: IO[bytes] | None) -> list[str]:
    """Absolute paths of what was said: names, patterns (``*``, ``?``, ``[``, ``**``), ``-``.

    A name that is there is meant itself, whatever letters it has. Links above a source are
    followed, so that ``..`` means what it means to the system.

    Args:
        said: as on the command line.
        null: whether names of the list end with NUL instead of a line end.
        stdin: where ``-`` is read from.

    Raises:
        InputError: if something is not there, or a pattern fits nothing.
        UsageError: if the list is too long.
    """
    found: list[str] = []
    for word in said:
        if word == STDIN and stdin is not None:
            found += _listed(stdin, null)
        elif os.path.lexists(word):
            found.append(word)
        elif glob.has_magic(word):
            found += _fitting(word)
        else:
            raise InputError(f"no such file or folder: {word}")
    return list(dict.fromkeys(_absolute(name) for name in found))


class _Gathering:
    """Walks, and knows what it has met already."""

    def __init__(
        self,
        gathered: Gathered,
        destination: str | None,
        kinds: Callable[[str], Kind | None],
    ) -> None:
        self._to, self._kinds = gathered, kinds
        self._destination = None if destination is None else os.path.realpath(destination)
        self._met: set[str] = set()

    def take(self, path: str) -> None:
        """A source that was named: a link to a folder is followed, a hidden name counts."""
        if os.path.isdir(path):
            self._walk(path)
        else:
            self._file(path, named=True)

    def _walk(self, top: str) -> None:
        """All files below a folder, by name; without recursion, as trees may be deep."""
        waiting = [top]
        while waiting:
            folder = waiting.pop()
            if self._is_destination(folder):
                continue
            folders = []
            for entry in self._entries(folder):
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                elif entry.is_symlink() and os.path.isdir(entry.path):
                    self._leave(entry.path, "a link to a folder; name it as a source to follow it")
                else:
                    self._file(entry.path, named=False)
            waiting += reversed(folders)

    def _entries(self, folder: str) -> Iterator[os.DirEntry[str]]:
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: os.fsencode(entry.name))
        except OSError as error:
            self._leave(folder, f"can't look into it: {error.strerror}", failed=True)
            return
        names = {entry.name for entry in entries}
        for entry in entries:
            if is_hidden(entry.name, names):
                self._to.others += 1
            else:
                yield entry

    def _file(self, path: str, named: bool) -> None:
        if is_unfinished(path) and not named:
            self._leave(path, "its name says that it is not whole yet")
            return
        try:
            kind = self._kinds(path)
        except FrameError as error:
            self._leave_once(os.path.dirname(path), str(error))
            return
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            self._leave(path, f"can't read it: {why}", failed=named or isinstance(error, OSError))
            return
        if kind is None and not named:
            self._to.others += 1
        else:
            self._add(Found(path, kind or "photo"))

    def _add(self, found: Found) -> None:
        real = os.path.realpath(found.path)
        if real in self._met:
            if os.path.islink(found.path):
                self._leave(found.path, f"the same file as {real}, which is done once")
            return
        if self._is_destination(os.path.dirname(real)):
            self._leave(found.path, "it lies in the destination")
            return
        self._met.add(real)
        self._to.found.append(found)

    def _is_destination(self, folder: str) -> bool:
        inside = self._destination is not None
        return inside and _is_within(os.path.realpath(folder), str(self._destination))

    def _leave_once(self, folder: str, why: str) -> None:
        if not self._to.left_out or self._to.left_out[-1].path != folder:
            self._leave(folder, why)

    def _leave(self, path: str, why: str, failed: bool = False) -> None:
        self._to.left_out.append(LeftOut(path, why, failed))


def is_unfinished(path: str) -> bool:
    """Whether its name says that it is on its way still."""
    return os.path.basename(path).lower().endswith(UNFINISHED)


def is_hidden(name: str, names: set[str]) -> bool:
    """Hidden by the system's custom, a sidecar, or frames of a film that lies beside them."""
    film = name.removesuffix(".keyframes")
    return name.startswith(".") or name.endswith(SIDECAR) or (film != name and film in names)


def _listed(stdin: IO[bytes], null: bool) -> Iterable[str]:
    text = stdin.read(LONGEST_LIST + 1)
    if len(text) > LONGEST_LIST:
        raise UsageError("the list of files is too long; name their folder instead")
    names = text.split(b"\0") if null else [line.removesuffix(b"\r") for line in text.split(b"\n")]
    for name in names:
        if name and b"\0" in name:
            raise UsageError("the list's names end with NUL; say --null")
        if name:
            yield os.fsdecode(name)


def _fitting(pattern: str) -> list[str]:
    found = sorted(glob.glob(pattern, recursive=True), key=os.fsencode)
    if not found:
        raise InputError(f"nothing fits {pattern}")
    files = [path for path in found if not os.path.isdir(path)]
    # ** gives folders beside what is in them
    return files or found


def _absolute(name: str) -> str:
    head, tail = os.path.split(os.path.abspath(name) if name.endswith(os.sep) else name)
    if tail in ("", os.curdir, os.pardir):
        return os.path.realpath(name)
    return os.path.join(os.path.realpath(head or os.curdir), tail)


def _root(sources: Sequence[str], chosen: str | None) -> str:
    folders = [path if os.path.isdir(path) else os.path.dirname(path) for path in sources]
    if chosen is None:
        return os.path.commonpath(folders) if folders else os.getcwd()
    root = os.path.realpath(chosen)
    for folder in folders:
        if not _is_within(folder, root):
            raise UsageError(f"{folder} does not lie in {root}; choose a --root that holds it")
    return root


def _is_within(path: str, folder: str) -> bool:
    try:
        return os.path.commonpath((path, folder)) == folder
    except ValueError:  # Windows: another drive
        return False
