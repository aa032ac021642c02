"""The list of a film's shots, in a file that a person may edit in a spreadsheet and give back.

``shots.csv`` has the header ``start_pts,end_pts,kind``; times are in the stream's time base. A shot
ends where the next one starts, and the last one just past the last frame.
"""

import csv
import io
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NoReturn

from photochrom.errors import InputError
from photochrom.files.whole import whole_file
from photochrom.video.shots.finding import Start

HEADER = ("start_pts", "end_pts", "kind")
LARGEST = 64 * 2**20
"""Bytes of a file that is read; a shot for every frame of a day's film takes as much."""


@dataclass(frozen=True)
class Shot:
    """Frames that belong together, by their time stamps."""

    start_pts: int
    """Of the first frame, in the stream's time base."""
    end_pts: int
    """Where the next shot starts; of the last one, just past its last frame."""
    kind: str
    """How it begins: ``first``, ``cut``, ``fade``, ``dissolve``, or what a person wrote."""


@dataclass(frozen=True)
class _Row:
    """A shot and the line it stands in, for messages."""

    line: int
    shot: Shot


def from_starts(starts: Sequence[Start], pts: Sequence[int]) -> list[Shot]:
    """Shots that begin at some frames.

    Args:
        starts: in order, the first one at frame 0.
        pts: time stamps of all frames, rising.
    """
    times = [*(int(pts[start.index]) for start in starts), int(pts[-1]) + 1]
    return [
        Shot(begin, end, start.kind)
        for start, (begin, end) in zip(starts, pairwise(times), strict=True)
    ]


def save(path: Path, shots: Sequence[Shot]) -> None:
    """Write shots, whole or not at all.

    Raises:
        OutputError: if it can't be written.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows((shot.start_pts, shot.end_pts, shot.kind) for shot in shots)
    with whole_file(path) as temporary:
        temporary.write_text(text.getvalue(), "utf-8")


def load(path: Path, pts: Sequence[int]) -> list[Shot]:
    """Read the shots of a film.

    Columns may be separated by commas, semicolons or tabs, more columns may stand beside, and rows
    in any order; a shot without a kind begins with a cut.

    Args:
        path: of the file.
        pts: time stamps of all frames of the film, rising.

    Returns:
        In order; every frame is in exactly one.

    Raises:
        InputError: if it can't be read, or is no list of all shots of this film; the message has
            the file's line.
    """
    rows = sorted(_rows(path, _text(path)), key=lambda row: row.shot.start_pts)
    if not rows:
        raise InputError(f"{path} lists no shot; one row for each is needed, or leave the file out")
    end = int(pts[-1]) + 1
    for row in rows:
        _check_row(path, row, pts, end)
    _check_whole(path, rows, int(pts[0]), end)
    return [row.shot for row in rows]


def ranges(shots: Sequence[Shot], pts: Sequence[int]) -> list[range]:
    """Numbers of each shot's frames, from 0.

    Args:
        shots: as `load` or `from_starts` gives them.
        pts: time stamps of all frames, rising.
    """
    return [range(bisect_left(pts, s.start_pts), bisect_left(pts, s.end_pts)) for s in shots]


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"{path} is too large to be a list of shots")
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"can't read the list of shots {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is no list of shots in UTF-8; save it as CSV (UTF-8)") from error


def _rows(path: Path, text: str) -> Iterator[_Row]:
    """Rows after the header; those without anything in them are passed over."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text))
    columns: dict[str, int] = {}
    try:
        for cells in reader:
            cells = [cell.strip() for cell in cells]
            if not any(cells):
                continue
            if columns:
                yield _Row(reader.line_num, _shot(path, reader.line_num, cells, columns))
            else:
                columns = _columns(path, reader.line_num, cells)
    except csv.Error as error:
        _refuse(path, reader.line_num, f"this is no row of a table ({error})")


def _separator(text: str) -> str:
    """What parts the header, the first line that has anything."""
    header = next((line for line in text.splitlines() if line.strip(" ,;\t")), "")
    return max(",;\t", key=header.count)


def _columns(path: Path, line: int, cells: Sequence[str]) -> dict[str, int]:
    """Where each column is."""
    names = [cell.lower() for cell in cells]
    for name in HEADER[:2]:
        if names.count(name) != 1:
            _refuse(path, line, f"the header needs one column {name}; it is {','.join(HEADER)}")
    return {name: names.index(name) for name in HEADER if name in names}


def _shot(path: Path, line: int, cells: Sequence[str], columns: dict[str, int]) -> Shot:
    """What one row says."""
    said = {name: cells[at] if at < len(cells) else "" for name, at in columns.items()}
    start, end = (_whole_number(path, line, name, said[name]) for name in HEADER[:2])
    return Shot(start, end, said.get("kind") or "cut")


def _whole_number(path: Path, line: int, name: str, cell: str) -> int:
    digits = cell[1:] if cell[:1] in ("-", "+") else cell
    if not (digits.isascii() and digits.isdigit() and len(digits) < 20):
        _refuse(path, line, f"{name} is a whole number of time base units, not {cell[:40]!r}")
    return int(cell)


def _check_row(path: Path, row: _Row, pts: Sequence[int], end: int) -> None:
    """Refuse a shot that no row of this film can be, whatever the others say."""
    shot = row.shot
    if shot.end_pts <= shot.start_pts:
        _refuse(path, row.line, f"the shot ends at {shot.end_pts}, not after its start; mend one")
    if shot.start_pts < pts[0] or shot.start_pts >= end:
        film = f"the film goes from {pts[0]} to {end}"
        _refuse(path, row.line, f"no frame is at {shot.start_pts}: {film}; is it of another film?")
    nearest = _nearest(pts, shot.start_pts)
    if nearest != shot.start_pts:
        said = f"no frame is shown at {shot.start_pts}; the nearest one is at {nearest}"
        _refuse(path, row.line, f"{said}: write that as the start, and as the end before it")


def _check_whole(path: Path, rows: Sequence[_Row], begin: int, end: int) -> None:
    """Refuse rows that leave frames out, or have them twice."""
    if rows[0].shot.start_pts != begin:
        said = f"the first shot starts at {rows[0].shot.start_pts}, the film at {begin}"
        _refuse(path, rows[0].line, f"{said}: start it there, or add the shot before it")
    for row, following in pairwise(rows):
        if row.shot.end_pts != following.shot.start_pts:
            _refuse_joint(path, row, following)
    last = rows[-1]
    if last.shot.end_pts != end:
        said = f"the last shot ends at {last.shot.end_pts}, the film at {end}"
        _refuse(path, last.line, f"{said}: end it there, or add the shot after it")


def _refuse_joint(path: Path, row: _Row, following: _Row) -> NoReturn:
    """Say how two shots fail to meet."""
    start, end = following.shot.start_pts, row.shot.end_pts
    what = "overlap" if end > start else "leave a gap"
    said = f"the shot ends at {end}, but the next one (line {following.line}) starts at {start}"
    _refuse(path, row.line, f"{said}: they {what}; write one time in both rows")


def _nearest(pts: Sequence[int], time: int) -> int:
    after = bisect_left(pts, time)
    near = pts[max(after - 1, 0) : after + 1]
    return int(min(near, key=lambda one: abs(int(one) - time)))


def _refuse(path: Path, line: int, said: str) -> NoReturn:
    raise InputError(f"{path}, line {line}: {said}")
