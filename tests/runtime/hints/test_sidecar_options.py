"""From a sidecar to options and back; what is said elsewhere wins."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photochrom import Options, Point
from photochrom.errors import InputError
from photochrom.hints import sidecar
from photochrom.hints.sidecar import Sidecar
from photochrom.hints.strokes import Stroke

PATH = Path("a.jpg.photochrom.json")
DAB = Stroke(((0.5, 0.5),), 0.1, (1, 2, 3), unknown={"who": "me"})
OLD, NEW = Point(0.1, 0.2, (4, 5, 6)), Point(0.3, 0.4, (7, 8, 9))


def test_everything_said_there_is_asked() -> None:
    said = Sidecar((DAB,), (OLD,), {"saturation": 1.2, "warmth": -0.5, "detail": None, "x": [1]})
    asked = sidecar.options(PATH, said)
    assert asked == Options(saturation=1.2, warmth=-0.5, points=(OLD,), strokes=(DAB,))


def test_what_is_said_elsewhere_wins() -> None:
    said = Sidecar((), (NEW, OLD), {"saturation": 1.2, "protect": 0.5})
    asked = sidecar.options(PATH, said, saturation=0.7, points=(NEW,))
    assert (asked.saturation, asked.protect) == (0.7, 0.5)
    assert asked.points == (OLD, NEW)  # each once, the one said last on top


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"warmth": 2}, "warmth lies between -1 and 1"),
        ({"warmth": "hot"}, "'hot' is no number"),
        ({"strength": None}, "None is no number"),
        ({"strength": True}, "True is no number"),
        ({"protect": [0.5]}, "is no number"),
        ({"variant": 1.5}, "numbered from 0"),
        ({"detail": 7}, "detail is 0, 1, 2, 3 or auto"),
    ],
)
def test_settings_that_cannot_be_meant(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=f"a.jpg.photochrom.json, settings: .*{words}"):
        sidecar.options(PATH, Sidecar(settings=settings))


def test_what_was_there_is_kept() -> None:
    said = Sidecar((DAB,), (OLD,), {"zoom": 3, "saturation": 1.2}, {"later": {"a": 1}})
    asked = sidecar.options(PATH, said, saturation=1.0, warmth=0.2, points=(NEW,))
    new = sidecar.updated(said, asked)
    assert new.settings == {"zoom": 3, "saturation": 1.0, "warmth": 0.2}
    assert new.unknown == {"later": {"a": 1}}
    assert new.strokes[0].unknown == {"who": "me"}
    assert new.points == (OLD, NEW)


@given(
    st.floats(0, 1),
    st.floats(0, 3),
    st.floats(-1, 1),
    st.floats(0, 1),
    st.integers(0, 99),
    st.sampled_from([None, 0, 1, 2, 3]),
)
def test_there_and_back(
    strength: float, saturation: float, warmth: float, protect: float, number: int, detail: Any
) -> None:
    asked = Options(strength, saturation, warmth, protect, number, (NEW,), detail=detail)
    kept = json.loads(json.dumps(sidecar.to_json(sidecar.updated(Sidecar(), asked))))
    assert sidecar.options(PATH, Sidecar((), (NEW,), kept["settings"])) == asked


def test_nothing_but_what_was_said_is_written() -> None:
    assert sidecar.updated(Sidecar(), Options()) == Sidecar()
