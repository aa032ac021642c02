"""Ways of finding shots, on films whose shots are known.

Run: python benchmarks/shots.py [FOLDER] [--films 3] [--shots 10] [--seed 0] [--trouble NAME ...]
     [--plot FILE.png]

Films are moving crops of scikit-image's photographs, or of those in FOLDER, in grey, with all that
makes shots hard to find (`shot_films.py`). A cut is found by a start at most one frame away, a fade
or dissolve by one inside it; each boundary is found by one start, and all other starts are false.
Printed are precision, recall and F1 of all films, F1 for each trouble, and milliseconds a frame.
Ways:

- photochrom: `photochrom.video.shots`, with frames 96 wide;
- AdaptiveDetector, ContentDetector: PySceneDetect's with their own settings, where it is installed
  (pip install scenedetect-headless), with frames 256 wide, as it takes them;
- AdaptiveDetector, tuned: on brightness alone, with a smallest shot of one frame and half the
  threshold of content, as hue and saturation, which grey film lacks, lower it by two thirds;
- thumbnails: mean difference of thumbnails without their brightness, above 6 L* and three times the
  median around it (EpochColor's rule);
- histograms: intersection of histograms of 32 bins less than 0.6, at most once in 5 frames.
"""

import argparse
import importlib
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import matplotlib as mpl
import numpy as np

from photochrom.color import lab, srgb
from photochrom.video.shots.finding import ShotFinder
from photochrom.video.shots.unlikeness import HEIGHT, WIDTH
from shot_films import TROUBLES, Boundary, Film, Frame, make, read

Way = Callable[[Sequence[Frame]], list[int]]


@dataclass
class Score:
    """How well boundaries were found, of one trouble or of all."""

    hits: int = 0
    false: int = 0
    missed: int = 0

    def add(self, other: "Score") -> None:
        """Count another film too."""
        self.hits += other.hits
        self.false += other.false
        self.missed += other.missed

    @property
    def precision(self) -> float:
        """Share of the starts that are right; 1 if there are none."""
        return self.hits / max(self.hits + self.false, 1) if self.hits + self.false else 1.0

    @property
    def recall(self) -> float:
        """Share of the boundaries that were found; 1 if there are none."""
        return self.hits / (self.hits + self.missed) if self.hits + self.missed else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of both."""
        return 2 * self.hits / max(2 * self.hits + self.false + self.missed, 1)


@dataclass
class Row:
    """What one way did."""

    troubles: dict[str, Score] = field(default_factory=dict)
    seconds: float = 0.0
    frames: int = 0

    @property
    def total(self) -> Score:
        """Of all troubles."""
        total = Score()
        for score in self.troubles.values():
            total.add(score)
        return total


def matched(boundaries: Sequence[Boundary], starts: Sequence[int]) -> Score:
    """Each boundary with at most one start, and each start with at most one boundary."""
    left, hits = sorted(starts), 0
    for one in boundaries:
        reach = 1 if one.kind == "cut" else 0
        near = [start for start in left if one.first - reach <= start <= one.last + reach]
        if near:
            # The nearest: neighbours may have a start each, one frame apart.
            left.remove(min(near, key=lambda start: abs(2 * start - one.first - one.last)))
            hits += 1
    return Score(hits, len(left), len(boundaries) - hits)


def small(frame: Frame, width: int, height: int) -> Any:
    """A frame shrunk by means of areas."""
    return cv2.resize(frame, (width, height), interpolation=cv2.INTER_AREA)


def ours(frames: Sequence[Frame]) -> list[int]:
    """What photochrom does."""
    finder = ShotFinder()
    for frame in frames:
        finder.add(small(frame, WIDTH, HEIGHT))
    return [start.index for start in finder.starts()[1:]]


def thumbnails(frames: Sequence[Frame]) -> list[int]:
    """Differences of brightness-free thumbnails against a threshold and the median around."""
    lightness = lab.from_srgb(
        srgb.to_float(np.repeat(np.arange(256, dtype=np.uint8), 3).reshape(-1, 1, 3))
    )[:, 0, 0]
    seen = [lightness[small(frame, 32, 18)] for frame in frames]
    even = [thumbnail - thumbnail.mean() for thumbnail in seen]
    change = np.array([0.0] + [np.abs(b - a).mean() for a, b in pairwise(even)])
    median = [np.median(change[max(0, t - 12) : t + 13]) for t in range(len(change))]
    return np.flatnonzero((change > 6) & (change > 3 * np.array(median))).tolist()


def histograms(frames: Sequence[Frame]) -> list[int]:
    """Intersection of neighbours' histograms."""
    bins = [np.bincount(frame.ravel() >> 3, minlength=32) / frame.size for frame in frames]
    found: list[int] = []
    for t in range(1, len(bins)):
        if np.minimum(bins[t - 1], bins[t]).sum() < 0.6 and t - (found or [-5])[-1] >= 5:
            found.append(t)
    return found


