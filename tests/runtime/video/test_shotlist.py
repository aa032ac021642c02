"""Lists of shots: what was written is read, what a person may do to them is meant well."""

import random
import tempfile
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photochrom.errors import InputError, OutputError
from photochrom.video.shots.finding import Start
from photochrom.video.shots.shotlist import Shot, from_starts, load, ranges, save

PTS = [0, 40, 80, 125, 160, 200]
WHOLE = [Shot(0, 80, "first"), Shot(80, 160, "cut"), Shot(160, 201, "fade")]


def read(folder: Path, text: str, encoding: str = "utf-8") -> list[Shot]:
    path = folder / "shots.csv"
    path.write_bytes(text.encode(encoding))
    return load(path, PTS)


def test_what_is_written(tmp_path: Path) -> None:
    save(tmp_path / "shots.csv", WHOLE)
    written = (tmp_path / "shots.csv").read_bytes()
    assert written == b"start_pts,end_pts,kind\n0,80,first\n80,160,cut\n160,201,fade\n"


@st.composite
def films(draw: st.DrawFn) -> tuple[list[int], list[Start]]:
    """Time stamps of a film, and where its shots start."""
    stamps = st.integers(-(2**40), 2**40)
    pts = sorted(draw(st.sets(stamps, min_size=1, max_size=30)))
    later = st.sets(st.integers(1, len(pts) - 1)) if len(pts) > 1 else st.just(set[int]())
    kinds = st.text("abcß,;\t\"' \u00e9", min_size=1).filter(lambda kind: kind == kind.strip())
    return pts, [Start(index, draw(kinds)) for index in (0, *sorted(draw(later)))]


@given(films(), st.randoms(use_true_random=False))
def test_what_was_written_is_read_in_any_order_of_rows(
    film: tuple[list[int], list[Start]], chance: random.Random
) -> None:
    pts, starts = film
    shots = from_starts(starts, pts)
    with tempfile.TemporaryDirectory() as folder:
        mixed = chance.sample(shots, len(shots))
        save(Path(folder) / "shots.csv", mixed)
        assert load(Path(folder) / "shots.csv", pts) == shots


@given(films())
def test_every_frame_is_in_exactly_one_shot(film: tuple[list[int], list[Start]]) -> None:
    pts, starts = film
    found = ranges(from_starts(starts, pts), pts)
    assert [frame for one in found for frame in one] == list(range(len(pts)))
    assert [one.start for one in found] == [start.index for start in starts]


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffstart_pts,end_pts,kind\r\n0,80,first\r\n80,160,cut\r\n160,201,fade\r\n",
        "start_pts;end_pts;kind\n0;80;first\n80;160;cut\n160;201;fade",
        "start_pts\tend_pts\tkind\n0\t80\tfirst\n80\t160\tcut\n160\t201\tfade\n",
        "\n,,\nstart_pts,end_pts,kind\n\n160,201,fade\n , , \n0,80,first\n80,160,cut\n\n",
        " Start_PTS , END_PTS , Kind \n 0 , 80 , first \n 80 , 160 , cut \n 160 , 201 , fade ",
        'kind;note;end_pts;start_pts\nfirst;"a; b";80;0\ncut;;160;80\nfade;"it, too";201;160\n',
        '"start_pts","end_pts","kind"\r"0","80","first"\r"80","160","cut"\r"160","201","fade"\r',
    ],
    ids=["BOM, CRLF", "semicolons", "tabs", "blank lines", "spaces", "more columns", "quoted, CR"],
)
def test_what_spreadsheets_do_is_tolerated(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text) == WHOLE


def test_a_shot_without_a_kind_begins_with_a_cut_and_others_are_kept(tmp_path: Path) -> None:
    rows = "start_pts,end_pts,kind\n0,40\n40,80,\n80,125,my own word\n125,201,  \n"
    kinds = [shot.kind for shot in read(tmp_path, rows)]
    assert kinds == ["cut", "cut", "my own word", "cut"]
    assert read(tmp_path, "start_pts,end_pts\n0,201\n") == [Shot(0, 201, "cut")]


@pytest.mark.parametrize(
    ("rows", "line", "said"),
    [
        ("0,80,a\n40,201,b", 2, "ends at 80, but the next one (line 3) starts at 40: they overlap"),
        ("0,80,a\n0,80,a\n80,201,b", 2, "they overlap"),
        ("0,80,a\n125,201,b", 2, "they leave a gap; write one time in both rows"),
        ("125,201,b\n0,80,a", 3, "the next one (line 2) starts at 125"),
        ("0,81,a\n81,201,b", 3, "no frame is shown at 81; the nearest one is at 80"),
        ("0,110,a\n110,201,b", 3, "the nearest one is at 125"),
        ("40,201,a", 2, "the first shot starts at 40, the film at 0"),
        ("0,80,a\n80,160,b", 3, "the last shot ends at 160, the film at 201"),
        ("0,80,a\n80,240,b", 3, "the last shot ends at 240, the film at 201"),
        ("0,201,a\n201,300,b", 3, "no frame is at 201: the film goes from 0 to 201"),
        ("-40,0,a\n0,201,b", 2, "no frame is at -40"),
        ("0,201,a\n\n160,80,b", 4, "the shot ends at 80, not after its start"),
        ("0,0,a\n0,201,b", 2, "the shot ends at 0, not after its start"),
        ("0,eighty,a", 2, "end_pts is a whole number of time base units, not 'eighty'"),
        ("0,80.0,a", 2, "not '80.0'"),
        (",80,a", 2, "start_pts is a whole number of time base units, not ''"),
        ("0", 2, "end_pts is a whole number"),
        ("0,²,a", 2, "not '²'"),
        ("0," + "9" * 5000 + ",a", 2, "end_pts is a whole number"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_line(
    tmp_path: Path, rows: str, line: int, said: str
) -> None:
    with pytest.raises(InputError) as refused:
        read(tmp_path, f"start_pts,end_pts,kind\n{rows}\n")
    message = str(refused.value)
    assert message.startswith(f"{tmp_path / 'shots.csv'}, line {line}: ")
    assert said in message
    assert "\n" not in message
    assert len(message) < 400


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "lists no shot"),
        ("start_pts,end_pts,kind\n", "lists no shot"),
        ("0,80,cut\n80,201,cut\n", "line 1: the header needs one column start_pts"),
        ("start_pts,kind\n0,cut\n", "the header needs one column end_pts"),
        ("start_pts,start_pts,end_pts\n0,0,201\n", "the header needs one column start_pts"),
        ('start_pts,end_pts,kind\n0,201,"' + "x" * 200_000, "line 2: this is no row of a table"),
    ],
)
def test_what_is_no_list_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read(tmp_path, text)


def test_other_encodings_and_missing_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="save it as CSV"):
        read(tmp_path, "start_pts,end_pts,kind\n0,201,Überblendung\n", "latin-1")
    with pytest.raises(InputError, match="can't read the list of shots"):
        load(tmp_path / "none.csv", PTS)
    with pytest.raises(OutputError):
        save(tmp_path / "none" / "shots.csv", WHOLE)


@given(st.text('0123456789-,;\t\n" abcstart_pend', max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            shots = read(Path(folder), f"start_pts,end_pts\n{text}")
        except InputError:
            return
    assert shots[0].start_pts == PTS[0]
    assert shots[-1].end_pts == PTS[-1] + 1
    assert all(shot.end_pts == after.start_pts for shot, after in pairwise(shots))
