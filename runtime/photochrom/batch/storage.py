"""Files that are named by URLs, ``s3://bucket/scans/a.tif``: whatever fsspec reaches.

A path is a path: nothing here is asked about one. Outputs are written by fsspec's transactions, so
that they appear whole or not at all where the storage can do that (docs/cluster.md).
"""

from __future__ import annotations

import os
import posixpath
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from photochrom.errors import OutputError, UnreachableError, UsageError

Kind = type[UnreachableError] | type[OutputError]

MARK = "://"
VERSIONS = (
    "etag",
    "md5hash",
    "generation",
    "versionid",
    "mtime",
    "lastmodified",
    "modified",
    "created",
)
"""What storages tell of an object that changes whenever its content does, in small letters."""
_writing = threading.Lock()
"""fsspec may hand one file system to all threads, and a transaction is one caller's."""


@dataclass(frozen=True)
class Stamp:
    """What tells quickly that an object is the same still."""

    size: int
    changed: str
    """Empty: the storage tells nothing, and only reading helps."""


def is_url(path: str) -> bool:
    """Whether it is a URL and no path."""
    return MARK in path


def stamp(url: str) -> Stamp | None:
    """Of an object; None: there is none.

    Raises:
        UnreachableError: if the storage can't be asked.
    """
    with _told(url):
        system, path = _opened(url)
        try:
            told = system.info(path)
        except FileNotFoundError:
            return None
    if told.get("type") == "directory":
        return None
    small = {name.lower(): value for name, value in told.items()}  # S3 has an ETag, others an etag
    said = [f"{name}={small[name]}" for name in VERSIONS if small.get(name) is not None]
    return Stamp(int(told.get("size") or 0), " ".join(said))


def is_folder(url: str) -> bool:
    """Whether objects lie below it."""
    with _told(url):
        system, path = _opened(url)
        return bool(system.isdir(path))


def below(url: str) -> Iterator[str]:
    """URLs of all objects below a folder, by name; none if it is not there."""
    with _told(url):
        system, path = _opened(url)
        try:
            found = sorted(system.find(path))
        except FileNotFoundError:
            found = []
    return (_inside(url, path, one) for one in found)


def fitting(pattern: str) -> list[str]:
    """URLs of the objects that fit a pattern."""
    top = pattern[: re.search(r"[*?\[]|$", pattern).start()].rpartition("/")[0]  # type: ignore[union-attr]
    with _told(pattern):
        system, path = _opened(pattern)
        found = sorted(one for one in system.glob(path) if not system.isdir(one))
        folder = system._strip_protocol(top)
    return [_inside(top, folder, one) for one in found]


def head(url: str, count: int) -> bytes:
    """An object's first bytes."""
    with _told(url):
        system, path = _opened(url)
        with system.open(path, "rb", block_size=max(count, 1 << 12)) as file:
            return bytes(file.read(count))


def chunks(url: str, size: int) -> Iterator[bytes]:
    """An object's content, piece by piece."""
    with _told(url):
        system, path = _opened(url)
        with system.open(path, "rb") as file:
            while chunk := file.read(size):
                yield chunk


def fetch(url: str, target: Path) -> None:
    """Copy an object to a file.

    Raises:
        UnreachableError: if it can't be read.
        OutputError: if the file can't be written.
    """
    with _told(url):
        system, path = _opened(url)
        with system.open(path, "rb") as source, _local(target, "wb") as file:
            shutil.copyfileobj(source, file, 1 << 22)


def put(source: Path, url: str) -> None:
    """Copy a file to an object, which appears whole.

    Raises:
        OutputError: if it can't be written.
    """
    with _told(url, OutputError), source.open("rb") as file:
        system, path = _opened(url)
        system.makedirs(system._parent(path), exist_ok=True)
        with _writing, system.transaction, system.open(path, "wb") as target:
            shutil.copyfileobj(file, target, 1 << 22)


def remove_folder(url: str) -> None:
    """Remove all objects below a folder; none is no error."""
    with _told(url, OutputError):
        system, path = _opened(url)
        if system.exists(path):
            system.rm(path, recursive=True)


def join(url: str, name: str) -> str:
    """An object below a folder."""
    return f"{url.rstrip('/')}/{name}"


def name_of(url: str) -> str:
    """The last part."""
    return posixpath.basename(url)


def folder_of(url: str) -> str:
    """All but the last part."""
    return posixpath.dirname(url)


def common(urls: list[str]) -> str:
    """The deepest folder that holds all of them.

    Raises:
        UsageError: if they lie in different storages.
    """
    scheme, _, _ = urls[0].partition(MARK)
    if any(url.partition(MARK)[0] != scheme for url in urls):
        raise UsageError("sources lie in different storages; run one batch for each")
    return scheme + MARK + os.path.commonpath([url.partition(MARK)[2] for url in urls])


def _inside(url: str, path: str, found: str) -> str:
    """The URL of what was found below another one; its host, if there is one, is not in paths."""
    return url.rstrip("/") + "/" + found.removeprefix(path.rstrip("/")).lstrip("/")


def _opened(url: str) -> tuple[Any, str]:
    try:
        import fsspec
    except ImportError as error:
        raise UsageError(
            f"{url} needs fsspec; install the extra: pip install 'photochrom[cluster]'"
        ) from error
    try:
        # listings are kept by some, and others write meanwhile; the client is kept, too: it takes
        # long to make
        system, path = fsspec.core.url_to_fs(url, use_listings_cache=False)
    except ValueError as error:
        raise UsageError(f"can't reach {url}: {_line(error)}") from error
    return system, str(path)


@contextmanager
def _told(url: str, kind: Kind = UnreachableError) -> Iterator[None]:
    """Whatever a storage raises, as ours: there is no common base."""
    try:
        yield
    except (UnreachableError, OutputError, UsageError):
        raise
    except ImportError as error:
        raise UsageError(f"can't reach {url}: {error}") from error
    except Exception as error:
        doing = "write" if kind is OutputError else "read"
        raise kind(f"can't {doing} {url}: {_line(error)}") from error


def _line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0] or type(error).__name__


@contextmanager
def _local(target: Path, mode: str) -> Iterator[Any]:
    """A file here; errors while it is written are about here."""
    try:
        file = target.open(mode)
    except OSError as error:
        raise OutputError(f"can't write {target}: {error.strerror}") from error
    with file:
        yield file
