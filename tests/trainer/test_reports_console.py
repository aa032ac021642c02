"""What a terminal shows of a run, and what a log file gets."""

from collections.abc import Iterator
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from photochrom_trainer.reports.console import MEMORY, _smooth, follow
from photochrom_trainer.training.loop import Progress

TERMS = {"discriminator_real": 0.7, "total": 0.5, "l1": 0.1, "adversarial": 0.9}


def run(steps: int, losses: dict[str, float] | None = None, first: int = 1) -> Iterator[Progress]:
    for step in range(first, steps + 1):
        yield Progress(step, steps, losses or {"total": 0.25, "l1": 0.25}, 12.34, 1e-3)


def shown(reports: Iterator[Progress], terminal: bool, width: int = 80) -> str:
    console = Console(file=StringIO(), force_terminal=terminal, width=width, highlight=False)
    follow(reports, console)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_a_log_file_gets_plain_lines_with_all_that_is_asked_for() -> None:
    lines = shown(run(120), terminal=False).splitlines()
    assert [line.partition(",")[0] for line in lines] == [
        "step 50 of 120",
        "step 100 of 120",
        "step 120 of 120",
    ]
    assert lines[-1] == "step 120 of 120, loss 0.2500, 12.3 images/s, 0:00:00 left"


def test_several_losses_are_named_the_total_first_and_the_discriminator_last() -> None:
    (line,) = shown(run(1, TERMS), terminal=False).splitlines()
    assert "loss 0.5000 (l1 0.1000, adversarial 0.9000, discriminator_real 0.7000)" in line


def test_a_terminal_gets_a_bar_with_speed_and_time_left() -> None:
    last = shown(run(7, TERMS), terminal=True, width=160).split("\r")[-1]
    for part in ("━", "7/7", "loss 0.5000 (l1 0.1000", "12.3 images/s", "0:00:00", "left"):
        assert part in last


def test_a_narrow_terminal_cuts_the_terms_and_keeps_the_rest() -> None:
    last = shown(run(7, TERMS), terminal=True).split("\r")[-1]
    assert "loss 0.5000" in last
    assert "discriminator_real" not in last
    assert "images/s" in last


@pytest.mark.parametrize("terminal", [True, False], ids=["bar", "lines"])
def test_it_returns_the_steps_of_this_session(terminal: bool) -> None:
    console = Console(file=StringIO(), force_terminal=terminal)
    assert follow(run(30, first=21), console) == 10
    assert follow(run(0), console) == 0


@given(st.lists(st.floats(-10, 10), min_size=1, max_size=MEMORY))
def test_the_first_losses_are_shown_as_their_mean(values: list[float]) -> None:
    reports = [Progress(1, 1, {"total": value}, 1.0, 0.0) for value in values]
    *_, (_, means) = _smooth(reports)
    assert means["total"] == pytest.approx(sum(values) / len(values), abs=1e-9)


def test_a_loss_that_comes_later_is_not_drawn_down_by_the_steps_without_it() -> None:
    reports = [*run(9, {"total": 1.0}), *run(1, {"total": 1.0, "adversarial": 3.0})]
    *_, (_, means) = _smooth(reports)
    assert means == {"total": 1.0, "adversarial": 3.0}


def test_a_level_that_changed_is_soon_forgotten() -> None:
    reports = [*run(1000, {"total": 9.0}), *run(5 * MEMORY, {"total": 1.0})]
    *_, (_, means) = _smooth(reports)
    assert means["total"] == pytest.approx(1, abs=0.1)
