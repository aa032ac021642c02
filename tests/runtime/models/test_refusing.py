"""Models that are not taken in: one line says why, nothing is kept and nothing is executed."""

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from helpers import foreign_models, toy_model
from helpers.foreign_models import Insides, save
from helpers.toy_model import write_toy
from photochrom import Colorizer
from photochrom.errors import ModelError, OutputError, PhotochromError, UsageError
from photochrom.folders import DATA_VARIABLE
from photochrom.models import library, store
from photochrom.models.kinds import FOREIGN
from photochrom.models.names import DEFAULT_MODEL


def user_models() -> list[str]:
    return [model.name for model in store.list_models() if model.user]


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def upscaler() -> onnx.ModelProto:
    """RGB in, RGB of twice the size out."""
    model = foreign_models.deoldify("fractions", 64)
    last = model.graph.node[-1]
    model.graph.initializer.append(
        numpy_helper.from_array(np.array([1, 1, 2, 2], np.float32), "twice")
    )
    model.graph.node.insert(
        len(model.graph.node) - 1,
        helper.make_node("Resize", [last.input[0], "", "twice"], ["big"]),
    )
    model.graph.node[-1].input[0] = "big"
    model.graph.output[0].CopyFrom(
        helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, 3, 128, 128])
    )
    return model


def negative() -> onnx.ModelProto:
    """A picture network that is no colorizer: black becomes white."""
    model = foreign_models.deoldify("fractions", 64)
    last = model.graph.node[-1]
    model.graph.initializer.append(numpy_helper.from_array(np.array(1, np.float32), "white"))
    model.graph.node.insert(
        len(model.graph.node) - 1, helper.make_node("Sub", ["white", last.input[0]], ["negative"])
    )
    model.graph.node[-1].input[0] = "negative"
    return model


def with_integers() -> onnx.ModelProto:
    model = foreign_models.siggraph17(hints=False)
    model.graph.input[0].type.tensor_type.elem_type = TensorProto.UINT8
    return model


def of_sides(height: int, width: int) -> onnx.ModelProto:
    model = foreign_models.ddcolor(64)
    sizes = model.graph.input[0].type.tensor_type.shape.dim
    sizes[2].dim_value, sizes[3].dim_value = height, width
    return model


def with_batch(size: int) -> onnx.ModelProto:
    model = foreign_models.ddcolor(64)
    model.graph.input[0].type.tensor_type.shape.dim[0].dim_value = size
    return model


MISFITS: dict[str, tuple[str, Callable[[], onnx.ModelProto], str]] = {
    "one channel": (
        "ddcolor",
        foreign_models.eccv16,
        r"is no ddcolor: expected 1 x 3 x S x S -> 1 x 2 x S x S, found input 1 x 1 x \? x \? -> "
        r"output 1 x 2 x \? x \?",
    ),
    "three channels": ("siggraph17", foreign_models.ddcolor, "found input 1 x 3 x 512 x 512"),
    "a*b* for a picture": ("deoldify", foreign_models.ddcolor, "is no deoldify"),
    "a picture for a*b*": ("ddcolor", foreign_models.deoldify, "is no ddcolor"),
    "hints": ("eccv16", foreign_models.siggraph17, "found input_A 1 x 1 .*, input_B 1 x 2"),
    "no square": ("ddcolor", lambda: of_sides(64, 96), "64 x 96.*not one square"),
    "batch": ("ddcolor", lambda: with_batch(4), "found input 4 x 3 x 64 x 64"),
    "upscaler": ("deoldify", upscaler, "another light"),
    "negative": ("deoldify", negative, "another light"),
    "integers": ("siggraph17", with_integers, "input_A is uint8, not float32 or float16"),
    "no colour": (
        "ddcolor",
        lambda: foreign_models.ddcolor(64, Insides(gain=0.5)),
        "no colour, or its a\\*b\\* are divided",
    ),
    "too much": (
        "ddcolor",
        lambda: foreign_models.ddcolor(64, Insides(bias=(900.0, 900.0))),
        "half of its a\\*b\\* lie beyond",
    ),
}


