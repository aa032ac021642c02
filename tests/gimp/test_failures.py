"""Every failure in the real GIMP: a clean error, the picture as it was, no process left."""

import shutil
from typing import Any

import pytest

from helpers.gimp import HERE, Stage

pytestmark = pytest.mark.gimp
SET_UP = "run: photochrom gimp install"
DOCTOR = "run: photochrom gimp doctor"
NOT_SET_UP = {
    "missing": SET_UP,
    "broken": SET_UP,
    "older": SET_UP,
    "no argv": SET_UP,
    "no python": "can't start /no/such/python",
    "no photochrom": "No module named",
}
WORKERS = {
    "traceback": "the driver is lost",
    "segfault": "by signal 11",
    "killed": "too little memory",
    "garbage": "can't be understood",
    "short": "bytes of pixels came",
    "version": "version 99",
    "hung": "photochrom hangs",
}
REFUSED = {
    "two": "single one",
    "channel": "choose a layer",
    "group": "group",
    "hints elsewhere": "another image",
    "hints alone": "lies on no other",
    "restore": "polish",
    "selection": "selection",
    "locked": "locked",
}


@pytest.fixture(scope="module")
def found(stage: Stage) -> dict[str, Any]:
    """What all cases found, of one start of GIMP."""
    shutil.copy(HERE / "drivers" / "fake_worker.py", stage.folder)
    return stage.drive("failures")


def clean(told: dict[str, Any], words: str) -> None:
    """A failure is told in words, and leaves nothing."""
    assert not told["done"], told
    assert words in told["message"], told
    assert told["same"], told
    assert told["left"] == [], told


def value(found: dict[str, Any], case: str) -> Any:
    """What a case returned."""
    assert "error" not in found[case], found[case]["error"]
    return found[case]["value"]


@pytest.mark.parametrize("way", NOT_SET_UP)
def test_a_worker_that_does_not_start(way: str, found: dict[str, Any]) -> None:
    clean(value(found, "not_set_up")[way], NOT_SET_UP[way])


@pytest.mark.parametrize("way", WORKERS)
def test_a_worker_that_goes_wrong(way: str, found: dict[str, Any]) -> None:
    clean(value(found, "workers")[way], WORKERS[way])


def test_no_such_model(found: dict[str, Any]) -> None:
    clean(value(found, "model_missing"), "unknown model 'no-such-model'")


def test_no_such_device(found: dict[str, Any]) -> None:
    clean(value(found, "device_missing"), "coreml")


def test_out_of_memory(found: dict[str, Any]) -> None:
    clean(value(found, "out_of_memory"), "too little memory")


def test_a_plug_in_that_is_killed_takes_its_worker_along(found: dict[str, Any]) -> None:
    told = value(found, "killed_plug_in")
    assert told["killed"] == 1
    assert not told["done"]
    assert told["same"]
    assert told["left"] == []


@pytest.mark.parametrize("way", REFUSED)
def test_what_cant_be_meant(way: str, found: dict[str, Any]) -> None:
    told = value(found, "what_cant_be_meant")
    assert not told["told"][way]["done"], told
    assert REFUSED[way] in told["told"][way]["message"], told["told"][way]
    assert told["same"]
    assert told["left"] == []
