"""Frames on a pipe: whatever comes, it is a frame or a clear refusal."""

import ast
import io
import json
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photochrom.worker import client, frames
from photochrom.worker.frames import ProtocolError, read_frame, write_frame

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
HEADS = st.dictionaries(st.text().filter(lambda name: name != "bytes"), VALUES)


def frame(header: bytes, payload: bytes = b"") -> bytes:
    return struct.pack("<I", len(header)) + header + payload


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(HEADS, st.binary(max_size=300)), max_size=5))
def test_what_is_written_is_read(sent: list[tuple[dict[str, object], bytes]]) -> None:
    pipe = io.BytesIO()
    for head, payload in sent:
        write_frame(pipe, head, payload)
    pipe.seek(0)
    for head, payload in sent:
        assert read_frame(pipe) == ({**head, "bytes": len(payload)}, payload)
    assert read_frame(pipe) is None


@given(st.binary(max_size=200))
def test_any_bytes_are_frames_or_refused(data: bytes) -> None:
    pipe = io.BytesIO(data)
    try:
        while read_frame(pipe) is not None:
            pass
    except ProtocolError:
        pass


@given(HEADS, st.binary(max_size=50), st.data())
def test_a_frame_that_is_cut_off(head: dict[str, object], body: bytes, draw: st.DataObject) -> None:
    pipe = io.BytesIO()
    write_frame(pipe, head, body)
    whole = pipe.getvalue()
    end = draw.draw(st.integers(1, len(whole) - 1))
    with pytest.raises(ProtocolError):
        read_frame(io.BytesIO(whole[:end]))


@pytest.mark.parametrize(
    "data",
    [
        frame(b"[]"),
        frame(b"{}"),
        frame(b'{"bytes":-1}'),
        frame(b'{"bytes":true}'),
        frame(b'{"bytes":1.5}'),
        frame(b'{"bytes":"1"}'),
        frame(b"\xff\xfe"),
        frame(b"[" * 100_000),
        frame(json.dumps({"bytes": frames.LONGEST_PAYLOAD + 1}).encode()),
        struct.pack("<I", frames.LONGEST_HEADER + 1),
    ],
)
def test_what_is_no_frame(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        read_frame(io.BytesIO(data))


def test_memory_grows_with_what_comes() -> None:
    """A header may promise a lot."""
    promised = frame(json.dumps({"bytes": frames.LONGEST_PAYLOAD}).encode(), b"little")
    with pytest.raises(ProtocolError, match="ended in the middle"):
        read_frame(io.BytesIO(promised))


@pytest.mark.parametrize("module", [client, frames])
def test_editors_pythons_can_run_it(module: object) -> None:
    path = Path(str(getattr(module, "__file__", "")))
    tree = ast.parse(path.read_text("utf-8"), feature_version=(3, 9))
    run = [node for node in tree.body if ast.unparse(node).partition(":")[0] != "if TYPE_CHECKING"]
    names = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name
        for part in run
        for node in ast.walk(part)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert not any(name.startswith(("photochrom", "numpy")) for name in names)
