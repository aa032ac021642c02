"""The window: from drop to colour, from stroke to colour, stalls while it exports, memory.

Run: python benchmarks/desktop.py [--pictures 1000] [--megapixels 20] [--export 100] [--scan 400]
     [--rounds 5] [--model NAME] [--plot FILE.png]

It runs offscreen, with the real workers. Each picture is a noisy ramp that it makes. Printed are

- first colour: seconds from a drop until the picture is on the screen in colour, the model loaded;
  beside it what `Colorizer` alone takes for the same file, written, and the ratio of both;
- first sight of a large scan (TIFF): seconds from a drop until it is on the screen, and beside it
  what libvips' thumbnail of the same size takes alone; then until it is there in colour;
- stroke: seconds from letting go of the brush until the new colours are on the screen, and the
  share of it that the network's three runs alone take;
- stalls: the longest time between two turns of the window's event loop, idle and while a picture
  of many megapixels is exported; a timer asks for a turn every 10 ms, and each repaints the canvas.
  A machine that is shared stalls whatever runs on it: beside the median of the rounds' longest
  stands the longest of all;
- memory: resident MB of the window's process, before and with many pictures in the strip that were
  all scrolled past.

Times are medians over rounds.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from statistics import median

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import matplotlib as mpl
import numpy as np
import pyvips
from PySide6.QtCore import QElapsedTimer, QSettings, QTimer
from PySide6.QtTest import QTest

from photochrom import Colorizer
from photochrom.models.names import DEFAULT_MODEL
from photochrom_desktop.app import make_app
from photochrom_desktop.desk import Desk
from photochrom_desktop.state.exports import Preset, Status
from photochrom_desktop.views.window import Window
from photochrom_desktop.work.glances import SIGHT

mpl.use("Agg")
from matplotlib import pyplot as plt

TURN = 10
"""Milliseconds between two turns that are asked for."""
PATIENCE = 600.0
"""Seconds after which something counts as hung."""


def scan(path: Path, megapixels: float) -> Path:
    """A grey picture with grain, 3:2."""
    height = round((megapixels * 1e6 / 1.5) ** 0.5)
    width = round(1.5 * height)
    ramp = np.linspace(40, 210, width, dtype=np.float32)
    chance = np.random.default_rng(0)
    rows = [
        ramp + chance.normal(0, 6, (min(256, height - top), width)) for top in range(0, height, 256)
    ]
    codes = np.concatenate([row.clip(0, 255).astype(np.uint8) for row in rows])
    pyvips.Image.new_from_array(codes).write_to_file(path)
    return path


def wait(until: Callable[[], bool]) -> None:
    """Let the window work until something holds."""
    end = time.monotonic() + PATIENCE
    while not until():
        if time.monotonic() > end:
            raise TimeoutError("the window hangs")
        QTest.qWait(2)


def resident() -> float:
    """MB that this process has in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@contextmanager
def opened(model: str) -> Iterator[Window]:
    """A window whose model is loaded."""
    window = Window(Desk(model, "cpu"))
    ready: list[str] = []
    window.desk.equipped.connect(lambda *_: ready.append(""))
    window.desk.failed.connect(lambda *words: print(*words, file=sys.stderr))
    window.desk.start()
    window.show()
    wait(lambda: bool(ready))
    yield window
    window.close()


def is_painted(window: Window) -> bool:
    """Whether all that is seen is there and of the newest look."""
    canvas = window.canvas
    if canvas.mapping is None or not canvas.layers.sizes:
        return False
    whole = canvas.rect()
    wanted = canvas.layers.wanted("after", canvas.mapping, whole, whole)
    return not canvas.layers.missing(wanted)


def drops(window: Window, path: Path, rounds: int) -> list[float]:
    """Seconds from drop to colour; each time another file, so that nothing is remembered."""
    taken = []
    for number in range(rounds):
        copy = path.with_name(f"drop{number}.png")
        copy.write_bytes(path.read_bytes())
        began = time.perf_counter()
        window.desk.add([copy])
        wait(lambda: is_painted(window))
        taken.append(time.perf_counter() - began)
        wait(lambda: window.desk.viewing.is_calm)
    return taken


def first_sight(window: Window, path: Path) -> tuple[float, float]:
    """Seconds from a drop until a picture is seen, and until it is seen in colour."""
    began = time.perf_counter()
    window.desk.add([path])
    wait(lambda: not window.canvas.layers.sight.isNull() or is_painted(window))
    seen = time.perf_counter() - began
    wait(lambda: is_painted(window))
    colored = time.perf_counter() - began
    wait(lambda: window.desk.viewing.is_calm)
    return seen, colored


def thumbnail(path: Path) -> float:
    """Seconds of libvips' thumbnail in the size of a first sight."""
    began = time.perf_counter()
    pyvips.Image.thumbnail(str(path), SIGHT).copy_memory()
    return time.perf_counter() - began


def strokes(window: Window, rounds: int) -> list[float]:
    """Seconds from the end of a stroke to the new colours."""
    taken = []
    for number in range(rounds):
        place = 0.1 + 0.8 * number / rounds
        began = time.perf_counter()
        window.desk.paint([(place, 0.3), (place + 0.05, 0.6)], 0.03, "#2060c0")
        wait(lambda: window.desk.viewing.is_calm or is_new(window))
        wait(lambda: is_painted(window))
        taken.append(time.perf_counter() - began)
        wait(lambda: window.desk.viewing.is_calm)
    return taken


