"""The report: failures first, thumbnails, all items; nothing that a name can break."""

from __future__ import annotations

import base64
import csv
import io
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from helpers.pictures import photograph, write_jpeg
from photochrom.batch import page
from photochrom.batch.gathering import LeftOut
from photochrom.batch.items import Item, Outcome
from photochrom.batch.journal import Journal, open_journal
from photochrom.batch.page import write_html
from photochrom.batch.seals import seal
from photochrom.batch.telling import COLUMNS, Told, write_csv, write_json

EVIL = '<script>alert("x")</script>&.jpg'
HARD = os.fsdecode(b"caf\xe9\n.jpg")
NOTE = "a note <b>"


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    """One done, one failed, one waiting, with names that are hard."""
    (tmp_path / "out").mkdir()
    for name in ("good.jpg", "out/good.color.jpg"):
        write_jpeg(tmp_path / name, photograph("camera.png", 50))
    (tmp_path / "bad.jpg").write_bytes(b"\xff\xd8\xff bad")
    with open_journal(tmp_path / "j.sqlite") as journal:
        enter(journal, tmp_path)
        left = [LeftOut("/some/link", "a link"), LeftOut(f"/{HARD}", "can't look", failed=True)]
        yield Told(journal, str(tmp_path / "out"), left)


def enter(journal: Journal, folder: Path) -> None:
    for name, source in (("good.color.jpg", "good.jpg"), (EVIL, "bad.jpg"), (HARD, "none.jpg")):
        journal.plan(name, str(folder / source), "photo", ours=True)
    good = item(folder, "good.color.jpg", "good.jpg")
    seals = seal(good.source), seal(good.target)
    report = {"width": 50, "height": 50, "notes": [NOTE], "device": "cpu"}
    journal.record(Outcome(good, 1.5, 2.0, seals[0], "s", (), seals[1], report=report), "m")
    words = f"can't read {EVIL}"
    bad = item(folder, EVIL, "bad.jpg")
    journal.record(Outcome(bad, 0.1, 1.0, error=words, error_kind="InputError"), "m")


def item(folder: Path, name: str, source: str) -> Item:
    return Item(name, str(folder / source), str(folder / "out" / name), "photo")


def test_csv(told: Told, tmp_path: Path) -> None:
    write_csv(tmp_path / "r.csv", told)
    rows = [*csv.DictReader(io.StringIO((tmp_path / "r.csv").read_text("utf-8"), newline=""))]
    assert tuple(rows[0]) == COLUMNS
    assert [row["state"] for row in rows] == ["failed", "waiting", "done"]
    assert rows[0]["output"] == f"{told.destination}/{EVIL}"
    assert rows[1]["output"] == f"{told.destination}/caf\\udce9\n.jpg"
    done = rows[2]
    assert (done["width"], done["seconds"], done["notes"]) == ("50", "1.5", NOTE)
    assert done["output_sha256"] == seal(f"{told.destination}/good.color.jpg").sha256


def test_json(told: Told, tmp_path: Path) -> None:
    write_json(tmp_path / "r.json", told)
    found = json.loads((tmp_path / "r.json").read_text("ascii"))
    assert (found["schema"], found["done"], found["failed"], found["waiting"]) == (1, 1, 1, 1)
    assert [one["state"] for one in found["items"]] == ["failed", "waiting", "done"]
    assert {*found["items"][0]} == {*COLUMNS}
    assert found["items"][1]["output"].endswith(HARD)
    assert found["items"][0]["error"] == f"can't read {EVIL}"
    assert [one["failed"] for one in found["left_out"]] == [False, True]


def test_nothing_yet(tmp_path: Path) -> None:
    with open_journal(tmp_path / "j.sqlite") as journal:
        told = Told(journal, str(tmp_path))
        write_json(tmp_path / "r.json", told)
        write_html(tmp_path / "r.html", told, 1)
    assert json.loads((tmp_path / "r.json").read_text())["items"] == []


def test_html(told: Told, tmp_path: Path) -> None:
    write_html(tmp_path / "r.html", told, 1)
    text = (tmp_path / "r.html").read_text("utf-8")
    titles = ("Failed", "Not looked at", "Not tried yet", "Done", "Left out")
    places = [text.index(f"<h2>{title}") for title in titles]
    assert places == sorted(places)
    assert "<script" not in text
    assert "alert(&quot;x&quot;)" in text
    assert "a note &lt;b&gt;" in text
    assert "caf\\udce9\\n.jpg" in text
    assert "http" not in text.replace("http-equiv", "")
    pictures = re.findall(r'src="data:image/jpeg;base64,([^"]+)"', text)
    assert len(pictures) == 2  # before and after; the damaged one and the missing one have none
    for picture in pictures:
        with Image.open(io.BytesIO(base64.b64decode(picture))) as thumbnail:
            assert thumbnail.size == (50, 50)
            thumbnail.load()


def test_many_are_cut(told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "MOST", 0)
    write_html(tmp_path / "r.html", told, 1)
    text = (tmp_path / "r.html").read_text("utf-8")
    assert "<article>" not in text
    assert text.count("and 1 more, in the CSV and JSON files") == 3
