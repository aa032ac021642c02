"""Shelves of the cache: files that can be made again, each shelf with a limit to what it takes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from photochrom.errors import OutputError
from photochrom.files.whole import make_folder, whole_file
from photochrom.folders import cache_folder


@dataclass(frozen=True)
class Shelf:
    """A folder of the cache; the longest unused files go first."""

    name: str
    ending: str
    cap: int
    """Bytes that all files may take."""

    @property
    def folder(self) -> Path:
        """Where they lie."""
        return cache_folder() / self.name

    def obtain(self, key: str, size: int, write: Callable[[Path], None]) -> Path:
        """A file, written unless it is there.

        Args:
            key: what it is of: letters and digits.
            size: bytes that it takes, about.
            write: fills a file.

        Raises:
            OutputError: if the disk has too little room, or nobody may write there.
        """
        home = make_folder(self.folder)
        with suppress(OSError):  # pictures are private
            home.chmod(0o700)
        path = home / f"{key}{self.ending}"
        if not path.exists():
            self._make_room(size)
            if shutil.disk_usage(home).free < size:
                raise OutputError(f"{home} has too little room for the picture; free some")
            with whole_file(path) as temporary:
                write(temporary)
        with suppress(OSError):
            os.utime(path)  # used just now
        return path

    def kept(self) -> list[tuple[int, int, Path]]:
        """Of every file: when it was used last (ns), its bytes, and where it is."""
        found = []
        for path in self.folder.glob(f"*{self.ending}"):
            with suppress(OSError):  # another process removed it
                status = path.stat()
                found.append((status.st_mtime_ns, status.st_size, path))
        return found

    def clear(self) -> int:
        """Remove every file; those that are open go when they are closed.

        Returns:
            The bytes that are free again.

        Raises:
            OutputError: if one can't be removed.
        """
        freed = 0
        for _, size, path in self.kept():
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise OutputError(f"can't remove {path}: {error.strerror}") from error
            freed += size
        return freed

    def _make_room(self, size: int) -> None:
        kept = self.kept()
        total = size + sum(one[1] for one in kept)
        for _, taken, path in sorted(kept):
            if total <= self.cap:
                return
            with suppress(OSError):
                path.unlink()
                total -= taken


PYRAMIDS = Shelf("pyramids", ".tif", 8 << 30)
"""Large pictures, stored so that any part of them is near."""
FILMS = Shelf("films", ".npz", 1 << 30)
"""What the first pass found in films."""
ANSWERS = Shelf("answers", ".npy", 512 << 20)
"""What networks answered."""
RESTORED = Shelf("restored", ".npy", 4 << 30)
"""Pixels of pictures that were put right."""
SEEN = Shelf("seen", ".npz", 256 << 20)
"""The small copies at which the model looked at those."""
SHELVES = (PYRAMIDS, FILMS, ANSWERS, RESTORED, SEEN)
"""All of them."""
