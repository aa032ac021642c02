"""``photochrom desktop``: the application."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QLocale, QTimer, QTranslator
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from photochrom.errors import PhotochromError
from photochrom_desktop import menu
from photochrom_desktop.desk import Desk
from photochrom_desktop.views import theme
from photochrom_desktop.views.window import Window

HOME = Path(__file__).parent
ICON = HOME / "photochrom.svg"


def main(arguments: Sequence[str]) -> int:
    """Run the window until it is closed; returns the exit code."""
    asked = _asked(arguments[1:])
    if asked.menu:
        return _change_menu(asked.menu)
    app = make_app(arguments[:1])
    window = Window(Desk(asked.model, asked.device))
    for number in (signal.SIGINT, signal.SIGTERM):  # heard early, heeded once the window works
        signal.signal(number, lambda *_: QTimer.singleShot(0, window.close))
    window.desk.start()
    window.show()
    window.desk.add(asked.paths)
    timer = QTimer()  # Python hears of signals only when it runs
    timer.timeout.connect(lambda: None)
    timer.start(300)
    return app.exec()


def make_app(arguments: Sequence[str]) -> QApplication:
    """The application, with its names and its look."""
    app = QApplication(list(arguments))
    app.setApplicationName("photochrom")
    app.setOrganizationName("photochrom")
    app.setDesktopFileName("photochrom")
    app.setWindowIcon(QIcon(os.fspath(ICON)))
    app.setStyle("Fusion")  # the same everywhere, and dark and light both
    theme.take(theme.is_dark())
    translate(app, QLocale())
    return app


def translate(app: QApplication, locale: QLocale) -> None:
    """Speak the person's language, where it is known; else English."""
    own = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    for name, folder in (("qtbase_", own), ("", os.fspath(HOME / "i18n"))):
        translator = QTranslator(app)
        if translator.load(locale, name, "", folder):
            app.installTranslator(translator)


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("photochrom desktop")
    parser.add_argument("paths", nargs="*", type=Path, help="pictures, films, folders")
    parser.add_argument("--model", default="", help="another model")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, ...")
    parser.add_argument("--menu", choices=("add", "remove"), help="entry in the menu")
    return parser.parse_args(arguments)


def _change_menu(what: str) -> int:
    try:
        paths = menu.add() if what == "add" else menu.remove()
    except PhotochromError as error:
        sys.stderr.write(f"photochrom: {error}\n")
        return error.exit_code
    for path in paths:
        sys.stdout.write(f"{path}\n")
    return 0
