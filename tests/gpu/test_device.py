"""A real device: does it load, agree with the CPU, and go on when its memory runs out?"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from helpers.pictures import photograph, write_jpeg
from photochrom import Colorizer, Options, providers
from photochrom.color.arrays import FloatImage
from photochrom.errors import OutOfMemoryError
from photochrom.models.half import TOLERANCE
from photochrom.models.names import DEFAULT_MODEL
from photochrom.models.store import find_model
from photochrom.providers import FP16_GRAPH, FP16_OPTION, PROVIDERS
from photochrom.session import open_session

pytestmark = pytest.mark.gpu

MODEL = find_model(DEFAULT_MODEL)
SCALE = 110
"""Chroma of the shipped model's 1."""
SAME = 0.05
"""Largest difference in a*b* of two ways to run one network on one device, by its algorithms."""
LIMITS = tuple(
    megabytes << 20 for megabytes in (1024, 768, 512, 384, 256, 192, 128, 96, 64, 48, 32)
)
"""Bytes for CUDA's arena that are tried until a batch does not fit any more."""


def inputs(batch: int = 1, side: int = 256, seed: int = 0) -> dict[str, FloatImage]:
    """Noise of two grains, with a point of colour."""
    chance = np.random.default_rng(seed)
    light = chance.random((batch, 1, side // 32, side // 32), np.float32)
    light = light.repeat(32, axis=2).repeat(32, axis=3) * np.float32(0.8)
    light += np.float32(0.2) * chance.random(light.shape, np.float32)
    hints = np.zeros((batch, 3, side, side), np.float32)
    hints[:, :, 10:17, 10:17] = np.array([0.3, -0.2, 1.0], np.float32)[:, None, None]
    return {"luminance": light, "hints": hints}


def difference(ours: FloatImage, theirs: FloatImage) -> tuple[float, float]:
    """Largest and mean, in a*b*."""
    distance = np.abs(ours - theirs) * SCALE
    return float(distance.max()), float(distance.mean())


def test_it_loads(device: str) -> None:
    session = open_session(MODEL, device)
    assert session.device == device
    assert session.network.get_providers()[0] == PROVIDERS[device]


@pytest.mark.parametrize(("batch", "side"), [(1, 256), (8, 256), (1, 512)])
def test_float32_agrees_with_the_cpu(batch: int, side: int, device: str) -> None:
    """As far as TF32 lets it, in which NVIDIA's later GPUs multiply what is float32."""
    largest, mean = difference(
        open_session(MODEL, device).run(inputs(batch, side)),
        open_session(MODEL, "cpu").run(inputs(batch, side)),
    )
    assert largest < TOLERANCE["max"]
    assert mean < TOLERANCE["mean"]


def test_fp16_agrees_with_the_cpu(device: str) -> None:
    half = open_session(MODEL, device, fp16=True)
    assert half.precision == ("fp16" if device in FP16_GRAPH + FP16_OPTION else "fp32")
    largest, mean = difference(half.run(inputs(4)), open_session(MODEL, "cpu").run(inputs(4)))
    assert largest < TOLERANCE["max"]
    assert mean < TOLERANCE["mean"]


def test_binding_agrees_with_a_plain_run(device: str) -> None:
    plain, bound = (open_session(MODEL, device, bind=bind) for bind in (False, True))
    for batch, side in ((1, 256), (4, 256), (4, 256), (1, 512), (1, 256)):
        values = inputs(batch, side, seed=batch + side)
        assert difference(bound.run(values), plain.run(values))[0] < SAME


def test_an_answer_outlives_the_next_run(device: str) -> None:
    bound = open_session(MODEL, device, bind=True)
    first = bound.run(inputs(seed=1))
    kept = first.copy()
    bound.run(inputs(seed=2))
    np.testing.assert_array_equal(first, kept)


def test_threads_get_their_own_answers(device: str) -> None:
    session = open_session(MODEL, device)
    questions = [inputs(seed=seed) for seed in range(6)]
    expected = [session.run(question) for question in questions]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(session.run, questions * 5))
    for number, answer in enumerate(answers):
        assert difference(answer, expected[number % 6])[0] < SAME


@pytest.fixture
def tight(device: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """So little memory that eight pictures do not fit at once, but one does."""
    if device != "cuda":
        pytest.skip(f"{device} has no option that limits its memory")
    for limit in LIMITS:
        monkeypatch.setitem(providers.CUDA, "gpu_mem_limit", str(limit))
        session = open_session(MODEL, device)
        session.run(inputs(1))
        try:
            session.run(inputs(8))
        except OutOfMemoryError:
            return
    pytest.fail("eight pictures fit into any memory that one fits into")


@pytest.mark.usefixtures("tight")
@pytest.mark.parametrize("bind", [False, True])
def test_less_at_a_time_works_after_running_out(bind: bool, device: str) -> None:
    session = open_session(MODEL, device, bind=bind)
    before = session.run(inputs(1))
    for _ in range(3):
        with pytest.raises(OutOfMemoryError, match="cuda has not enough memory"):
            session.run(inputs(8))
    assert difference(session.run(inputs(1)), before)[0] < SAME


def colorized(folder: Path, device: str) -> tuple[FloatImage, tuple[str, ...]]:
    """A picture that is seen in tiles, and the notes on it."""
    source, target = folder / "in.jpg", folder / f"{device}.tif"
    write_jpeg(source, photograph("astronaut.png", 1024))
    report = Colorizer(device=device).colorize_file(
        source, target, Options(detail=2), overwrite=True
    )
    import pyvips

    return pyvips.Image.new_from_file(str(target)).numpy().astype(np.float32), report.notes


def test_tiles_agree_with_the_cpu(device: str, tmp_path: Path) -> None:
    ours, theirs = (colorized(tmp_path, name)[0] for name in (device, "cpu"))
    assert np.abs(ours - theirs).mean() < 0.5  # of 255


@pytest.mark.usefixtures("tight")
def test_tiles_are_halved_when_memory_runs_out(device: str, tmp_path: Path) -> None:
    halved, notes = colorized(tmp_path, device)
    assert any("want of memory" in note for note in notes)
    expected, _ = colorized(tmp_path, "cpu")
    assert np.abs(halved - expected).mean() < 0.5  # of 255
