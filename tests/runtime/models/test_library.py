"""Taking models in, verifying and removing them; test_refusing.py has what is refused."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from helpers import foreign_models, toy_model
from helpers.foreign_models import save
from helpers.pictures import photograph
from helpers.toy_model import write_toy
from photochrom import Colorizer
from photochrom.errors import ModelError, UsageError
from photochrom.folders import DATA_VARIABLE
from photochrom.models import checksum, library, store
from photochrom.models.kinds import FOREIGN
from photochrom.models.names import DEFAULT_MODEL


def user_models() -> list[str]:
    return [model.name for model in store.list_models() if model.user]


class TestAdding:
    def test_native_needs_no_kind(self, tmp_path: Path) -> None:
        path = write_toy(tmp_path / "some file.onnx", name="warm-toy")
        added = library.add(path)
        assert (added.name, added.kind) == ("warm-toy", "native")
        assert added.path.parent == store.user_folder()
        assert user_models() == ["warm-toy"]
        grey = np.full((40, 60), 128, np.uint8)
        np.testing.assert_array_equal(
            Colorizer("warm-toy", "cpu").colorize(grey), Colorizer(str(path), "cpu").colorize(grey)
        )

    def test_new_name_is_the_manifest_s_too(self, tmp_path: Path) -> None:
        library.add(write_toy(tmp_path / "a.onnx"), name="mine")
        assert Colorizer("mine", "cpu").manifest.name == "mine"

    def test_foreign_is_named_after_its_file(self, tmp_path: Path) -> None:
        path = save(foreign_models.eccv16(), tmp_path / "Colorizer ECCV16 (fp32).onnx")
        assert library.add(path, "eccv16").name == "Colorizer-ECCV16-fp32"

    def test_original_may_go(self, tmp_path: Path) -> None:
        path = write_toy(tmp_path / "a.onnx", name="mine")
        library.add(path)
        path.unlink()
        assert Colorizer("mine", "cpu").device == "cpu"

    def test_source_is_not_changed(self, tmp_path: Path) -> None:
        path = save(foreign_models.eccv16(), tmp_path / "a.onnx")
        before = path.read_bytes()
        library.add(path, "eccv16")
        assert path.read_bytes() == before

    @pytest.mark.parametrize("kind", FOREIGN)
    def test_manifest(self, kind: str, tmp_path: Path) -> None:
        build = getattr(foreign_models, kind)
        added = library.add(save(build(), tmp_path / "a.onnx"), kind, "net")
        manifest = checksum.verify(added.path)
        known = FOREIGN[kind]
        assert (manifest.kind, manifest.name, manifest.tiling) == (kind, "net", "whole")
        assert manifest.license == known.license
        assert manifest.trained == {"source": known.source}
        assert manifest.sha256 == toy_model.checksum(onnx.load(added.path))
        assert manifest.native_size == {"ddcolor": 512}.get(kind, 256)
        said = " ".join(added.assumed)
        for words in (known.contract, known.license, f"{manifest.native_size} x", "weights: fp32"):
            assert words in said

    def test_free_sizes_get_the_kind_s(self, tmp_path: Path) -> None:
        path = save(foreign_models.deoldify(side=None), tmp_path / "a.onnx")
        added = library.add(path, "deoldify")
        assert checksum.verify(added.path).native_size == 35 * 16
        assert any("560 x 560, free" in line for line in added.assumed)

    def test_quarter_answer(self, tmp_path: Path) -> None:
        path = save(foreign_models.eccv16(enlarged=False), tmp_path / "a.onnx")
        assert checksum.verify(library.add(path, "eccv16").path).output_stride == 4

    def test_other_metadata_stays(self, tmp_path: Path) -> None:
        model = foreign_models.eccv16()
        helper.set_model_props(model, {"author": "somebody"})
        added = library.add(save(model, tmp_path / "a.onnx"), "eccv16")
        assert checksum.metadata(onnx.load(added.path))["author"] == "somebody"

    def test_added_file_given_on(self, tmp_path: Path) -> None:
        """A copy from somebody's folder says itself what it is."""
        first = library.add(save(foreign_models.eccv16(), tmp_path / "a.onnx"), "eccv16", "one")
        second = library.add(first.path, name="two")
        assert second.kind == "eccv16"
        manifests = [checksum.verify(path) for path in (first.path, second.path)]
        assert replace(manifests[0], name="two") == manifests[1]

    def test_weights_listed_as_inputs(self, tmp_path: Path) -> None:
        """Old exporters list every weight among the inputs."""
        model = foreign_models.eccv16()
        for tensor in model.graph.initializer:
            model.graph.input.append(
                helper.make_tensor_value_info(tensor.name, tensor.data_type, tensor.dims)
            )
        library.add(save(model, tmp_path / "a.onnx"), "eccv16")

    @pytest.mark.parametrize("kind", ["deoldify", "siggraph17", "eccv16"])
    def test_float16_tensors(self, kind: str, tmp_path: Path) -> None:
        """Converters make inputs and outputs float16 too; the copy takes float32 and says so."""
        model = getattr(foreign_models, kind)()
        halve(model)
        session = onnxruntime.InferenceSession(model.SerializeToString())
        assert session.get_inputs()[0].type == "tensor(float16)"
        added = library.add(save(model, tmp_path / "a.onnx"), kind, "half")
        assert "weights: fp16" in added.assumed
        library.add(save(getattr(foreign_models, kind)(), tmp_path / "b.onnx"), kind, "full")
        half, full = (
            Colorizer(name, "cpu").colorize(photograph("camera.png", 90))
            for name in ("half", "full")
        )
        np.testing.assert_allclose(half.astype(float), full, atol=3)

    def test_answer_of_unknown_shape(self, tmp_path: Path) -> None:
        model = foreign_models.eccv16()
        model.graph.output[0].type.tensor_type.ClearField("shape")
        library.add(save(model, tmp_path / "a.onnx"), "eccv16", "net")
        assert Colorizer("net", "cpu").colorize(np.full((9, 9), 99, np.uint8)).shape == (9, 9, 3)


