"""The checksum of a model's weights, independent of how the file around them is written."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from photochrom.errors import ModelError
from photochrom.models.manifest import Manifest, from_metadata

if TYPE_CHECKING:
    from google.protobuf.message import Message
    from onnx import ModelProto


def weights_sha256(model: "ModelProto") -> str:
    """SHA-256 over the initializers sorted by name: name, dtype, shape, raw little-endian bytes."""
    from onnx import numpy_helper

    digest = hashlib.sha256()
    for tensor in sorted(model.graph.initializer, key=lambda item: item.name):
        values = numpy_helper.to_array(tensor)
        digest.update(f"{tensor.name}\0{values.dtype.name}\0{values.shape}\0".encode())
        digest.update(values.tobytes())
    return digest.hexdigest()


def verify(path: Path) -> Manifest:
    """Check that a model file is whole, self-contained and what its manifest says.

    Raises:
        ModelError: if it can't be read, points to other files, needs custom operators, or its
            weights do not have the manifest's checksum.
    """
    import onnx
    from google.protobuf.message import DecodeError

    try:
        model = onnx.load(path, load_external_data=False)
    except (OSError, DecodeError) as error:
        raise ModelError(f"{path} is not an ONNX model that can be read: {error}") from error
    _refuse_foreign_parts(model, path)
    metadata = {item.key: item.value for item in model.metadata_props}
    manifest = from_metadata(metadata, str(path))
    try:
        digest = weights_sha256(model)
    except (ValueError, TypeError, KeyError) as error:
        raise ModelError(f"the weights of {path} can't be read: the file is damaged") from error
    if digest != manifest.sha256:
        raise ModelError(
            f"the weights of {path} do not have the checksum of its manifest: the file is damaged "
            "or was changed; get it again"
        )
    return manifest


def _refuse_foreign_parts(model: "ModelProto", path: Path) -> None:
    from onnx import NodeProto, TensorProto

    parts = list(_parts(model))
    tensors = [part for part in parts if isinstance(part, TensorProto)]
    if any(tensor.data_location == TensorProto.EXTERNAL for tensor in tensors):
        raise ModelError(f"{path} keeps weights in other files; use a self-contained model")
    domains = {part.domain for part in parts if isinstance(part, NodeProto)} - {"", "ai.onnx"}
    if domains:
        raise ModelError(f"{path} needs custom operators ({', '.join(sorted(domains))})")


def _parts(message: "Message") -> Iterator["Message"]:
    """A message and all messages within it: tensors hide in attributes, nodes in functions."""
    from google.protobuf.message import Message

    yield message
    for described, value in message.ListFields():
        if described.message_type is None:
            continue
        for part in (value,) if isinstance(value, Message) else value:
            yield from _parts(part)
