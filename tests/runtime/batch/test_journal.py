"""The journal: one writer, readers meanwhile, damage and newer versions told."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.command import SOURCES
from photochrom.batch import disks
from photochrom.batch.items import Item, Outcome
from photochrom.batch.journal import Journal, open_journal, read_journal
from photochrom.batch.seals import Seal, seal, still
from photochrom.errors import InputError, OutputError

HARD = os.fsdecode(b"sub/\xe9\n.jpg")
SEAL = Seal("0" * 64, 5, "1.2")


def outcome(name: str, error: str = "") -> Outcome:
    item = Item(name, f"/src/{name}", f"/out/{name}", "photo")
    if error:
        return Outcome(item, 0.5, 9.0, error=error, error_kind="InputError")
    report = {"notes": [HARD], "width": 3}
    return Outcome(item, 0.5, 9.0, SEAL, "settings", (f"/{HARD}",), SEAL, report=report)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    with open_journal(tmp_path / "j.sqlite") as journal:
        journal.plan(HARD, f"/src/{HARD}", "photo", ours=True)
        journal.plan("b", "/src/b", "film", ours=False)
        assert journal.counts() == {"waiting": 2, "done": 0, "failed": 0}
        journal.record(outcome(HARD), "model")
        journal.record(outcome("b", f"can't read {HARD}"), "model")
        journal.keep(destination=HARD)
    with read_journal(tmp_path / "j.sqlite") as journal:
        row = journal.row(HARD)
        assert row is not None
        assert journal.of_source(f"/src/{HARD}") == row
        assert (row.state, row.tries, row.model, row.settings) == ("done", 1, "model", "settings")
        assert (row.source_seal, row.output_seal, row.read) == (SEAL, SEAL, (f"/{HARD}",))
        assert row.report == {"notes": [HARD], "width": 3}
        (failed,) = journal.rows("failed")
        assert (failed.name, failed.ours, failed.error_kind) == ("b", False, "InputError")
        assert failed.error.startswith("can't read sub/")
        assert journal.fact("destination") == HARD
        assert journal.fact("nothing") is None


def twice(journal: Journal) -> None:
    with journal.together():
        journal.plan("a", "/src/a", "photo", ours=True)
        journal.plan("a", "/src/b", "photo", ours=True)


def test_all_or_nothing(tmp_path: Path) -> None:
    with open_journal(tmp_path / "j.sqlite") as journal:
        with pytest.raises(OutputError, match="UNIQUE"):
            twice(journal)
        assert journal.row("a") is None


HOLD = """
import sys
from pathlib import Path
from photochrom.batch.journal import open_journal
with open_journal(Path(sys.argv[1])) as journal:
    journal.plan("a", "/src/a", "photo", ours=True)
    print("held", flush=True)
    sys.stdin.read()
"""


def test_one_writes_and_others_read(tmp_path: Path) -> None:
    path = tmp_path / "j.sqlite"
    command = [sys.executable, "-c", HOLD, str(path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, env={"PYTHONPATH": SOURCES}, **pipes) as process:  # type: ignore[call-overload]
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(OutputError, match="another batch writes the journal"):
            open_journal(path).__enter__()
        with read_journal(path) as journal:
            assert journal.counts()["waiting"] == 1
        process.kill()
    with open_journal(path) as journal:  # whoever was killed holds nothing
        assert journal.counts()["waiting"] == 1


def test_a_damaged_one(tmp_path: Path) -> None:
    path = tmp_path / "j.sqlite"
    path.write_bytes(b"this is no database at all" * 100)
    with pytest.raises(OutputError, match="can't use the journal"):
        open_journal(path).__enter__()
    assert path.read_bytes().startswith(b"this is no database")


def test_one_of_a_newer_version(tmp_path: Path) -> None:
    path = tmp_path / "j.sqlite"
    with open_journal(path):
        pass
    base = sqlite3.connect(path)
    base.execute("PRAGMA user_version = 2")
    base.close()
    with pytest.raises(OutputError, match="was written in version 2"):
        open_journal(path).__enter__()


def test_a_database_of_another_program(tmp_path: Path) -> None:
    path = tmp_path / "j.sqlite"
    base = sqlite3.connect(path)
    base.execute("CREATE TABLE theirs (words TEXT)")
    base.close()
    before = path.read_bytes()
    for opened in (open_journal, read_journal):
        with pytest.raises(OutputError, match="another program's database"):
            opened(path).__enter__()
    assert path.read_bytes() == before


def test_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no journal"):
        read_journal(tmp_path / "j.sqlite").__enter__()


def test_a_disk_of_the_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite's locks and shared memory don't work there."""
    table = tmp_path / "mounts"
    table.write_text(
        f"1 0 0:1 / / rw - ext4 /dev/sda rw\n2 1 0:2 / {tmp_path}/a\\040b rw - nfs4 host:/ rw\n"
    )
    monkeypatch.setattr(disks, "MOUNTS", table)
    assert disks.network(tmp_path / "a b" / "c") == "nfs4"
    assert disks.network(tmp_path / "a bc") is None
    with pytest.raises(OutputError, match=r"lie on a disk of the network \(nfs4\).*--journal"):
        open_journal(tmp_path / "a b" / "c" / "j.sqlite").__enter__()


class TestSeals:
    def test_the_same_content(self, tmp_path: Path) -> None:
        path = tmp_path / "a"
        path.write_bytes(b"12345")
        known = seal(str(path))
        assert still(str(path), known) == known
        os.utime(path, (1, 1))
        again = still(str(path), known)
        assert again is not None
        assert (again.sha256, again.changed == known.changed) == (known.sha256, False)

    @pytest.mark.parametrize("content", [b"12346", b"123456", b"", None])
    def test_another(self, content: bytes | None, tmp_path: Path) -> None:
        path = tmp_path / "a"
        path.write_bytes(b"12345")
        known = seal(str(path))
        path.unlink()
        if content is not None:
            path.write_bytes(content)
        assert still(str(path), known) is None

    def test_a_folder_is_no_file(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="can't read"):
            seal(str(tmp_path))