def scenedetect(name: str, **settings: Any) -> Way:
    """One of PySceneDetect's detectors, given grey frames in three channels."""
    common = importlib.import_module("scenedetect.common")
    detectors = importlib.import_module("scenedetect.detectors")

    def detect(frames: Sequence[Frame]) -> list[int]:
        detector = getattr(detectors, name)(**settings)
        found: list[Any] = []
        for number, frame in enumerate(frames):
            timecode = common.FrameTimecode(number, Fraction(25))
            found += detector.process_frame(timecode, cv2.cvtColor(frame, cv2.COLOR_GRAY2BGR))
        found += detector.post_process(common.FrameTimecode(len(frames), Fraction(25)))
        return [timecode.frame_num for timecode in found]

    return detect


def ways() -> dict[str, Way]:
    """All ways by name; without PySceneDetect's where it is missing."""
    found: dict[str, Way] = {"photochrom": ours}
    try:
        found["AdaptiveDetector"] = scenedetect("AdaptiveDetector")
        luminance = {"luma_only": True, "min_scene_len": 1, "min_content_val": 7.5}
        found["AdaptiveDetector, tuned"] = scenedetect("AdaptiveDetector", **luminance)
        found["ContentDetector"] = scenedetect("ContentDetector")
        found["ContentDetector, tuned"] = scenedetect(
            "ContentDetector", luma_only=True, min_scene_len=1
        )
    except ImportError:
        sys.stderr.write("PySceneDetect is not installed: its rows are left out\n")
    return {**found, "thumbnails": thumbnails, "histograms": histograms}


def films(arguments: argparse.Namespace) -> Iterator[tuple[str, Film]]:
    """All films with the names of their troubles."""
    photos = read(arguments.folder, 300)
    for number, (name, trouble) in enumerate(TROUBLES.items()):
        for film in range(arguments.films if name in arguments.trouble else 0):
            seed = arguments.seed + 1000 * number + film
            yield name, make(photos, trouble, arguments.shots, seed)


def measure(arguments: argparse.Namespace) -> dict[str, Row]:
    """Every way on every film."""
    compared = ways()
    rows = {name: Row() for name in compared}
    for trouble, film in films(arguments):
        for name, way in compared.items():
            begun = time.perf_counter()
            starts = way(film.frames)
            rows[name].seconds += time.perf_counter() - begun
            rows[name].frames += len(film.frames)
            rows[name].troubles.setdefault(trouble, Score()).add(matched(film.boundaries, starts))
    return rows


def report(rows: dict[str, Row]) -> str:
    """Both tables."""
    lines = ["| way | precision | recall | F1 | ms a frame |", "|---|---|---|---|---|"]
    for name, row in rows.items():
        total, each = row.total, 1000 * row.seconds / row.frames
        figures = f"{total.precision:.3f} | {total.recall:.3f} | {total.f1:.3f} | {each:.2f}"
        lines.append(f"| {name} | {figures} |")
    lines += ["", f"| F1 | {' | '.join(rows)} |", "|---" * (len(rows) + 1) + "|"]
    for trouble in next(iter(rows.values())).troubles:
        figures = " | ".join(f"{row.troubles[trouble].f1:.2f}" for row in rows.values())
        lines.append(f"| {trouble} | {figures} |")
    return "\n".join(lines) + "\n"


def plot(rows: dict[str, Row], path: Path) -> None:
    """F1 for each trouble and way as a table of colours."""
    mpl.use("agg")
    plt = importlib.import_module("matplotlib.pyplot")
    troubles = list(next(iter(rows.values())).troubles)
    values = np.array([[row.troubles[name].f1 for row in rows.values()] for name in troubles])
    figure, axes = plt.subplots(figsize=(1.5 + 1.1 * len(rows), 1.6 + 0.33 * len(troubles)))
    axes.imshow(values, cmap="RdYlGn", vmin=0, vmax=1, aspect="auto")
    for place, value in np.ndenumerate(values):
        axes.text(place[1], place[0], f"{value:.2f}", ha="center", va="center")
    axes.set_xticks(range(len(rows)), list(rows), rotation=30, ha="right")
    axes.set_yticks(range(len(troubles)), troubles)
    axes.set_title("F1 of shots found")
    figure.tight_layout()
    figure.savefig(path, dpi=100)
    plt.close(figure)


def main() -> None:
    """Parse, measure and print."""
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n", maxsplit=1)[0])
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--films", type=int, default=3, help="films with each trouble")
    parser.add_argument("--shots", type=int, default=10, help="shots of a film")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--trouble", nargs="+", choices=TROUBLES, default=list(TROUBLES))
    parser.add_argument("--plot", type=Path)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    rows = measure(arguments)
    sys.stdout.write(report(rows))
    if arguments.plot:
        plot(rows, arguments.plot)


if __name__ == "__main__":
    main()
