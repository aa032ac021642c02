"""Files as they arrive, each once it is whole."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from photochrom.batch.gathering import Found, gather
from photochrom.batch.watching import Kinds, Watching, is_written

JPEG = b"\xff\xd8\xff and so on"
LONG = 60.0
"""Seconds after which something counts as never happening."""


class Watched:
    """A folder, and what comes out of it."""

    def __init__(
        self, folder: Path, settled: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.folder, self.cancel = folder, threading.Event()
        kinds = Kinds()

        def look() -> object:
            return gather([str(folder)], "/nowhere", str(folder), kinds)

        def enter(found: list[Found]) -> list[str]:
            return [os.path.relpath(one.path, folder) for one in found]

        self._names: Iterator[str | None] = Watching(
            look,  # type: ignore[arg-type]  # Gathered
            enter,
            self.cancel,
            settled,
            clock,
        ).names()

    def next(self) -> str:
        """The next name; fails if none comes."""
        end = time.monotonic() + LONG
        while time.monotonic() < end:
            name = next(self._names)
            if name is not None:
                return name
            time.sleep(0.01)
        pytest.fail("nothing came")

    def quiet(self, seconds: float) -> None:
        """Fails if anything comes within some seconds."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert next(self._names) is None
            time.sleep(0.01)


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path, settled=0.3)


def test_what_is_there_and_what_comes(watched: Watched) -> None:
    (watched.folder / "a.jpg").write_bytes(JPEG)
    assert watched.next() == "a.jpg"
    (watched.folder / "sub").mkdir()
    (watched.folder / "sub" / "b.jpg").write_bytes(JPEG)
    (watched.folder / "notes.txt").write_bytes(b"words")
    assert watched.next() == "sub/b.jpg"
    watched.quiet(1.5)


def test_what_changes_comes_again(watched: Watched) -> None:
    path = watched.folder / "a.jpg"
    path.write_bytes(JPEG)
    assert watched.next() == "a.jpg"
    path.write_bytes(JPEG + b" more")
    assert watched.next() == "a.jpg"
    (watched.folder / "a.jpg.photochrom.json").write_text('{"photochrom": 1}')
    assert watched.next() == "a.jpg"


def test_while_somebody_writes_it(watched: Watched) -> None:
    """However long they pause."""
    path = watched.folder / "a.jpg"
    with path.open("wb") as file:
        file.write(JPEG[:3])
        file.flush()
        assert is_written(str(path))
        watched.quiet(3)
        file.write(JPEG[3:])
    assert not is_written(str(path))
    assert watched.next() == "a.jpg"


def test_while_it_grows(tmp_path: Path) -> None:
    """By somebody who opens it again for each piece, as on another machine."""
    now = 0.0
    watched = Watched(tmp_path, settled=1000, clock=lambda: now)
    path = watched.folder / "a.jpg"
    for _ in range(4):
        with path.open("ab") as file:
            file.write(JPEG)
        for _ in range(5):
            now += 198
            assert next(watched._names) is None
    now += 1000
    assert watched.next() == "a.jpg"


def test_unfinished_downloads(watched: Watched) -> None:
    (watched.folder / "a.jpg.part").write_bytes(JPEG)
    watched.quiet(1.5)
    (watched.folder / "a.jpg.part").rename(watched.folder / "a.jpg")
    assert watched.next() == "a.jpg"


def test_it_ends(watched: Watched) -> None:
    watched.cancel.set()
    assert next(watched._names, "ended") == "ended"


def test_kinds_are_told_once(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(JPEG)
    kinds = Kinds()
    assert kinds(str(path)) == "photo"
    before = path.stat()
    path.write_bytes(b"x" * len(JPEG))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert kinds(str(path)) == "photo"  # not read again, as nothing tells of a change
    path.write_bytes(b"words")
    assert kinds(str(path)) is None
