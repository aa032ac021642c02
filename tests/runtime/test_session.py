"""Which device is asked for, which one really runs, and what is said when it does not.

No test machine has every accelerator, or a broken one: `helpers.fake_provider` stands in.
"""

import logging
import sys
from pathlib import Path

import numpy as np
import pytest

from helpers.fake_provider import FakeRuntime, flat_inputs, use
from helpers.toy_model import write_toy
from photochrom import Colorizer, providers
from photochrom.errors import DeviceError, ModelError
from photochrom.providers import AUTOMATIC, PROVIDERS
from photochrom.session import open_session

ACCELERATORS = tuple(device for device in PROVIDERS if device != "cpu")


@pytest.fixture
def model(toys: Path) -> Path:
    return toys / "warm.onnx"


class TestChoice:
    @pytest.mark.parametrize(
        ("built_in", "chosen"),
        [
            (("cpu",), "cpu"),
            (("cuda", "cpu"), "cuda"),
            (("tensorrt", "cuda", "cpu"), "cuda"),
            (("directml", "cpu"), "directml"),
            (("coreml", "cpu"), "coreml"),
            (("openvino", "cpu"), "cpu"),  # wants to be asked for: it compiles for long
            (("cpu", "cuda"), "cuda"),
        ],
    )
    def test_auto(
        self, built_in: tuple[str, ...], chosen: str, model: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        use(monkeypatch, FakeRuntime(built_in))
        assert open_session(model, "auto").device == chosen

    @pytest.mark.parametrize("device", PROVIDERS)
    def test_by_name(self, device: str, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        fake = use(monkeypatch, FakeRuntime(tuple(PROVIDERS)))
        opened = open_session(model, device)
        assert (opened.device, opened.precision) == (device, "fp32")
        assert [asked.device for asked in fake.asked] == [device]
        assert np.isfinite(opened.run(flat_inputs())).all()

    def test_what_is_read_from_the_model(self, model: Path) -> None:
        opened = open_session(model, "cpu")
        assert '"name": "toy"' in opened.metadata["photochrom"]
        assert opened.shapes["luminance"] == ("n", 1, "h", "w")
        assert opened.shapes["chroma"] == ("n", 2, "h2", "w2")

    def test_devices_of_this_machine(self) -> None:
        assert "cpu" in providers.available_devices()

    @pytest.mark.parametrize("device", PROVIDERS)
    def test_onnxruntime_may_not_go_on_elsewhere_unasked(
        self, device: str, model: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Its own fallback prints on stdout, and then `device` would not be the truth."""
        fake = use(monkeypatch, FakeRuntime(tuple(PROVIDERS)))
        open_session(model, device)
        assert fake.asked[0].extras == {"enable_fallback": False}


class TestFallingBack:
    @pytest.mark.parametrize("device", [device for device in AUTOMATIC if device != "cpu"])
    @pytest.mark.parametrize("how", ["quietly", "loudly", "idly"])
    def test_auto_goes_on_and_says_so(
        self,
        how: str,
        device: str,
        model: Path,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        use(monkeypatch, failing(device, how))
        with caplog.at_level(logging.WARNING):
            opened = open_session(model, "auto")
        assert opened.device == "cpu"
        assert len(caplog.messages) == 1
        assert caplog.messages[0].startswith(f"{device} is built in but did not start")
        assert caplog.messages[0].endswith("; trying the next device")
        caplog.clear()

    def test_the_next_device_is_not_always_the_cpu(
        self, model: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        use(monkeypatch, FakeRuntime(("cuda", "directml", "cpu"), ("directml",)))
        assert open_session(model, "auto").device == "directml"
        caplog.clear()

    @pytest.mark.parametrize("device", ACCELERATORS)
    @pytest.mark.parametrize("how", ["quietly", "loudly", "idly"])
    def test_by_name_is_an_error(
        self, how: str, device: str, model: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        use(monkeypatch, failing(device, how))
        with pytest.raises(DeviceError, match=f"^{device} is built in but did not start") as caught:
            open_session(model, device)
        assert "\n" not in str(caught.value)
        assert ("no such library" in str(caught.value)) == (how == "loudly")

    def test_tensorrt_that_leaves_all_to_cuda_did_not_start(
        self, model: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        use(monkeypatch, FakeRuntime(("tensorrt", "cuda", "cpu"), idle=("tensorrt",)))
        with pytest.raises(DeviceError, match="no part of this model"):
            open_session(model, "tensorrt")

    @pytest.mark.parametrize("device", ["auto", "cuda", "cpu"])
    def test_broken_model_is_not_blamed_on_the_device(
        self, device: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        use(monkeypatch, FakeRuntime())
        (tmp_path / "broken.onnx").write_bytes(b"broken\nmodel")
        with pytest.raises(ModelError, match="can't load the model") as caught:
            open_session(tmp_path / "broken.onnx", device)
        assert "\n" not in str(caught.value)


def failing(device: str, how: str) -> FakeRuntime:
    """A device that does not load, fails to load, or loads and does nothing."""
    return FakeRuntime(
        (device, "cpu"),
        start=() if how == "quietly" else (device,),
        break_down=(device,) if how == "loudly" else (),
        idle=(device,) if how == "idly" else (),
    )


class TestErrors:
    def test_not_built_in(self, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        use(monkeypatch, FakeRuntime(("cpu",)))
        with pytest.raises(DeviceError, match=r"no cuda; it has cpu.*photochrom\[gpu\]"):
            open_session(model, "cuda")

    @pytest.mark.parametrize("device", ["", "gpu", "CPU", "cuda:0", "CUDAExecutionProvider"])
    def test_unknown(self, device: str, model: Path) -> None:
        with pytest.raises(DeviceError, match="unknown device"):
            open_session(model, device)

    def test_nothing_built_in(self, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        use(monkeypatch, FakeRuntime(()))
        with pytest.raises(DeviceError, match="reinstall"):
            open_session(model, "auto")

    def test_no_onnxruntime(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "onnxruntime", None)
        with pytest.raises(DeviceError, match=r"photochrom\[cpu\]"):
            providers.available_devices()


class TestRealRuntime:
    def test_missing_file(self, tmp_path: Path) -> None:
        with pytest.raises(ModelError, match="can't load"):
            open_session(tmp_path / "missing.onnx", "cpu")

    @pytest.mark.parametrize("bind", [False, True])
    def test_failing_run_is_one_line(
        self, bind: bool, model: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        opened = open_session(model, "cpu", bind=bind)
        with pytest.raises(ModelError, match="failed on cpu") as caught:
            opened.run({"luminance": np.zeros((1, 2, 3), np.float32)})
        assert "\n" not in str(caught.value)
        assert capfd.readouterr() == ("", "")

    @pytest.mark.parametrize("bind", [False, True])
    def test_output_by_name(self, bind: bool, model: Path) -> None:
        opened = open_session(model, "cpu", bind=bind)
        np.testing.assert_array_equal(
            opened.run(flat_inputs()), opened.run(flat_inputs(), "chroma")
        )
        with pytest.raises(ModelError):
            opened.run(flat_inputs(), "no such output")

    def test_values_that_are_not_numbers(self, model: Path) -> None:
        opened = open_session(model, "cpu")
        with pytest.raises(ModelError, match="not numbers on cpu"):
            opened.run(flat_inputs(light=np.nan))

    def test_nothing_on_stdout(self, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
        """ONNX Runtime prints now and then; stdout belongs to --json."""
        path = write_toy(tmp_path / "toy.onnx")
        Colorizer(str(path), "cpu").colorize(np.full((8, 8), 100, np.uint8))
        captured = capfd.readouterr()
        assert (captured.out, captured.err) == ("", "")