class TestRefusing:
    @pytest.mark.parametrize("case", MISFITS)
    def test_misfits(self, case: str, data_folder: Path, tmp_path: Path) -> None:
        kind, build, words = MISFITS[case]
        path = save(build(), tmp_path / "wrong.onnx")
        with pytest.raises(ModelError, match=words) as caught:
            library.add(path, kind)
        assert "\n" not in str(caught.value)
        assert str(path) in str(caught.value)
        assert files_in(data_folder) == []

    def test_native_file_that_is_wrong(self, data_folder: Path, tmp_path: Path) -> None:
        for write in (
            toy_model.write_wrong_contract,
            toy_model.write_wrong_checksum,
            toy_model.write_wrong_names,
            toy_model.write_custom_operator,
            toy_model.write_external_data,
        ):
            with pytest.raises(ModelError):
                library.add(write(tmp_path / "wrong.onnx"))
        assert files_in(data_folder) == []

    def test_kind_missing(self, tmp_path: Path) -> None:
        path = save(foreign_models.ddcolor(64), tmp_path / "a.onnx")
        with pytest.raises(UsageError, match="say what it is: --kind ddcolor or deoldify or"):
            library.add(path)

    def test_kind_unknown(self, tmp_path: Path) -> None:
        path = save(foreign_models.ddcolor(64), tmp_path / "a.onnx")
        for kind in ("bigcolor", "native", ""):
            with pytest.raises(UsageError, match="unknown kind"):
                library.add(path, kind)

    def test_kind_against_the_manifest(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="says that it is native"):
            library.add(write_toy(tmp_path / "a.onnx"), "ddcolor")

    @pytest.mark.parametrize("name", [DEFAULT_MODEL, DEFAULT_MODEL.upper(), "taken", "Taken"])
    def test_name_taken(self, name: str, tmp_path: Path) -> None:
        """Upper case too: some systems would write over the other file."""
        path = write_toy(tmp_path / "a.onnx")
        library.add(path, name="taken")
        before = (store.user_folder() / "taken.onnx").read_bytes()
        with pytest.raises(UsageError, match="already; choose another name with --name"):
            library.add(path, name=name)
        assert (store.user_folder() / "taken.onnx").read_bytes() == before
        assert user_models() == ["taken"]

    @pytest.mark.parametrize(
        "name",
        ["../up", "a/b", "a\\b", ".hidden", "-o", "x.onnx", "n" * 65, "two\nlines", "é", " "],
    )
    def test_names_that_no_file_should_have(self, name: str, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="can't be a model's name"):
            library.add(write_toy(tmp_path / "a.onnx"), name=name)

    def test_name_in_the_manifest_is_not_believed(self, data_folder: Path, tmp_path: Path) -> None:
        path = write_toy(tmp_path / "a.onnx", name="../../escaped")
        with pytest.raises(UsageError, match="can't be a model's name"):
            library.add(path)
        assert files_in(data_folder) == []

    @pytest.mark.parametrize("content", [b"", b"\0" * 99, b"no model\n" * 100, b"PK\x03\x04zip"])
    @pytest.mark.parametrize("ending", [".onnx", ".pt", ".json", ".onnxtxt", ".ort"])
    def test_no_onnx(self, content: bytes, ending: str, tmp_path: Path) -> None:
        """Endings must not choose onnx's text formats, whose errors are others."""
        path = tmp_path / f"a{ending}"
        path.write_bytes(content)
        with pytest.raises(ModelError) as caught:
            library.add(path, "ddcolor")
        assert "\n" not in str(caught.value)

    def test_none_there(self, tmp_path: Path) -> None:
        for path in (tmp_path / "none.onnx", tmp_path):
            with pytest.raises(ModelError, match="no such model file"):
                library.add(path, "ddcolor")

    def test_too_large(self, tmp_path: Path) -> None:
        path = tmp_path / "a.onnx"
        with path.open("wb") as file:
            file.truncate(2**31)
        with pytest.raises(ModelError, match="too large"):
            library.add(path, "ddcolor")

    def test_no_place_for_it(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "file").touch()
        monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "file"))
        with pytest.raises(OutputError, match="can't make the folder"):
            library.add(write_toy(tmp_path / "a.onnx"))


