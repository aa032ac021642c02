"""What a file's content is known by: its hash, and what tells quickly that it is the same still."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass

from photochrom.batch import storage
from photochrom.errors import InputError

CHUNK = 1 << 20


@dataclass(frozen=True)
class Seal:
    """A file's content at one time."""

    sha256: str
    size: int
    """Bytes."""
    changed: str
    """What the file system says of when it was changed; differs if the content does."""


def seal(path: str) -> Seal:
    """Hash a file, or an object that a URL names.

    Raises:
        InputError: if it can't be read, or is changed meanwhile.
    """
    if storage.is_url(path):
        return _remote(path)
    try:
        with open(path, "rb", opener=_open) as file:
            before = os.fstat(file.fileno())
            digest = hashlib.sha256()
            while chunk := file.read(CHUNK):
                digest.update(chunk)
            after = os.fstat(file.fileno())
    except OSError as error:
        raise InputError(f"can't read {path}: {error.strerror}") from error
    if (before.st_size, _changed(before)) != (after.st_size, _changed(after)):
        raise InputError(f"{path} was changed while it was read; try again when it is whole")
    return Seal(digest.hexdigest(), after.st_size, _changed(after))


def is_there(path: str) -> bool:
    """Whether there is a file, a broken link or an object of that name."""
    return storage.stamp(path) is not None if storage.is_url(path) else os.path.lexists(path)


def still(path: str, known: Seal) -> Seal | None:
    """The seal of a file whose content is what is known, read again only if it may differ.

    Returns:
        A seal of the same content, or None: it is another one, or gone.
    """
    if storage.is_url(path):
        return _still_remote(path, known)
    try:
        status = os.stat(path)
        if (status.st_size, _changed(status)) == (known.size, known.changed):
            return known
        found = seal(path) if status.st_size == known.size else None
    except (OSError, InputError, ValueError):
        return None
    return found if found is not None and found.sha256 == known.sha256 else None


def settings_hash(text: str, read: Iterable[str]) -> str:
    """Hash of what was asked and of the content of other files that count."""
    digest = hashlib.sha256(text.encode())
    for path in read:
        digest.update(f"\0{_content(path)}".encode())
    return digest.hexdigest()


def _content(path: str) -> str:
    """Hash of a file, or of all files in a folder; nothing if it is not there."""
    if storage.is_url(path):
        return _remote_content(path)
    if os.path.isdir(path):
        names = sorted(entry.name for entry in os.scandir(path) if entry.is_file())
        names = [name for name in names if not name.startswith(".")]
        return " ".join(f"{name!a}:{_content(os.path.join(path, name))}" for name in names)
    try:
        return seal(path).sha256
    except InputError:
        return ""


def _remote(url: str) -> Seal:
    before = storage.stamp(url)
    if before is None:
        raise InputError(f"{url} is gone")
    digest = hashlib.sha256()
    for chunk in storage.chunks(url, CHUNK):
        digest.update(chunk)
    if storage.stamp(url) != before:
        raise InputError(f"{url} was changed while it was read; try again when it is whole")
    return Seal(digest.hexdigest(), before.size, before.changed)


def _still_remote(url: str, known: Seal) -> Seal | None:
    stamp = storage.stamp(url)
    if stamp is None or stamp.size != known.size:
        return None
    found = known if stamp.changed and stamp.changed == known.changed else _remote(url)
    return found if found.sha256 == known.sha256 else None


def _remote_content(url: str) -> str:
    if storage.stamp(url) is not None:
        return _remote(url).sha256
    names = {storage.name_of(one): one for one in storage.below(url)}
    shown = sorted(name for name in names if not name.startswith("."))
    return " ".join(f"{name!a}:{_remote(names[name]).sha256}" for name in shown)


def _open(path: str, flags: int) -> int:
    # a pipe would wait for a writer
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _changed(status: os.stat_result) -> str:
    return f"{status.st_mtime_ns}.{status.st_ctime_ns}"
