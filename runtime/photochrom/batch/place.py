"""The destination: one folder, the same all the time; nothing is written outside of it."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from photochrom.errors import OutputError
from photochrom.files.whole import make_folder

FULL = 1 << 20
"""Bytes that are free on a disk that counts as full."""


class Place:
    """A destination; its folder is made, and held open until `close`.

    Raises:
        OutputError: if it is none, or nobody may write there.
    """

    def __init__(self, folder: Path) -> None:
        if os.path.lexists(folder) and not os.path.isdir(folder):
            raise OutputError(f"{folder} is no folder; name one for the outputs")
        self.folder = os.path.realpath(make_folder(folder))
        if not os.access(self.folder, os.W_OK):
            raise OutputError(f"can't write into {folder}; choose another folder")
        # held, as the number of one that is removed is given to the next
        self._handle = None if sys.platform == "win32" else os.open(self.folder, os.O_RDONLY)
        self._identity = self._look()

    def close(self) -> None:
        """Let the folder go."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def path(self, name: str) -> str:
        """Where an output of that name lies."""
        return path_in(self.folder, name)

    def check(self) -> None:
        """Refuse a destination that is another one by now: its disk is gone.

        Raises:
            OutputError: if it is.
        """
        if self._look() != self._identity:
            raise OutputError(
                f"the destination {self.folder} is gone; bring it back and run the command again"
            )

    def prepare(self, target: str) -> None:
        """Make an output's folder.

        Raises:
            OutputError: if it lies outside of the destination by a link, or can't be made.
        """
        parent = os.path.dirname(target)
        real = os.path.realpath(parent)
        if os.path.commonpath((real, self.folder)) != self.folder:
            raise OutputError(f"{parent} is a link out of the destination; remove the link")
        make_folder(Path(parent))

    @property
    def full(self) -> bool:
        """Whether nothing more fits."""
        try:
            return shutil.disk_usage(self.folder).free < FULL
        except OSError:
            return False

    def _look(self) -> tuple[int, int] | None:
        try:
            status = os.stat(self.folder)
        except OSError:
            return None
        return status.st_dev, status.st_ino


def path_in(folder: str, name: str) -> str:
    """Where an output of that name lies in a destination."""
    return os.path.join(folder, *name.split("/"))
