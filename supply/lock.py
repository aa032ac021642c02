"""Prints a requirements file with hashes of all that an installation takes, for this platform.

``python supply/lock.py '.[cpu,test]' > supply/ci.txt``. pip itself says what it would install
(``--report``), with the hash of each file, from whatever index it is told to use; no address is
printed. photochrom itself is left out, and torch, whose build each machine chooses for itself
(CONTRIBUTING.md): it is only pinned.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CHOSEN_ELSEWHERE = ("photochrom", "torch")
HEAD = """\
# Made by `make lock`; not to be edited. CPython 3.11, Linux on x86-64. torch is not here: its build
# is chosen by each machine (CONTRIBUTING.md), its version by setup.cfg.
"""


def report(wanted: str) -> list[dict[str, Any]]:
    """What pip would install into an empty environment."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.json"
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed",
             "--report", path, wanted], check=True,
        )  # fmt: skip
        found: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["install"]
        return found


def lines(installed: list[dict[str, Any]]) -> Iterator[str]:
    """One requirement each, by name."""
    for one in sorted(installed, key=lambda one: str(one["metadata"]["name"]).lower()):
        name, version = one["metadata"]["name"].lower(), one["metadata"]["version"]
        if name not in CHOSEN_ELSEWHERE:
            hashes = one["download_info"]["archive_info"]["hashes"]
            yield f"{name}=={version} --hash=sha256:{hashes['sha256']}"


if __name__ == "__main__":
    sys.stdout.write(HEAD + "\n".join(lines(report(sys.argv[1]))) + "\n")
