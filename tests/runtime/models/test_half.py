"""fp16 computing: which files may, what it is reached by, and how far it is from float32."""

import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto

from helpers.fake_provider import FakeRuntime, use
from helpers.toy_model import CORNERS, write_toy
from photochrom.color.arrays import FloatImage
from photochrom.errors import ModelError
from photochrom.models.half import TOLERANCE, to_half
from photochrom.models.names import DEFAULT_MODEL
from photochrom.models.store import find_model, open_model
from photochrom.session import open_session


def test_float32_outside_and_fp16_inside(tmp_path: Path) -> None:
    model = onnx.load_from_string(to_half(write_toy(tmp_path / "toy.onnx", CORNERS)))
    ends = [*model.graph.input, *model.graph.output]
    assert {value.type.tensor_type.elem_type for value in ends} == {TensorProto.FLOAT}
    mix = next(tensor for tensor in model.graph.initializer if tensor.name == "mix")
    assert mix.data_type == TensorProto.FLOAT16


def test_the_path_that_modules_are_found_on_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The converter's package appends a folder with names like ``benchmark`` and ``models``."""
    for name in ("onnxruntime.transformers", "onnxruntime.transformers.float16"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    before = list(sys.path)
    to_half(write_toy(tmp_path / "toy.onnx"))
    assert sys.path == before


def test_the_file_stays(tmp_path: Path) -> None:
    path = write_toy(tmp_path / "toy.onnx")
    before = path.read_bytes()
    to_half(path)
    assert path.read_bytes() == before


def test_no_model_at_all(tmp_path: Path) -> None:
    (tmp_path / "x.onnx").write_bytes(b"no model")
    with pytest.raises(ModelError):
        to_half(tmp_path / "x.onnx")


def test_a_graph_that_can_not_be_converted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ValueError("unknown operator")

    monkeypatch.setattr("photochrom.models.half._converter", lambda: refuse)
    with pytest.raises(ModelError, match=r"can't turn .* into fp16"):
        to_half(write_toy(tmp_path / "toy.onnx"))


@pytest.mark.parametrize("allowed", [False, True])
@pytest.mark.parametrize("device", ["cuda", "auto"])
def test_chosen_where_the_manifest_allows_it(
    allowed: bool, device: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, FakeRuntime())
    path = write_toy(tmp_path / "toy.onnx", fp16_compute=allowed)
    manifest, session = open_model(str(path), device)
    assert manifest.fp16_compute == allowed
    assert (session.device, session.precision) == ("cuda", "fp16" if allowed else "fp32")


def test_a_manifest_that_says_nothing_does_not_allow_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other programs' networks among them: DDColor's fp16 breaks."""
    use(monkeypatch, FakeRuntime())
    manifest, session = open_model(str(write_toy(tmp_path / "toy.onnx")), "cuda")
    assert not manifest.fp16_compute
    assert session.precision == "fp32"


@pytest.mark.parametrize("value", ["true", 1, None])
def test_allowed_by_something_else_than_true(value: object, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="fp16_compute is true or false"):
        open_model(str(write_toy(tmp_path / "toy.onnx", fp16_compute=value)), "cpu")


def test_threads_reach_the_session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = use(monkeypatch, FakeRuntime())
    open_model(str(write_toy(tmp_path / "toy.onnx")), "cpu", threads=2)
    assert fake.asked[0].options.intra_op_num_threads == 2


def test_the_shipped_model_stays_within_its_tolerance() -> None:
    """On the CPU, which rounds to fp16 after every operator as a device does."""
    path = find_model(DEFAULT_MODEL)
    half = onnxruntime.InferenceSession(to_half(path), providers=["CPUExecutionProvider"])
    exact = open_session(path, "cpu")
    for inputs in (picture(64, 96), picture(96, 64)):
        difference = np.abs(half.run(["chroma"], inputs)[0] - exact.run(inputs)) * 110
        assert 0 < difference.max() < TOLERANCE["max"]
        assert difference.mean() < TOLERANCE["mean"]


def picture(height: int, width: int) -> dict[str, FloatImage]:
    """Soft shapes, and a point of colour."""
    rows, columns = np.mgrid[:height, :width].astype(np.float32) / 16
    hints = np.zeros((1, 3, height, width), np.float32)
    hints[0, :, 20:27, 30:37] = np.array([0.4, -0.3, 1.0], np.float32)[:, None, None]
    luminance = (np.sin(rows) * np.cos(columns) + 1) / 2
    return {"luminance": luminance[None, None], "hints": hints}
