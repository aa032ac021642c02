"""Files that were opened, the last one first."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings

MOST = 10


def names() -> list[str]:
    """Their paths."""
    value = QSettings().value("recent", [])
    found = [value] if isinstance(value, str) else value
    return [str(name) for name in found] if isinstance(found, list) else []


def add(path: Path) -> None:
    """One more."""
    others = [one for one in names() if one != str(path)]
    QSettings().setValue("recent", [str(path), *others][:MOST])