def is_new(window: Window) -> bool:
    """Whether a look has come whose tiles are on their way."""
    return not is_painted(window)


def longest_gap(window: Window, until: Callable[[], bool]) -> float:
    """Milliseconds between two turns of the event loop, the longest, until something holds."""
    clock, gaps, timer = QElapsedTimer(), [0], QTimer()

    def turn() -> None:
        gaps.append(clock.restart())
        window.canvas.repaint()

    clock.start()
    timer.timeout.connect(turn)
    timer.start(TURN)
    wait(until)
    timer.stop()
    return float(max(gaps))


def exporting(window: Window, path: Path) -> float:
    """The longest gap while a large picture is exported."""
    window.desk.export([path], Preset())
    over = (Status.DONE, Status.FAILED)
    gap = longest_gap(
        window, lambda: all(one.status in over for one in window.desk.exporting.queue)
    )
    failed = [one.message for one in window.desk.exporting.queue if one.status is Status.FAILED]
    if failed:
        raise RuntimeError(failed[0])
    return gap


def filled(window: Window, folder: Path, count: int) -> tuple[float, float]:
    """MB before and with so many pictures in the strip, each seen."""
    folder.mkdir()
    first = scan(folder / "0.png", 0.3)
    for number in range(1, count):
        os.link(first, folder / f"{number}.png")
    before, seen = resident(), set[Path]()
    window.desk.glances.seen.connect(lambda path, *_: seen.add(path))
    window.desk.add([folder])
    view = window.strip.view
    rows = cycle(range(view.model().rowCount()))

    def scroll() -> bool:
        view.scrollTo(view.model().index(next(rows), 0))
        return len(seen) >= count

    wait(scroll)
    return before, resident()


def alone(path: Path, model: str, rounds: int) -> float:
    """Seconds that a colorizer alone takes to write the picture."""
    colorizer, taken = Colorizer(model, "cpu"), []
    for number in range(rounds):
        began = time.perf_counter()
        colorizer.colorize_file(path, path.with_name(f"alone{number}.png"))
        taken.append(time.perf_counter() - began)
    return median(taken)


def plot(path: Path, drop: list[float], stroke: list[float], gaps: list[float]) -> None:
    """Seconds and stalls beside their levels."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
    left.boxplot([drop, stroke], tick_labels=["drop to colour", "stroke to colour"])
    left.axhline(0.5, color="tab:red", linewidth=1, label="level for strokes")
    left.set(ylabel="seconds", ylim=(0, None))
    left.legend()
    right.bar(["idle", "exporting"], gaps)
    right.axhline(100, color="tab:red", linewidth=1, label="level")
    right.set(ylabel="longest stall, ms")
    right.legend()
    figure.savefig(path, dpi=110)


def main(arguments: Sequence[str]) -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, default=1000)
    parser.add_argument("--megapixels", type=float, default=20)
    parser.add_argument("--export", type=float, default=100)
    parser.add_argument("--scan", type=float, default=400)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--model", default=DEFAULT_MODEL)
    parser.add_argument("--plot", type=Path)
    asked = parser.parse_args(arguments)
    app = make_app(["photochrom"])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        QSettings.setDefaultFormat(QSettings.Format.IniFormat)
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, name)
        measure(asked, folder)
    app.quit()


def measure(asked: argparse.Namespace, folder: Path) -> None:
    """All of it, in one window."""
    path = scan(folder / "scan.png", asked.megapixels)
    bare = alone(path, asked.model, asked.rounds)
    with opened(asked.model) as window:
        drop = drops(window, path, asked.rounds)
        print(
            f"first colour of {asked.megapixels:g} MP: {median(drop):.2f} s; written by the "
            f"library alone {bare:.2f} s; ratio {median(drop) / bare:.2f}"
        )
        large = scan(folder / "scan.tif", asked.scan)
        bare, (seen, colored) = thumbnail(large), first_sight(window, large)
        print(
            f"first sight of {asked.scan:g} MP: {seen:.2f} s; "
            f"libvips' thumbnail alone {bare:.2f} s; "
            f"ratio {seen / bare:.2f}; in colour {colored:.1f} s"
        )
        window.desk.show(path.with_name("drop0.png"))
        wait(lambda: is_painted(window))
        stroke = strokes(window, asked.rounds)
        print(f"stroke to colour: {median(stroke):.2f} s, slowest {max(stroke):.2f} s")
        idle = time.monotonic() + 3
        gaps = [longest_gap(window, lambda: time.monotonic() > idle)]
        large = scan(folder / "large.png", asked.export)
        stalls = [exporting(window, large) for _ in range(asked.rounds)]
        gaps.append(median(stalls))
        print(
            f"longest stall: idle {gaps[0]:.0f} ms, exporting {asked.export:g} MP "
            f"{gaps[1]:.0f} ms, in one of {asked.rounds} exports {max(stalls):.0f} ms"
        )
        before, after = filled(window, folder / "many", asked.pictures)
        each = 1024 * (after - before) / asked.pictures
        print(
            f"memory: {before:.0f} MB, with {asked.pictures} pictures in the strip {after:.0f} MB "
            f"({each:.0f} kB a picture)"
        )
    if asked.plot:
        plot(asked.plot, drop, stroke, gaps)


if __name__ == "__main__":
    main(sys.argv[1:])
