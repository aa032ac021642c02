"""Other programs' networks through the runtime: their units, their traps, and our promises."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from skimage.color import rgb2lab

from helpers import foreign_models
from helpers.foreign_models import Insides, save
from helpers.lightness import LIMIT_16_BIT
from helpers.pictures import deepened, photograph, write_tiff
from helpers.reading import pixels
from photochrom import Colorizer, Options, Point
from photochrom.color.arrays import FloatImage
from photochrom.errors import ModelError, UsageError
from photochrom.folders import DATA_VARIABLE
from photochrom.models import foreign, library, predict, store
from photochrom.models.kinds import FOREIGN

FILES: dict[str, tuple[str, Callable[[], onnx.ModelProto]]] = {
    "ddcolor": ("ddcolor", foreign_models.ddcolor),
    "ddcolor-free": ("ddcolor", lambda: foreign_models.ddcolor(None)),
    "deoldify-bytes": ("deoldify", foreign_models.deoldify),
    "deoldify-imagenet": ("deoldify", lambda: foreign_models.deoldify("imagenet")),
    "deoldify-fractions": ("deoldify", lambda: foreign_models.deoldify("fractions")),
    "siggraph17": ("siggraph17", foreign_models.siggraph17),
    "siggraph17-alone": ("siggraph17", lambda: foreign_models.siggraph17(hints=False)),
    "eccv16": ("eccv16", foreign_models.eccv16),
    "eccv16-quarter": ("eccv16", lambda: foreign_models.eccv16(enlarged=False)),
}
RED = (200, 60, 50)


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with every file of `FILES`, by its name there."""
    folder = tmp_path_factory.mktemp("added")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(DATA_VARIABLE, str(folder))
        for name, (kind, build) in FILES.items():
            library.add(save(build(), folder / f"{name}.onnx"), kind, name)
    return folder


@pytest.fixture
def colorizer(added: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Colorizer]:
    monkeypatch.setenv(DATA_VARIABLE, str(added))
    return lambda name: Colorizer(name, "cpu")


def lab_of(picture: Any) -> Any:
    values = picture / 65535 if picture.dtype == np.uint16 else picture / 255
    return rgb2lab(values if values.ndim == 3 else np.dstack([values] * 3))


def nothing(*shape: int) -> FloatImage:
    return np.zeros((3, *shape), np.float32)


class TestWholeRuntime:
    @pytest.mark.parametrize("name", FILES)
    def test_light_stays_and_colour_comes(
        self, name: str, colorizer: Callable[[str], Colorizer], tmp_path: Path
    ) -> None:
        grey = deepened(photograph("camera.png", 300))[:, :220]
        source = write_tiff(tmp_path / "in.tif", grey)
        report = colorizer(name).colorize_file(source, tmp_path / "out.tif")
        assert report.model == name
        before, after = lab_of(grey), lab_of(pixels(tmp_path / "out.tif"))
        assert np.abs(after[..., 0] - before[..., 0]).max() <= LIMIT_16_BIT
        assert np.hypot(after[..., 1], after[..., 2]).mean() > 2

    @pytest.mark.parametrize("name", [name for name in FILES if name != "ddcolor-free"])
    def test_hints_are_obeyed(self, name: str, colorizer: Callable[[str], Colorizer]) -> None:
        """By the network or after it: the place turns red, and the far corner stays."""
        grey = np.full((160, 240), 128, np.uint8)
        model = colorizer(name)
        plain = lab_of(model.colorize(grey))
        told = lab_of(model.colorize(grey, Options(points=(Point(0.5, 0.5, RED),))))
        wanted = rgb2lab(np.array([[RED]], np.uint8))[0, 0]
        assert np.abs(told[80, 120, 1:] - wanted[1:]).max() < 8
        np.testing.assert_allclose(told[:20, :20], plain[:20, :20], atol=2)

    @pytest.mark.parametrize("name", ["deoldify-bytes", "siggraph17", "eccv16-quarter"])
    @pytest.mark.parametrize("shape", [(1, 1), (3, 200), (200, 3)])
    def test_odd_shapes(
        self, name: str, shape: tuple[int, int], colorizer: Callable[[str], Colorizer]
    ) -> None:
        result = colorizer(name).colorize(np.full(shape, 90, np.uint8))
        assert result.shape == (*shape, 3)


def echo(
    channels: int, answers: int, factor: float, offset: float, side: Any = "s"
) -> onnx.ModelProto:
    """A network whose every output channel is factor * (first input channel) + offset."""
    kernel = np.zeros((answers, channels, 1, 1), np.float32)
    kernel[:, 0] = factor
    stored = [
        numpy_helper.from_array(kernel, "kernel"),
        numpy_helper.from_array(np.full(answers, offset, np.float32), "offset"),
    ]
    graph = helper.make_graph(
        [helper.make_node("Conv", ["input", "kernel", "offset"], ["output"])],
        "echo",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, channels, side, side])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, answers, side, side])],
        stored,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


