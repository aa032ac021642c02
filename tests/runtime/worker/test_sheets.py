"""Pictures that come in strips: refusals, what is kept between processes, light outside of 0..1."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.profiles import ADOBE
from helpers.toy_model import CORNERS, write_toy
from photochrom.files.shelf import ANSWERS, RESTORED, SEEN, SHELVES
from photochrom.hints import layer
from photochrom.models.store import open_model
from photochrom.session import Session
from photochrom.tiles.answers import TileModel
from photochrom.worker import remembering, sheets
from photochrom.worker.client import Refused, Worker, own_argv
from photochrom.worker.painted import Painted


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of its own, for this process and the worker's."""
    monkeypatch.setenv("PHOTOCHROM_DATA", str(tmp_path / "data"))
    return tmp_path / "data" / "cache"


@pytest.fixture
def worker(cache: Path) -> Iterator[Worker]:
    del cache
    with Worker(own_argv()) as one:
        one.hello()
        yield one


def sheet(**said: Any) -> dict[str, Any]:
    return {"task": "sheet", "width": 4, "height": 3, "channels": 1, "type": "u8", **said}


def colored(worker: Worker, pixels: np.ndarray[Any, Any], **said: Any) -> np.ndarray[Any, Any]:
    kind = {"u1": "u8", "u2": "u16", "f4": "float"}[pixels.dtype.str[1:]]
    height, width, channels = pixels.shape
    worker.call(**sheet(width=width, height=height, channels=channels, type=kind))
    worker.call("sheet-rows", pixels.tobytes(), top=0)
    parts: list[bytes] = []
    worker.call("sheet-color", b"", None, 60, lambda _, body: parts.append(body), **said)
    return np.frombuffer(b"".join(parts), pixels.dtype).reshape(height, width, -1)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 9) | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
