"""A worker and films: coloured, shown frame by frame, played, planned."""

from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from helpers.clips import decoded, make_clip
from photochrom.hints import sidecar
from photochrom.hints.sidecar import Sidecar
from photochrom.hints.strokes import Stroke
from photochrom.worker.client import Refused, Worker, own_argv
from photochrom.worker.frames import Head


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker(own_argv()) as one:
        one.hello()
        yield one


@pytest.fixture(scope="module")
def model(toys: Path) -> str:
    return str(toys / "corners.onnx")


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return make_clip(
        tmp_path / "in.mkv", grey=True, frames=12, size=(96, 64), matrix=1, primaries=1
    )


def test_films_are_coloured(worker: Worker, model: str, film: Path, tmp_path: Path) -> None:
    told: list[Head] = []
    head, _ = worker.call(
        "film", b"", told.append, source=str(film), target=str(tmp_path / "out.mkv"), model=model,
        film={"encoding": {"codec": "ffv1"}}, options={"settings": {"strength": 0.5}},
    )  # fmt: skip
    assert (head["frames"], head["shots"]) == (12, 1)
    assert any(one["stage"] == "frames" and one["frames"] == 12 for one in told)
    np.testing.assert_array_equal(decoded(tmp_path / "out.mkv")[5][0], decoded(film)[5][0])


def opened(worker: Worker, model: str, film: Path) -> Head:
    head, stamps = worker.call("reel", model=model, source=str(film))
    assert len(array("q", stamps)) == head["frames"]
    return {**head, "pts": array("q", stamps)}


def test_a_film_is_shown_frame_by_frame(
    worker: Worker, model: str, film: Path, tmp_path: Path
) -> None:
    head = opened(worker, model, film)
    assert (head["width"], head["height"], head["frames"], head["shots"]) == (96, 64, 12, [0])

    def shown(**said: Any) -> np.ndarray[Any, Any]:
        told, pixels = worker.call("frame", model=model, number=7, **said)
        shape = told["height"], told["width"], 3
        return np.frombuffer(pixels, np.uint8).reshape(shape).astype(int)

    before, after = shown(side="before"), shown(options={"settings": {"saturation": 0.0}})
    assert np.abs(before - after).max() <= 2
    plain = shown()
    assert np.ptp(plain, axis=2).max() > 20
    frames = tmp_path / "frames"
    frames.mkdir()
    stroke = Stroke(((0.1, 0.5), (0.9, 0.5)), 0.2, (32, 160, 48))
    name = f"{head['stream']}_{head['pts'][7]}.png"
    sidecar.save(sidecar.path_for(frames / name), Sidecar((stroke,)))
    painted = shown(film={"keyframes": str(frames)}, alone=True)
    assert np.abs(painted - plain).mean() > 3


def test_a_film_is_played(worker: Worker, model: str, film: Path) -> None:
    opened(worker, model, film)
    worker.send({"op": "job", "id": 7, "task": "play", "model": model, "start": 3, "longest": 48})
    numbers = []
    while True:
        head, pixels = worker.receive()
        if head["op"] == "result":
            break
        if head["stage"] == "frame":
            assert (head["width"], head["height"], len(pixels)) == (48, 32, 48 * 32 * 3)
            numbers.append(head["number"])
    assert (numbers, head["number"]) == (list(range(3, 12)), 11)


def test_a_plan_tells_what_an_export_would_do(
    worker: Worker, model: str, film: Path, tmp_path: Path
) -> None:
    opened(worker, model, film)
    target = tmp_path / "out.mp4"
    head, _ = worker.call("film-plan", model=model, target=str(target), film={"preview": 0.2})
    assert str(target) in head["lines"][0]
    assert head["frames"] == 5
    assert not target.exists()


@pytest.mark.parametrize(
    ("task", "said", "words"),
    [
        ("frame", {"number": 12}, "12 frames"),
        ("frame", {"number": "1"}, "whole number"),
        ("frame", {"number": 1, "side": "behind"}, "before or after"),
        ("play", {"longest": 0}, "pixels"),
        ("film-plan", {}, "target"),
        ("film-plan", {"target": "a.xyz"}, "xyz"),
    ],
)
def test_what_cant_be_shown(
    task: str, said: dict[str, Any], words: str, worker: Worker, model: str, film: Path
) -> None:
    opened(worker, model, film)
    with pytest.raises(Refused, match=words):
        worker.call(task, model=model, **said)


def test_a_picture_takes_the_films_place(
    worker: Worker, model: str, film: Path, tmp_path: Path
) -> None:
    opened(worker, model, film)
    worker.call("close")
    for task in ("frame", "play", "film-plan"):
        with pytest.raises(Refused, match="no film is open"):
            worker.call(task, model=model, number=1, target=str(tmp_path / "a.mp4"))
