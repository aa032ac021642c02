"""The events of ``--json``, against a transcript that is kept beside this file.

When they change on purpose: delete the transcript, run this test, and look at what it wrote.
"""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from helpers.command import events_of, finish, run, run_process, start
from helpers.pictures import write_tiff

TRANSCRIPT = Path(__file__).with_name("transcript.jsonl")


def normalised(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without what differs from run to run: how long it took, and how often progress was told."""
    kept: list[dict[str, Any]] = []
    for event in events:
        fixed = dict(event)
        if "seconds" in fixed:
            assert isinstance(fixed["seconds"], float)
            fixed["seconds"] = 0.0
        if "fraction" in fixed:
            assert 0 <= fixed["fraction"] <= 1
            fixed["fraction"] = 0.0
        if fixed.get("seconds_left") is not None:
            assert fixed["seconds_left"] >= 0
            fixed["seconds_left"] = None
        if fixed not in kept:
            kept.append(fixed)
    return kept


@pytest.fixture
def three(folder: Path) -> list[str]:
    """A picture, one whose depth a JPEG can't hold, and none."""
    write_tiff(folder / "deep.tif", np.full((20, 30), 30_000, np.uint16))
    os.rename("deep.tif", "deep.jpg")
    return ["in.jpg", "deep.jpg", "missing.jpg"]


def test_transcript(three: list[str], toy: Path) -> None:
    result = run("photo", *three, "-o", "out/", "--json", "--model", toy)
    assert (result.code, result.err) == (7, "")
    lines = [json.dumps(event) for event in normalised(events_of(result.out))]
    if not TRANSCRIPT.exists():
        TRANSCRIPT.write_text("\n".join(lines) + "\n", encoding="utf-8")
        pytest.fail(f"wrote {TRANSCRIPT}; look at it and run again")
    assert lines == TRANSCRIPT.read_text(encoding="utf-8").splitlines()


def test_same_from_a_process(three: list[str], folder: Path, toy: Path) -> None:
    result = run_process("photo", *three, "-o", "out/", "--json", "--model", toy, cwd=folder)
    assert (result.code, result.err) == (7, "")
    lines = [json.dumps(event) for event in normalised(events_of(result.out))]
    assert lines == TRANSCRIPT.read_text(encoding="utf-8").splitlines()


def test_every_event_has_its_schema_and_input(three: list[str], toy: Path) -> None:
    for event in events_of(run("photo", *three, "--json", "--model", toy).out):
        assert event["schema"] == 1
        assert event["event"] == "summary" or event["input"] in three


def test_progress_never_falls_back_within_a_stage(three: list[str], toy: Path) -> None:
    events = events_of(run("photo", three[0], "--json", "--model", toy).out)
    told = [event for event in events if event["event"] == "progress"]
    assert list(dict.fromkeys(event["stage"] for event in told)) == ["look", "color", "write"]
    for stage in ("look", "color", "write"):
        fractions = [event["fraction"] for event in told if event["stage"] == stage]
        assert fractions == sorted(fractions)
        assert len(fractions) <= 22


def test_lines_come_while_it_works(folder: Path, toy: Path) -> None:
    """Each line is flushed: a program that reads them must not wait for the end."""
    process = start("photo", "in.jpg", "--json", "--model", toy, cwd=folder)
    assert process.stdout is not None
    first = json.loads(process.stdout.readline())
    assert process.poll() is None
    assert first == {"schema": 1, "event": "start", "input": "in.jpg"}
    assert finish(process).code == 0
