"""Runs on a device: I/O binding, running out of memory, several threads."""

from pathlib import Path
from threading import Barrier, Thread

import numpy as np
import pytest

from helpers.fake_provider import FakeRuntime, flat_inputs, use
from photochrom.color.arrays import FloatImage
from photochrom.errors import DeviceError, OutOfMemoryError
from photochrom.providers import BOUND, PROVIDERS
from photochrom.session import Session, open_session


@pytest.fixture
def model(toys: Path) -> Path:
    return toys / "warm.onnx"


@pytest.mark.parametrize("bind", [False, True])
class TestRunningOut:
    def test_of_memory(self, bind: bool, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Less at a time works afterwards, on the same session."""
        use(monkeypatch, FakeRuntime(largest=3 * 8 * 8))
        opened = open_session(model, "cuda", bind=bind)
        small = opened.run(flat_inputs(8))
        for _ in range(2):
            with pytest.raises(OutOfMemoryError, match=r"^cuda has not enough memory") as caught:
                opened.run(flat_inputs(8, batch=2))
            assert "\n" not in str(caught.value)
        np.testing.assert_array_equal(opened.run(flat_inputs(8)), small)

    def test_of_a_device(self, bind: bool, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        fake = use(monkeypatch, FakeRuntime(("directml", "cpu")))
        opened = open_session(model, "directml", bind=bind)
        opened.run(flat_inputs())
        fake.lost = True
        with pytest.raises(DeviceError, match=r"^directml stopped working") as caught:
            opened.run(flat_inputs())
        assert not isinstance(caught.value, OutOfMemoryError)


class TestBinding:
    @pytest.mark.parametrize("device", PROVIDERS)
    def test_where_it_is_chosen(
        self, device: str, model: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fake = use(monkeypatch, FakeRuntime(tuple(PROVIDERS)))
        open_session(model, device).run(flat_inputs())
        assert fake.runs == ["bound" if device in BOUND else "plain"]
        expected = {BOUND[device]} if device in BOUND else set()
        assert {memory for memory, _ in fake.allocated} == expected

    def test_the_same_answers_on_the_real_cpu(self, model: Path) -> None:
        plain, bound = (open_session(model, "cpu", bind=bind) for bind in (False, True))
        chance = np.random.default_rng(0)
        for side in (4, 8, 8, 4):
            values = {
                name: chance.random(array.shape, np.float32)
                for name, array in flat_inputs(side, batch=2).items()
            }
            np.testing.assert_array_equal(bound.run(values), plain.run(values))

    def test_an_answer_outlives_the_next_run(self, model: Path) -> None:
        bound = open_session(model, "cpu", bind=True)
        first = bound.run(flat_inputs(light=0.1))
        kept = first.copy()
        assert not np.array_equal(bound.run(flat_inputs(light=0.9)), kept)
        np.testing.assert_array_equal(first, kept)

    def test_buffers_are_used_again_for_equal_shapes(
        self, model: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fake = use(monkeypatch, FakeRuntime())
        opened = open_session(model, "cuda")
        for side in (4, 4, 4, 8, 8):
            opened.run(flat_inputs(side))
        assert fake.bindings == 2
        assert [shape for _, shape in fake.allocated] == [
            (1, 1, 4, 4),
            (1, 3, 4, 4),
            (1, 1, 8, 8),
            (1, 3, 8, 8),
        ]

    def test_arrays_of_other_layouts_and_types(self, model: Path) -> None:
        """The device's memory takes bytes as they are, so they must be float32 and in order."""
        bound = open_session(model, "cpu", bind=True)
        values = flat_inputs(8)
        values["luminance"] = np.linspace(0, 1, 64, dtype=np.float32).reshape(1, 1, 8, 8)
        expected = bound.run(values)
        odd = {name: np.asfortranarray(array) for name, array in values.items()}
        np.testing.assert_array_equal(bound.run(odd), expected)
        wide = {name: array.astype(np.float64) for name, array in values.items()}
        np.testing.assert_array_equal(bound.run(wide), expected)

    @pytest.mark.parametrize("pinned", [False, True])
    def test_page_locked_memory_where_python_has_it(
        self, pinned: bool, model: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fake = use(monkeypatch, FakeRuntime(pinned=pinned))
        opened = open_session(model, "cuda")
        exact = open_session(model, "cpu")
        for light in (0.2, 0.8):
            values = flat_inputs(light=light)
            np.testing.assert_array_equal(opened.run(values), exact.run(values))
        kinds = [memory for memory, _ in fake.allocated]
        assert kinds.count("CUDA_PINNED") == (2 if pinned else 0)
        assert kinds.count("cuda") == 2

    def test_an_older_onnxruntime_without_page_locked_memory(
        self, model: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fake = use(monkeypatch, FakeRuntime())
        monkeypatch.setattr(fake, "get_ep_devices", None)
        assert open_session(model, "cuda").run(flat_inputs()).shape == (1, 2, 2, 2)


class TestThreads:
    @pytest.mark.parametrize(("device", "bind"), [("cpu", False), ("cpu", True), ("cuda", True)])
    def test_everybody_gets_the_own_answer(
        self, device: str, bind: bool, model: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        use(monkeypatch, FakeRuntime())
        opened = open_session(model, device, bind=bind)
        wrong: list[float] = []
        start = Barrier(6)
        threads = [
            Thread(target=ask_often, args=(opened, number / 6, wrong, start)) for number in range(6)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert wrong == []

    def test_only_one_at_a_time_on_directml(
        self, model: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        use(monkeypatch, FakeRuntime(("directml", "cpu")))
        opened = open_session(model, "directml", bind=False)
        together = Together(opened.network)
        object.__setattr__(opened, "network", together)
        start = Barrier(4)
        threads = [Thread(target=ask_often, args=(opened, 0.5, [], start)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert together.most == 1


class Together:
    """Counts how many are inside `run` at once."""

    def __init__(self, network: object) -> None:
        self.network, self.inside, self.most = network, 0, 0

    def __getattr__(self, name: str) -> object:
        return getattr(self.network, name)

    def run(self, outputs: list[str], values: dict[str, FloatImage]) -> list[FloatImage]:
        self.inside += 1
        self.most = max(self.most, self.inside)
        results: list[FloatImage] = self.network.run(outputs, values)  # type: ignore[attr-defined]
        self.inside -= 1
        return results


def ask_often(opened: Session, light: float, wrong: list[float], start: Barrier) -> None:
    """Run again and again, with two sizes in turn, and note answers to somebody else's question."""
    expected = {side: opened.run(flat_inputs(side, light=light)) for side in (4, 8)}
    start.wait()
    for turn in range(20):
        side = (4, 8)[turn % 2]
        if not np.array_equal(opened.run(flat_inputs(side, light=light)), expected[side]):
            wrong.append(light)
