"""Inputs that once found a fault, kept with the parser that they were for; and sound ones."""

from pathlib import Path

import pytest

from fuzzing import decoding, seeds, targets

FINDINGS = sorted(path for path in (Path(__file__).parent / "findings").iterdir())


@pytest.mark.parametrize("path", FINDINGS, ids=lambda path: path.name)
def test_what_was_found_stays_mended(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    targets.BY_NAME[path.name.rpartition("-")[0].replace("_", " ")].check(path.read_bytes())


@pytest.mark.parametrize("target", targets.TARGETS, ids=lambda target: target.name)
def test_seeds_are_sound(target: targets.Target) -> None:
    """Mutation that starts at what is refused at once would not get far."""
    sound = 0
    for seed in seeds.of(target.name):
        target.check(seed)
        try:
            target.parse(seed)
            sound += 1
        except target.allowed:
            continue
    assert sound


def test_a_fault_would_be_seen() -> None:
    """Of each kind: an exception that is not allowed, and messages that nobody could read."""

    def fail(error: Exception) -> targets.Target:
        def parse(data: bytes) -> None:
            raise error

        return targets.Target("broken", parse, (ValueError,))

    fail(ValueError("short and clear")).check(b"")
    with pytest.raises(KeyError):
        fail(KeyError("x")).check(b"")
    for words in ("", "two\nlines", "x" * (targets.LONGEST_MESSAGE + 1)):
        with pytest.raises(targets.UnclearError):
            fail(ValueError(words)).check(b"")


def test_a_worker_that_breaks_would_be_seen(
    tmp_path: Path, toys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that answers with an internal error, then one whose process ends."""
    import random
    import sys

    broken = (
        "from photochrom.worker import tasks\n"
        "def glance(call):\n"
        "    import os\n"
        "    os._exit(9) if os.path.exists('now') else 1 / 0\n"
        "tasks.TASKS['glance'] = glance\n"
        "from photochrom.worker.server import main\n"
        "main()\n"
    )
    monkeypatch.setattr(decoding, "own_argv", lambda: [sys.executable, "-c", broken])
    monkeypatch.setitem(decoding.JOBS, "pictures", ("glance",))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "home").mkdir()
    one = decoding.Decoding(tmp_path / "home", toys / "warm.onnx", random.Random(0))
    first = one.run("pictures", 60, most=2)
    assert len(first.unclear) == 2
    assert "ZeroDivisionError" in first.unclear[0][2]
    (tmp_path / "now").touch()
    second = one.run("pictures", 60, most=2)
    assert len(second.ended) == 2
    assert "code 9" in second.ended[0][2]
    (tmp_path / "home" / "stray").touch()
    assert [path.name for path in one.strangers()] == ["stray"]
    one.close()
