"""One worker's process: what it makes, what it is told, and what becomes of it when it breaks."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from helpers.pictures import photograph, write_jpeg
from photochrom import Colorizer, Options
from photochrom.batch.hands import Hands
from photochrom.batch.items import Asked, Item
from photochrom.batch.local import LocalEngine, cores
from photochrom.batch.seals import seal, settings_hash
from photochrom.errors import ModelError

SIDECAR = {"photochrom": 1, "settings": {"saturation": 0.2}, "points": []}


@pytest.fixture(scope="module")
def toy(toys: Path) -> str:
    return str(toys / "warm.onnx")


@pytest.fixture(scope="module")
def hands(toy: str) -> Iterator[Hands]:
    """One that several tests use, one after the other."""
    one = Hands(Asked(model=toy), threads=1)
    yield one
    one.close()


def item(folder: Path, name: str = "a.jpg") -> Item:
    write_jpeg(folder / name, photograph("camera.png", 40))
    (folder / "out").mkdir(exist_ok=True)
    return Item(name, str(folder / name), str(folder / "out" / name), "photo")


def test_what_it_makes_is_what_photo_makes(hands: Hands, toy: str, tmp_path: Path) -> None:
    one = item(tmp_path)
    outcome = hands.do(one)
    assert outcome.done, outcome.error
    Colorizer(toy).colorize_file(one.source, tmp_path / "alone.jpg")
    assert Path(one.target).read_bytes() == (tmp_path / "alone.jpg").read_bytes()
    assert outcome.source == seal(one.source)
    assert outcome.output == seal(one.target)
    assert outcome.read == (f"{one.source}.photochrom.json",)
    assert outcome.settings == settings_hash(Asked().text(), outcome.read)
    assert (outcome.report["width"], outcome.report["height"]) == (40, 40)


def test_the_sidecar_counts(hands: Hands, toy: str, tmp_path: Path) -> None:
    one = item(tmp_path)
    bare = settings_hash(Asked().text(), (f"{one.source}.photochrom.json",))
    Path(f"{one.source}.photochrom.json").write_text(json.dumps(SIDECAR))
    outcome = hands.do(one)
    assert outcome.settings != bare
    Colorizer(toy).colorize_file(one.source, tmp_path / "alone.jpg", Options(saturation=0.2))
    assert Path(one.target).read_bytes() == (tmp_path / "alone.jpg").read_bytes()


def test_a_reference_counts_too(hands: Hands, tmp_path: Path) -> None:
    one = item(tmp_path)
    write_jpeg(tmp_path / "reference.jpg", photograph("astronaut.png", 60))
    said = {"photochrom": 1, "reference": "reference.jpg"}
    Path(f"{one.source}.photochrom.json").write_text(json.dumps(said))
    outcome = hands.do(one)
    if outcome.done:  # the toy may not carry colours over
        assert str(tmp_path / "reference.jpg") in outcome.read
    else:
        assert "reference" in outcome.error or "features" in outcome.error


def test_a_sidecar_that_is_broken_fails_its_picture(hands: Hands, tmp_path: Path) -> None:
    one = item(tmp_path)
    Path(f"{one.source}.photochrom.json").write_text("{")
    outcome = hands.do(one)
    assert outcome.error_kind == "InputError"
    assert "no valid JSON" in outcome.error
    assert not Path(one.target).exists()


def test_what_all_are_asked(toy: str, tmp_path: Path) -> None:
    """The sidecar is about one picture, so it wins over what is said of all."""
    options = {"settings": {"saturation": 0.0, "warmth": 0.3}, "delivery": {"long_side": 20}}
    hands = Hands(Asked(options, model=toy), threads=1)
    try:
        one, other = item(tmp_path, "a.jpg"), item(tmp_path, "b.jpg")
        Path(f"{other.source}.photochrom.json").write_text(json.dumps(SIDECAR))
        outcomes = [hands.do(one), hands.do(other)]
    finally:
        hands.close()
    assert [outcome.report["width"] for outcome in outcomes] == [40, 40]
    said = [Options(saturation=chroma, warmth=0.3) for chroma in (0.0, 0.2)]
    for each, options_of_one in zip((one, other), said, strict=True):
        assert _chroma(Path(each.target)) == pytest.approx(
            _chroma_of(toy, each, options_of_one), abs=3
        )


def _chroma(path: Path) -> float:
    with Image.open(path) as picture:
        red, _, blue = np.asarray(picture, float).mean(axis=(0, 1))
    return float(red - blue)


def _chroma_of(toy: str, item: Item, options: Options) -> float:
    path = Path(item.target).with_suffix(".alone.jpg")
    Colorizer(toy).colorize_file(item.source, path, options)
    return _chroma(path)


def test_a_killed_worker_fails_its_item_and_is_replaced(hands: Hands, tmp_path: Path) -> None:
    hands.load()
    assert hands._worker is not None
    left = tmp_path / "out" / ".x.photochrom-partial-01234567.jpg"
    one = item(tmp_path)
    left.touch()
    os.kill(hands._worker.pid, signal.SIGKILL)
    outcome = hands.do(one)
    assert outcome.error_kind == "WorkerEnded"
    assert "signal 9, as systems do when memory runs out; try fewer --jobs" in outcome.error
    assert not left.exists()
    assert hands.do(one).done


def test_names_that_are_no_utf8(hands: Hands, tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9\n.jpg")
    outcome = hands.do(item(tmp_path, name))
    assert outcome.done, outcome.error
    assert os.path.exists(tmp_path / "out" / name)


def test_damage_is_told(hands: Hands, tmp_path: Path) -> None:
    one = item(tmp_path)
    Path(one.source).write_bytes(b"\xff\xd8\xff nothing")
    outcome = hands.do(one)
    assert outcome.error_kind == "InputError"
    assert "may be damaged" in outcome.error
    assert outcome.output is None


def test_limits_hold(toy: str, tmp_path: Path) -> None:
    hands = Hands(Asked(model=toy, limits={"pixels": 1000}), threads=1)
    outcome = hands.do(item(tmp_path))
    hands.close()
    assert outcome.error_kind == "LimitError"
    assert "pixels" in outcome.error


def test_an_existing_file_stays(hands: Hands, tmp_path: Path) -> None:
    one = item(tmp_path)
    Path(one.target).write_bytes(b"precious")
    assert hands.do(one).error_kind == "OutputError"
    assert Path(one.target).read_bytes() == b"precious"


def test_cancelled(toy: str, tmp_path: Path) -> None:
    hands = Hands(Asked(model=toy))
    hands.cancel()
    assert hands.do(item(tmp_path)).cancelled
    hands.close()


def test_a_model_that_does_not_load(tmp_path: Path) -> None:
    (tmp_path / "bad.onnx").write_bytes(b"no model")
    engine = LocalEngine(Asked(model=str(tmp_path / "bad.onnx")), 1)
    with pytest.raises(ModelError):
        next(iter(engine.run(iter([item(tmp_path)]), threading.Event())))


def test_nothing_to_do_starts_nothing(toy: str) -> None:
    engine = LocalEngine(Asked(model="no model at all"), 2)
    assert [*engine.run(iter([None]), threading.Event())] == []


def test_jobs_share_the_cores() -> None:
    for jobs in (1, 2, cores(), 10 * cores()):
        engine = LocalEngine(Asked(), jobs)
        assert engine.threads == max(1, cores() // jobs)
    few = LocalEngine(Asked())
    few.expect(1)
    assert (few.jobs, few.threads) == (1, cores())
    said = LocalEngine(Asked(), 4)
    said.expect(1)
    assert said.jobs == 4


def test_back_pressure_and_order(toy: str, tmp_path: Path) -> None:
    """Nothing is taken before there is room; a poisoned one stops no other."""
    items = [item(tmp_path, f"{number}.jpg") for number in range(8)]
    Path(items[2].source).write_bytes(b"\xff\xd8\xff poison")
    taken: list[str] = []

    def give() -> Iterator[Item | None]:
        for one in items:
            taken.append(one.name)
            yield one
            yield None

    seen = []
    for outcome in LocalEngine(Asked(model=toy), 2).run(give(), threading.Event()):
        seen.append(outcome)
        assert len(taken) - len(seen) < 2 * 2
    assert {one.item.name for one in seen} == {one.name for one in items}
    assert [one.item.name for one in seen if not one.done] == ["2.jpg"]
