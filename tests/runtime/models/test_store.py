"""Finding, verifying and loading models: each kind of wrong file has its own message."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from helpers import toy_model
from helpers.toy_model import build_toy, seal, write_toy
from photochrom import Colorizer
from photochrom.errors import ModelError
from photochrom.models import checksum, store
from photochrom.models.names import DEFAULT_MODEL

WRONG: dict[str, tuple[Callable[[Path], Path], str]] = {
    "contract": (toy_model.write_wrong_contract, "follows contract 2"),
    "checksum": (toy_model.write_wrong_checksum, "do not have the checksum"),
    "manifest": (toy_model.write_without_manifest, "no photochrom manifest"),
    "names": (toy_model.write_wrong_names, "needs a tensor chroma"),
    "operator": (toy_model.write_custom_operator, r"custom operators \(com\.example\.beauty\)"),
    "external": (toy_model.write_external_data, "weights in other files"),
}


SHIPPED = [model for model in store.list_models() if not model.user]


class TestTheToy:
    def test_is_small_and_sound(self, toys: Path) -> None:
        assert (toys / "warm.onnx").stat().st_size < 10_000
        manifest = checksum.verify(toys / "warm.onnx")
        assert manifest.name == "toy"

    def test_checksum_of_the_design(self, toys: Path) -> None:
        """Two ways of writing ARCHITECTURE.md's words give the same digest."""
        model = onnx.load(toys / "warm.onnx")
        assert checksum.weights_sha256(model) == toy_model.checksum(model)

    def test_checksum_does_not_depend_on_how_weights_are_stored(self, toys: Path) -> None:
        model = onnx.load(toys / "warm.onnx")
        before = checksum.weights_sha256(model)
        for tensor in model.graph.initializer:
            values = numpy_helper.to_array(tensor)
            if values.dtype == np.float32:
                numbers = values.ravel().tolist()
                tensor.CopyFrom(
                    helper.make_tensor(tensor.name, TensorProto.FLOAT, values.shape, numbers)
                )
        model.graph.initializer.sort(key=lambda tensor: tensor.name, reverse=True)
        assert checksum.weights_sha256(model) == before

    @pytest.mark.parametrize("change", ["value", "name", "shape", "dtype"])
    def test_checksum_depends_on(self, change: str, toys: Path) -> None:
        model = onnx.load(toys / "warm.onnx")
        before = checksum.weights_sha256(model)
        tensor = next(item for item in model.graph.initializer if item.name == "mix")
        values = numpy_helper.to_array(tensor)
        changed = {
            "value": numpy_helper.from_array(values + np.float32(1e-6), "mix"),
            "name": numpy_helper.from_array(values, "mixture"),
            "shape": numpy_helper.from_array(values.reshape(8), "mix"),
            "dtype": numpy_helper.from_array(values.astype(np.float64), "mix"),
        }[change]
        tensor.CopyFrom(changed)
        assert checksum.weights_sha256(model) != before


