"""Shelves of the cache."""

import os
from pathlib import Path

from photochrom.files.shelf import Shelf


def a_hundred_bytes(path: Path) -> None:
    path.write_bytes(bytes(100))


def test_a_shelf_has_a_cap() -> None:
    shelf = Shelf("tests", ".bin", 350)
    for number in range(5):
        path = shelf.obtain(f"key{number}", 100, a_hundred_bytes)
        os.utime(path, (number, number))
        if number == 2:
            kept = shelf.obtain("key0", 100, a_hundred_bytes)
            os.utime(kept, (10, 10))
    assert {path.stem for path in shelf.folder.iterdir()} == {"key0", "key3", "key4"}
