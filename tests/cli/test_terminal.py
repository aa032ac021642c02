"""On a terminal there are bars; elsewhere only lines."""

import os
import pty
import subprocess
from pathlib import Path

from helpers.command import COMMAND, SOURCES
from helpers.pictures import photograph, write_jpeg


def on_terminal(folder: Path, *arguments: object) -> tuple[int, str, str]:
    """Exit code, stdout (a pipe) and what the terminal on stderr got."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": SOURCES, "TERM": "xterm", "COLUMNS": "100"}
    with subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
    ) as process:
        os.close(theirs)
        assert process.stdout is not None
        out = process.stdout.read()
        seen = read_all(ours)
    os.close(ours)
    return process.returncode, out, seen


def read_all(terminal: int) -> str:
    data = b""
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:  # Linux: the other end is closed
            break
        if not part:
            break
        data += part
    return data.decode()


def test_bar_on_stderr_and_result_on_stdout(folder: Path, toy: Path) -> None:
    write_jpeg(folder / "big.jpg", photograph("camera.png", 700))
    code, out, seen = on_terminal(folder, "photo", "big.jpg", "--model", toy)
    assert code == 0
    assert out.startswith("big.color.jpg  (700 x 700, ")
    assert "big.jpg: " in seen
    assert "Traceback" not in seen


def test_error_on_a_terminal(folder: Path, toy: Path) -> None:
    code, out, seen = on_terminal(folder, "photo", "[bold]no.jpg", "--model", toy)
    assert code == 3
    assert out == ""
    assert "photochrom: no such file: [bold]no.jpg" in seen


def test_no_bars_beside_json(folder: Path, toy: Path) -> None:
    code, out, seen = on_terminal(folder, "photo", "in.jpg", "--json", "--model", toy)
    assert code == 0
    assert out.splitlines()[-1].startswith('{"schema": 1, "event": "summary"')
    assert seen == ""


def test_brackets_in_a_name_are_no_markup(folder: Path, toy: Path) -> None:
    write_jpeg(folder / "[red]scan[1].jpg", photograph("camera.png", 400))
    code, out, seen = on_terminal(folder, "photo", "[red]scan[1].jpg", "--model", toy)
    assert code == 0
    assert out.startswith("[red]scan[1].color.jpg  (")
    assert "[red]scan[1].jpg: " in seen
