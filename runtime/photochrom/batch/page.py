"""The report of a batch as one HTML file: failures first, with thumbnails, all in it."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import islice
from pathlib import Path

from photochrom.batch.gathering import LeftOut
from photochrom.batch.journal import Row, State
from photochrom.batch.telling import Told, moment, notes_of
from photochrom.batch.thumbnails import Thumbnails, open_thumbnails
from photochrom.files.whole import whole_file

MOST = 500
"""Items of each state that are shown; the CSV and JSON have all."""
CHUNK = 32
"""Items whose thumbnails are held at a time."""
TITLES: dict[State, str] = {"failed": "Failed", "waiting": "Not tried yet", "done": "Done"}
STYLE = """
:root { color-scheme: light dark; --line: #8884; --bad: #c0392b; --dim: #777; }
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem;
  padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { margin-top: 2.5rem; } h2 small { color: var(--dim); }
.counts { display: flex; gap: 2.5rem; margin: 1.5rem 0; }
.counts b { display: block; font-size: 1.9rem; line-height: 1.2; }
.failed b { color: var(--bad); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; color: var(--dim); }
dd { margin: 0; overflow-wrap: anywhere; }
article { display: flex; gap: 1rem; border-top: 1px solid var(--line); padding: .7rem 0; }
article div { min-width: 0; overflow-wrap: anywhere; }
.pictures { display: flex; gap: 4px; flex: 0 0 324px; }
.pictures img { max-width: 160px; max-height: 160px; align-self: flex-start; }
.none { width: 160px; height: 90px; border: 1px dashed var(--line); color: var(--dim);
  display: grid; place-items: center; font-size: .8rem; }
.error { color: var(--bad); margin: .2rem 0; } .dim { color: var(--dim); font-size: .87rem; }
li { overflow-wrap: anywhere; }
"""


def write_html(path: Path, told: Told, jobs: int | None = None) -> None:
    """The report as a page that can be sent to anyone.

    Args:
        path: of the file.
        told: what it is about.
        jobs: thumbnails that are made at once.

    Raises:
        OutputError: if it can't be written.
    """
    with (
        whole_file(path) as temporary,
        temporary.open("w", encoding="utf-8", errors="backslashreplace") as file,
        open_thumbnails(jobs) as thumbnails,
    ):
        for part in _page(told, thumbnails):
            file.write(part)


def _page(told: Told, thumbnails: Thumbnails) -> Iterator[str]:
    facts, counts = told.facts, told.journal.counts()
    yield (
        '<!doctype html>\n<html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>photochrom batch</title><style>{STYLE}</style>\n"
        f'<h1>photochrom batch</h1>\n<div class="counts">'
    )
    for state, title in TITLES.items():
        marked = f' class="{state}"' if counts[state] else ""
        yield f"<span{marked}><b>{counts[state]}</b>{title.lower()}</span>"
    yield "</div>\n<dl>"
    for name in ("destination", "journal", "made", "photochrom"):
        yield f"<dt>{name}<dd>{_text(facts[name])}"
    yield "</dl>\n"
    for state, title in TITLES.items():
        if counts[state]:
            yield from _part(title, counts[state], told.journal.rows(state), told, thumbnails)
        if state == "failed":
            yield from _left_out("Not looked at", [one for one in told.left_out if one.failed])
    yield from _left_out("Left out", [one for one in told.left_out if not one.failed])


def _left_out(title: str, some: Sequence[LeftOut]) -> Iterator[str]:
    if some:
        yield f"<h2>{title} <small>{len(some)}</small></h2>\n<ul>"
        for one in some[:MOST]:
            yield f"<li>{_text(one.path)}: {_text(one.why)}"
        yield "</ul>\n"


def _part(
    title: str, count: int, rows: Iterable[Row], told: Told, thumbnails: Thumbnails
) -> Iterator[str]:
    yield f"<h2>{title} <small>{count}</small></h2>\n"
    shown = islice(rows, MOST)
    while some := list(islice(shown, CHUNK)):
        before = thumbnails.of([row.source for row in some])
        after = thumbnails.of([told.path(row) for row in some if row.state == "done"])
        for row in some:
            first = _picture(next(before), "can't be shown")
            second = _picture(next(after), "gone") if row.state == "done" else ""
            yield _article(row, f'<div class="pictures">{first}{second}</div>')
    if count > MOST:
        yield f'<p class="dim">and {count - MOST} more, in the CSV and JSON files</p>\n'


def _article(row: Row, pictures: str) -> str:
    lines = [f"<b>{_text(row.name)}</b>", f'<div class="dim">from {_text(row.source)}</div>']
    if row.state == "failed":
        lines.append(f'<p class="error">{_text(row.error)}</p>')
    if row.finished:
        tries = f", {row.tries} tries" if row.tries > 1 else ""
        said = f"{row.kind}{_size(row)}, {row.seconds:.1f} s, {moment(row.finished)}{tries}"
        lines.append(f'<div class="dim">{_text(said)}</div>')
    lines += [f'<div class="dim">note: {_text(note)}</div>' for note in notes_of(row)]
    return f"<article>{pictures}<div>{''.join(lines)}</div></article>\n"


def _size(row: Row) -> str:
    done = row.state == "done" and "width" in row.report
    return f" {row.report['width']} x {row.report['height']}" if done else ""


def _picture(jpeg: bytes | None, otherwise: str) -> str:
    if jpeg is None:
        return f'<span class="none">{_text(otherwise)}</span>'
    return f'<img alt="" src="data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}">'


def _text(value: object) -> str:
    """Text as HTML; line ends and the like in names are written out."""
    text = str(value)
    shown = (one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)
    return escape("".join(shown))
