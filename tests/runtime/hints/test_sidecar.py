"""Sidecars: what is written is read again, and what can't be meant is refused with its place."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photochrom import Point
from photochrom.errors import InputError, OutputError, UsageError
from photochrom.hints import sidecar
from photochrom.hints.sidecar import Sidecar
from photochrom.hints.strokes import Stroke

PART = st.floats(0, 1)
COLOR = st.tuples(*[st.integers(0, 255)] * 3)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
OTHER = st.dictionaries(st.text(max_size=6).map(lambda key: f"x-{key}"), JSON, max_size=3)
STROKES = st.builds(
    Stroke,
    st.lists(st.tuples(PART, PART), min_size=1, max_size=4).map(tuple),
    st.floats(1e-6, 1),
    COLOR,
    PART,
    OTHER,
)
SIDECARS = st.builds(
    Sidecar,
    st.lists(STROKES, max_size=3).map(tuple),
    st.lists(st.builds(Point, PART, PART, COLOR), max_size=3).map(tuple),
    OTHER,
    OTHER,
)


def write(path: Path, **changes: Any) -> Path:
    """A sidecar file with one stroke; keywords replace its keys."""
    stroke = {"points": [[0.1, 0.2], [0.3, 0.4]], "radius": 0.05, "color": "#C81e28"}
    path.write_text(json.dumps({"photochrom": 1, "strokes": [stroke], **changes}), "utf-8")
    return path


def test_it_lies_beside_the_picture_under_its_whole_name(tmp_path: Path) -> None:
    assert sidecar.path_for(tmp_path / "a.jpg") == tmp_path / "a.jpg.photochrom.json"
    assert sidecar.path_for(tmp_path / "a.tif") != sidecar.path_for(tmp_path / "a.jpg")


@given(said=SIDECARS)
def test_what_is_saved_is_loaded(said: Sidecar, tmp_path_factory: pytest.TempPathFactory) -> None:
    """All of it, to the last digit, and what this version does not know."""
    path = tmp_path_factory.mktemp("sidecar") / "a.jpg.photochrom.json"
    sidecar.save(path, said)
    assert sidecar.load(path) == said


def test_the_documented_file(tmp_path: Path) -> None:
    """The example of docs/sidecar.md, by hand."""
    text = (Path(__file__).parents[3] / "docs" / "sidecar.md").read_text("utf-8")
    path = tmp_path / "a.jpg.photochrom.json"
    path.write_text(text.split("```json")[1].split("```")[0], "utf-8")
    said = sidecar.load(path)
    assert [stroke.color for stroke in said.strokes] == [(107, 142, 35), (128, 128, 128)]
    assert said.strokes[1].strength == 0.5
    assert said.points[0].color == (122, 79, 43)
    assert said.settings["saturation"] == 1.1
    sidecar.save(path, said)
    assert sidecar.load(path) == said


def test_defaults(tmp_path: Path) -> None:
    (stroke,) = sidecar.load(write(tmp_path / "s.json")).strokes
    assert (stroke.strength, stroke.color) == (1.0, (200, 30, 40))
    bare = tmp_path / "bare.json"
    bare.write_text('{"photochrom": 1}', "utf-8")
    assert sidecar.load(bare) == Sidecar()


STROKE = {"points": [[0.5, 0.5]], "radius": 0.1, "color": "#102030"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"photochrom": 2}, "version 2.*update photochrom"),
        ({"photochrom": "1"}, "version, 1 or more"),
        ({"photochrom": True}, "version, 1 or more"),
        ({"strokes": {}}, "strokes is a list"),
        ({"points": 3}, "points is a list"),
        ({"settings": []}, "settings is an object"),
        ({"strokes": [STROKE, STROKE | {"points": [[1.5, 0.5]]}]}, "stroke 2: .*0 to 1"),
        ({"strokes": [STROKE | {"points": []}]}, "stroke 1: .*at least one"),
        ({"strokes": [STROKE | {"points": [[0.5]]}]}, "stroke 1"),
        ({"strokes": [STROKE | {"radius": 0}]}, "stroke 1: .*radius"),
        ({"strokes": [STROKE | {"radius": "thick"}]}, "stroke 1: 'thick' is no number"),
        ({"strokes": [STROKE | {"strength": True}]}, "stroke 1: True is no number"),
        ({"strokes": [STROKE | {"color": "red"}]}, "stroke 1: .*#rrggbb"),
        ({"strokes": [STROKE | {"color": "#10203g"}]}, "stroke 1: .*#rrggbb"),
        ({"strokes": [{"points": [[0, 0]], "radius": 0.1}]}, "stroke 1: it lacks 'color'"),
        ({"strokes": ["line"]}, "stroke 1"),
        ({"points": [{"x": 0.5, "y": -1, "color": "#102030"}]}, "point 1: .*0 to 1"),
    ],
)
def test_faults_are_told_with_their_place(
    tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(InputError, match=words) as raised:
        sidecar.load(write(tmp_path / "s.json", **changes))
    assert "s.json" in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("text", ["", "{", "[1]", "7", '{"photochrom": NaN}', "\0", "[" * 100_000])
def test_broken_files(tmp_path: Path, text: str) -> None:
    path = tmp_path / "s.json"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError, match=r"s\.json"):
        sidecar.load(path)


def test_not_text_or_not_there(tmp_path: Path) -> None:
    (tmp_path / "s.json").write_bytes(b"\xff\xfe\x00")
    for name in ("s.json", "missing.json", "."):
        with pytest.raises(InputError):
            sidecar.load(tmp_path / name)


def test_failures_leave_the_older_one(tmp_path: Path) -> None:
    path = write(tmp_path / "s.json")
    before = path.read_bytes()
    for settings in ({"x": float("nan")}, {"x": {1, 2}}):
        with pytest.raises(UsageError, match="JSON"):
            sidecar.save(path, Sidecar(settings=settings))
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["s.json"]
    with pytest.raises(OutputError):
        sidecar.save(tmp_path / "nowhere" / "s.json", Sidecar())


def test_restoration_and_reference_come_from_it(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"photochrom": 1, "restore": {"steps": ["levels"]}}')
    found = sidecar.load(tmp_path / "a.json")
    assert sidecar.options(tmp_path / "a.json", found).restoration.steps == ("levels",)
    assert sidecar.to_json(found)["restore"] == {"steps": ["levels"]}
    everything = sidecar.from_json(tmp_path, {"photochrom": 1, "restore": {"steps": None}})
    assert sidecar.options(tmp_path, everything).restoration.steps is None


@pytest.mark.parametrize(
    "said",
    [{"restore": []}, {"restore": {"mask": "a"}}, {"restore": {"steps": ["no"]}}, {"reference": 1}],
)
def test_restoration_that_cant_be_meant_is_refused(said: dict[str, object]) -> None:
    with pytest.raises(InputError, match=r"restore|reference"):
        sidecar.from_json(Path("a"), {"photochrom": 1, **said})
