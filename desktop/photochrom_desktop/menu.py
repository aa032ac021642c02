"""An entry in the menu of desktops after freedesktop.org (Linux, BSD), and in "Open with"."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from photochrom.files.whole import make_folder, whole_file

ICON = Path(__file__).parent / "photochrom.svg"
PICTURES = ("jpeg", "png", "tiff", "webp", "heif", "avif", "jp2", "bmp", "x-portable-graymap")
RAW = ("x-adobe-dng", "x-canon-cr2", "x-nikon-nef", "x-sony-arw")
FILMS = ("mp4", "quicktime", "x-matroska", "webm", "x-msvideo", "mpeg", "mp2t")
TYPES = [*(f"image/{one}" for one in (*PICTURES, *RAW)), *(f"video/{one}" for one in FILMS)]
ENTRY = """[Desktop Entry]
Type=Application
Name=photochrom
GenericName=Photo colorizer
GenericName[de]=Kolorieren von Fotos
GenericName[es]=Coloreado de fotos
Comment=Colorize black-and-white photographs, scans and films
Comment[de]=Schwarzweißfotos, Scans und Filme kolorieren
Comment[es]=Colorear fotos, escaneos y películas en blanco y negro
Exec={command} %F
Icon=photochrom
Terminal=false
Categories=Graphics;Photography;
Keywords=colorize;black and white;restoration;
MimeType={types};
StartupWMClass=photochrom
"""


def add() -> list[Path]:
    """Write the entry and its icon for this person; returns what was written.

    Raises:
        OutputError: if they can't be written.
    """
    entry, icon = _paths()
    for path, text in ((entry, _entry()), (icon, ICON.read_text("utf-8"))):
        make_folder(path.parent)
        with whole_file(path) as temporary:
            temporary.write_text(text, "utf-8")
    return [entry, icon]


def remove() -> list[Path]:
    """Take them away; returns what was there."""
    there = [path for path in _paths() if path.exists()]
    for path in there:
        path.unlink()
    return there


def _paths() -> tuple[Path, Path]:
    home = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    icons = Path(home, "icons", "hicolor", "scalable", "apps")
    return Path(home, "applications", "photochrom.desktop"), icons / "photochrom.svg"


def _entry() -> str:
    frozen = getattr(sys, "frozen", False)
    words = [sys.executable] if frozen else [sys.executable, "-m", "photochrom_desktop"]
    return ENTRY.format(command=" ".join(map(_quoted, words)), types=";".join(TYPES))


def _quoted(word: str) -> str:
    """As the Desktop Entry Specification has it ("The Exec key")."""
    for sign in '\\"`$':
        word = word.replace(sign, f"\\{sign}")
    return '"' + word.replace("\\", "\\\\").replace("%", "%%") + '"'
