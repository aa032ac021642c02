"""Two reports side by side."""

from dataclasses import astuple, replace

import numpy as np
import pytest

from helpers.known_models import constant, listening
from helpers.training import write_pictures
from photochrom.errors import InputError
from photochrom_trainer.evaluation.intervals import draw, interval, means
from photochrom_trainer.evaluation.measure import Report, evaluate
from photochrom_trainer.evaluation.pairs import MEASURES, Difference, compare, to_markdown


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, Report]:
    folder = write_pictures(tmp_path_factory.mktemp("pairs") / "set", 4, (230, 230))
    return (
        evaluate(constant(0, 0), folder, [0, 5]),
        evaluate(listening(), folder, [0, 5, 9]),
    )


def by_name(found: tuple[Difference, ...], setting: str) -> dict[str, Difference]:
    return {each.measure: each for each in found if each.setting == setting}


def test_only_common_settings_are_compared(reports: tuple[Report, Report]) -> None:
    found = compare(*reports)
    assert {each.setting for each in found} == {"0 points", "5 points"}
    assert len(found) == 2 * len(MEASURES)


def test_equal_models_differ_by_nothing(reports: tuple[Report, Report]) -> None:
    first, second = reports
    for each in by_name(compare(first, second), "0 points").values():
        assert not each.apart
        if each.paired:
            assert each.paired.value == each.paired.low == each.paired.high == 0


def test_paired_differences_are_of_the_same_pictures(reports: tuple[Report, Report]) -> None:
    first, second = reports
    found = by_name(compare(first, second), "5 points")
    rows = [next(r for r in report.rows if r.points == 5) for report in (first, second)]
    ours = [np.array([score.delta_e for score in row.scores]) for row in rows]
    paired = found["delta_e"].paired
    assert paired is not None
    expected = interval(means(ours[1] - ours[0], draw(4, first.seed)))
    assert astuple(paired) == pytest.approx(astuple(expected))
    assert found["kid"].paired is None
    delta_cf = found["delta_cf"]
    assert delta_cf.paired is not None
    assert delta_cf.paired.value == pytest.approx(delta_cf.second.value - delta_cf.first.value)


def test_the_table_says_which_intervals_are_apart(reports: tuple[Report, Report]) -> None:
    first, second = reports
    found = compare(first, second)
    text = to_markdown(first, second, found)
    apart = sum(each.apart for each in found)
    assert 0 < apart < len(found)
    assert text.count("| apart |") == apart
    assert "constant" in text
    assert "listening" in text


def test_other_pictures_are_refused(reports: tuple[Report, Report]) -> None:
    first, second = reports
    other = replace(second, pictures=tuple(reversed(second.pictures)))
    with pytest.raises(InputError, match="not measured on the same pictures"):
        compare(first, other)
    with pytest.raises(InputError, match="no common setting"):
        compare(first, replace(second, rows=second.rows[2:]))
