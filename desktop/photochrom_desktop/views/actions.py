"""Everything that has a key, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QActionGroup, QKeySequence

from photochrom_desktop.views import theme
from photochrom_desktop.views.tools import Mode, Tool

if TYPE_CHECKING:
    from photochrom_desktop.views.window import Window

translate = QCoreApplication.translate


@dataclass(frozen=True)
class Entry:
    """An action."""

    name: str
    words: str
    keys: str
    act: Callable[[], None]
    group: str = ""
    """Of a group one is on."""


def entries(window: Window) -> list[Entry]:
    """All of them, in the order of the menus and of F1."""
    canvas, desk = window.canvas, window.desk
    return [
        Entry("open", translate("Window", "&Open…"), "Ctrl+O", window.ask_files),
        Entry("folder", translate("Window", "Open &folder…"), "Ctrl+Shift+O", window.ask_folder),
        Entry("paste", translate("Window", "&Paste"), "Ctrl+V", window.paste),
        Entry("export", translate("Window", "&Export"), "Ctrl+E", window.export),
        Entry("quit", translate("Window", "&Quit"), "Ctrl+Q", window.quit),
        Entry(
            "undo",
            translate("Window", "&Undo"),
            "Ctrl+Z",
            lambda: desk.edit(lambda one: one.undo()),
        ),
        Entry(
            "redo",
            translate("Window", "&Redo"),
            "Ctrl+Shift+Z",
            lambda: desk.edit(lambda one: one.redo()),
        ),
        Entry(
            "reset",
            translate("Window", "Take &everything back"),
            "",
            lambda: desk.edit(lambda one: one.reset()),
        ),
        Entry(
            "spread",
            translate("Window", "Same &settings for marked pictures"),
            "Ctrl+Shift+S",
            window.spread,
        ),
        Entry("fit", translate("Window", "&Whole picture"), "Ctrl+0", canvas.fit),
        Entry(
            "pixels",
            translate("Window", "&Picture's own pixels"),
            "Ctrl+1",
            lambda: canvas.zoom_to(1.0),
        ),
        Entry("closer", translate("Window", "&Closer"), "Ctrl++", lambda: canvas.zoom(1.25)),
        Entry("farther", translate("Window", "&Farther"), "Ctrl+-", lambda: canvas.zoom(0.8)),
        Entry(
            "after", translate("Window", "&After"), "1", lambda: canvas.set_mode(Mode.AFTER), "mode"
        ),
        Entry(
            "before",
            translate("Window", "&Before"),
            "2",
            lambda: canvas.set_mode(Mode.BEFORE),
            "mode",
        ),
        Entry(
            "divided",
            translate("Window", "&Divided"),
            "3",
            lambda: canvas.set_mode(Mode.DIVIDED),
            "mode",
        ),
        Entry(
            "beside",
            translate("Window", "&Side by side"),
            "4",
            lambda: canvas.set_mode(Mode.BESIDE),
            "mode",
        ),
        Entry("next", translate("Window", "&Next picture"), "PgDown", lambda: window.step(1)),
        Entry(
            "previous", translate("Window", "Pre&vious picture"), "PgUp", lambda: window.step(-1)
        ),
        Entry(
            "move", translate("Window", "&Move"), "M", lambda: canvas.set_tool(Tool.MOVE), "tool"
        ),
        Entry(
            "brush", translate("Window", "&Brush"), "B", lambda: canvas.set_tool(Tool.BRUSH), "tool"
        ),
        Entry(
            "eraser",
            translate("Window", "&Eraser"),
            "E",
            lambda: canvas.set_tool(Tool.ERASER),
            "tool",
        ),
        Entry(
            "picker",
            translate("Window", "&Pick a colour"),
            "I",
            lambda: canvas.set_tool(Tool.PICKER),
            "tool",
        ),
        Entry(
            "damaged",
            translate("Window", "Mark &damage"),
            "H",
            lambda: canvas.set_tool(Tool.DAMAGED),
            "tool",
        ),
        Entry(
            "sound",
            translate("Window", "Mark &sound places"),
            "G",
            lambda: canvas.set_tool(Tool.SOUND),
            "tool",
        ),
        Entry("neutral", translate("Window", "&Neutral brush"), "N", window.take_neutral),
        Entry(
            "smaller", translate("Window", "Smaller brush"), "[", lambda: canvas.resize_brush(0.8)
        ),
        Entry(
            "larger", translate("Window", "Larger brush"), "]", lambda: canvas.resize_brush(1.25)
        ),
        Entry("play", translate("Window", "&Play, stop"), "P", desk.reeling.play),
        Entry("forward", translate("Window", "&One frame on"), ".", lambda: window.turn(1)),
        Entry("back", translate("Window", "One frame &back"), ",", lambda: window.turn(-1)),
        Entry("next-shot", translate("Window", "&Next shot"), "Ctrl+.", lambda: window.cut(1)),
        Entry(
            "previous-shot",
            translate("Window", "Pre&vious shot"),
            "Ctrl+,",
            lambda: window.cut(-1),
        ),
        Entry("dark", translate("Window", "&Dark or light"), "Ctrl+D", theme.toggle),
        Entry("keys", translate("Window", "&Keys"), "F1", window.show_keys),
    ]


MENUS = {
    "file": ("open", "folder", "paste", "export", "quit"),
    "edit": ("undo", "redo", "reset", "spread"),
    "view": (
        *("fit", "pixels", "closer", "farther", "after", "before", "divided", "beside"),
        *("next", "previous", "dark"),
    ),
    "film": ("play", "forward", "back", "next-shot", "previous-shot"),
    "tools": (
        *("move", "brush", "eraser", "picker", "neutral", "damaged", "sound"),
        *("smaller", "larger"),
    ),
    "help": ("keys",),
}
BAR = ("open", "undo", "redo", "move", "brush", "eraser", "picker", "after", "divided", "beside")


def make(window: Window) -> dict[str, QAction]:
    """The actions, in the window's menus and its bar."""
    groups = {name: QActionGroup(window) for name in ("mode", "tool")}
    actions = {}
    for entry in entries(window):
        action = QAction(entry.words, window)
        action.setShortcut(QKeySequence(entry.keys))
        action.triggered.connect(lambda _=False, act=entry.act: act())
        if entry.group:
            action.setCheckable(True)
            groups[entry.group].addAction(action)
        actions[entry.name] = action
        window.addAction(action)
    for name in ("after", "move"):
        actions[name].setChecked(True)
    return actions
