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

LARGEST_FILE = 2**31 - 1
"""Bytes; protocol buffers hold no more in one message."""


def weights_sha256(model: "ModelProto") -> str:
    """SHA-256 over the initializers sorted by name: name, dtype, shape, raw little-endian bytes."""
    from onnx import numpy_helper

    sha256 = hashlib.sha256()
    for tensor in sorted(model.graph.initializer, key=lambda item: item.name):
        values = numpy_helper.to_array(tensor)
        sha256.update(f"{tensor.name}\0{values.dtype.name}\0{values.shape}\0".encode())
        sha256.update(values.tobytes())
    return sha256.hexdigest()


def verify(path: Path) -> Manifest:
    """Check that a model file is whole, self-contained and what its manifest says.

    Raises:
        ModelError: if it can't be read, points to other files, needs custom operators, or its
            weights do not have the manifest's checksum.
    """
    model = read(path)
    manifest = from_metadata(metadata(model), str(path))
    if digest(model, path) != manifest.sha256:
        raise ModelError(
            f"the weights of {path} do not have the checksum of its manifest: the file is damaged "
            "or was changed; get it again"
        )
    return manifest


def read(path: Path) -> "ModelProto":
    """Parse a model file; nothing in it is run, and no other file is opened.

    Raises:
        ModelError: if it is no ONNX, points to other files, or needs custom operators.
    """
    import onnx
    from google.protobuf.message import DecodeError

    try:
        if path.stat().st_size > LARGEST_FILE:
            raise ModelError(f"{path} is too large for an ONNX model in one file (2 GiB)")
        # by content, as a name could ask for onnx's other formats
        model = onnx.load(path, format="protobuf", load_external_data=False)
    except (OSError, DecodeError) as error:
        raise ModelError(f"{path} is not an ONNX model that can be read: {error}") from error
    _refuse_foreign_parts(model, path)
    return model


def metadata(model: "ModelProto") -> dict[str, str]:
    """What a model says of itself, by key."""
    return {item.key: item.value for item in model.metadata_props}


def digest(model: "ModelProto", path: Path) -> str:
    """`weights_sha256` of a model that came from a file.

    Raises:
        ModelError: if a weight has other bytes than its shape and type say.
    """
    try:
        return weights_sha256(model)
    except (ValueError, TypeError, KeyError) as error:
        raise ModelError(f"the weights of {path} can't be read: the file is damaged") from error


def _refuse_foreign_parts(model: "ModelProto", path: Path) -> None:
    from onnx import NodeProto, SparseTensorProto, TensorProto

    found = list(parts(model))
    tensors = [part for part in found if isinstance(part, TensorProto)]
    if any(tensor.data_location == TensorProto.EXTERNAL for tensor in tensors):
        raise ModelError(f"{path} keeps weights in other files; use a self-contained model")
    if any(isinstance(part, SparseTensorProto) for part in found):  # small, and huge when unfolded
        raise ModelError(f"{path} keeps weights as sparse tensors; use a model with dense ones")
    domains = {part.domain for part in found if isinstance(part, NodeProto)} - {"", "ai.onnx"}
    if domains:
        raise ModelError(f"{path} needs custom operators ({', '.join(sorted(map(str, domains)))})")


def parts(message: "Message") -> Iterator["Message"]:
    """A message and all messages within it: tensors hide in attributes, nodes in functions."""
    from google.protobuf.message import Message

    yield message
    for described, value in message.ListFields():
        if described.message_type is None:
            continue
        for part in (value,) if isinstance(value, Message) else value:
            yield from parts(part)
