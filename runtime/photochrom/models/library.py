"""Models that a person brings along: taking them in, and removing them."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from photochrom.errors import ModelError, OutputError, UsageError
from photochrom.files.whole import make_folder, whole_file
from photochrom.models import checksum, graph, store
from photochrom.models.inspection import Finding, draft_manifest, inspect, trial_pictures
from photochrom.models.kinds import FOREIGN, Kind, foreign_kind
from photochrom.models.manifest import METADATA_KEY, Manifest
from photochrom.models.predict import predict
from photochrom.session import Session, open_session

if TYPE_CHECKING:
    from onnx import ModelProto

NAME = r"[A-Za-z0-9][A-Za-z0-9._+-]{0,63}"
"""What names look like, so that they can be a file's name everywhere."""


@dataclass(frozen=True)
class Added:
    """A model that was taken in."""

    name: str
    path: Path
    kind: str
    assumed: tuple[str, ...]
    """What it is taken for, one line each."""
    notes: tuple[str, ...]
    """What its owner should know, one line each."""


def add(file: Path, kind: str | None = None, name: str | None = None) -> Added:
    """Check a model file and keep a copy of it, with a manifest, where `store` finds it.

    Args:
        file: a native model, or another program's network as ONNX.
        kind: what a file without manifest is: a name of `photochrom.models.kinds.FOREIGN`.
        name: what to call it; by default its manifest's or its file's name.

    Raises:
        ModelError: if it is no model in one file, or not what it is said to be.
        UsageError: if the kind is unknown or missing, or the name is taken or can't be one.
        OutputError: if the copy can't be written; then there is none.
    """
    model = checksum.read(store.own_file(file))
    manifest = _own_manifest(model, kind, file)
    name = _checked_name(name or (manifest.name if manifest else _name_of(file)))
    said = manifest.kind if manifest else str(kind)
    if manifest is not None and said == "native":
        check = _native_check(replace(manifest, name=name), file)
    else:
        check = _foreign_check(model, foreign_kind(said), name, file)
    target = make_folder(store.user_folder()) / f"{name}.onnx"
    with whole_file(target) as temporary:
        _save(model, temporary)
        finding = check(_open(temporary, file))
        _seal(model, finding.manifest)
        _save(model, temporary)
    return Added(name, target, said, finding.assumed, finding.notes)


def remove(name: str) -> Path:
    """Delete a model that a person added; returns where it was.

    Raises:
        UsageError: if the model ships with photochrom.
        ModelError: if there is none of this name.
        OutputError: if it can't be deleted.
    """
    named = [model for model in store.list_models() if model.name == name]
    for model in named:
        if model.user:
            try:
                model.path.unlink()
            except OSError as error:
                raise OutputError(f"can't remove {model.path}: {error.strerror}") from error
            return model.path
    if named:
        raise UsageError(f"{name} ships with photochrom; only models that you added can go")
    known = ", ".join(model.name for model in store.list_models() if model.user) or "none"
    raise ModelError(f"no model {name!r} was added; added models: {known}")


def verify(name: str, device: str = "cpu") -> tuple[Manifest, str]:
    """Check a model's checksum, and that it answers with chroma.

    Returns:
        Its manifest, and the device that it ran on.

    Raises:
        ModelError: what is wrong with it.
        DeviceError: if the device can't run.
    """
    checksum.verify(store.find_model(name))
    manifest, session = store.open_model(name, device)
    _try_out(manifest, session)
    return manifest, session.device


def _own_manifest(model: "ModelProto", kind: str | None, file: Path) -> Manifest | None:
    """The manifest that a file already has, if any; it and `kind` must agree."""
    values = checksum.metadata(model)
    if METADATA_KEY not in values:
        if kind is None:
            raise UsageError(
                f"{file} has no photochrom manifest; say what it is: --kind {' or '.join(FOREIGN)}"
            )
        foreign_kind(kind)
        return None
    manifest = checksum.verify(file)
    if kind not in (None, manifest.kind):
        raise UsageError(f"{file} says that it is {manifest.kind}; leave --kind {kind} out")
    return manifest


def _name_of(file: Path) -> str:
    return re.sub(r"[^A-Za-z0-9._+-]+", "-", file.stem).strip("-._")[:64] or "model"


def _checked_name(name: str) -> str:
    if not re.fullmatch(NAME, name) or name.endswith(".onnx"):
        raise UsageError(
            f"{name!r} can't be a model's name: letters, digits and . _ + - are good; use --name"
        )
    taken = {model.name.casefold() for model in store.list_models()}
    if name.casefold() in taken:
        raise UsageError(f"there is a model {name} already; choose another name with --name")
    return name


def _save(model: "ModelProto", path: Path) -> None:
    path.write_bytes(model.SerializeToString())


def _open(temporary: Path, file: Path) -> Session:
    """The copy's session; errors speak of the file that the person knows."""
    try:
        return open_session(temporary, "cpu")
    except ModelError as error:
        raise ModelError(str(error).replace(str(temporary), str(file))) from error


def _native_check(manifest: Manifest, file: Path) -> Callable[[Session], Finding]:
    def check(session: Session) -> Finding:
        store.check_tensors(manifest, session, file)
        _try_out(manifest, session)
        return Finding(manifest, (f"kind: native; licence: {manifest.license}",), ())

    return check


def _foreign_check(
    model: "ModelProto", kind: Kind, name: str, file: Path
) -> Callable[[Session], Finding]:
    """Check what can be checked before a network is loaded, and make `model` take float32."""
    graph.widen(model)
    found = graph.layout(model, kind, file)
    draft = draft_manifest(kind, name, found, checksum.digest(model, file))
    return lambda session: inspect(session, kind, found, draft, file)


def _try_out(manifest: Manifest, session: Session) -> None:
    """Ask for the chroma of a trial picture."""
    side = manifest.native_size
    nothing = np.zeros((3, side, side), np.float32)
    for picture in trial_pictures(side):
        predict(manifest, session, picture, nothing)


def _seal(model: "ModelProto", manifest: Manifest) -> None:
    """Write the manifest into a model; what else it says of itself stays."""
    from onnx import helper

    helper.set_model_props(model, checksum.metadata(model) | {METADATA_KEY: manifest.to_json()})
