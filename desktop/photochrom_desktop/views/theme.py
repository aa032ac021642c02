"""Dark and light."""

from __future__ import annotations

from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

Role = QPalette.ColorRole
LIGHT = {
    Role.Window: "#efefef", Role.WindowText: "#1b1b1b", Role.Base: "#ffffff",
    Role.AlternateBase: "#f5f5f5", Role.Text: "#1b1b1b", Role.Button: "#efefef",
    Role.ButtonText: "#1b1b1b", Role.ToolTipBase: "#ffffdc", Role.ToolTipText: "#1b1b1b",
    Role.Highlight: "#2f6fb5", Role.HighlightedText: "#ffffff", Role.Link: "#1d5fa8",
    Role.PlaceholderText: "#6f6f6f", Role.Mid: "#b8b8b8", Role.Dark: "#9f9f9f",
    Role.Light: "#ffffff", Role.Midlight: "#cacaca", Role.Shadow: "#767676",
}  # fmt: skip
DARK = {
    Role.Window: "#2b2b2b", Role.WindowText: "#e6e6e6", Role.Base: "#222222",
    Role.AlternateBase: "#2f2f2f", Role.Text: "#e6e6e6", Role.Button: "#383838",
    Role.ButtonText: "#e6e6e6", Role.ToolTipBase: "#3c3c3c", Role.ToolTipText: "#e6e6e6",
    Role.Highlight: "#3d7fc4", Role.HighlightedText: "#ffffff", Role.Link: "#7db4ea",
    Role.PlaceholderText: "#9a9a9a", Role.Mid: "#5c5c5c", Role.Dark: "#474747",
    Role.Light: "#505050", Role.Midlight: "#444444", Role.Shadow: "#101010",
}  # fmt: skip
FAINT = {False: "#9a9a9a", True: "#7c7c7c"}
"""Of words that can't be used now."""


def is_dark() -> bool:
    """What the person chose last; else what their system has."""
    chosen = QSettings().value("dark")
    if chosen is None:
        return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return str(chosen).lower() == "true"


def take(dark: bool) -> None:
    """Look like that. Platforms differ in whether they heed a wish, so the colours are our own."""
    palette = QPalette()
    for role, code in (DARK if dark else LIGHT).items():
        palette.setColor(role, QColor(code))
    for role in (Role.WindowText, Role.Text, Role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(FAINT[dark]))
    QApplication.setPalette(palette)


def toggle() -> None:
    """The other one, now and the next time."""
    dark = not is_dark()
    QSettings().setValue("dark", dark)
    take(dark)
