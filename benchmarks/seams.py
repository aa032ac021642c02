"""Chroma steps across the borders of tiles against steps inside tiles, at every level of detail.

Run: python benchmarks/seams.py [--side 2048] [--levels 1 2 3] [--model NAME] [--plot FILE.png]

On made-up pictures where a seam would show first: a sky with soft clouds, a plain gradient, and
noise. A step is |da*| + |db*| between neighbouring pixels of the model's answer, before the guided
filter could hide anything. Every picture is seen twice, the second time in slightly smaller tiles,
so that the borders lie elsewhere: steps across borders are set against steps at the very same
places where they are inside a tile. Level 0 has no tiles, hence no borders.
"""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyvips

from photochrom.color.arrays import FloatImage
from photochrom.files.pulling import Watch
from photochrom.models.names import DEFAULT_MODEL
from photochrom.models.store import open_model
from photochrom.options import Options
from photochrom.tiles import levels, passes
from photochrom.tiles.answers import TileModel
from photochrom.tiles.limits import Limit
from photochrom.tiles.plan import Plan
from photochrom.tiles.refine import plan_for
from photochrom.working import Working

LIMIT = 1.05
"""Largest ratio that the project allows."""


@dataclass(frozen=True)
class Row:
    """What was measured on one picture at one level; steps in units of a*b*."""

    picture: str
    level: int
    across: float
    inside: float

    @property
    def ratio(self) -> float:
        """1 where no border shows."""
        return self.across / self.inside


def sky(side: int) -> FloatImage:
    """L* of a sky: brighter towards the horizon, with soft clouds."""
    clouds = pyvips.Image.perlin(side, side, cell_size=max(side // 4, 1), seed=1)
    fine = pyvips.Image.perlin(side, side, cell_size=max(side // 16, 1), seed=2)
    down = np.linspace(0, 1, side, dtype=np.float32)[:, None]
    return np.clip(50 + 25 * down + 12 * clouds.numpy() + 4 * fine.numpy(), 0, 100)


def gradient(side: int) -> FloatImage:
    """L* of a plain slope from dark to bright."""
    rows, columns = np.mgrid[:side, :side] / np.float32(side)
    return (20 + 60 * (0.7 * rows + 0.3 * columns)).astype(np.float32)


def noise(side: int) -> FloatImage:
    """L* of an even grey with grain."""
    grain = np.random.default_rng(0).normal(0, 8, (side, side))
    return np.clip(55 + grain, 0, 100).astype(np.float32)


PICTURES = {"sky": sky, "gradient": gradient, "noise": noise}


def in_tiles(model: TileModel, side: int) -> TileModel:
    """The same model, asked for tiles of another side."""
    other = TileModel(model.manifest, model.session)
    other.limit = Limit(1, side)
    return other


def steps(model: TileModel, lightness: FloatImage, level: int) -> tuple[FloatImage, list[int]]:
    """Mean step from each column and row of the answer to the next, and which cross a border."""
    side, manifest = lightness.shape[0], model.manifest
    sizes = levels.tiled_sizes(side, side, manifest.native_size, level)
    chroma = passes.see(Working.of(model, Options(), lightness), lightness, sizes, Watch())
    across = np.abs(np.diff(chroma, axis=2)).sum(0).mean(0)
    down = np.abs(np.diff(chroma, axis=1)).sum(0).mean(1)
    return (across + down) / 2, borders(plan_for(model, *sizes[-1]))


def borders(plan: Plan) -> list[int]:
    """Steps across the first or last column of a tile (rows are the same) inside the picture."""
    lefts = {tile.left for tile in plan.tiles()}
    edges = {edge for left in lefts for edge in (left, left + plan.side)}
    return sorted(edge - 1 for edge in edges if 0 < edge < plan.width)


def compare(model: TileModel, lightness: FloatImage, level: int) -> tuple[float, float]:
    """Mean step across borders, and mean step at the same places inside tiles."""
    largest = model.limit.side
    one, mine = steps(model, lightness, level)
    smaller = in_tiles(model, largest - model.manifest.multiple)
    two, theirs = steps(smaller, lightness, level)
    mine, theirs = sorted({*mine} - {*theirs}), sorted({*theirs} - {*mine})
    across = np.concatenate((one[mine], two[theirs]))
    inside = np.concatenate((two[mine], one[theirs]))
    return float(across.mean()), float(inside.mean())


def measure(model: TileModel, side: int, chosen: list[int]) -> list[Row]:
    """Every picture at every level."""
    return [
        Row(name, level, *compare(model, make(side), level))
        for name, make in PICTURES.items()
        for level in chosen
    ]


def report(rows: list[Row]) -> None:
    """A table, and whether every ratio is within the limit."""
    lines = [
        "| picture | detail | step across borders | inside tiles | ratio |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {row.picture} | {row.level} | {row.across:.4f} | {row.inside:.4f} | {row.ratio:.3f} |"
        for row in rows
    ]
    worst = max(row.ratio for row in rows)
    word = "within" if worst <= LIMIT else "above"
    lines.append(f"\nworst ratio {worst:.3f}, {word} {LIMIT:g}")
    sys.stdout.write("\n".join(lines) + "\n")


def plot(rows: list[Row], path: Path) -> None:
    """Ratios by level, a line a picture."""
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6, 4), layout="constrained")
    for name in PICTURES:
        mine = [(row.level, row.ratio) for row in rows if row.picture == name]
        axes.plot(*zip(*mine, strict=True), marker="o", label=name)
    axes.axhline(1, color="grey", linewidth=0.8)
    axes.axhline(LIMIT, color="black", linestyle="--", linewidth=0.8, label=f"limit {LIMIT:g}")
    axes.set(xlabel="level of detail", ylabel="step across borders / inside tiles")
    axes.set(title="Seams", xticks=sorted({row.level for row in rows}))
    axes.legend()
    figure.savefig(path, dpi=120)


def main() -> None:
    """Parse, measure, report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--side", type=int, default=2048, help="pixels of the square pictures")
    parser.add_argument("--levels", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--model", default=DEFAULT_MODEL)
    parser.add_argument("--plot", type=Path)
    arguments = parser.parse_args()
    model = TileModel(*open_model(arguments.model, "cpu"))
    rows = measure(model, arguments.side, arguments.levels)
    report(rows)
    if arguments.plot:
        plot(rows, arguments.plot)


if __name__ == "__main__":
    main()
