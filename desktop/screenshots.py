"""Screenshots of the window, of photographs that scikit-image ships: make screenshots.

Run: python desktop/screenshots.py FOLDER [NAME...]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import skimage.data
from PIL import Image
from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDockWidget, QTabWidget

from photochrom_desktop.app import make_app, translate
from photochrom_desktop.desk import Desk
from photochrom_desktop.views import theme
from photochrom_desktop.views.window import Window

SIZES = {"small": (800, 600), "scaled": (1000, 700)}
SCALED = {"scaled": "2"}
PICTURES = ("camera", "astronaut", "coffee", "chelsea", "rocket")
BATCH = 500
PATIENCE = 120
"""Seconds that anything may take."""


def main(folder: Path, names: list[str]) -> None:
    """Each in a process of its own, as the scale is chosen at the start."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names or SHOTS:
        with tempfile.TemporaryDirectory() as home:
            places = {"XDG_CONFIG_HOME": home, "PHOTOCHROM_DATA": home}
            scale = {"QT_SCALE_FACTOR": SCALED.get(name, "1"), "QT_QPA_PLATFORM": "offscreen"}
            argv = [sys.executable, __file__, "--one", str(folder), name]
            subprocess.run(argv, env={**os.environ, **scale, **places}, check=True)


def shoot(folder: Path, name: str) -> None:
    """One screenshot, in this process."""
    app = make_app(["photochrom"])
    theme.take(name == "dark")
    if name == "german":
        translate(app, QLocale("de_DE"))
    with tempfile.TemporaryDirectory() as place:
        window = Window(Desk())
        window.resize(*SIZES.get(name, (1280, 820)))
        window.desk.start()
        window.show()
        SHOTS[name](window, Path(place))
        QTest.qWait(300)
        window.grab().save(str(folder / f"{name}.png"))
        window.close()


def light(window: Window, place: Path) -> None:
    """Before and after."""
    open_pictures(window, place)
    window.actions_by_name["divided"].trigger()
    settle(window)


def dark(window: Window, place: Path) -> None:
    """The brush at work."""
    open_pictures(window, place, 2)
    tabs(window).setCurrentIndex(1)
    window.actions_by_name["brush"].trigger()
    window.brushes.chosen.emit(QColor("#a8324a"))
    window.desk.paint([(0.35, 0.55), (0.45, 0.5)], 0.05, "#a8324a")
    settle(window)


def small(window: Window, place: Path) -> None:
    """A window that leaves little room."""
    open_pictures(window, place, 3)


def scaled(window: Window, place: Path) -> None:
    """Twice as many pixels."""
    open_pictures(window, place, 1)
    window.adjust.map.setChecked(True)
    settle(window)


def german(window: Window, place: Path) -> None:
    """Long words, and the form of exports."""
    open_pictures(window, place, 4)
    dock(window, "queue").raise_()


def error(window: Window, place: Path) -> None:
    """A file that is none."""
    open_pictures(window, place)
    broken = place / "album page 7.tif"
    broken.write_bytes(b"II*\0 nothing more")
    window.desk.add([broken])
    wait(window.notice.isVisible)


def batch(window: Window, place: Path) -> None:
    """Five hundred pictures on their way."""
    open_pictures(window, place, 1, BATCH)
    window.strip.view.selectAll()
    window.queue.presets.choose_folder(place)
    window.export()
    dock(window, "queue").raise_()
    wait(lambda: window.desk.exporting.queue.fraction > 6 / BATCH)


def film(window: Window, place: Path) -> None:
    """A film with shots, and a frame that was painted on."""
    path = place / "reel.mp4"
    write_film(path)
    window.desk.add([path])
    reeling = window.desk.reeling
    wait(lambda: reeling.footage is not None and reeling.is_calm)
    reeling.seek(40)
    wait(lambda: reeling.is_calm)
    window.desk.paint([(0.1, 0.1), (0.9, 0.15)], 0.05, "#5b8fc9")
    wait(lambda: reeling.is_calm)


SHOTS: dict[str, Callable[[Window, Path], None]] = {
    one.__name__: one for one in (light, dark, small, scaled, german, error, batch, film)
}


def open_pictures(window: Window, place: Path, which: int = 1, count: int = len(PICTURES)) -> None:
    """Grey photographs, and as many copies as it takes; one of them is shown."""
    paths: list[Path] = []
    for number in range(count):
        name = PICTURES[number % len(PICTURES)]
        path = place / (f"{name}.jpg" if number < len(PICTURES) else f"scan-{number:03d}.jpg")
        if number < len(PICTURES):
            Image.fromarray(getattr(skimage.data, name)()).convert("L").save(path, quality=95)
        else:
            os.link(paths[number % len(PICTURES)], path)
        paths.append(path)
    window.desk.add(paths)
    window.desk.show(paths[which])
    settle(window)


def write_film(path: Path) -> None:
    """Slow pans over three photographs."""
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"crf": "20"})
        stream.width, stream.height, stream.pix_fmt = 480, 360, "yuv420p"
        for name in ("astronaut", "rocket", "chelsea"):
            grey = Image.fromarray(getattr(skimage.data, name)()).convert("L").resize((560, 420))
            for step in range(25):
                part = np.asarray(grey.crop((step, step // 2, 480 + step, 360 + step // 2)))
                frame = av.VideoFrame.from_ndarray(part, format="gray").reformat(format="yuv420p")
                container.mux(stream.encode(frame))
        container.mux(stream.encode())


def tabs(window: Window) -> QTabWidget:
    """Adjust and brush."""
    found = dock(window, "panels").widget()
    assert isinstance(found, QTabWidget)
    return found


def dock(window: Window, name: str) -> QDockWidget:
    """One of the window's parts."""
    found = window.findChild(QDockWidget, name, Qt.FindChildOption.FindChildrenRecursively)
    assert isinstance(found, QDockWidget)
    return found


def settle(window: Window) -> None:
    """Until all of the picture is there."""
    viewing, layers = window.desk.viewing, window.canvas.layers
    wait(lambda: bool(layers.sizes) and viewing.is_calm)


def wait(over: Callable[[], bool]) -> None:
    """Until something is so; a little longer, for what follows from it."""
    end = time.monotonic() + PATIENCE
    while not over():
        if time.monotonic() > end:
            raise TimeoutError("the window did not get there")
        QTest.qWait(50)
    QTest.qWait(500)


if __name__ == "__main__":
    if sys.argv[1] == "--one":
        shoot(Path(sys.argv[2]), sys.argv[3])
    else:
        main(Path(sys.argv[1]), sys.argv[2:])
