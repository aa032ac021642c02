"""``photochrom gimp`` and ``photochrom cache``."""

import json
from pathlib import Path

import pytest

from helpers.command import run
from photochrom.files.shelf import ANSWERS


def test_from_install_to_uninstall(tmp_path: Path) -> None:
    folders = [tmp_path / "3.0", tmp_path / "3.2"]
    said: list[object] = []
    for folder in folders:
        folder.mkdir()
        said += ["--gimp-dir", folder]
    assert "not installed" in run("gimp", "status", *said).out
    told = run("gimp", "install", *said)
    assert told.code == 0, told
    assert told.out.count("works: photochrom") == 2
    status = json.loads(run("gimp", "status", "--json", *said).out)
    assert [one["folder"] for one in status] == list(map(str, folders))
    assert all(one["version"] for one in status)
    assert run("gimp", "doctor", *said).code == 0
    (folders[0] / "plug-ins/photochrom_gimp/photochrom_gimp.py").chmod(0o644)
    sick = run("gimp", "doctor", *said)
    assert sick.code == 7
    assert "run bit" in sick.out
    assert run("gimp", "uninstall", *said).out.count("removed") == 2
    assert "nothing to remove" in run("gimp", "uninstall", *said).out


def test_an_install_whose_worker_does_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("photochrom.gimp.plugin.argv", lambda: ["/no/python"])
    told = run("gimp", "install", "--gimp-dir", tmp_path)
    assert told.code == 6
    assert "can't start /no/python" in told.error_line


@pytest.mark.parametrize("kind", ["Flatpak", "Snap"])
def test_what_a_sandbox_needs_is_told(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from photochrom.gimp import folders

    place = {"Flatpak": folders.FLATPAK, "Snap": folders.SNAP}[kind]
    (tmp_path / place / "3.0").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_CONFIG_HOME", "GIMP3_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
    told = run("gimp", "install")
    assert told.code == 0
    assert f"GIMP is a {kind} here" in told.out


def test_no_gimp(tmp_path: Path) -> None:
    told = run("gimp", "install", "--gimp-dir", tmp_path / "none")
    assert told.code == 3
    assert "none" in told.error_line


def test_the_cache_is_shown_and_cleared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHOTOCHROM_DATA", str(tmp_path))

    def write(path: Path) -> None:
        path.write_bytes(bytes(2_000_000))

    ANSWERS.obtain("a1", 10, write)
    rows = {row["name"]: row for row in json.loads(run("cache", "info", "--json").out)}
    assert (rows["answers"]["files"], rows["answers"]["bytes"]) == (1, 2_000_000)
    assert "1 files, 2.0 of" in run("cache", "info").out
    assert run("cache", "clear").out.startswith("2.0 MB removed")
    assert ANSWERS.kept() == []
