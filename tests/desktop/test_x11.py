"""The real window on a real screen, with mouse and keyboard, from drop to file; and as a bundle."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import pyvips

from helpers import drag_source
from helpers.window import picture
from helpers.x11 import Screen, screen, until
from photochrom_desktop.state.document import said_of

pytestmark = pytest.mark.gui
ROOT = Path(__file__).parents[2]


@pytest.fixture
def shown() -> Iterator[Screen]:
    with screen() as one:
        yield one


@contextmanager
def running(argv: list[str], env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(argv, env=env) as process:
        try:
            yield process
        finally:
            process.terminate()
            assert process.wait(30) in (0, -15)


def test_from_drop_to_file(shown: Screen, model: str, tmp_path: Path) -> None:
    path = picture(tmp_path / "a.png", 600, 400)
    before = path.read_bytes()
    env = {**shown.env, "XDG_CONFIG_HOME": str(tmp_path / "config")}
    command = str(Path(sys.executable).with_name("photochrom"))
    with running([command, "desktop", "--model", model], env) as process:
        window = shown.window("^photochrom$")
        shown.do("windowsize", "--sync", window, 900, 700)
        shown.do("windowmove", "--sync", window, 300, 40)
        with running([sys.executable, drag_source.__file__, str(path)], env):
            source = shown.window("drag source")
            shown.do("windowmove", "--sync", source, 20, 20)
            shown.drag((60, 80), (90, 100), (400, 300), (480, 320), (500, 330))
            until(lambda: shown.title(window).startswith("a.png"), "the drop was not seen")
        shown.do("windowactivate", "--sync", window)
        shown.do("key", "b")
        shown.drag((480, 220), (500, 225), (560, 230))
        until(lambda: len(said_of(path).strokes) == 1, "the stroke was not kept")
        shown.do("key", "ctrl+z")
        until(lambda: not said_of(path).strokes, "nothing was undone")
        shown.do("key", "ctrl+shift+z")
        until(lambda: len(said_of(path).strokes) == 1, "nothing was done again")
        shown.do("key", "ctrl+e")
        until((tmp_path / "a.color.png").is_file, "nothing was exported")
        assert not networked([process.pid, *children(process.pid)])
        shown.do("key", "ctrl+q")
    made = pyvips.Image.new_from_file(tmp_path / "a.color.png").numpy().astype(int)
    assert made.shape == (400, 600, 3)
    assert np.ptp(made, axis=2).mean() > 5
    assert path.read_bytes() == before


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The self-contained folder's program; making it takes a minute."""
    home = tmp_path_factory.mktemp("bundle")
    argv = ["make", "-C", str(ROOT), "bundle", f"BUNDLE={home}"]
    made = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=600)
    assert made.returncode == 0, made.stdout + made.stderr
    return home / "photochrom" / "photochrom"


@pytest.mark.slow
def test_the_bundle_needs_no_python(bundle: Path, shown: Screen, tmp_path: Path) -> None:
    path = picture(tmp_path / "a.png", 300, 200)
    home = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    env = {**home, "PATH": "/nonexistent", "QT_QPA_PLATFORM": "xcb", "TMPDIR": str(tmp_path)}
    argv = [str(bundle), "photo", str(path), "-o", str(tmp_path / "b.png")]
    subprocess.run(argv, env=env, check=True, timeout=120)
    with running([str(bundle), str(path)], {**env, "DISPLAY": shown.env["DISPLAY"]}) as process:
        window = shown.window("a.png")
        shown.do("windowactivate", "--sync", window)
        shown.do("key", "ctrl+e")
        until((tmp_path / "a.color.png").is_file, "nothing was exported")
        assert process.poll() is None
        programs = {os.readlink(f"/proc/{pid}/exe") for pid in children(process.pid)}
        assert programs == {str(bundle)}  # its workers are the bundle too
    first, second = (
        pyvips.Image.new_from_file(tmp_path / name) for name in ("b.png", "a.color.png")
    )
    np.testing.assert_array_equal(first.numpy(), second.numpy())


def children(pid: int) -> list[int]:
    paths = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(one) for path in paths for one in path.read_text().split()]


def networked(pids: list[int]) -> list[str]:
    """The sockets of processes that reach beyond this computer's files and screens."""
    kinds = ("tcp", "tcp6", "udp", "udp6", "raw", "raw6")
    tables = [Path("/proc/net", kind) for kind in kinds]
    lines = [line for table in tables if table.exists() for line in table.read_text().splitlines()]
    known = {f"socket:[{line.split()[9]}]" for line in lines}
    files = [file for pid in pids for file in Path(f"/proc/{pid}/fd").iterdir()]
    return [name for name in map(os.readlink, files) if name in known]
