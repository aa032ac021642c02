"""Copies of films on a machine of the cluster: fetched once, though many parts are made of them."""

from __future__ import annotations

import hashlib
import os
import time
from contextlib import suppress
from pathlib import Path

from photochrom.batch import storage
from photochrom.batch.storage import Stamp
from photochrom.files.whole import make_folder, whole_file
from photochrom.folders import cache_folder

CAP = 64 << 30
"""Bytes of all copies; the longest unused go first."""


def home() -> Path:
    """Where copies, and what is made of them, lie."""
    return cache_folder() / "cluster"


def bring(url: str, stamp: Stamp, target: Path, kept: bool) -> None:
    """Copy an object to a path that is not there yet.

    It gets the same time stamp on every machine, as that is one of the facts by which a film's
    pieces are known.

    Args:
        url, stamp: the object's.
        target: on the same disk as `home`.
        kept: whether the next caller on this machine will want it too.

    Raises:
        UnreachableError, OutputError: if it can't be copied.
    """
    digest = hashlib.sha256(f"{url} {stamp}".encode()).digest()
    changed = int.from_bytes(digest[:4], "big") * 10**9
    if not kept:
        _fetch(url, target, changed)
        return
    films = make_folder(home() / "films")
    copy = films / f"{digest.hex()[:32]}.film"
    for _ in range(2):  # another process may remove it in between, to make room for its own
        if not copy.exists():
            _make_room(films, stamp.size)
            with whole_file(copy) as temporary:
                _fetch(url, temporary, changed)
        with suppress(FileNotFoundError):
            os.utime(copy, ns=(time.time_ns(), changed))
            os.link(copy, target)  # stays, whoever makes room
            return
    _fetch(url, target, changed)


def _fetch(url: str, target: Path, changed: int) -> None:
    storage.fetch(url, target)
    os.utime(target, ns=(time.time_ns(), changed))


def _make_room(films: Path, size: int) -> None:
    """The time of use is kept as the time of access, which this sets by hand."""
    found = [(path.stat().st_atime_ns, path.stat().st_size, path) for path in films.glob("*.film")]
    total = size + sum(one[1] for one in found)
    for _, taken, path in sorted(found):
        if total <= CAP:
            return
        path.unlink(missing_ok=True)
        total -= taken