def open_added(model: onnx.ModelProto, kind: str, folder: Path) -> tuple[Any, Any]:
    library.add(save(model, folder / "given.onnx"), kind, "given")
    return store.open_model("given", "cpu")


class TestUnits:
    """What arrives inside the network, seen through an echo of it."""

    def test_ddcolor_is_shown_srgb_fractions(self, tmp_path: Path) -> None:
        model = open_added(echo(3, 2, 100, -20, 64), "ddcolor", tmp_path)
        lightness = np.full((64, 64), 53.585, np.float32)  # sRGB 128
        result = predict.predict(*model, lightness, nothing(64, 64))
        np.testing.assert_allclose(result, 100 * 128 / 255 - 20, atol=0.01)

    @pytest.mark.parametrize("kind", ["siggraph17", "eccv16"])
    def test_zhang_is_shown_lightness(self, kind: str, tmp_path: Path) -> None:
        model = open_added(echo(1, 2, 0.5, 3), kind, tmp_path)
        result = predict.predict(*model, np.full((64, 64), 40, np.float32), nothing(64, 64))
        np.testing.assert_allclose(result, 23, atol=1e-3)

    def test_another_working_size_is_refused(self, tmp_path: Path) -> None:
        manifest, _ = open_added(echo(3, 2, 100, -20, 64), "ddcolor", tmp_path)
        with pytest.raises(UsageError, match="sees every picture at 64 pixels"):
            predict.check_options(manifest, Options(size=128))

    def test_siggraph_is_told_chroma_as_it_is(self, added: Path, monkeypatch: Any) -> None:
        """Its own network divides by 110; told 60 it answers 60, and the mask is 1."""
        monkeypatch.setenv(DATA_VARIABLE, str(added))
        told = nothing(256, 256)
        told[:, 100:120, 100:120] = np.array([60, -35, 1])[:, None, None]
        lightness = np.full((256, 256), 50, np.float32)
        result = predict.predict(*store.open_model("siggraph17", "cpu"), lightness, told)
        np.testing.assert_allclose(result[0, 101:119, 101:119], 60, atol=1e-3)
        np.testing.assert_allclose(result[1, 101:119, 101:119], -35, atol=1e-3)
        plain = predict.predict(
            *store.open_model("siggraph17", "cpu"), lightness, nothing(256, 256)
        )
        np.testing.assert_allclose(result[:, :98], plain[:, :98], atol=1e-4)

    @pytest.mark.parametrize("values", FOREIGN["deoldify"].values)
    def test_deoldify_counts_light(self, values: str, added: Path, monkeypatch: Any) -> None:
        """All three files are one network, so each must give the same colours."""
        monkeypatch.setenv(DATA_VARIABLE, str(added))
        lightness = np.tile(np.linspace(20, 80, 256, dtype=np.float32), (256, 1))
        results = [
            predict.predict(*store.open_model(name, "cpu"), lightness, nothing(256, 256))
            for name in (f"deoldify-{values}", "deoldify-imagenet")
        ]
        assert np.ptp(results[0]) > 5
        np.testing.assert_allclose(results[0], results[1], atol=0.01)
        assert store.open_model(f"deoldify-{values}", "cpu")[0].values == values

    def test_deoldify_gives_its_chroma_not_its_light(self, tmp_path: Path) -> None:
        """Y'UV of the answer with the source's Y'; a picture of its own light has no say."""
        grey = 128 / 255
        rgb = np.array([0.6, 0.45, 0.3], np.float32)[:, None, None] * np.ones((3, 4, 4), np.float32)
        added_light = 0.08
        results = [
            foreign.to_chroma(
                manifest_of("deoldify", "fractions"),
                np.full((4, 4), 53.585, np.float32),
                rgb + light,
            )
            for light in (0, added_light)
        ]
        np.testing.assert_allclose(results[0], results[1], atol=1e-3)
        joined = rgb[:, 0, 0] + grey - rgb[:, 0, 0] @ np.array([0.299, 0.587, 0.114])
        wanted = rgb2lab(joined.reshape(1, 1, 3))[0, 0, 1:]
        np.testing.assert_allclose(results[0][:, 0, 0], wanted, atol=0.05)

    def test_left_is_left_and_wide_is_squashed(self, tmp_path: Path) -> None:
        """a* follows lightness at the same place, in a picture four times as wide as high."""
        model = open_added(echo(1, 2, 0.5, 3, 64), "eccv16", tmp_path)
        lightness = np.tile(np.linspace(0, 100, 256, dtype=np.float32), (64, 1))
        result = predict.predict(*model, lightness, nothing(64, 256))
        np.testing.assert_allclose(result[0, :, 8:-8], 0.5 * lightness[:, 8:-8] + 3, atol=0.2)


