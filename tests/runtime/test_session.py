"""Which device is asked for, which one really runs, and what is said when it does not.

ONNX Runtime is replaced by a fake: no test machine has every accelerator, or a broken one.
"""

import logging
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from helpers.toy_model import write_toy
from photochrom import Colorizer, session
from photochrom.errors import DeviceError, ModelError
from photochrom.session import PROVIDERS, open_session

PATH = Path("model.onnx")
PROVIDER_OF = {**PROVIDERS}


@dataclass
class FakeRuntime:
    """An ONNX Runtime built for some devices, of which some start."""

    built_in: tuple[str, ...]
    start: tuple[str, ...]
    """Devices that load; asked for others, ONNX Runtime quietly takes the CPU."""
    break_down: tuple[str, ...] = ()
    """Devices at which creating a session fails."""
    model_is_broken: bool = False
    asked: list[tuple[list[str], dict[str, Any]]] = field(default_factory=list)

    SessionOptions = SimpleNamespace

    def get_available_providers(self) -> list[str]:
        return [PROVIDER_OF[device] for device in self.built_in]

    def InferenceSession(self, path: str, options: Any, providers: list[str], **extras: Any) -> Any:
        del path, options
        self.asked.append((providers, extras))
        broken = [PROVIDER_OF[device] for device in self.break_down]
        if self.model_is_broken or providers[0] in broken:
            raise RuntimeError("EP Error: no such library\nand more lines")
        loaded = [name for name in providers if name in self._names(self.start)]
        return FakeNetwork(loaded or [PROVIDER_OF["cpu"]])

    def _names(self, devices: tuple[str, ...]) -> list[str]:
        return [PROVIDER_OF[device] for device in (*devices, "cpu")]


@dataclass
class FakeNetwork:
    loaded: list[str]

    def get_providers(self) -> list[str]:
        return self.loaded

    def get_inputs(self) -> list[Any]:
        return [SimpleNamespace(name="luminance", shape=["n", 1, "h", "w"])]

    def get_outputs(self) -> list[Any]:
        return []

    def get_modelmeta(self) -> Any:
        return SimpleNamespace(custom_metadata_map={"photochrom": "{}"})


def use(monkeypatch: pytest.MonkeyPatch, fake: FakeRuntime) -> FakeRuntime:
    monkeypatch.setattr(session, "onnxruntime", lambda: fake)
    return fake


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
        self, built_in: tuple[str, ...], chosen: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        use(monkeypatch, FakeRuntime(built_in, built_in))
        assert open_session(PATH, "auto").device == chosen

    @pytest.mark.parametrize("device", PROVIDERS)
    def test_by_name(self, device: str, monkeypatch: pytest.MonkeyPatch) -> None:
        everything = tuple(PROVIDERS)
        fake = use(monkeypatch, FakeRuntime(everything, everything))
        assert open_session(PATH, device).device == device
        assert fake.asked[0][0][0] == PROVIDERS[device]

    def test_what_is_read_from_the_model(self, monkeypatch: pytest.MonkeyPatch) -> None:
        use(monkeypatch, FakeRuntime(("cpu",), ("cpu",)))
        opened = open_session(PATH, "cpu")
        assert opened.metadata == {"photochrom": "{}"}
        assert opened.shapes == {"luminance": ("n", 1, "h", "w")}

    def test_devices_of_this_machine(self) -> None:
        assert "cpu" in session.available_devices()

    def test_onnxruntime_may_not_go_on_elsewhere_unasked(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Its own fallback prints on stdout, and then `device` would not be the truth."""
        fake = use(monkeypatch, FakeRuntime(("cuda", "cpu"), ("cuda", "cpu")))
        open_session(PATH, "cuda")
        assert fake.asked[0][1] == {"enable_fallback": False}


class TestFallingBack:
    @pytest.mark.parametrize("how", ["quietly", "loudly"])
    def test_auto_goes_on_and_says_so(
        self, how: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        broken = ("cuda",) if how == "loudly" else ()
        fake = FakeRuntime(("cuda", "directml", "cpu"), ("directml",), break_down=broken)
        use(monkeypatch, fake)
        with caplog.at_level(logging.WARNING):
            assert open_session(PATH, "auto").device == "directml"
        assert caplog.messages == ["cuda did not start; trying the next device"]
        caplog.clear()

    @pytest.mark.parametrize("how", ["quietly", "loudly"])
    def test_by_name_is_an_error(self, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
        broken = ("cuda",) if how == "loudly" else ()
        use(monkeypatch, FakeRuntime(("cuda", "cpu"), (), break_down=broken))
        with pytest.raises(DeviceError, match="cuda is built in but did not start"):
            open_session(PATH, "cuda")

    @pytest.mark.parametrize("device", ["auto", "cuda", "cpu"])
    def test_broken_model_is_not_blamed_on_the_device(
        self, device: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        use(monkeypatch, FakeRuntime(("cuda", "cpu"), ("cuda",), model_is_broken=True))
        with pytest.raises(ModelError, match="can't load the model") as caught:
            open_session(PATH, device)
        assert "\n" not in str(caught.value)


class TestErrors:
    def test_not_built_in(self, monkeypatch: pytest.MonkeyPatch) -> None:
        use(monkeypatch, FakeRuntime(("cpu",), ("cpu",)))
        with pytest.raises(DeviceError, match=r"no cuda; it has cpu.*photochrom\[gpu\]"):
            open_session(PATH, "cuda")

    @pytest.mark.parametrize("device", ["", "gpu", "CPU", "cuda:0", "CUDAExecutionProvider"])
    def test_unknown(self, device: str) -> None:
        with pytest.raises(DeviceError, match="unknown device"):
            open_session(PATH, device)

    def test_nothing_built_in(self, monkeypatch: pytest.MonkeyPatch) -> None:
        use(monkeypatch, FakeRuntime((), ()))
        with pytest.raises(DeviceError, match="reinstall"):
            open_session(PATH, "auto")

    def test_no_onnxruntime(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "onnxruntime", None)
        with pytest.raises(DeviceError, match=r"photochrom\[cpu\]"):
            session.available_devices()


class TestRealRuntime:
    def test_missing_file(self, tmp_path: Path) -> None:
        with pytest.raises(ModelError, match="can't load"):
            open_session(tmp_path / "missing.onnx", "cpu")

    def test_failing_run_is_one_line(self, toys: Path) -> None:
        opened = open_session(toys / "warm.onnx", "cpu")
        with pytest.raises(ModelError, match="failed on cpu") as caught:
            opened.run({"luminance": np.zeros((1, 2, 3), np.float32)})
        assert "\n" not in str(caught.value)

    def test_output_by_name(self, toys: Path) -> None:
        opened = open_session(toys / "warm.onnx", "cpu")
        inputs = {
            "luminance": np.ones((1, 1, 4, 4), np.float32),
            "hints": np.zeros((1, 3, 4, 4), np.float32),
        }
        np.testing.assert_array_equal(opened.run(inputs), opened.run(inputs, "chroma"))
        with pytest.raises(ModelError):
            opened.run(inputs, "no such output")

    def test_nothing_on_stdout(self, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
        """ONNX Runtime prints now and then; stdout belongs to --json."""
        path = write_toy(tmp_path / "toy.onnx")
        Colorizer(str(path), "cpu").colorize(np.full((8, 8), 100, np.uint8))
        captured = capfd.readouterr()
        assert (captured.out, captured.err) == ("", "")
