"""`photochrom video` beside a plain PyAV transcode of the same clip with the same encoder.

Run: python benchmarks/film_speed.py [--sizes 1080 720 480] [--frames 250] [--grain 1]
     [--runs 3] [--plot FILE]

The clip: photographs that ship with scikit-image, grey, under a moving camera, one shot each 125
frames, with more or less grain: the more, the longer the encoder takes, which is in both. Both
ways read the same file and write x264, crf 18, preset medium; ours looks through the film first,
makes pieces and joins them, all counted. Pairs are run in turn, and the median of their ratios is
printed. `--plot` shows the seconds that each stage was busy; stages run side by side, so they add
up to more than the time that went by.
"""

import argparse
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from skimage import data

from photochrom.models import predict
from photochrom.models.names import DEFAULT_MODEL
from photochrom.video import coloring, film, flow, opening
from photochrom.video.colorizer import FilmColorizer
from photochrom.video.container import joining, pieces

PHOTOGRAPHS = ("astronaut", "coffee", "chelsea", "rocket")
SHOT = 125
STAGES = {
    "looking through": (opening, "survey"),
    "decode": (film.Film, "_read"),
    "network": (predict, "predict"),
    "flow": (flow, "between"),
    "chroma": (coloring.Colorist, "_paint"),
    "encode": (pieces.Piece, "write"),
    "join": (joining, "join"),
}


def width_of(height: int) -> int:
    return height * 16 // 9 // 2 * 2


def frames(height: int, count: int, grain: float) -> Iterator[av.VideoFrame]:
    width = width_of(height)
    noise = np.random.default_rng(0).normal(0, grain, (8, height, width))
    for number in range(count):
        photograph = cv2.cvtColor(getattr(data, PHOTOGRAPHS[number // SHOT % 4])(), 7)
        zoom = 0.45 * min(photograph.shape) / height * (1 + 0.001 * (number % SHOT))
        grid = np.array([[zoom, 0, 20 + 0.4 * (number % SHOT)], [0, zoom, 40]], np.float64)
        flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
        crop: Any = cv2.warpAffine(
            photograph, grid, (width, height), None, flags, cv2.BORDER_REFLECT
        )
        luma = np.clip(16 + crop * 219 / 255 + noise[number % 8], 16, 235).astype(np.uint8)
        chroma = np.full((height // 2, width), 128, np.uint8)
        frame = av.VideoFrame.from_ndarray(np.concatenate((luma, chroma)), "yuv420p")
        frame.pts, frame.time_base = number, Fraction(1, 25)
        yield frame


def make(path: Path, height: int, count: int, grain: float) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"crf": "16", "preset": "fast"})
        stream.width, stream.height = width_of(height), height
        for frame in frames(height, count, grain):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def plain(source: Path, target: Path) -> float:
    """Seconds of a transcode."""
    began = time.perf_counter()
    with av.open(str(source)) as read, av.open(str(target), "w") as container:
        old = read.streams.video[0]
        old.thread_type = "AUTO"
        options = {"crf": "18", "preset": "medium"}
        stream = container.add_stream("libx264", rate=25, options=options)
        stream.width, stream.height = old.width, old.height
        for frame in read.decode(old):
            frame.pict_type = av.video.frame.PictureType.NONE
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return time.perf_counter() - began


def ours(colorizer: FilmColorizer, source: Path, target: Path) -> float:
    """Seconds of a colouring."""
    began = time.perf_counter()
    colorizer.colorize_file(source, target, overwrite=True)
    return time.perf_counter() - began


def watched(colorizer: FilmColorizer, source: Path, target: Path) -> dict[str, float]:
    """Seconds that each stage was busy."""
    busy: dict[str, float] = defaultdict(float)
    kept = {name: getattr(*at) for name, at in STAGES.items()}
    for name, (owner, method) in STAGES.items():
        wrap = _steps if name == "decode" else _timed
        setattr(owner, method, wrap(kept[name], busy, name))
    try:
        busy["all"] = ours(colorizer, source, target)
    finally:
        for name, (owner, method) in STAGES.items():
            setattr(owner, method, kept[name])
    return busy


def _timed(inner: Any, busy: dict[str, float], name: str) -> Any:
    def timed(*args: Any, **options: Any) -> Any:
        began = time.perf_counter()
        try:
            return inner(*args, **options)
        finally:
            busy[name] += time.perf_counter() - began

    return timed


def _steps(inner: Any, busy: dict[str, float], name: str) -> Any:
    def timed(*args: Any) -> Iterator[Any]:
        items = inner(*args)
        while True:
            began = time.perf_counter()
            item = next(items, None)
            busy[name] += time.perf_counter() - began
            if item is None:
                return
            yield item

    return timed


def plot(profiles: dict[int, dict[str, float]], count: int, path: Path) -> None:
    from matplotlib import pyplot

    figure, axis = pyplot.subplots(figsize=(8, 3.2), layout="constrained")
    left = np.zeros(len(profiles))
    names = [f"{height}p" for height in profiles]
    for stage in STAGES:
        spent = np.array([1000 * busy[stage] / count for busy in profiles.values()])
        axis.barh(names, spent, left=left, label=stage)
        left += spent
    axis.set_xlabel("milliseconds a frame that a stage was busy (they run side by side)")
    figure.legend(ncols=7, fontsize=8, loc="outside upper center")
    figure.savefig(path, dpi=110)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[1080, 720, 480])
    parser.add_argument("--frames", type=int, default=250)
    parser.add_argument("--grain", type=float, default=1.0, help="standard deviation, in codes")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--model", default=DEFAULT_MODEL)
    parser.add_argument("--plot", type=Path)
    given = parser.parse_args()
    colorizer, profiles = FilmColorizer(given.model, "cpu"), {}
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.mkv"), Path(folder, "out.mkv")
        for height in given.sizes:
            make(source, height, given.frames, given.grain)
            pairs = [
                (plain(source, target), ours(colorizer, source, target)) for _ in range(given.runs)
            ]
            ratio = statistics.median(first / second for first, second in pairs)
            rates = [given.frames / statistics.median(one) for one in zip(*pairs, strict=True)]
            print(
                f"{height}p: transcode {rates[0]:.1f} frames/s, ours {rates[1]:.1f}, "
                f"ratio {ratio:.2f} (level at 1080p: at least 0.5)",
                flush=True,
            )
            profiles[height] = watched(colorizer, source, target)
            busy = profiles[height]
            print("  ms a frame: " + ", ".join(
                f"{name} {1000 * busy[name] / given.frames:.1f}" for name in (*STAGES, "all")
            ))  # fmt: skip
    if given.plot:
        plot(profiles, given.frames, given.plot)


if __name__ == "__main__":
    main()
