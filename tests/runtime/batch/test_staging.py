"""Orders on machines that share nothing but a storage make what one machine makes of files."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import numpy as np
import pytest
import pyvips

import photochrom
from helpers.clips import Track, make_clip
from photochrom.batch import storage
from photochrom.batch.cluster import performing
from photochrom.batch.cluster.orders import Errand, Order
from photochrom.batch.cluster.performing import Setup, perform
from photochrom.batch.hands import Hands
from photochrom.batch.items import Asked, Item, Outcome
from photochrom.batch.seals import seal
from photochrom.folders import cache_folder

BUCKET = "memory://archive"


@pytest.fixture
def setup(toys: Path) -> Iterator[Setup]:
    model = str(toys / "warm.onnx")
    yield Setup(Asked(model=model, device="cpu"), 1, seal(model).sha256)
    if performing._ready is not None:
        performing._ready[1].close()
        performing._ready = None


@pytest.fixture(autouse=True)
def empty() -> Iterator[None]:
    yield
    fsspec.filesystem("memory").rm("/", recursive=True)


def stored(path: Path) -> str:
    storage.put(path, f"{BUCKET}/in/{path.name}")
    return f"{BUCKET}/in/{path.name}"


def alone(setup: Setup, source: Path, target: Path, kind: Any) -> Outcome:
    """What one machine makes."""
    hands = Hands(setup.asked, setup.threads)
    outcome = hands.do(Item(target.name, str(source), str(target), kind))
    hands.close()
    assert outcome.done, outcome.error
    return outcome


def content(url: str) -> str:
    return hashlib.sha256(b"".join(storage.chunks(url, 1 << 20))).hexdigest()


def picture(path: Path) -> Path:
    grey = np.random.default_rng(0).integers(0, 255, (48, 64)).astype(np.uint8)
    pyvips.Image.new_from_array(grey).write_to_file(str(path))
    return path


def test_a_picture_with_its_sidecar(setup: Setup, tmp_path: Path) -> None:
    source, url = picture(tmp_path / "a.png"), f"{BUCKET}/out/a.color.png"
    beside = tmp_path / "a.png.photochrom.json"
    beside.write_text('{"photochrom": 1, "settings": {"saturation": 0.5}}')
    item = Item("a.color.png", stored(source), url, "photo")
    stored(beside)
    told, expected = (
        perform(Order(item, "whole"), setup),
        alone(setup, source, tmp_path / "a.color.png", "photo"),
    )
    assert told.done, told.error
    assert expected.output is not None
    assert content(url) == expected.output.sha256
    assert told.output is not None
    assert told.source is not None
    assert (told.item, told.output.sha256) == (item, expected.output.sha256)
    assert told.settings == expected.settings
    assert told.read == (item.source + ".photochrom.json",)
    assert told.source.changed == storage.stamp(item.source).changed  # type: ignore[union-attr]
    assert list(cache_folder().rglob("order-*")) == []


def test_a_film_in_parts_on_machines_that_come_and_go(
    setup: Setup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = tmp_path / "film.mkv"
    make_clip(clip, grey=True, frames=265, cuts=(255,), size=(64, 48), sound=(Track(),))
    expected = alone(setup, clip, tmp_path / "film.color.mkv", "film")
    assert expected.output is not None
    url = f"{BUCKET}/out/film.color.mkv"
    errand = Errand(Item("film.color.mkv", stored(clip), url, "film"))
    tasks, told = list[str](), None
    running = errand.begin()
    while running:
        order = running.pop()
        # each order on another machine; every second one is tried twice there, as after a crash
        monkeypatch.setenv("PHOTOCHROM_DATA", str(tmp_path / f"machine-{len(tasks)}"))
        result = perform(order, setup)
        if order.task == "part" and len(tasks) % 2:
            result = perform(order, setup)
        assert result.done, result.error
        tasks.append(order.task)
        more, told = errand.hear(order, result)
        running += more
    assert tasks == ["cut", "part", "part", "part", "whole"]
    assert told is not None
    assert content(url) == expected.output.sha256
    assert told.report["made"] == 0, "the last step made pieces again"
    assert [storage.name_of(one) for one in storage.below(f"{BUCKET}/out")] == ["film.color.mkv"]


def test_what_is_gone_or_can_not_be_read_is_told(setup: Setup, tmp_path: Path) -> None:
    url = f"{BUCKET}/out/a.color.png"
    told = perform(Order(Item("a", f"{BUCKET}/in/a.png", url, "photo"), "whole"), setup)
    assert (told.error_kind, told.error) == ("InputError", f"{BUCKET}/in/a.png is gone")
    (tmp_path / "b.png").write_bytes(b"\x89PNG\r\n\x1a\n no picture")
    item = Item("b", stored(tmp_path / "b.png"), url, "photo")
    told = perform(Order(item, "whole"), setup)
    assert told.error_kind == "InputError"
    assert str(tmp_path) not in told.error
    assert storage.stamp(url) is None


def test_a_machine_with_another_model_or_version_refuses(
    setup: Setup, toys: Path, tmp_path: Path
) -> None:
    order = Order(
        Item("a", str(picture(tmp_path / "a.png")), str(tmp_path / "b.png"), "photo"), "whole"
    )
    other = Setup(setup.asked, 1, seal(str(toys / "corners.onnx")).sha256)
    assert perform(order, other).error_kind == "ModelError"
    older = perform(order, Setup(setup.asked, 1, setup.model, version="0.0.1"))
    assert older.error_kind == "DeviceError"
    assert photochrom.__version__ in older.error
    assert not (tmp_path / "b.png").exists()
