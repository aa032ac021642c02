"""The real GIMP 3 in a Debian tree, with the plug-in installed by the real command."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import photochrom
from helpers.command import run

HERE = Path(__file__).parents[1] / "gimp"
ROOT = Path(os.environ.get("PHOTOCHROM_GIMP_ROOT", "/var/cache/photochrom/gimp-root"))
CHECKOUT = Path(photochrom.__file__).parents[2]
PATIENCE = 900
"""Seconds after which GIMP counts as hung."""
SERIES = "3.0"


@dataclass(frozen=True)
class Stage:
    """A folder that is /t for GIMP, with a home of its own."""

    folder: Path

    @property
    def config(self) -> Path:
        """GIMP's configuration folder."""
        return self.folder / "home" / ".config" / "GIMP" / SERIES

    @property
    def plug_in(self) -> Path:
        """Where the plug-in is installed."""
        return self.config / "plug-ins" / "photochrom_gimp"

    def install(self) -> None:
        """Put the plug-in there by the real command."""
        done = run("gimp", "install", "--gimp-dir", self.config)
        assert done.code == 0, done

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the tree, where this Python is seen too."""
        seen = {CHECKOUT, Path(sys.prefix), Path(sys.base_prefix)}
        return subprocess.run(
            [HERE / "in-root.sh", ROOT, self.folder, *sorted(map(str, seen)), "--", *command],
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )

    def batch(self, program: str) -> subprocess.CompletedProcess[str]:
        """Run a program of the folder inside of GIMP, without a screen."""
        code = f'exec(open("/t/{program}").read(), {{"__name__": "driver"}})'
        interpreter = "--batch-interpreter=python-fu-eval"
        return self.run(
            f"gimp-console-{SERIES}", "-i", "-d", "-f", "--quit", interpreter, "-b", code
        )

    def drive(self, driver: str) -> dict[str, Any]:
        """Run a driver inside of GIMP; returns what each of its cases found."""
        for name in ("in_gimp.py", f"{driver}.py"):
            shutil.copy(HERE / "drivers" / name, self.folder)
        done = self.batch(f"{driver}.py")
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
        assert "DRIVER-DONE" in done.stdout, done.stderr[-4000:]
        found: dict[str, Any] = json.loads((self.folder / f"{driver}.json").read_text("utf-8"))
        return found


def make_tree() -> None:
    """Make the Debian tree, unless it is there."""
    subprocess.run([HERE / "make-root.sh", ROOT], check=True, timeout=PATIENCE)


def new_stage(folder: Path) -> Stage:
    """A stage with the plug-in installed."""
    stage = Stage(folder)
    stage.config.mkdir(parents=True)
    stage.install()
    return stage
