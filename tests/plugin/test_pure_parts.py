"""What the plug-in knows without GIMP: settings, how the worker starts, words, the mark."""

import json
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import provenance
import runtime_file
import settings
import words
from exchange import Picture
from photochrom.files import provenance as files_provenance
from photochrom.providers import PROVIDERS
from photochrom.restoration.options import STEPS
from photochrom.worker.asked import options_of
from photochrom.worker.client import Refused, Worker, WorkerEnded, WorkerSilent, own_argv
from runtime_file import Runtime, SetUpError
from trying import Copy, Trier, Wish

CHOSEN = {
    "strength": 1.0, "saturation": 1.0, "warmth": 0.0, "detail": "auto", "model": "",
    "device": "auto", "restore": "none", "output": "lch-layer",
}  # fmt: skip


def test_choices_are_photochroms() -> None:
    assert {*settings.DEVICES} == {"auto", *PROVIDERS}
    assert (*settings.STEPS,) == STEPS


@given(
    st.floats(0, 1), st.floats(0, 3), st.floats(-1, 1), st.sampled_from(list(settings.DETAILS)),
    st.sampled_from(["none", "auto", "dust", "levels, contrast", " tone ,grain"]),
)  # fmt: skip
def test_whatever_is_chosen_can_be_meant(
    strength: float, saturation: float, warmth: float, detail: str, restore: str
) -> None:
    chosen = {
        **CHOSEN, "strength": strength, "saturation": saturation, "warmth": warmth,
        "detail": detail, "restore": restore,
    }  # fmt: skip
    job = json.loads(json.dumps(settings.job_of(chosen)))
    options = options_of(job["options"])
    assert (options.strength, options.saturation) == (strength, saturation)
    assert options.detail == (None if detail == "auto" else int(detail))
    assert settings.changes_light(chosen) == (options.restoration.steps != ())


def test_models_are_named_or_left_out() -> None:
    assert "model" not in settings.job_of({**CHOSEN, "model": " "})
    assert settings.job_of({**CHOSEN, "model": "/m/mine.onnx "})["model"] == "/m/mine.onnx"


def told(**changes: Any) -> dict[str, Any]:
    return {"protocol": 1, "version": "1", "argv": ["/python", "-m", "x"], **changes}


def test_how_the_worker_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / runtime_file.NAME).write_text(json.dumps(told(silence=7)), "utf-8")
    assert runtime_file.read(tmp_path) == Runtime(["/python", "-m", "x"], 7.0)
    other = tmp_path / "other.json"
    other.write_text(json.dumps(told(argv=["/other"])), "utf-8")
    monkeypatch.setenv(runtime_file.VARIABLE, str(other))
    assert runtime_file.read(tmp_path).argv == ["/other"]
    monkeypatch.setenv(runtime_file.VARIABLE, str(tmp_path / "none.json"))
    with pytest.raises(SetUpError, match="photochrom gimp install"):
        runtime_file.read(tmp_path)


def test_a_flatpak_starts_it_outside() -> None:
    found = runtime_file.parse(told(), Path("runtime.json"), in_flatpak=True)
    assert found.argv == ["flatpak-spawn", "--host", "/python", "-m", "x"]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
    | st.fixed_dictionaries(
        {"protocol": st.just(1)},
        optional={
            "argv": st.lists(st.text() | st.integers()) | st.text(),
            "silence": st.floats() | st.text() | st.none(),
        },
    )
)
def test_whatever_the_file_holds(data: Any) -> None:
    try:
        found = runtime_file.parse(data, Path("runtime.json"), in_flatpak=False)
    except SetUpError:
        return
    assert found.argv
    assert found.silence > 0


@pytest.mark.parametrize(
    ("error", "part"),
    [
        (Refused({"message": "no such file: a.onnx"}), "no such file: a.onnx"),
        (WorkerSilent("the worker has said nothing for 9 s"), "hangs"),
        (WorkerEnded("the worker was ended by signal 9"), "memory"),
        (WorkerEnded("the worker ended with code 1"), "photochrom gimp doctor"),
        (ValueError(""), "ValueError"),
        (Refused({"message": "x" * 5000}), "xxx"),
    ],
)
def test_errors_are_told_in_words(error: Exception, part: str) -> None:
    text = words.of(error)
    assert part in text
    assert len(text) <= words.LONGEST


