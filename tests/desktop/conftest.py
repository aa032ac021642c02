"""A window without a screen, and the workers behind it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from helpers.window import PATIENCE
from photochrom_desktop.desk import Desk
from photochrom_desktop.views.window import Window

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture
def model(toys: Path) -> str:
    """A model that is loaded at once, and obeys hints."""
    return str(toys / "corners.onnx")


@pytest.fixture
def make_window(qtbot: QtBot, model: str, tmp_path: Path) -> Iterator[Callable[[], Window]]:
    """Windows on desks of their own; all are closed at the end."""
    config = str(tmp_path / "config")
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, config)
    windows: list[Window] = []

    def make() -> Window:
        window = Window(Desk(model, "cpu"))
        qtbot.addWidget(window)
        window.desk.start()
        window.show()
        windows.append(window)
        return window

    yield make
    for window in windows:
        window.close()


@pytest.fixture
def window(make_window: Callable[[], Window]) -> Window:
    """One of them."""
    return make_window()


@pytest.fixture
def calm(qtbot: QtBot) -> Callable[[Window], None]:
    """Waits until a window's picture is coloured and all of it is there."""

    def wait(window: Window) -> None:
        layers = window.canvas.layers
        qtbot.waitUntil(lambda: bool(layers.sizes), timeout=PATIENCE)
        qtbot.waitUntil(lambda: window.desk.viewing.is_calm, timeout=PATIENCE)

    return wait
