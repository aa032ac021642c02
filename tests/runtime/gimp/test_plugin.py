"""GIMP's folders on every system, and the plug-in in them."""

import json
import os
import sys
from pathlib import Path

import pytest

from photochrom import __version__
from photochrom.errors import InputError, OutputError
from photochrom.gimp import checks, folders, plugin
from photochrom.gimp.folders import GimpFolder
from photochrom.worker.client import WorkerError

LINUX = {
    ".config/GIMP/3.0": "GIMP",
    ".config/GIMP/3.2": "GIMP",
    ".var/app/org.gimp.GIMP/config/GIMP/3.0": "Flatpak",
    "snap/gimp/current/.config/GIMP/3.0": "Snap",
}
OTHERS = (".config/GIMP/2.10", ".config/GIMP/3.x", ".config/GIMP/30")


def made(home: Path, *names: str) -> None:
    for name in names:
        (home / name).mkdir(parents=True)


def test_folders_on_linux(tmp_path: Path) -> None:
    made(tmp_path, *LINUX, *OTHERS)
    found = folders.found("linux", {}, tmp_path)
    assert {str(one.path.relative_to(tmp_path)): one.kind for one in found} == LINUX
    moved = {"XDG_CONFIG_HOME": str(tmp_path / "else")}
    made(tmp_path, "else/GIMP/3.0")
    assert tmp_path / "else/GIMP/3.0" in [
        one.path for one in folders.found("linux", moved, tmp_path)
    ]


def test_folders_elsewhere(tmp_path: Path) -> None:
    made(tmp_path, "Library/Application Support/GIMP/3.0", "AppData/Roaming/GIMP/3.2", "r/GIMP/3.0")
    (mac,) = folders.found("darwin", {}, tmp_path)
    assert mac.path == tmp_path / "Library/Application Support/GIMP/3.0"
    (windows,) = folders.found("win32", {}, tmp_path)
    assert windows.path == tmp_path / "AppData/Roaming/GIMP/3.2"
    (roaming,) = folders.found("win32", {"APPDATA": str(tmp_path / "r")}, tmp_path)
    assert roaming.path == tmp_path / "r/GIMP/3.0"


def test_gimps_own_variable_wins(tmp_path: Path) -> None:
    made(tmp_path, ".config/GIMP/3.0", "mine")
    for said in ("mine", str(tmp_path / "mine")):
        (one,) = folders.found("linux", {"GIMP3_DIRECTORY": said}, tmp_path)
        assert one.path == tmp_path / "mine"


def test_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_CONFIG_HOME", "GIMP3_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(InputError, match="start GIMP 3 once"):
        folders.named([])
    with pytest.raises(InputError, match="there is no folder"):
        folders.named([tmp_path / "none"])


@pytest.fixture
def folder(tmp_path: Path) -> GimpFolder:
    made(tmp_path, "3.0")
    return GimpFolder(tmp_path / "3.0")


def test_install_and_uninstall(folder: GimpFolder) -> None:
    assert plugin.look(folder).version is None
    assert plugin.uninstall(folder) is None
    for _ in range(2):  # again is fine
        path = plugin.install(folder)
    assert path == folder.plug_ins / "photochrom_gimp"
    program = path / "photochrom_gimp.py"
    assert os.access(program, os.X_OK)
    assert program.read_text("utf-8").startswith("#!/usr/bin/env python3\n")
    carried = {one.name for one in (path / "photochrom_worker").iterdir()}
    assert carried == {"__init__.py", "client.py", "frames.py"}
    told = json.loads((path / "runtime.json").read_text("utf-8"))
    assert told["argv"][0] == sys.executable
    assert plugin.look(folder) == plugin.Installed(path, __version__, tuple(told["argv"]))
    assert [one.name for one in folder.path.iterdir()] == ["plug-ins"]
    assert "lite-unet on" in plugin.prove(plugin.look(folder))
    assert checks.problems(folder) == []
    assert plugin.uninstall(folder) == path
    assert not path.exists()


def test_what_is_not_ours_stays(folder: GimpFolder) -> None:
    own = folder.plug_ins / "photochrom_gimp"
    own.mkdir(parents=True)
    (own / "photochrom_gimp.py").write_text("mine", "utf-8")
    with pytest.raises(OutputError, match="not photochrom's"):
        plugin.install(folder)
    assert plugin.uninstall(folder) is None
    assert (own / "photochrom_gimp.py").read_text("utf-8") == "mine"


def test_a_failed_install_leaves_the_old_one(
    folder: GimpFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = plugin.install(folder)
    before = sorted(str(one) for one in folder.path.rglob("*"))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(plugin, "_write", full)
    with pytest.raises(OutputError, match="No space left"):
        plugin.install(folder)
    assert sorted(str(one) for one in folder.path.rglob("*")) == before
    assert plugin.look(folder).path == path


def test_what_can_be_wrong(folder: GimpFolder) -> None:
    assert ["not installed" in one for one in checks.problems(folder)] == [True]
    path = plugin.install(folder)
    program, runtime = path / "photochrom_gimp.py", path / "runtime.json"
    program.chmod(0o644)
    (problem,) = checks.problems(folder)
    assert "run bit" in problem
    program.write_text("other", "utf-8")
    (problem,) = checks.problems(folder)
    assert "not what photochrom installs" in problem
    plugin.install(folder)
    told = json.loads(runtime.read_text("utf-8"))
    runtime.write_text(json.dumps({**told, "version": "0.0.1", "argv": ["/no/python"]}), "utf-8")
    old, start = checks.problems(folder)
    assert "0.0.1" in old
    assert "can't start /no/python" in start
    with pytest.raises(WorkerError):
        plugin.prove(plugin.look(folder))