def test_the_mark_is_that_of_files() -> None:
    assert files_provenance.DIGITAL_SOURCE_TYPE == provenance.VALUE


@given(st.lists(st.tuples(st.from_regex(r"Xmp\.[a-z]{1,5}\.[A-Z]{1,5}", fullmatch=True), st.text(
    st.characters(exclude_characters="<>&", exclude_categories=["C"])))))  # fmt: skip
def test_other_metadata_stay(tags: list[tuple[str, str]]) -> None:
    lines = [f'  <tag name="{name}">{value}</tag>' for name, value in tags]
    before = "\n".join(["<?xml version='1.0'?>", "<metadata>", *lines, "</metadata>", ""])
    after = provenance.marked(before)
    assert all(line in after for line in lines)
    assert after.count(provenance.VALUE) == 1
    assert provenance.marked(after) == after


def test_metadata_from_nothing_and_nonsense() -> None:
    assert provenance.VALUE in provenance.marked(None)
    with pytest.raises(ValueError, match="metadata"):
        provenance.marked("nothing that GIMP writes")


class Shown:
    """Collects what a `Trier` shows."""

    def __init__(self) -> None:
        self.all: list[bytes | Exception] = []
        self._came = threading.Condition()

    def __call__(self, shown: bytes | Exception) -> None:
        with self._came:
            self.all.append(shown)
            self._came.notify()

    def wait(self, count: int) -> bytes | Exception:
        with self._came:
            assert self._came.wait_for(lambda: len(self.all) >= count, 120)
        return self.all[-1]


def test_previews_show_the_newest_wish(toys: Path) -> None:
    shown = Shown()
    trier = Trier(Runtime(own_argv(), 60), shown)
    pixels = np.full((40, 60, 3), 110, np.uint8)
    copy = Copy(Picture(60, 40, 3, "u8"), pixels.tobytes())
    job = {"options": {"settings": {"saturation": 0.0}}, "model": str(toys / "warm.onnx")}
    trier.wish(Wish(copy, None, job))
    assert shown.wait(1) == pixels.tobytes()
    job = {**job, "options": {}}
    for _ in range(5):
        trier.wish(Wish(copy, None, job))
    colored = shown.wait(2)
    assert isinstance(colored, bytes)
    assert colored != pixels.tobytes()
    hints = np.tile(np.array([255, 0, 0, 255], np.uint8), (40, 60, 1))
    count = len(shown.all)
    trier.wish(Wish(copy, hints.tobytes(), job))
    red = shown.wait(count + 1)
    assert isinstance(red, bytes)
    assert red != colored
    worker = trier.close()
    assert worker is not None
    worker.close()


def test_previews_tell_what_goes_wrong_and_go_on(toys: Path) -> None:
    shown = Shown()
    trier = Trier(Runtime(own_argv(), 60), shown)
    copy = Copy(Picture(8, 8, 3, "u8"), bytes(8 * 8 * 3))
    trier.wish(Wish(copy, None, {"model": "no-such"}))
    assert "unknown model" in str(shown.wait(1))
    trier.wish(Wish(copy, None, {"model": str(toys / "warm.onnx")}))
    assert isinstance(shown.wait(2), bytes)
    worker = trier.close()
    assert isinstance(worker, Worker)
    worker.close()


def test_a_preview_in_work_ends_with_the_dialog(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trying.PATIENCE", 0.1)
    hung = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    trier = Trier(Runtime(hung, 60), lambda shown: None)
    trier.wish(Wish(Copy(Picture(1, 1, 3, "u8"), bytes(3)), None, {}))
    while trier._worker is None:
        threading.Event().wait(0.02)
    assert trier.close() is None
