"""The entry in the menu."""

import configparser
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from photochrom_desktop import menu


def test_it_is_added_and_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    command = str(Path(sys.executable).with_name("photochrom"))
    argv = [command, "desktop", "--menu", "add"]
    added = subprocess.run(argv, capture_output=True, text=True, check=True).stdout.split()
    assert all(Path(path).is_file() for path in added)
    entry = configparser.RawConfigParser(delimiters="=", strict=True)
    entry.optionxform = str  # type: ignore[assignment, method-assign]
    entry.read(tmp_path / "applications" / "photochrom.desktop", "utf-8")
    said = entry["Desktop Entry"]
    assert shlex.split(said["Exec"]) == [sys.executable, "-m", "photochrom_desktop", "%F"]
    assert {"image/tiff", "video/mp4"} <= set(said["MimeType"].split(";"))
    assert [Path(path).name for path in added] == ["photochrom.desktop", "photochrom.svg"]
    argv[-1] = "remove"
    subprocess.run(argv, capture_output=True, check=True)
    assert not any(Path(path).exists() for path in added)


@pytest.mark.parametrize(
    ("word", "quoted"),
    [("/opt/a b", '"/opt/a b"'), ("/o$x", '"/o\\\\$x"'), ("/50%", '"/50%%"')],
)
def test_odd_paths(word: str, quoted: str) -> None:
    assert menu._quoted(word) == quoted
