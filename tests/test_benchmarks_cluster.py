"""The benchmarks of a cluster run and print what they promise; the simulation keeps its rules."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from cluster import ALONE, ONE, TWO, Found, efficiency, plot, ratio
from helpers.command import SOURCES
from schedule_archive import HOUR, World
from schedule_model import simulate

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
COSTS = json.loads((BENCHMARKS.parent / "docs" / "item-costs.json").read_text("utf-8"))
SMALL = World(COSTS, scans=2000, films=2, minutes=5, machines=2, cores=4, storage=1e12)


def printed(script: str, *options: object) -> str:
    command = [sys.executable, str(BENCHMARKS / script), *map(str, options)]
    environment = {**os.environ, "PYTHONPATH": SOURCES}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return done.stdout


def test_schedule(tmp_path: Path) -> None:
    plot = tmp_path / "plot.png"
    options = ["--scans", 200, "--films", 1, "--minutes", 1, "--machines", 1, 2, "--storage", 1]
    text = printed("schedule.py", *options, "--rates", "inf", 1, "--plot", plot)
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if " x 16 " in line]
    assert [row[:4] for row in rows] == [
        ["1 x 16", "1", "24 h", "in parts"],
        ["2 x 16", "1", "24 h", "in parts"],
        ["2 x 16", "1", "never", "in parts"],
        ["2 x 16", "1", "1 h", "in parts"],
        ["2 x 16", "1", "never", "whole"],
        ["2 x 16", "1", "1 h", "whole"],
    ]
    assert plot.read_bytes().startswith(b"\x89PNG")


def test_all_work_is_done_once_however_many_machines_fail() -> None:
    calm = simulate(SMALL)
    stormy = simulate(replace(SMALL, failures=0.1 * HOUR, repair=0.1 * HOUR))
    assert stormy.failures > 2
    assert stormy.given_up == 0
    assert stormy.useful == pytest.approx(calm.useful)
    assert stormy.lost > 0
    assert stormy.hours > calm.hours


def test_work_is_what_the_items_cost() -> None:
    frames = 2 * 5 * 60 * 25
    expected = 2000 * COSTS["scan_seconds"] + frames * COSTS["frame_seconds"]
    assert simulate(SMALL).useful * HOUR == pytest.approx(expected, rel=0.03)


def test_more_machines_help_until_the_storage_is_full() -> None:
    narrow = replace(SMALL, films=0, storage=0.25e9)
    moved = 2000 * (COSTS["scan_read"] + COSTS["scan_written"])
    few, many = (simulate(replace(narrow, machines=count)) for count in (1, 8))
    assert few.hours > many.hours
    assert many.hours * HOUR == pytest.approx(moved / 0.25e9, rel=0.05)
    assert many.storage > 0.95


def test_the_driver_is_a_limit_too() -> None:
    slow = {**COSTS, "driver_done": 1.0}
    tally = simulate(replace(SMALL, costs=slow, films=0))
    assert tally.hours * HOUR == pytest.approx(2000, rel=0.05)
    assert tally.driver > 0.95


def test_an_order_is_given_up_after_three_more_machines() -> None:
    """A whole film needs longer than any machine lives."""
    world = replace(SMALL, scans=0, films=1, minutes=90, whole=True, failures=0.1 * HOUR)
    tally = simulate(replace(world, cores=1))
    assert tally.given_up == 1
    assert tally.useful == 0


def test_efficiency(tmp_path: Path) -> None:
    """Ratios are taken round by round; test_batch_cluster.py times a run."""
    speeds = {ONE: [1.0, 2.0, 4.0], TWO: [1.6, 3.2, 8.0], ALONE: [2.0, 4.0, 8.0]}
    found = Found(speeds, [0.8, 0.9, 1.0], [0.1])
    assert efficiency(found) == pytest.approx((0.8, 1.0))
    assert ratio(speeds, TWO, ALONE) == 0.8
    plot(found, tmp_path / "plot.png")
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_item_costs(tmp_path: Path) -> None:
    kept = tmp_path / "costs.json"
    options = ["--megapixels", 0.5, "--height", 96, "--frames", 24, "--items", 20, "--runs", 1]
    text = printed("item_costs.py", *options, "--json", kept)
    found = json.loads(kept.read_text("utf-8"))
    assert found.keys() == COSTS.keys()
    assert [name for name, value in found.items() if value <= 0] == []
    assert 0 < found["survey_share"] < 1
    assert found["scan_read"] >= 2 * found["scan_megapixels"] * 1e6 * 0.98
    assert "| scan seconds |" in text