def halve(model: onnx.ModelProto) -> None:
    """What float16 converters do: every float32 weight and tensor becomes float16."""
    for tensor in model.graph.initializer:
        if tensor.data_type == TensorProto.FLOAT and not tensor.name.startswith("scales"):
            values = numpy_helper.to_array(tensor).astype(np.float16)
            tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.elem_type = TensorProto.FLOAT16


class TestRemoving:
    def test_own(self, tmp_path: Path) -> None:
        added = library.add(write_toy(tmp_path / "a.onnx"), name="mine")
        assert library.remove("mine") == added.path
        assert user_models() == []
        with pytest.raises(ModelError, match="unknown model 'mine'"):
            Colorizer("mine", "cpu")

    def test_shipped(self) -> None:
        path = store.find_model(DEFAULT_MODEL)
        with pytest.raises(UsageError, match="ships with photochrom"):
            library.remove(DEFAULT_MODEL)
        assert path.is_file()

    def test_unknown(self, tmp_path: Path) -> None:
        library.add(write_toy(tmp_path / "a.onnx"), name="mine")
        for name in ("nosuch", "../mine", str(tmp_path / "a.onnx"), ""):
            with pytest.raises(ModelError, match="added models: mine"):
                library.remove(name)
        assert (tmp_path / "a.onnx").is_file()

    def test_own_that_a_later_photochrom_ships_too(self, tmp_path: Path) -> None:
        added = library.add(write_toy(tmp_path / "a.onnx"), name="mine")
        double = added.path.rename(added.path.with_stem(DEFAULT_MODEL))
        assert store.find_model(DEFAULT_MODEL) != double
        assert library.remove(DEFAULT_MODEL) == double


class TestVerifying:
    @pytest.mark.parametrize("name", ["mine", DEFAULT_MODEL])
    def test_good(self, name: str, tmp_path: Path) -> None:
        library.add(write_toy(tmp_path / "a.onnx"), name="mine")
        manifest, device = library.verify(name)
        assert (manifest.name, device) == (name, "cpu")

    def test_damaged(self, tmp_path: Path) -> None:
        library.add(write_toy(tmp_path / "a.onnx"), name="mine")
        toy_model.write_wrong_checksum(store.user_folder() / "mine.onnx")
        with pytest.raises(ModelError, match="checksum"):
            library.verify("mine")

    def test_answers_no_numbers(self, tmp_path: Path) -> None:
        """The checksum of a bad network is good."""
        formula = toy_model.Formula(constant=(float("nan"), 0.0))
        path = write_toy(tmp_path / "a.onnx", formula)
        with pytest.raises(ModelError, match="not numbers"):
            library.verify(str(path))
        with pytest.raises(ModelError, match="not numbers"):
            library.add(path)


class TestListing:
    def test_half_written_files_are_no_models(self) -> None:
        store.user_folder().mkdir(parents=True)
        (store.user_folder() / ".new.partial-1234.onnx").touch()
        assert user_models() == []

    def test_folder(self, data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        assert store.user_folder() == data_folder / "models"
        monkeypatch.delenv(DATA_VARIABLE)
        monkeypatch.setenv("XDG_DATA_HOME", str(data_folder / "xdg"))
        monkeypatch.setattr("sys.platform", "linux")
        assert store.user_folder() == data_folder / "xdg" / "photochrom" / "models"
