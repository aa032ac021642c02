"""GIMP's configuration folders: where each system keeps them."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from photochrom.errors import InputError

VERSION = re.compile(r"3\.\d+")
"""What the folder of a GIMP 3 is called: its series."""
FLATPAK = Path(".var/app/org.gimp.GIMP/config/GIMP")
SNAP = Path("snap/gimp/current/.config/GIMP")
PLUG_INS = "plug-ins"


@dataclass(frozen=True)
class GimpFolder:
    """A configuration folder of a GIMP 3."""

    path: Path
    kind: str = "GIMP"
    """``GIMP``, ``Flatpak`` or ``Snap``."""

    @property
    def plug_ins(self) -> Path:
        """Where it looks for plug-ins; need not exist yet."""
        return self.path / PLUG_INS


def found(
    platform: str = sys.platform, env: Mapping[str, str] | None = None, home: Path | None = None
) -> list[GimpFolder]:
    """Those that exist.

    Args:
        platform: as `sys.platform`.
        env: variables; None: this process'.
        home: the person's folder; None: this one's.
    """
    env, home = os.environ if env is None else env, home or Path.home()
    own = env.get("GIMP3_DIRECTORY")
    if own:
        return [GimpFolder(folder) for folder in [home / own] if folder.is_dir()]
    return [
        GimpFolder(folder, kind)
        for kind, root in _roots(platform, env, home)
        for folder in sorted(root.glob("3.*"))
        if VERSION.fullmatch(folder.name) and folder.is_dir()
    ]


def _roots(platform: str, env: Mapping[str, str], home: Path) -> list[tuple[str, Path]]:
    if platform == "win32":
        return [("GIMP", Path(env.get("APPDATA") or home / "AppData" / "Roaming") / "GIMP")]
    if platform == "darwin":
        return [("GIMP", home / "Library" / "Application Support" / "GIMP")]
    config = Path(env.get("XDG_CONFIG_HOME") or home / ".config")
    return [("GIMP", config / "GIMP"), ("Flatpak", home / FLATPAK), ("Snap", home / SNAP)]


def named(folders: list[Path]) -> list[GimpFolder]:
    """Folders that a person names, or else those that are found.

    Raises:
        InputError: if there is none.
    """
    if not folders:
        everywhere = found()
        if not everywhere:
            raise InputError(
                "there is no configuration folder of GIMP 3 here: start GIMP 3 once, which makes "
                "it, or name it with --gimp-dir (GIMP shows it in Edit > Preferences > Folders)"
            )
        return everywhere
    for folder in folders:
        if not folder.is_dir():
            raise InputError(f"there is no folder {folder}; name GIMP's, which holds plug-ins")
    return [GimpFolder(folder.absolute()) for folder in folders]
