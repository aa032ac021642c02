"""Finished pieces stay, unfinished ones leave nothing, and only one process works in a folder."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from photochrom.errors import OutputError
from photochrom.video.work import LIST, key_of, open_work

KILLED = """
import os, signal, sys
from pathlib import Path
from photochrom.video.work import open_work
with open_work(Path(sys.argv[1]), keep=True) as work:
    with work.piece("one.nut") as path:
        path.write_bytes(b"one")
    with work.piece("two.nut") as path:
        path.write_bytes(b"tw")
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_is_finished_is_found_again(tmp_path: Path) -> None:
    with open_work(tmp_path / "work", keep=True) as work:
        assert not work.has("a.nut")
        with work.piece("a.nut") as path:
            path.write_bytes(b"abc")
    with open_work(tmp_path / "work", keep=True) as work:
        assert work.has("a.nut")
        assert work.path("a.nut").read_bytes() == b"abc"
        assert work.size == 3


def test_without_keep_the_folder_goes(tmp_path: Path) -> None:
    with open_work(tmp_path / "work", keep=False) as work, work.piece("a.nut") as path:
        path.write_bytes(b"abc")
    assert list(tmp_path.iterdir()) == []


def test_after_an_error_the_folder_stays(tmp_path: Path) -> None:
    with suppress(RuntimeError), open_work(tmp_path / "work", keep=False) as work:
        with work.piece("a.nut") as path:
            path.write_bytes(b"abc")
        raise RuntimeError
    with open_work(tmp_path / "work", keep=False) as work:
        assert work.has("a.nut")


def test_a_killed_process_leaves_finished_pieces_only(tmp_path: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "work")], check=False)
    assert ended.returncode == -signal.SIGKILL
    with open_work(tmp_path / "work", keep=True) as work:
        assert work.has("one.nut")
        assert not work.has("two.nut")
        assert sorted(os.listdir(work.folder)) == [".held", "one.nut", LIST]


def test_a_line_cut_in_two_and_a_missing_file_are_not_finished(tmp_path: Path) -> None:
    with open_work(tmp_path / "work", keep=True) as work:
        for name in ("a.nut", "b.nut", "c.nut"):
            with work.piece(name) as path:
                path.write_bytes(b"abc")
    listed = tmp_path / "work" / LIST
    listed.write_bytes(listed.read_bytes()[:-10])
    (tmp_path / "work" / "a.nut").unlink()
    with open_work(tmp_path / "work", keep=True) as work:
        assert [work.has(name) for name in ("a.nut", "b.nut", "c.nut")] == [False, True, False]


def test_pieces_that_are_not_wanted_go(tmp_path: Path) -> None:
    with open_work(tmp_path / "work", keep=True) as work:
        for name in ("a.nut", "b.nut"):
            with work.piece(name) as path:
                path.write_bytes(b"abc")
        work.keep_only({"b.nut"})
        assert not work.path("a.nut").exists()
        assert work.has("b.nut")


def test_two_cannot_work_in_one_folder(tmp_path: Path) -> None:
    with (
        open_work(tmp_path / "work", keep=True),
        pytest.raises(OutputError, match="another photochrom"),
        open_work(tmp_path / "work", keep=True),
    ):
        pass


def test_keys_tell_facts_apart_and_not_their_order() -> None:
    assert key_of({"a": 1, "b": 2}) == key_of({"b": 2, "a": 1})
    assert key_of({"a": 1}) != key_of({"a": 2})
