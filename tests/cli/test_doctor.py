"""``doctor``: what is there, what works, and what does not."""

import json
import os
import subprocess
import sys
from email.message import Message
from importlib import metadata
from pathlib import Path

import pytest

import photochrom
from helpers.command import run
from helpers.fake_provider import FakeRuntime, use
from helpers.toy_model import write_wrong_checksum
from photochrom.models import store
from photochrom.models.names import DEFAULT_MODEL
from photochrom.providers import PROVIDERS


def test_healthy() -> None:
    result = run("doctor")
    assert result.code == 0
    assert result.err == ""
    for words in (photochrom.__version__, "checksum good", "works on ", "onnxruntime"):
        assert words in result.out


def test_json() -> None:
    facts = json.loads(run("doctor", "--json").out)
    assert facts["photochrom"] == photochrom.__version__
    assert "cpu" in facts["devices"]


def test_damaged_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_wrong_checksum(tmp_path / f"{DEFAULT_MODEL}.onnx")
    monkeypatch.setattr(store, "list_models", lambda: [store.ModelFile(DEFAULT_MODEL, path)])
    result = run("doctor")
    assert result.code == 7
    assert "FAILED: the weights of" in result.out
    assert result.error_line == "photochrom: model did not work; see above"


def test_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "list_models", list)
    result = run("doctor")
    assert result.code == 7
    assert "model, colorizing did not work" in result.error_line


def test_anything_that_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A doctor who faints is no help."""

    def explode() -> list[str]:
        raise RuntimeError("two\nlines")

    monkeypatch.setattr("photochrom.providers.available_devices", explode)
    result = run("doctor")
    assert result.code == 7
    assert "FAILED: two\\nlines" in result.out


def facts() -> dict[str, str]:
    """What the doctor says, by name."""
    said: dict[str, str] = json.loads(run("doctor", "--json").out)
    return said


def pretend(monkeypatch: pytest.MonkeyPatch, *packages: str) -> None:
    """Let exactly these packages be installed, beside photochrom with some extras."""
    needs = [
        "numpy>=2.0",
        "onnxruntime>=1.20; extra == 'cpu'",
        "onnxruntime-gpu>=1.20; extra == 'gpu'",
        "pillow-heif>=1.0; extra == 'heif'",
        'imagecodecs>=2025.3; extra == "jp2"',
        "photochrom[heif]; extra == 'all'",
        "tifffile; extra == 'all'",
    ]

    def version(name: str) -> str:
        if name in packages:
            return "1.0"
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", version)
    monkeypatch.setattr(metadata, "requires", lambda _: needs)
    described = Message()
    for extra in ("cpu", "gpu", "heif", "jp2", "all"):
        described["Provides-Extra"] = extra
    monkeypatch.setattr(metadata, "metadata", lambda _: described)


def test_extras_that_are_installed_and_that_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, "pillow-heif")
    expected = "heif; not installed: all, jp2 (pip install 'photochrom[NAME]')"
    assert facts()["extras"] == expected


def test_every_extra_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, "pillow-heif", "imagecodecs", "tifffile")
    assert facts()["extras"] == "all, heif, jp2"


def test_two_builds_of_onnxruntime_in_one_place(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, "onnxruntime", "onnxruntime-gpu")
    result = run("doctor")
    assert result.code == 7
    assert "onnxruntime and onnxruntime-gpu are installed and overwrite each other" in result.out


def test_devices_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, FakeRuntime(tuple(PROVIDERS)))
    result = run("doctor", "--json")
    assert result.code == 0
    expected = (
        "cuda (starts), tensorrt (not tried), directml (starts), coreml (starts), "
        "openvino (not tried), cpu (starts)"
    )
    assert json.loads(result.out)["devices"] == expected


def test_a_device_that_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, FakeRuntime(break_down=("cuda",)))
    result = run("doctor", "--json")
    assert result.code == 7
    said = json.loads(result.out)
    assert said["devices"].startswith("FAILED: cuda (cuda is built in but did not start")
    assert said["devices"].endswith("cpu (starts)")
    assert said["colorizing"] == "works on cpu, in fp32"


def test_a_report_tells_where_all_is_and_not_whose(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    home = tmp_path / "home" / "annabel"
    (home / "scans").mkdir(parents=True)
    monkeypatch.chdir(home)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USER", "annabel")
    monkeypatch.setenv("PHOTOCHROM_DATA", str(home / "data"))
    monkeypatch.setenv("PHOTOCHROM_LIMITS", "pixels=5e9")
    assert run("photo", home / "scans" / "Annabel.tif").code == 3
    said = json.loads(run("doctor", "--report", "--json").out)
    assert "annabel" not in json.dumps(said).lower()
    assert said["data folder"] == "~/data"
    assert said["cache folder"] == "~/data/cache"
    assert said["last error"].endswith("InputError: no such file: ~/scans/USER.tif")
    assert said["limits"].startswith("pixels=5000000000,")
    assert said["environment"] == "PHOTOCHROM_DATA=~/data, PHOTOCHROM_LIMITS=pixels=5e9"
    assert said["processors"].isdigit()


def test_other_people_s_homes_are_hidden() -> None:
    from photochrom.cli.complaint import redacted

    for text in ("can't read /home/bob/a.tif", r"C:\Users\bob\a.tif", "/Users/bob: no such folder"):
        assert "bob" not in redacted(text)
    assert redacted("/work/scans/a.tif") == "/work/scans/a.tif"


def test_a_report_without_errors_and_with_limits_that_cant_be_meant(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PHOTOCHROM_LIMITS", "pixel=3")
    said = json.loads(run("doctor", "--report", "--json").out)
    assert said["last error"] == "none"
    assert "there is no limit 'pixel'" in said["limits"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete_commands(shell: str, tmp_path: Path) -> None:
    """What `--install-completion` puts into a shell asks the program in this way."""
    asked = {"_PHOTOCHROM_COMPLETE": f"complete_{shell}", "COMP_WORDS": "photochrom re",
             "COMP_CWORD": "1", "_TYPER_COMPLETE_ARGS": "photochrom re",
             "_TYPER_COMPLETE_FISH_ACTION": "get-args"}  # fmt: skip
    script = Path(sys.executable).with_name("photochrom")
    result = subprocess.run(
        [script], env={**os.environ, **asked}, cwd=tmp_path, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert "restore" in result.stdout, result
    assert "models" not in result.stdout
