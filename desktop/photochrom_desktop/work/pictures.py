"""A worker's pixels as Qt's pictures."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QImage


def image(head: dict[str, Any], payload: bytes) -> QImage:
    """Rows of R, G, B in 8 bits."""
    width, height = head["width"], head["height"]
    return QImage(payload, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def gray(head: dict[str, Any], payload: bytes) -> QImage:
    """Rows of bytes."""
    width, height = head["width"], head["height"]
    return QImage(payload, width, height, width, QImage.Format.Format_Grayscale8).copy()
