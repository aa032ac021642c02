"""A previous frame carried through models that keep, fade or ignore it."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from helpers.known_models import constant, obedient
from helpers.pictures import photograph
from photochrom_trainer.evaluation.previous_frame import (
    CASES,
    TURN,
    Carried,
    _moved,
    _turned,
    previous_frame,
    to_markdown,
)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    for name in ("coffee.png", "chelsea.png"):
        Image.fromarray(photograph(name)).save(tmp_path / name)
    return tmp_path


def by_case(found: tuple[Carried, ...]) -> dict[str, Carried]:
    return {each.case: each for each in found}


def test_a_model_that_keeps_its_hints_reaches_the_floor(pictures: Path) -> None:
    found = previous_frame(obedient(), pictures)
    assert [each.case for each in found] == [name for name, _, _ in CASES]
    for each in found:
        assert each.chroma.value == pytest.approx(each.chroma_floor)
        assert each.delta_e.value == pytest.approx(each.delta_e_floor)
        assert each.chroma_floor == pytest.approx(1, abs=0.03)
        assert 0 < each.delta_e_floor < 1.5


def test_a_model_that_fades_its_hints(pictures: Path) -> None:
    for each in previous_frame(obedient(0.8), pictures):
        assert each.chroma.value == pytest.approx(0.8 * each.chroma_floor, abs=0.03)
        assert each.delta_e.value > each.delta_e_floor + 1


def test_a_model_that_ignores_its_hints_is_told_apart_by_turned_hues(pictures: Path) -> None:
    """These pictures are mostly orange; what paints orange only passes with the true colours."""
    found = by_case(previous_frame(constant(12, 18), pictures))
    assert found["turned hues"].delta_e.value > found["true colours"].delta_e.value + 5


def test_shifted_frames_are_judged_where_luminance_agrees(pictures: Path) -> None:
    """Without that, the hinted colours of other things would count."""
    found = by_case(previous_frame(obedient(), pictures))
    for name in ("true colours", "turned hues"):
        still, moved = found[name], found[f"{name}, 2 pixels away"]
        assert moved.delta_e_floor < 1.5 * still.delta_e_floor


def test_frames_move_down_and_to_the_right() -> None:
    plane = np.arange(12, dtype=np.float32).reshape(1, 3, 4)
    moved = _moved(plane, 1)
    np.testing.assert_array_equal(moved[0, 1:, 1:], plane[0, :-1, :-1])
    np.testing.assert_array_equal(_moved(plane, 0), plane)
    np.testing.assert_array_equal(_moved(plane[0], 2)[2:, 2:], plane[0, :1, :2])


def test_hues_turn_and_chroma_stays() -> None:
    chroma = np.random.default_rng(0).normal(size=(2, 5, 6)).astype(np.float32)
    turned = _turned(chroma)
    np.testing.assert_allclose(np.hypot(*turned), np.hypot(*chroma), rtol=1e-5)
    step = np.rad2deg(np.arctan2(turned[1], turned[0]) - np.arctan2(chroma[1], chroma[0])) % 360
    np.testing.assert_allclose(step, TURN, atol=1e-3)


def test_the_table_has_a_line_for_every_case(pictures: Path) -> None:
    text = to_markdown(previous_frame(obedient(), pictures))
    for name, _, _ in CASES:
        assert f"| {name} |" in text
