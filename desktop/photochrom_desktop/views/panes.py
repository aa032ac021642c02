"""How before and after share the canvas."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QRect

from photochrom_desktop.views.tools import Mode


class Pane(NamedTuple):
    """Where a side is seen, in device pixels."""

    side: str
    """``before`` or ``after``."""
    whole: QRect
    """What the picture is mapped to."""
    clip: QRect
    """The part of it that this side fills."""


def panes_of(mode: Mode, whole: QRect, divider: float) -> list[Pane]:
    """The panes of a canvas.

    Args:
        mode: what is seen.
        whole: the canvas, in device pixels.
        divider: where before ends and after begins, over the width, if it is divided.
    """
    left, right = QRect(whole), QRect(whole)
    if mode is Mode.DIVIDED:
        left.setWidth(round(whole.width() * divider))
        right.setLeft(left.width())
        return [Pane("before", whole, left), Pane("after", whole, right)]
    if mode is Mode.BESIDE:
        left.setWidth(whole.width() // 2 - 1)
        right.setLeft(whole.width() // 2 + 1)
        return [Pane("before", left, left), Pane("after", right, right)]
    return [Pane(mode.value, whole, whole)]
