"""Files that appear whole or not at all. Nothing heavy: trainer and exporters use it too.

What is being written, and scratch data, lies in hidden files that their process holds locked. The
system gives a lock back when its process ends, however it ends; so a file that nobody holds is what
a killed process left, and the next one in that folder removes it. A running one's is never touched.
"""

import errno
import os
import re
import secrets
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedIOBase, BufferedRandom
from pathlib import Path

from photochrom.errors import OutputError

if sys.platform != "win32":
    import fcntl

_HELD = re.compile(r"\..*photochrom-(partial|scratch)-[0-9a-f]{8}(\.[^.]*)?", re.DOTALL)
UNSYNCED = (errno.EINVAL, errno.ENOTSUP)
"""What fsync of a folder says on network disks that have no such thing."""
_swept: set[str] = set()
_sweeping = threading.Lock()


@contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """A temporary file beside `target`; at the end of the block it is made durable and renamed.

    Yields:
        The temporary file's path, with the target's ending; it exists and is empty.

    Raises:
        OutputError: if it can't be written. On any error an older `target` stays as it was.
    """
    # cut, as the target's own name may be as long as names can be
    name = f".{target.stem[:40]}.photochrom-partial-"
    with _held_file(target.parent, name, target.suffix, 0o666) as (temporary, lock):
        try:
            yield temporary
            _make_durable(temporary)
            if sys.platform == "win32":  # there an open file can't be renamed
                lock.close()
            temporary.replace(target)
            _make_entries_durable(target.parent)
        except OSError as error:
            raise OutputError(f"can't write {target}: {error.strerror or error}") from error


def make_folder(folder: Path) -> Path:
    """Make a folder, and those above it, unless it is there, durably; returns it.

    Raises:
        OutputError: if it can't be made.
    """
    missing = [one for one in (folder, *folder.parents) if not os.path.isdir(one)]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for one in missing:
            _make_entries_durable(one.parent)
    except OSError as error:
        raise OutputError(f"can't make the folder {folder}: {error.strerror}") from error
    return folder


@contextmanager
def scratch_file(folder: Path | None, ending: str) -> Iterator[Path]:
    """An empty file for data that does not fit into memory; removed at the end of the block.

    Args:
        folder: where; None takes the system's folder for temporary files.
        ending: of its name, with the dot.

    Raises:
        OutputError: if there is no such folder, or nobody may write there.
    """
    with _held_file(scratch_folder(folder), ".photochrom-scratch-", ending, 0o600) as (scratch, _):
        yield scratch


@contextmanager
def held_folder(folder: Path) -> Iterator[None]:
    """A folder that one process works in at a time; made if it is not there.

    Raises:
        OutputError: if another process holds it, or nobody may write there.
    """
    path = make_folder(folder) / ".held"
    with held_file(path, f"another photochrom works in {folder}; wait for it, or end it"):
        yield


@contextmanager
def held_file(path: Path, otherwise: str) -> Iterator[None]:
    """A file that one process holds at a time; it stays, and says nothing.

    Raises:
        OutputError: in the words of `otherwise` if another process holds it; or it can't be made.
    """
    try:
        lock = path.open("a+b")
    except OSError as error:
        raise OutputError(f"can't write into {path.parent}: {error.strerror}") from error
    with lock:
        if not _lock(lock):
            raise OutputError(otherwise)
        yield


def scratch_folder(chosen: Path | None) -> Path:
    """The folder that a person chose for scratch data, else the system's for temporary files."""
    return Path(tempfile.gettempdir()) if chosen is None else chosen


def sweep(folder: Path) -> None:
    """Remove what killed processes left in a folder; what can't be removed stays."""
    try:
        names = [name for name in os.listdir(folder) if _HELD.fullmatch(name)]
    except OSError:
        return
    for name in names:
        _remove_if_left(folder / name)


def sweep_once(folder: Path) -> None:
    """`sweep`, the first time that this process has to do with a folder."""
    key = os.path.realpath(folder)
    with _sweeping:
        if key not in _swept:
            _swept.add(key)
            sweep(folder)


@contextmanager
def _held_file(
    folder: Path, name: str, ending: str, mode: int
) -> Iterator[tuple[Path, BufferedRandom]]:
    """A new, empty file that this process holds, gone at the end of the block."""
    sweep_once(folder)
    try:
        path, lock = _create(folder, name, ending, mode)
    except OSError as error:
        raise OutputError(f"can't write into {folder}: {error.strerror}") from error
    try:
        yield path, lock
    finally:
        lock.close()
        path.unlink(missing_ok=True)


def _create(folder: Path, name: str, ending: str, mode: int) -> tuple[Path, BufferedRandom]:
    while True:
        path = folder / f"{name}{secrets.token_hex(4)}{ending}"
        # held until the block of `_held_file` ends
        lock = open(path, "x+b", opener=lambda name, flags: os.open(name, flags, mode))  # noqa: SIM115
        # between these lines another process may take it for one that was left, and remove it
        if _lock(lock) and path.exists():
            return path, lock
        lock.close()


def _remove_if_left(path: Path) -> None:
    try:
        with path.open("r+b") as lock:
            if _lock(lock, otherwise=False):
                path.unlink(missing_ok=True)
    except OSError:
        return


def _lock(file: BufferedIOBase, otherwise: bool = True) -> bool:
    """Take a file's lock, unless another has it; `otherwise` where the file system has no locks.

    Windows needs none: there a file that somebody has open can't be removed.
    """
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return otherwise
    return True


def _make_durable(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _make_entries_durable(folder: Path) -> None:
    """After a power cut, names that were made in a folder are there, and point to what they did."""
    if sys.platform == "win32":  # folders can't be opened there, and NTFS journals names
        return
    try:
        handle = os.open(folder, os.O_RDONLY)
    except PermissionError:  # one may write there and not look: nobody can do it then
        return
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in UNSYNCED:
            raise
    finally:
        os.close(handle)