class TestShipped:
    def test_default_is_there(self) -> None:
        assert DEFAULT_MODEL in [model.name for model in SHIPPED]

    @pytest.mark.parametrize("model", SHIPPED, ids=lambda model: model.name)
    def test_is_what_it_says(self, model: store.ModelFile) -> None:
        manifest = checksum.verify(model.path)
        assert manifest.name == model.name
        assert manifest.contract == 1

    @pytest.mark.parametrize("model", SHIPPED, ids=lambda model: model.name)
    def test_colours_and_listens(self, model: store.ModelFile) -> None:
        manifest, session = store.open_model(model.name, "cpu")
        side = manifest.multiple * 2
        plain = {
            "luminance": np.full((1, 1, side, side), 0.6, np.float32),
            "hints": np.zeros((1, 3, side, side), np.float32),
        }
        chroma = session.run(plain, "chroma")
        stride = manifest.output_stride
        assert chroma.shape == (1, 2, side // stride, side // stride)
        assert chroma.dtype == np.float32
        told = plain["hints"].copy()
        told[:, 1:] = [[[[0.4]], [[1.0]]]]
        assert (
            session.run(plain | {"hints": told}, "chroma")[0, 1].mean() > chroma[0, 1].mean() + 0.05
        )

    def test_default_colours_a_picture(self) -> None:
        result = Colorizer(device="cpu").colorize(np.full((40, 60), 128, np.uint8))
        assert result.shape == (40, 60, 3)


class TestFinding:
    def test_unknown_name(self) -> None:
        with pytest.raises(ModelError, match=r"unknown model 'nosuch'; known: .*lite"):
            store.find_model("nosuch")

    @pytest.mark.parametrize("name", ["", "..", "/", "nosuch.pt", "lite-unet.ONNX", "n" * 300])
    def test_other_words(self, name: str) -> None:
        with pytest.raises(ModelError):
            store.find_model(name)

    def test_missing_file(self, tmp_path: Path) -> None:
        with pytest.raises(ModelError, match="no such model file"):
            store.find_model(str(tmp_path / "missing.onnx"))

    def test_name_that_no_file_can_have(self) -> None:
        with pytest.raises(ModelError, match="no such model file"):
            store.find_model("n" * 300 + ".onnx")

    def test_folder(self, tmp_path: Path) -> None:
        (tmp_path / "folder.onnx").mkdir()
        with pytest.raises(ModelError, match="no such model file"):
            store.find_model(str(tmp_path / "folder.onnx"))

    def test_names_with_brackets_and_spaces(self, tmp_path: Path) -> None:
        path = write_toy(tmp_path / "my [new] model é.onnx")
        assert store.open_model(str(path), "cpu")[0].name == "toy"


class TestWrongFiles:
    @pytest.mark.parametrize("kind", WRONG)
    def test_each_says_why(self, kind: str, tmp_path: Path) -> None:
        write, words = WRONG[kind]
        with pytest.raises(ModelError, match=words) as caught:
            store.open_model(str(write(tmp_path / "wrong.onnx")), "cpu")
        assert "\n" not in str(caught.value)

    @pytest.mark.parametrize(
        "content", [b"", b"\0", b"no model\n" * 100, b"\x08\x0a\x3a\xff\xff\xff\xff\x0f"]
    )
    def test_not_onnx(self, content: bytes, tmp_path: Path) -> None:
        (tmp_path / "a.onnx").write_bytes(content)
        with pytest.raises(ModelError) as caught:
            store.open_model(str(tmp_path / "a.onnx"), "cpu")
        assert "\n" not in str(caught.value)

    @pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.99])
    def test_cut_off(self, part: float, toys: Path, tmp_path: Path) -> None:
        data = (toys / "warm.onnx").read_bytes()
        (tmp_path / "a.onnx").write_bytes(data[: int(len(data) * part)])
        with pytest.raises(ModelError):
            store.open_model(str(tmp_path / "a.onnx"), "cpu")

    def test_weights_shorter_than_their_shape(self, tmp_path: Path) -> None:
        model = build_toy()
        seal(model)
        mix = next(tensor for tensor in model.graph.initializer if tensor.name == "mix")
        mix.raw_data = mix.raw_data[:-4]
        onnx.save(model, tmp_path / "a.onnx")
        with pytest.raises(ModelError):
            store.open_model(str(tmp_path / "a.onnx"), "cpu")

    @settings(
        max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(position=st.floats(0, 1, exclude_max=True), value=st.integers(0, 255))
    def test_any_byte_changed(
        self, position: float, value: int, toys: Path, tmp_path: Path
    ) -> None:
        """Verifying is either content or a ModelError of one line."""
        data = bytearray((toys / "warm.onnx").read_bytes())
        data[int(position * len(data))] = value
        (tmp_path / "a.onnx").write_bytes(data)
        try:
            checksum.verify(tmp_path / "a.onnx")
        except ModelError as error:
            assert "\n" not in str(error)  # noqa: PT017  (both ways out are right)

    @pytest.mark.parametrize("where", ["attribute", "subgraph", "function"])
    def test_external_data_anywhere(self, where: str, tmp_path: Path) -> None:
        """Initializers are not the only place for a tensor: a path must not hide elsewhere."""
        model = build_toy()
        hide_external_tensor(model, where)
        seal(model)
        onnx.save(model, tmp_path / "a.onnx")
        with pytest.raises(ModelError, match="other files"):
            checksum.verify(tmp_path / "a.onnx")

    @pytest.mark.parametrize("where", ["subgraph", "function"])
    def test_custom_operators_anywhere(self, where: str, tmp_path: Path) -> None:
        model = build_toy()
        hide_custom_operator(model, where)
        seal(model)
        onnx.save(model, tmp_path / "a.onnx")
        with pytest.raises(ModelError, match="custom operators"):
            checksum.verify(tmp_path / "a.onnx")

    def test_output_of_another_size(self, tmp_path: Path) -> None:
        """A manifest with the wrong stride would shift every colour."""
        path = write_toy(tmp_path / "a.onnx", output_stride=1)
        with pytest.raises(ModelError, match="stride"):
            Colorizer(str(path), "cpu").colorize(np.full((64, 64), 128, np.uint8))

    def test_chroma_need_not_be_the_first_output(self, warm: Colorizer, tmp_path: Path) -> None:
        model = build_toy()
        light = helper.make_tensor_value_info("light", TensorProto.FLOAT, None)
        model.graph.output.insert(0, light)
        seal(model)
        onnx.save(model, tmp_path / "a.onnx")
        grey = np.full((64, 64), 128, np.uint8)
        result = Colorizer(str(tmp_path / "a.onnx"), "cpu").colorize(grey)
        np.testing.assert_array_equal(result, warm.colorize(grey))

    def test_no_number(self, tmp_path: Path) -> None:
        formula = toy_model.Formula(constant=(float("nan"), 0.0))
        path = write_toy(tmp_path / "a.onnx", formula)
        with pytest.raises(ModelError, match="not numbers"):
            Colorizer(str(path), "cpu").colorize(np.full((64, 64), 128, np.uint8))

    def test_further_inputs(self, tmp_path: Path) -> None:
        """The network asks for something that photochrom does not give."""
        model = build_toy()
        model.graph.input.append(helper.make_tensor_value_info("mood", TensorProto.FLOAT, [1]))
        seal(model)
        onnx.save(model, tmp_path / "a.onnx")
        with pytest.raises(ModelError):
            Colorizer(str(tmp_path / "a.onnx"), "cpu").colorize(np.full((64, 64), 128, np.uint8))


def external_tensor() -> TensorProto:
    tensor = numpy_helper.from_array(np.zeros(4, np.float32), "hidden")
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../../etc/passwd")
    return tensor


def _condition(model: onnx.ModelProto, inner: onnx.NodeProto) -> None:
    """An If whose branches hold a node; nothing uses its result."""
    result = helper.make_tensor_value_info("inner", TensorProto.FLOAT, None)
    branches = {
        name: helper.make_graph([inner], name, [], [result])
        for name in ("then_branch", "else_branch")
    }
    model.graph.initializer.append(numpy_helper.from_array(np.array(True), "always"))
    model.graph.node.append(helper.make_node("If", ["always"], ["unused"], **branches))


def _function(model: onnx.ModelProto, inner: onnx.NodeProto) -> None:
    opsets = [helper.make_opsetid("", 17)]
    model.functions.append(helper.make_function("", "Hidden", [], ["inner"], [inner], opsets))


def hide_external_tensor(model: onnx.ModelProto, where: str) -> None:
    constant = helper.make_node("Constant", [], ["inner"], value=external_tensor())
    if where == "attribute":
        model.graph.node.append(constant)
    else:
        {"subgraph": _condition, "function": _function}[where](model, constant)


def hide_custom_operator(model: onnx.ModelProto, where: str) -> None:
    inner = helper.make_node("Prettify", [], ["inner"], domain="com.example.beauty")
    {"subgraph": _condition, "function": _function}[where](model, inner)
