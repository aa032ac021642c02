"""The window's words in other languages."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QCoreApplication, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

import photochrom_desktop
from photochrom_desktop import app
from photochrom_desktop.views.window import Window

HOME = Path(photochrom_desktop.__file__).parent
WORDS = HOME.parent / "translations"
LANGUAGES = ("de", "es")


def messages(path: Path) -> dict[tuple[str, str], ElementTree.Element]:
    """Translations by context and source."""
    found = {}
    for context in ElementTree.parse(path).getroot().iter("context"):
        for message in context.iter("message"):
            key = context.findtext("name", ""), message.findtext("source", "")
            found[key] = message
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_translated(language: str, tmp_path: Path) -> None:
    fresh = tmp_path / "fresh.ts"
    tool = Path(sys.executable).with_name("pyside6-lupdate")
    files = sorted(map(str, HOME.rglob("*.py")))
    subprocess.run([str(tool), *files, "-ts", str(fresh)], check=True, capture_output=True)
    known = messages(WORDS / f"{language}.ts")
    assert set(known) == set(messages(fresh))
    for (_, source), message in known.items():
        translation = message.find("translation")
        assert translation is not None
        assert translation.text, source
        assert translation.get("type") is None, source
        assert ("%1" in source) == ("%1" in translation.text)
        assert ("{name}" in source) == ("{name}" in translation.text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_shipped_says_what_is_translated(language: str) -> None:
    translator = QTranslator()
    assert translator.load(str(HOME / "i18n" / f"{language}.qm"))
    for (context, source), message in messages(WORDS / f"{language}.ts").items():
        assert translator.translate(context, source) == message.findtext("translation")


def test_the_window_speaks_german(qapp: QApplication, make_window: Callable[[], Window]) -> None:
    app.translate(qapp, QLocale("de_DE"))
    try:
        window = make_window()
        assert window.actions_by_name["brush"].text() == "&Pinsel"
        assert window.adjust.dials["strength"].number.accessibleName() == "Stärke"
        assert QCoreApplication.translate("Notice", "Close") == "Schließen"
    finally:
        for translator in qapp.findChildren(QTranslator):
            qapp.removeTranslator(translator)
