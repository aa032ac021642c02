"""What the command line's tests share: a folder with a picture and a model to colour it with."""

from pathlib import Path

import pytest

from helpers.pictures import photograph, write_jpeg
from helpers.toy_model import WARM, write_toy


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A toy model's file."""
    return write_toy(tmp_path_factory.mktemp("model") / "toy.onnx", WARM)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with one picture ``in.jpg`` of 90 x 90."""
    monkeypatch.chdir(tmp_path)
    write_jpeg(tmp_path / "in.jpg", photograph("camera.png", 90))
    return tmp_path
