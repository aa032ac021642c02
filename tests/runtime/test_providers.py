"""What each provider is told, and how fp16 is reached on it."""

from pathlib import Path

import numpy as np
import pytest

from helpers.fake_provider import FakeRuntime, flat_inputs, use
from photochrom.errors import UsageError
from photochrom.providers import PROVIDERS
from photochrom.session import open_session


@pytest.fixture
def model(toys: Path) -> Path:
    return toys / "warm.onnx"


class TestOptions:
    def test_threads(self, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        fake = use(monkeypatch, FakeRuntime())
        open_session(model, "cpu")
        open_session(model, "cuda", threads=3)
        assert [asked.options.intra_op_num_threads for asked in fake.asked] == [0, 3]

    @pytest.mark.parametrize("threads", [0, -1])
    def test_no_thread_at_all(self, threads: int, model: Path) -> None:
        with pytest.raises(UsageError, match="one thread or more"):
            open_session(model, "cpu", threads=threads)

    def test_cuda_does_not_search_for_each_shape(
        self, model: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fake = use(monkeypatch, FakeRuntime())
        open_session(model, "cuda")
        cuda = fake.asked[0].providers[PROVIDERS["cuda"]]
        assert cuda["cudnn_conv_algo_search"] == "HEURISTIC"
        assert cuda["arena_extend_strategy"] == "kSameAsRequested"

    def test_tensorrt_leaves_the_rest_to_cuda_and_keeps_engines_by_model(
        self, toys: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fake = use(monkeypatch, FakeRuntime(tuple(PROVIDERS)))
        for name in ("warm", "warm", "corners"):
            open_session(toys / f"{name}.onnx", "tensorrt")
        assert list(fake.asked[0].providers) == [
            PROVIDERS[device] for device in ("tensorrt", "cuda", "cpu")
        ]
        folders = [
            asked.providers[PROVIDERS["tensorrt"]]["trt_engine_cache_path"] for asked in fake.asked
        ]
        assert folders[0] == folders[1] != folders[2]
        assert Path(folders[0]).is_dir()
        assert Path(folders[0]).stat().st_mode & 0o777 == 0o700

    def test_tensorrt_without_a_place_for_engines(
        self, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "file").touch()
        monkeypatch.setenv("PHOTOCHROM_DATA", str(tmp_path / "file"))
        fake = use(monkeypatch, FakeRuntime(tuple(PROVIDERS)))
        assert open_session(model, "tensorrt").device == "tensorrt"
        assert fake.asked[0].providers[PROVIDERS["tensorrt"]] == {"trt_fp16_enable": "False"}

    def test_openvino_chooses_among_its_devices(
        self, model: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fake = use(monkeypatch, FakeRuntime(tuple(PROVIDERS)))
        open_session(model, "openvino")
        assert fake.asked[0].providers[PROVIDERS["openvino"]]["device_type"] == "AUTO"

    def test_directml_has_no_memory_pattern(
        self, model: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fake = use(monkeypatch, FakeRuntime(("directml", "cpu")))
        open_session(model, "directml")
        open_session(model, "cpu")
        assert [asked.options.enable_mem_pattern for asked in fake.asked] == [False, True]

    def test_what_preloading_says_stays_off_stdout(
        self, model: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        fake = use(monkeypatch, FakeRuntime())
        monkeypatch.setattr(fake, "preload_dlls", lambda: print("Failed"), raising=False)  # noqa: T201
        open_session(model, "cuda")
        assert capsys.readouterr().out == ""


class TestHalf:
    """fp16 is reached by the graph, by an option, or not at all."""

    @pytest.mark.parametrize("device", ["cuda", "directml"])
    def test_by_the_graph(self, device: str, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        fake = use(monkeypatch, FakeRuntime(tuple(PROVIDERS)))
        opened = open_session(model, device, fp16=True)
        assert opened.precision == "fp16"
        assert isinstance(fake.asked[0].model, bytes)
        exact = open_session(model, "cpu").run(flat_inputs())
        answer = opened.run(flat_inputs())
        assert answer.dtype == np.float32
        assert 0 < np.abs(answer - exact).max() < 1e-3
        assert opened.metadata == open_session(model, "cpu").metadata

    def test_by_an_option(self, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        fake = use(monkeypatch, FakeRuntime(tuple(PROVIDERS)))
        for device in ("tensorrt", "openvino"):
            for fp16 in (False, True):
                opened = open_session(model, device, fp16=fp16)
                assert opened.precision == ("fp16" if fp16 else "fp32")
        said = [next(iter(asked.providers.values())) for asked in fake.asked]
        assert [options["trt_fp16_enable"] for options in said[:2]] == ["False", "True"]
        assert said[0]["trt_engine_cache_path"] != said[1]["trt_engine_cache_path"]
        assert "ACCURACY" in said[2]["load_config"]
        assert "PERFORMANCE" in said[3]["load_config"]
        assert all(isinstance(asked.model, str) for asked in fake.asked)

    @pytest.mark.parametrize("device", ["cpu", "coreml"])
    def test_never(self, device: str, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        fake = use(monkeypatch, FakeRuntime(tuple(PROVIDERS)))
        assert open_session(model, device, fp16=True).precision == "fp32"
        assert fake.asked[0].model == str(model)

    def test_not_on_the_cpu_that_was_fallen_back_to(
        self, model: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        use(monkeypatch, FakeRuntime(start=()))
        opened = open_session(model, "auto", fp16=True)
        assert (opened.device, opened.precision) == ("cpu", "fp32")
        caplog.clear()