def manifest_of(kind: str, values: str = "") -> Any:
    from photochrom.models.manifest import Manifest

    return Manifest("x", "1", "0" * 64, kind=kind, values=values)


class TestTraps:
    def test_no_blocks(self, tmp_path: Path) -> None:
        """DDColor's own program enlarges a*b* by repeating pixels: steps of 8 pixels here."""
        model = open_added(echo(3, 2, 100, -20, 64), "ddcolor", tmp_path)
        lightness = np.tile(np.linspace(30, 70, 512, dtype=np.float32), (512, 1))
        a = predict.predict(*model, lightness, nothing(512, 512))[0, 256, 16:-16]
        steps = np.diff(a)
        assert steps.min() > 0
        assert steps.max() < 1.6 * steps.mean()

    def test_no_blocks_in_the_file(self, tmp_path: Path) -> None:
        library.add(save(echo(3, 2, 50, -10, 64), tmp_path / "a.onnx"), "ddcolor", "a")
        ramp = np.tile(np.linspace(20000, 45000, 1600).astype(np.uint16), (400, 1))
        source = write_tiff(tmp_path / "in.tif", ramp)
        Colorizer("a", "cpu").colorize_file(source, tmp_path / "out.tif")
        a = lab_of(pixels(tmp_path / "out.tif"))[200, 100:-100, 1]
        wide = a[25:] - a[:-25]  # over the 25 pixels of one cell, against rounding to 16 bits
        assert wide.min() > 0
        assert np.diff(a).max() < 4 * np.diff(a).mean()

    def test_chroma_beyond_128_is_cut_off(self, tmp_path: Path) -> None:
        """DDColor issue 54: -180 wrapped around into blobs of the opposite colour."""
        network = echo(3, 2, 200, -180, 64)
        added = library.add(save(network, tmp_path / "a.onnx"), "ddcolor", "a")
        (note,) = added.notes
        assert "beyond ±128; they are cut off there" in note
        model = store.open_model("a", "cpu")
        dark = predict.predict(*model, np.zeros((64, 64), np.float32), nothing(64, 64))
        np.testing.assert_array_equal(dark, -128)
        result = lab_of(Colorizer("a", "cpu").colorize(np.full((64, 64), 40, np.uint8)))
        assert result[..., 1].max() < 0
        assert result[..., 2].max() < 0

    def test_fp16_that_overflows(self, tmp_path: Path) -> None:
        network = foreign_models.siggraph17(insides=Insides(stored="fp16", overflow=True))
        with pytest.raises(ModelError, match=r"not numbers.*it is fp16, get it in fp32") as caught:
            library.add(save(network, tmp_path / "a.onnx"), "siggraph17")
        assert "\n" not in str(caught.value)
        assert [model for model in store.list_models() if model.user] == []

    def test_fp16_that_holds(self, tmp_path: Path) -> None:
        network = foreign_models.siggraph17(insides=Insides(stored="fp16"))
        added = library.add(save(network, tmp_path / "a.onnx"), "siggraph17")
        assert "weights: fp16" in added.assumed
        assert store.open_model("a", "cpu")[0].weights == "fp16"

    @pytest.mark.parametrize("stored", ["fp16", "int8"])
    def test_ddcolor_in_less_than_fp32(self, stored: str, tmp_path: Path) -> None:
        """It may run without error, so it is known by its file, not by trying."""
        network = foreign_models.ddcolor(64, Insides(stored=stored))
        with pytest.raises(ModelError, match=f"is {stored}, at which ddcolor gives wrong colours"):
            library.add(save(network, tmp_path / "a.onnx"), "ddcolor")

    def test_int8_of_spectral_norm(self, tmp_path: Path) -> None:
        network = foreign_models.deoldify(insides=Insides(stored="int8"))
        added = library.add(save(network, tmp_path / "a.onnx"), "deoldify")
        (note,) = added.notes
        assert "int8 loses colour, because of its spectral norm" in note
        assert "weights: int8" in added.assumed

    def test_other_size_than_when_added(self, tmp_path: Path) -> None:
        manifest, session = open_added(echo(1, 2, 0.5, 3), "eccv16", tmp_path)
        from dataclasses import replace

        wrong = replace(manifest, output_stride=2)
        with pytest.raises(ModelError, match="256 pixels square with 256 x 256, not 128 x 128"):
            predict.predict(wrong, session, np.zeros((9, 9), np.float32), nothing(9, 9))
