"""Where models are: those in the package, and any file that a person names."""

import os
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from photochrom.errors import ModelError
from photochrom.models.manifest import Manifest, from_metadata
from photochrom.session import Session, open_session


@dataclass(frozen=True)
class ModelFile:
    """A model that can be asked for by name."""

    name: str
    path: Path


def list_models() -> list[ModelFile]:
    """Models that come with photochrom, by name."""
    folder = Path(str(resources.files("photochrom.models") / "weights"))
    return [ModelFile(path.stem, path) for path in sorted(folder.glob("*.onnx"))]


def find_model(name: str) -> Path:
    """The file of a model, by its name or by a path to an ``.onnx`` file.

    Raises:
        ModelError: if there is none.
    """
    for model in list_models():
        if model.name == name:
            return model.path
    if name.endswith(".onnx"):
        return _own_file(Path(name))
    known = ", ".join(model.name for model in list_models()) or "none"
    raise ModelError(f"unknown model {name!r}; known: {known}; or give a path to an .onnx file")


def open_model(name: str, device: str = "auto") -> tuple[Manifest, Session]:
    """Load a model on a device and read its manifest.

    A file given by path is verified first; those in the package are verified by ``doctor``.

    Raises:
        ModelError: if it is unknown, damaged, or of another contract.
        DeviceError: if the device can't run.
    """
    path = find_model(name)
    if all(model.path != path for model in list_models()):
        from photochrom.models.checksum import verify  # imports onnx, which takes a while

        verify(path)
    session = open_session(path, device)
    manifest = from_metadata(dict(session.metadata), str(path))
    _check_tensors(manifest, session, path)
    return manifest, session


def _own_file(path: Path) -> Path:
    if not os.path.isfile(path):  # Path.is_file raises on names that are too long
        raise ModelError(f"no such model file: {path}")
    return path


def _check_tensors(manifest: Manifest, session: Session, path: Path) -> None:
    """Refuse a file whose tensors are not those of contract 1."""
    expected = {"luminance": 1, "hints": 3, "chroma": 2}
    for name, channels in expected.items():
        shape = session.shapes.get(name)
        if shape is None or len(shape) != 4 or shape[1] not in (channels, None):
            raise ModelError(
                f"{path} does not follow contract {manifest.contract}: "
                f"it needs a tensor {name} of N x {channels} x H x W"
            )
