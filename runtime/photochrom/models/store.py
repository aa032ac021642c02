"""Where models are: those in the package, those that a person added, and any file by its path."""

import os
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from photochrom.errors import ModelError
from photochrom.folders import data_folder
from photochrom.models.kinds import FOREIGN
from photochrom.models.manifest import Manifest, from_metadata
from photochrom.session import Session, may_use_fp16, open_session

_NATIVE = {"luminance": 1, "hints": 3, "chroma": 2}


@dataclass(frozen=True)
class ModelFile:
    """A model that can be asked for by name."""

    name: str
    path: Path
    user: bool = False
    """Whether a person added it; the others ship with photochrom."""


def user_folder() -> Path:
    """Where added models are kept; the folder need not exist yet."""
    return data_folder() / "models"


def list_models() -> list[ModelFile]:
    """Models that can be named: those that come with photochrom, then those added, by name."""
    shipped = Path(str(resources.files("photochrom.models") / "weights"))
    return [*_in_folder(shipped, user=False), *_in_folder(user_folder(), user=True)]


def _in_folder(folder: Path, user: bool) -> list[ModelFile]:
    # a hidden one is still being written
    paths = [path for path in folder.glob("*.onnx") if not path.name.startswith(".")]
    return [ModelFile(path.stem, path, user) for path in sorted(paths)]


def find_model(name: str) -> Path:
    """The file of a model, by its name or by a path to an ``.onnx`` file.

    Raises:
        ModelError: if there is none.
    """
    for model in list_models():
        if model.name == name:
            return model.path
    if name.endswith(".onnx"):
        return own_file(Path(name))
    known = ", ".join(model.name for model in list_models()) or "none"
    raise ModelError(f"unknown model {name!r}; known: {known}; or give a path to an .onnx file")


def open_model(
    name: str, device: str = "auto", threads: int | None = None, spinning: bool = True
) -> tuple[Manifest, Session]:
    """Load a model on a device and read its manifest.

    An added model, and a file given by path, is verified first; those in the package are verified
    by ``doctor``. It is computed in fp16 where the device can do that and the manifest allows it.

    Args:
        name: of a model, or a path to an ``.onnx`` file.
        device: ``auto``, or a name of `photochrom.providers.PROVIDERS`.
        threads: how many CPU threads one run may use; None: what ONNX Runtime takes.
        spinning: see `photochrom.session.open_session`.

    Raises:
        ModelError: if it is unknown, damaged, or of another contract.
        DeviceError: if the device can't run.
        UsageError: if there is less than one thread.
    """
    path = find_model(name)
    if all(model.path != path or model.user for model in list_models()):
        from photochrom.models.checksum import verify  # imports onnx, which takes a while

        verify(path)
    half = may_use_fp16(device) and _allows_fp16(path)
    session = open_session(path, device, threads, half, spinning=spinning)
    manifest = from_metadata(dict(session.metadata), str(path))
    check_tensors(manifest, session, path)
    return manifest, session


def _allows_fp16(path: Path) -> bool:
    """What the manifest says of fp16, before there is a session to ask."""
    from photochrom.models.checksum import metadata, read  # imports onnx, which takes a while

    return from_metadata(metadata(read(path)), str(path)).fp16_compute


def own_file(path: Path) -> Path:
    """A path to a file that exists.

    Raises:
        ModelError: if there is none.
    """
    if not os.path.isfile(path):  # Path.is_file raises on names that are too long
        raise ModelError(f"no such model file: {path}")
    return path


def check_tensors(manifest: Manifest, session: Session, path: Path) -> None:
    """Refuse a file whose tensors are not those of its kind.

    Raises:
        ModelError: which tensor it lacks.
    """
    expected = _NATIVE if manifest.kind == "native" else _foreign_inputs(manifest, path)
    for name, channels in expected.items():
        shape = session.shapes.get(name)
        if shape is None or len(shape) != 4 or shape[1] not in (channels, None):
            raise ModelError(
                f"{path} does not follow contract {manifest.contract}: "
                f"it needs a tensor {name} of N x {channels} x H x W"
            )


def _foreign_inputs(manifest: Manifest, path: Path) -> dict[str, int]:
    """Channels of a foreign model's inputs, by the file's names; its answer is checked later."""
    kind, named = FOREIGN[manifest.kind], manifest.tensors
    for inputs in kind.inputs:
        if set(named) == {*inputs, "output"}:
            return {named[role]: channels for role, channels in inputs.items()}
    raise ModelError(
        f"the manifest of {path} does not name the tensors of {kind.name}; "
        "add the original file again"
    )
