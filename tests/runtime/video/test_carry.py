"""Corrections go along with what moves, and no farther than they can be followed."""

import numpy as np
import pytest

from photochrom.color.arrays import FloatImage
from photochrom.video import carry
from photochrom.video.carry import Carrier, Correction, kept

HEIGHT, WIDTH = 64, 96


def moving(frames: int, speed: float = 1.0, cut: int | None = None) -> list[FloatImage]:
    """L* of a textured scene that slides to the right; another one from a frame on."""
    rows, columns = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    scenes = []
    for frame in range(frames):
        x = columns - speed * frame
        if cut is not None and frame >= cut:
            scenes.append(50 + 30 * np.sin(rows / 3) * np.cos(x / 11))
        else:
            scenes.append(50 + 25 * np.sin(x / 5) * np.cos(rows / 7) + 10 * np.sin((x + rows) / 9))
    return [scene.astype(np.float32) for scene in scenes]


def carrier(light: list[FloatImage], *corrections: Correction) -> Carrier:
    return Carrier(np.stack([kept(one) for one in light]), corrections)


def patch(frame: int, column: int, color: tuple[float, float]) -> Correction:
    """A square of a colour."""
    planes = np.zeros((3, HEIGHT, WIDTH), np.float32)
    planes[0, 20:44, column : column + 24], planes[1, 20:44, column : column + 24] = color
    planes[2, 20:44, column : column + 24] = 1
    return Correction(frame, planes)


def centre(sure: FloatImage) -> float:
    """Column about which confidence lies."""
    weights = sure.sum(0)
    return float((weights * np.arange(WIDTH)).sum() / weights.sum())


def test_colours_move_with_the_picture() -> None:
    known = carrier(moving(21), patch(10, 30, (40, -20))).carried(0, 21)
    for frame, planes in enumerate(known):
        assert centre(planes[2]) == pytest.approx(41.5 + frame - 10, abs=1.5)
        sure = planes[2] > 0.9
        assert sure.sum() > 300
        np.testing.assert_allclose(np.median(planes[:2, sure], axis=1), (40, -20), atol=1)


def test_nothing_goes_where_light_is_another() -> None:
    known = carrier(moving(20, cut=12), patch(5, 30, (40, -20))).carried(0, 20)
    assert known[11][2].max() > 0.9
    assert known[15][2].mean() < 0.02


def test_between_two_corrections_the_nearer_counts_more() -> None:
    both = patch(0, 30, (40, 0)), patch(20, 30, (0, 40))
    known = carrier(moving(21, speed=0), *both).carried(0, 21)
    reds = [float(planes[0, 32, 42]) for planes in known]
    assert reds[0] == pytest.approx(40)
    assert reds[20] == pytest.approx(0)
    assert reds[10] == pytest.approx(20, abs=1)
    assert (np.diff(reds) < 0.1).all()


@pytest.mark.parametrize("length", [30, 70])  # none, and two, of the places that are remembered
def test_a_part_of_a_shot_is_as_in_the_whole(length: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carry, "APART", 32)
    light = moving(length, speed=0.2)
    corrections = patch(7, 20, (40, 0)), patch(length - 9, 40, (0, 40))
    whole = carrier(light, *corrections).carried(0, length)
    parts = carrier(light, *corrections)
    for start in (0, 10, length // 2 // 10 * 10, length - 10):
        for planes, wanted in zip(parts.carried(start, start + 10), whole[start:], strict=False):
            np.testing.assert_array_equal(planes, wanted)


def test_a_later_correction_lies_on_top() -> None:
    known = carrier(moving(20, speed=0), patch(0, 30, (40, 0)), patch(5, 30, (0, 40))).carried(
        0, 20
    )
    assert known[12][:2, 32, 42] == pytest.approx((0, 40), abs=1)
