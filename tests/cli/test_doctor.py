"""``doctor``: what is there, what works, and what does not."""

import json
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
