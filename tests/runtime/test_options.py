"""Options and points are checked once, where they are made."""

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from photochrom import Options, Point
from photochrom.errors import UsageError
from photochrom.hints import layer
from photochrom.hints.strokes import Stroke


class TestPoint:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("0.5,0.25=#7a4f2b", Point(0.5, 0.25, (0x7A, 0x4F, 0x2B))),
            ("0,1=#FFFFFF", Point(0, 1, (255, 255, 255))),
            (".5,1.=#000000", Point(0.5, 1, (0, 0, 0))),
            (" 0.1,0.2=#0a0B0c ", Point(0.1, 0.2, (10, 11, 12))),
        ],
    )
    def test_parse(self, text: str, expected: Point) -> None:
        assert Point.parse(text) == expected

    @given(st.text(max_size=30))
    def test_any_text(self, text: str) -> None:
        try:
            point = Point.parse(text)
        except UsageError as error:
            assert str(error)  # noqa: PT017  (both ways out are right)
        else:
            assert 0 <= point.x <= 1
            assert 0 <= point.y <= 1

    @given(st.floats(0, 1), st.floats(0, 1), st.tuples(*[st.integers(0, 255)] * 3))
    def test_there_and_back(self, x: float, y: float, color: tuple[int, int, int]) -> None:
        text = f"{x:.17f},{y:.17f}=#{bytes(color).hex()}"
        point = Point.parse(text)
        assert point.color == color
        assert (point.x, point.y) == pytest.approx((x, y))

    @pytest.mark.parametrize(("x", "y"), [(-0.01, 0.5), (0.5, 1.01), (float("nan"), 0.5)])
    def test_outside(self, x: float, y: float) -> None:
        with pytest.raises(UsageError, match="fraction of the picture"):
            Point(x, y, (0, 0, 0))

    @pytest.mark.parametrize("color", [(0, 0), (0, 0, 0, 0), (-1, 0, 0), (0, 0, 256)])
    def test_no_colour(self, color: tuple[int, int, int]) -> None:
        with pytest.raises(UsageError, match="three parts"):
            Point(0.5, 0.5, color)


class TestOptions:
    def test_defaults_are_within_range(self) -> None:
        assert Options() == Options(strength=1.0, saturation=1.0, points=())

    @pytest.mark.parametrize("name", ["strength", "saturation"])
    @pytest.mark.parametrize("value", [-0.001, 3.001, float("nan"), float("inf"), -float("inf")])
    def test_out_of_range(self, name: str, value: float) -> None:
        change: dict[str, Any] = {name: value}
        with pytest.raises(UsageError, match=f"{name} lies between 0 and"):
            Options(**change)

    @pytest.mark.parametrize(("name", "low"), [("warmth", -1), ("protect", 0)])
    @pytest.mark.parametrize("beyond", [-0.001, "above", float("nan"), float("inf")])
    def test_control_out_of_range(self, name: str, low: float, beyond: float | str) -> None:
        change: dict[str, Any] = {name: 1.001 if isinstance(beyond, str) else low + beyond}
        with pytest.raises(UsageError, match=f"{name} lies between {low} and 1"):
            Options(**change)

    @pytest.mark.parametrize("number", [-1, 1.5, float("nan"), "2"])
    def test_no_variant(self, number: Any) -> None:
        with pytest.raises(UsageError, match="numbered from 0"):
            Options(variant=number)

    def test_hinted(self) -> None:
        clear = layer.from_array(np.zeros((4, 5, 4), np.uint8))
        painted = layer.from_array(np.full((4, 5, 4), 200, np.uint8))
        dab = Stroke(((0.5, 0.5),), 0.1, (1, 2, 3))
        assert not Options(layer=clear).hinted
        assert Options(layer=painted).hinted
        assert Options(strokes=(dab,)).hinted
        assert Options(points=(Point(0, 0, (1, 2, 3)),)).hinted

    def test_frozen(self) -> None:
        with pytest.raises(dataclasses.FrozenInstanceError):
            Options().strength = 0.5  # type: ignore[misc]


@pytest.mark.parametrize("size", [63, 1025, 100.5, -256])
def test_working_sizes_that_cannot_be(size: int) -> None:
    with pytest.raises(UsageError, match="between 64 and 1024 pixels"):
        Options(size=size)
