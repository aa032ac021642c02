"""What is done, skipped, done again, and refused."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from helpers.batches import Ran, run
from helpers.toy_model import SATURATED, write_toy
from photochrom.batch import place as places
from photochrom.batch.items import Asked, Item
from photochrom.batch.journal import read_journal
from photochrom.batch.running import Wanted, usual_journal, wanted_again
from photochrom.errors import ModelError, OutputError

JPEG = b"\xff\xd8\xff"


@pytest.fixture
def wanted(tmp_path: Path, toys: Path) -> Wanted:
    """A tree of three pictures, which are none, as nobody decodes them."""
    for name in ("a.jpg", "sub/b.jpg", "sub/c.tif"):
        put(tmp_path / "src" / name)
    shutil.copy(toys / "warm.onnx", tmp_path / "model.onnx")
    asked = Asked(model=str(tmp_path / "model.onnx"))
    return Wanted((str(tmp_path / "src"),), tmp_path / "out", asked)


def put(path: Path, content: bytes = b"") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(JPEG + content + str(path).encode())


def tally(ran: Ran) -> tuple[int, int, int]:
    return ran.tally.done, ran.tally.skipped, ran.tally.failed


def outputs(wanted: Wanted) -> dict[str, bytes]:
    out = wanted.destination
    return {str(one.relative_to(out)): one.read_bytes() for one in out.rglob("*") if one.is_file()}


def test_what_is_done_is_skipped(wanted: Wanted) -> None:
    assert tally(run(wanted)) == (3, 0, 0)
    before = outputs(wanted)
    assert {*before} == {"a.color.jpg", "sub/b.color.jpg", "sub/c.color.tif"}
    assert tally(run(wanted)) == (0, 3, 0)
    assert outputs(wanted) == before


def source(wanted: Wanted) -> None:
    put(Path(wanted.sources[0], "a.jpg"), b"another one")


def model(wanted: Wanted) -> None:
    write_toy(Path(wanted.asked.model), SATURATED)


def sidecar(wanted: Wanted) -> None:
    Path(wanted.sources[0], "a.jpg.photochrom.json").write_text('{"photochrom": 1}')


def gone(wanted: Wanted) -> None:
    (wanted.destination / "a.color.jpg").unlink()


@pytest.mark.parametrize(
    ("change", "again"),
    [(source, 1), (model, 3), (sidecar, 1), (gone, 1)],
    ids=["source", "model", "sidecar", "gone"],
)
def test_what_changed_is_done_again(
    change: Callable[[Wanted], None], again: int, wanted: Wanted
) -> None:
    run(wanted)
    change(wanted)
    ran = run(wanted)
    assert tally(ran) == (again, 3 - again, 0)
    assert "a.color.jpg" in ran.engine.made
    assert tally(run(wanted)) == (0, 3, 0)


def test_other_settings(wanted: Wanted) -> None:
    run(wanted)
    warm = replace(wanted, asked=replace(wanted.asked, options={"settings": {"warmth": 0.5}}))
    assert tally(run(warm)) == (3, 0, 0)
    assert tally(run(warm)) == (0, 3, 0)


def test_the_same_content_at_another_time(wanted: Wanted) -> None:
    """Copied to another disk, an archive is read once more and not made again."""
    run(wanted)
    for path in [*Path(wanted.sources[0]).rglob("*"), *wanted.destination.rglob("*")]:
        os.utime(path, (1, 1))
    assert tally(run(wanted)) == (0, 3, 0)


def test_what_failed_is_tried_again(wanted: Wanted) -> None:
    put(Path(wanted.sources[0], "a.jpg"), b"bad")
    ran = run(wanted)
    assert tally(ran) == (2, 0, 1)
    assert ran.heard.errors == {"a.color.jpg": "it is bad"}
    assert tally(run(wanted)) == (0, 2, 1)
    put(Path(wanted.sources[0], "a.jpg"))
    assert tally(run(wanted)) == (1, 2, 0)


def test_retry_does_only_what_failed(wanted: Wanted) -> None:
    put(Path(wanted.sources[0], "a.jpg"), b"bad")
    run(wanted)
    put(Path(wanted.sources[0], "new.jpg"))
    with read_journal(wanted.journal_path) as journal:
        again = wanted_again(journal)
    assert again == replace(wanted, journal=wanted.journal_path)
    ran = run(again, names=lambda batch: [row.name for row in batch.journal.rows("failed")])
    assert ran.engine.made == ["a.color.jpg"]


def test_on_error_stop(wanted: Wanted) -> None:
    put(Path(wanted.sources[0], "a.jpg"), b"bad")
    ran = run(replace(wanted, on_error="stop"))
    assert tally(ran) == (0, 0, 1)
    with read_journal(wanted.journal_path) as journal:
        assert journal.counts() == {"waiting": 2, "done": 0, "failed": 1}
    put(Path(wanted.sources[0], "a.jpg"))
    assert tally(run(wanted)) == (3, 0, 0)


def test_a_file_of_somebody_else_stays(wanted: Wanted) -> None:
    put(wanted.destination / "a.color.jpg", b"precious")
    before = outputs(wanted)
    ran = run(wanted)
    assert tally(ran) == (2, 0, 1)
    assert "exists already" in ran.heard.errors["a.color.jpg"]
    assert run(wanted).tally.failed == 1
    assert outputs(wanted)["a.color.jpg"] == before["a.color.jpg"]
    assert tally(run(replace(wanted, overwrite=True))) == (1, 2, 0)


def test_one_that_comes_meanwhile_stays_too(wanted: Wanted) -> None:
    def come(item: Item, cancel: threading.Event) -> None:
        put(wanted.destination / "sub" / "c.color.tif", b"precious")

    assert tally(run(wanted, come)) == (2, 0, 1)
    assert tally(run(wanted)) == (0, 2, 1)
    assert b"precious" in outputs(wanted)["sub/c.color.tif"]


def test_an_output_that_a_person_changed_stays(wanted: Wanted) -> None:
    run(wanted)
    put(wanted.destination / "a.color.jpg", b"retouched")
    ran = run(wanted)
    assert tally(ran) == (0, 2, 1)
    assert "was changed after it was made" in ran.heard.errors["a.color.jpg"]
    assert b"retouched" in outputs(wanted)["a.color.jpg"]
    assert tally(run(wanted)) == (0, 2, 1)
    assert b"retouched" in outputs(wanted)["a.color.jpg"]
    assert tally(run(replace(wanted, overwrite=True))) == (1, 2, 0)


def test_cancelled(wanted: Wanted) -> None:
    ran = run(wanted, lambda item, cancel: cancel.set())
    assert tally(ran) == (1, 0, 0)
    assert tally(run(wanted)) == (2, 1, 0)


def test_names_stay_whatever_comes(wanted: Wanted) -> None:
    """A clash is solved once: what comes later and would come first takes no name away."""
    tree = Path(wanted.sources[0])
    put(tree / "sub" / "c.png")
    put(tree / "sub" / "c.heic")
    first = run(wanted)
    assert first.heard.names == {"c.png": "sub/c.color-2.png"}
    put(tree / "sub" / "c.bmp")
    later = run(wanted)
    assert later.heard.names == {"c.bmp": "sub/c.color-3.png"}
    assert tally(later) == (1, 5, 0)


def test_a_tree_that_moved(wanted: Wanted, tmp_path: Path) -> None:
    run(wanted)
    (tmp_path / "src").rename(tmp_path / "moved")
    there = replace(wanted, sources=(str(tmp_path / "moved"),))
    assert tally(run(there)) == (0, 3, 0)
    assert len(outputs(wanted)) == 3
    sidecar(there)
    assert tally(run(there)) == (1, 2, 0)


def test_into_the_sources_themselves(wanted: Wanted) -> None:
    """Results lie beside their sources then, and are no sources."""
    there = replace(wanted, destination=Path(wanted.sources[0]))
    assert tally(run(there)) == (3, 0, 0)
    assert tally(run(there)) == (0, 3, 0)
    os.unlink(there.journal_path)  # and if nobody remembers
    ran = run(replace(there, overwrite=True))
    assert tally(ran) == (3, 0, 0)


def test_a_source_that_goes(wanted: Wanted) -> None:
    def go(item: Item, cancel: threading.Event) -> None:
        Path(wanted.sources[0], "sub", "c.tif").unlink(missing_ok=True)

    ran = run(wanted, go)
    assert tally(ran) == (2, 0, 1)
    assert "is gone" in ran.heard.errors["sub/c.color.tif"]


def test_a_destination_that_goes(wanted: Wanted) -> None:
    """A disk that is pulled out: its mount point is no place for the rest."""

    def go(item: Item, cancel: threading.Event) -> None:
        shutil.rmtree(wanted.destination)
        wanted.destination.mkdir()

    with pytest.raises(OutputError, match="is gone; bring it back"):
        run(wanted, go)
    assert {*outputs(wanted)} == {"a.color.jpg"}  # it was given out by then


def test_a_link_out_of_the_destination(wanted: Wanted, tmp_path: Path) -> None:
    wanted.destination.mkdir()
    (tmp_path / "elsewhere").mkdir()
    (wanted.destination / "sub").symlink_to(tmp_path / "elsewhere")
    ran = run(wanted)
    assert tally(ran) == (1, 0, 2)
    assert "link out of the destination" in ran.heard.errors["sub/b.color.jpg"]
    assert not [*(tmp_path / "elsewhere").iterdir()]


def test_a_link_at_the_target_is_not_followed(wanted: Wanted, tmp_path: Path) -> None:
    wanted.destination.mkdir()
    (tmp_path / "precious").write_bytes(b"kept")
    (wanted.destination / "a.color.jpg").symlink_to(tmp_path / "precious")
    assert run(wanted).tally.failed == 1
    assert tally(run(replace(wanted, overwrite=True))) == (1, 2, 0)
    assert (tmp_path / "precious").read_bytes() == b"kept"


def test_a_destination_that_is_a_file(wanted: Wanted) -> None:
    wanted.destination.write_bytes(b"")
    with pytest.raises(OutputError, match="is no folder"):
        run(wanted)


def test_a_folder_where_an_output_goes(wanted: Wanted) -> None:
    (wanted.destination / "a.color.jpg").mkdir(parents=True)
    assert "exists already" in run(wanted).heard.errors["a.color.jpg"]


def test_a_file_where_a_folder_goes(wanted: Wanted) -> None:
    wanted.destination.mkdir()
    (wanted.destination / "sub").write_bytes(b"")
    ran = run(wanted)
    assert tally(ran) == (1, 0, 2)
    assert "can't make the folder" in ran.heard.errors["sub/b.color.jpg"]


def test_a_full_disk_ends_it(wanted: Wanted, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that fails for another reason does not."""
    put(Path(wanted.sources[0], "a.jpg"), b"bad")
    assert tally(run(wanted)) == (2, 0, 1)
    monkeypatch.setattr(places, "FULL", 1 << 62)
    with pytest.raises(OutputError, match="no room is left"):
        run(wanted)


def test_no_such_model(wanted: Wanted) -> None:
    with pytest.raises(ModelError):
        run(replace(wanted, asked=Asked(model="nobody")))
    assert not wanted.destination.exists()


def test_each_destination_has_a_journal(wanted: Wanted, tmp_path: Path) -> None:
    assert usual_journal(tmp_path / "out") != usual_journal(tmp_path / "other")
    assert usual_journal(tmp_path / "out") == usual_journal(tmp_path / "x" / ".." / "out")
    own = replace(wanted, journal=tmp_path / "deep" / "own.sqlite")
    run(own)
    assert not usual_journal(wanted.destination).exists()
    assert tally(run(own)) == (0, 3, 0)