SAID = st.fixed_dictionaries(
    {"task": st.sampled_from(["sheet", "sheet-rows", "sheet-hints", "sheet-color", "pixels"])},
    optional={
        **dict.fromkeys(("width", "height", "channels", "top"), st.integers(-1, 4) | JSON),
        "type": st.sampled_from(["u8", "u16", "float"]) | JSON,
        "options": st.dictionaries(
            st.sampled_from(["settings", "restore", "points", "page", "layer"]), JSON, max_size=2
        )
        | JSON,
        "profile": st.binary(max_size=200).map(lambda data: base64.b64encode(data).decode()) | JSON,
        "model": st.sampled_from(["no-such", 3, None]),
    },
)


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    """One for many jobs that make no sense."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PHOTOCHROM_DATA", str(tmp_path_factory.mktemp("data")))
        with Worker(own_argv()) as one:
            one.hello()
            yield one


@given(SAID, st.binary(max_size=40))
@settings(max_examples=150, deadline=None)
def test_any_job_has_one_end(fuzzed: Worker, said: dict[str, Any], payload: bytes) -> None:
    fuzzed.send({**said, "op": "job", "id": 7}, payload)
    head: dict[str, Any] = {"op": "progress"}
    while head["op"] == "progress":
        head, _ = fuzzed.receive(60)
    assert head["id"] == 7
    assert head["op"] == "result" or head["kind"] != "InternalError", head


@pytest.mark.parametrize(
    "said",
    [
        {"width": 0}, {"height": True}, {"channels": 5}, {"type": "u32"}, {"width": "4"},
        {"profile": "%"}, {"profile": 7},
    ],
)  # fmt: skip
def test_sheets_that_cant_be(said: dict[str, Any], worker: Worker) -> None:
    with pytest.raises(Refused) as error:
        worker.call(**sheet(**said))
    assert error.value.kind == "UsageError"


def test_strips_come_in_order_and_whole(worker: Worker) -> None:
    for task in ("sheet-rows", "sheet-color", "sheet-hints"):
        with pytest.raises(Refused, match="no sheet is open"):
            worker.call(task, bytes(4), top=0)
    worker.call(**sheet())
    strips: list[tuple[Any, int]] = [(1, 4), (0, 3), (0, 0), (0, 16), ("0", 4)]
    for top, size in strips:
        with pytest.raises(Refused):
            worker.call("sheet-rows", bytes(size), top=top)
    worker.call("sheet-rows", bytes(8), top=0)
    with pytest.raises(Refused, match="2 of 3 rows"):
        worker.call("sheet-color")
    strips = [(0, 15), (2, 32), (-1, 16), (None, 16)]
    for top, size in strips:
        with pytest.raises(Refused):
            worker.call("sheet-hints", bytes(size), top=top)
    worker.call("close")
    with pytest.raises(Refused, match="no sheet is open"):
        worker.call("sheet-rows", bytes(4), top=2)


def test_light_that_no_file_holds_stays(worker: Worker, toys: Path) -> None:
    pixels = np.full((40, 50, 3), 0.5, np.float32)
    pixels[3, 4], pixels[5, 6], pixels[7, 8] = 2.5, -0.25, np.nan
    made = colored(worker, pixels, model=str(toys / "warm.onnx"))
    for place in ((3, 4), (5, 6), (7, 8)):
        np.testing.assert_array_equal(made[place], pixels[place])
    others = np.delete(made.reshape(-1, 3), [3 * 50 + 4, 5 * 50 + 6, 7 * 50 + 8], axis=0)
    assert np.ptp(others, axis=1).min() > 0.02


def test_a_profile_of_its_own(worker: Worker, toys: Path) -> None:
    assert ADOBE.icc is not None
    icc = base64.b64encode(ADOBE.icc).decode()
    assert worker.call(**sheet(channels=3, profile=icc))[0]["own"] is True
    assert worker.call(**sheet(channels=3, profile=icc, type="float"))[0]["own"] is False


def test_what_was_restored_is_kept(cache: Path, toys: Path) -> None:
    ramp = np.linspace(90, 160, 120) * np.ones((80, 1))
    pixels = ramp[..., None].astype(np.uint8)
    said = {"model": str(toys / "warm.onnx"), "options": {"restore": {"steps": ["levels"]}}}
    found = []
    for _ in range(2):
        with Worker(own_argv()) as one:
            one.hello()
            found.append(colored(one, pixels, **said))
        kept = [len(shelf.kept()) for shelf in (RESTORED, SEEN)]
        assert kept == [1, 1]
    np.testing.assert_array_equal(found[0], found[1])
    assert np.ptp(found[0].astype(int), axis=(0, 1)).min() > 180
    assert all(path.stat().st_mode & 0o077 == 0 for path in (RESTORED.folder, SEEN.folder))
    for path in RESTORED.folder.glob("*.npy"):
        path.write_bytes(b"damaged")
    with Worker(own_argv()) as one:
        one.hello()
        np.testing.assert_array_equal(colored(one, pixels, **said), found[0])
    assert cache.is_dir()


def test_a_network_need_not_answer_twice(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del cache
    manifest, session = open_model(str(write_toy(tmp_path / "toy.onnx", CORNERS)), "cpu")
    asked: list[int] = []
    run = Session.run

    def counted(*args: Any, **said: Any) -> Any:
        asked.append(1)
        return run(*args, **said)

    monkeypatch.setattr(Session, "run", counted)
    light = np.linspace(10, 90, 64 * 80, dtype=np.float32).reshape(64, 80)
    bare = TileModel(manifest, session)
    plain = bare.plain(light)
    answers = [remembering.remembering(TileModel(manifest, session)).plain(light) for _ in range(3)]
    assert len(asked) == 2
    for answer in answers:
        np.testing.assert_array_equal(answer, plain)
    remembering.remembering(bare).plain(light + 1)
    assert len(asked) == 3
    for _, _, path in ANSWERS.kept():
        path.write_bytes(b"damaged")
    np.testing.assert_array_equal(remembering.remembering(bare).plain(light), plain)


@given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 7), st.data())
def test_rows_of_hints_make_the_whole_layer(
    width: int, height: int, short: int, draw: st.DataObject
) -> None:
    seed = draw.draw(st.integers(0, 99))
    rgba = np.random.default_rng(seed).integers(0, 256, (height, width, 4), np.uint8)
    rgba[..., 3] *= np.random.default_rng(seed).random((height, width)) < 0.5
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("photochrom.worker.painted.SHORT", short)
        painted = Painted(width, height)
        factor = max(1, min(width, height) // short)
    step = draw.draw(st.integers(1, height))
    for top in range(0, height, step):
        painted.add(top, rgba[top : top + step].tobytes())
    whole = layer.from_array(rgba).paint
    down, across = -(-height // factor), -(-width // factor)
    assert painted.layer.paint.shape == (3, down, across)
    for row, column in {(0, 0), (down - 1, across - 1), (down // 2, across // 2)}:
        cell = np.s_[:, row * factor : (row + 1) * factor, column * factor : (column + 1) * factor]
        expected = whole[cell].mean((1, 2))
        np.testing.assert_allclose(painted.layer.paint[:, row, column], expected, atol=2e-3)


def test_large_sheets_lie_in_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "IN_MEMORY", 10)
    room = sheets._room((5, 4, 3), np.dtype("<u2"))
    assert isinstance(room, np.memmap)
    room[:] = 7
    assert (room == 7).all()


def test_every_shelf_can_be_cleared(cache: Path) -> None:
    del cache

    def write(path: Path) -> None:
        path.write_bytes(b"12345")

    for shelf in SHELVES:
        shelf.obtain("a1", 10, write)
        (shelf.folder / "other").write_text("not ours", "utf-8")
    assert [shelf.clear() for shelf in SHELVES] == [5] * len(SHELVES)
    assert [shelf.kept() for shelf in SHELVES] == [[]] * len(SHELVES)
    assert all((shelf.folder / "other").exists() for shelf in SHELVES)