class Trap:
    """What a pickle runs when it is loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.path,))


class TestNothingIsExecuted:
    def test_pickle(self, tmp_path: Path) -> None:
        """PyTorch's own files are pickles, which run what they like."""
        (tmp_path / "a.onnx").write_bytes(pickle.dumps(Trap(tmp_path / "was-here")))
        with pytest.raises(PhotochromError):
            library.add(tmp_path / "a.onnx", "ddcolor")
        assert not (tmp_path / "was-here").exists()

    @pytest.mark.parametrize("kind", FOREIGN)
    def test_external_data(self, kind: str, data_folder: Path, tmp_path: Path) -> None:
        """Not even data that lies right beside the file."""
        model = getattr(foreign_models, kind)()
        onnx.save(
            model,
            tmp_path / "a.onnx",
            save_as_external_data=True,
            location="a.bin",
            size_threshold=0,
        )
        with pytest.raises(ModelError, match="weights in other files"):
            library.add(tmp_path / "a.onnx", kind)
        assert files_in(data_folder) == []

    @pytest.mark.parametrize("where", ["node", "function"])
    def test_custom_operators(
        self, where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Refused before a session is made."""
        model = foreign_models.ddcolor(64)
        node = helper.make_node("Prettify", ["input"], ["unused"], domain="com.example.beauty")
        if where == "node":
            model.graph.node.append(node)
        else:
            opsets = [helper.make_opsetid("com.example.beauty", 1)]
            model.functions.append(
                helper.make_function("local", "F", ["input"], ["unused"], [node], opsets)
            )
        monkeypatch.setattr(library, "open_session", lambda *_: pytest.fail("a session was made"))
        with pytest.raises(ModelError, match=r"custom operators \(com\.example\.beauty\)"):
            library.add(save(model, tmp_path / "a.onnx"), "ddcolor")

    def test_broken_into_the_folder(self, tmp_path: Path) -> None:
        """What lies in the data folder is verified like any file: others may have put it there."""
        library.add(write_toy(tmp_path / "a.onnx"), name="mine")
        toy_model.write_external_data(store.user_folder() / "mine.onnx")
        with pytest.raises(ModelError, match="weights in other files"):
            Colorizer("mine", "cpu")

    @pytest.mark.parametrize(
        "changes",
        [{"tensors": {}}, {"tensors": {"picture": "input", "output": "output", "more": "x"}}],
    )
    def test_manifest_that_names_other_tensors(
        self, changes: dict[str, Any], tmp_path: Path
    ) -> None:
        model = foreign_models.ddcolor(64)
        toy_model.seal(model, kind="ddcolor", **changes)
        path = save(model, tmp_path / "a.onnx")
        with pytest.raises(ModelError, match="does not name the tensors of ddcolor"):
            store.open_model(str(path), "cpu")


class TestData:
    """A model is data: what is small in the file and huge when it is unfolded."""

    def test_sparse_weights(self, tmp_path: Path) -> None:
        model = toy_model.build_toy()
        values = helper.make_tensor("big", onnx.TensorProto.FLOAT, [1], [1.0])
        places = helper.make_tensor("places", onnx.TensorProto.INT64, [1], [0])
        sparse = helper.make_sparse_tensor(values, places, [1 << 20, 1 << 20])
        model.graph.sparse_initializer.append(sparse)
        toy_model.seal(model)
        onnx.save(model, tmp_path / "a.onnx")
        with pytest.raises(ModelError, match="sparse"):
            library.add(tmp_path / "a.onnx")

    def test_weights_that_claim_a_huge_shape(self, tmp_path: Path) -> None:
        model = toy_model.build_toy()
        toy_model.seal(model)
        model.graph.initializer[0].dims[0] = 1 << 40
        onnx.save(model, tmp_path / "a.onnx")
        with pytest.raises(ModelError, match="damaged"):
            library.add(tmp_path / "a.onnx")

    def test_inputs_that_claim_a_huge_shape(self, tmp_path: Path) -> None:
        model = toy_model.build_toy()
        for value in model.graph.input:
            for size in value.type.tensor_type.shape.dim[2:]:
                size.Clear()
                size.dim_value = 1 << 30
        toy_model.seal(model)
        onnx.save(model, tmp_path / "a.onnx")
        with pytest.raises(ModelError) as error:
            library.add(tmp_path / "a.onnx")
        assert len(str(error.value).splitlines()) == 1

    def test_a_graph_that_unfolds_beyond_a_worker_s_memory(self, tmp_path: Path) -> None:
        from photochrom.limits import Limits
        from photochrom.worker.client import Refused, Worker, own_argv

        model = toy_model.build_toy()
        model.graph.initializer.append(numpy_helper.from_array(np.array([1 << 31]), "sides"))
        model.graph.node[-1].output[0] = "plain"
        model.graph.node.extend([
            helper.make_node("ConstantOfShape", ["sides"], ["flood"]),
            helper.make_node("ReduceMax", ["flood"], ["drop"], keepdims=0),
            helper.make_node("Add", ["plain", "drop"], ["chroma"]),
        ])  # fmt: skip
        toy_model.seal(model)
        onnx.save(model, tmp_path / "a.onnx")
        with Worker(own_argv(), limits=Limits(memory=1_000_000_000)) as worker:
            worker.hello()
            with pytest.raises(Refused) as error:
                worker.call("pixels", bytes(4), width=2, height=2, channels=1, type="u8",
                            model=str(tmp_path / "a.onnx"), device="cpu")  # fmt: skip
            assert error.value.kind in ("ModelError", "OutOfMemoryError")
            assert worker.call("load")[0]["model"] == "lite-unet"
