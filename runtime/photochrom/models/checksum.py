"""The checksum of a model's weights, independent of how the file around them is written."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from photochrom.errors import ModelError
from photochrom.models.manifest import Manifest, from_metadata

if TYPE_CHECKING:
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
    if weights_sha256(model) != manifest.sha256:
        raise ModelError(
            f"the weights of {path} do not have the checksum of its manifest: the file is damaged "
            "or was changed; get it again"
        )
    return manifest


def _refuse_foreign_parts(model: "ModelProto", path: Path) -> None:
    from onnx import TensorProto

    if any(t.data_location == TensorProto.EXTERNAL for t in model.graph.initializer):
        raise ModelError(f"{path} keeps weights in other files; use a self-contained model")
    domains = {node.domain for node in model.graph.node} - {"", "ai.onnx"}
    if domains:
        raise ModelError(f"{path} needs custom operators ({', '.join(sorted(domains))})")
