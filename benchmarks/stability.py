"""How still a film's colour holds, by several ways, against the truth of colour films turned grey.

Run: python benchmarks/stability.py [FILM...] [--frames 72] [--json FILE] [--plot FILE]

Without films: photographs that ship with scikit-image, under a moving camera, with flicker and
grain. Measured for every way:

- warped error: mean |a*b* difference| between a frame and the one before carried along DIS flow,
  weighted by how far light agrees there; flow is found on the grey frames at full working size;
- CDC as NTIRE 2023 has it: Jensen-Shannon divergence (natural logarithm) of 256-bin histograms of
  B, G and R of frames 1, 2 and 4 apart, times 1000;
- colourfulness (Hasler and Suesstrunk, signed) and PSNR against the truth, 8-bit sRGB, at working
  size; milliseconds a frame, flow included.

The truth's own values are the target, not 0: grey is not stability. "Excess" is warped error above
the truth's own, over the same of the network alone. "At our colours": the warped error of a way
whose chroma is multiplied until its colourfulness is that of photochrom's (every 3rd).
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from photochrom import metrics
from photochrom.color.arrays import FloatImage
from photochrom.hints.variants import render
from photochrom.models import predict
from photochrom.models.names import DEFAULT_MODEL
from photochrom.models.store import open_model
from photochrom.restoration import opencv
from photochrom.video.painting import enlarged
from photochrom.video.steady import EVERY, Ask
from stability_clips import Sequence as Clip
from stability_clips import from_film, made
from stability_ways import WAYS

OURS = {2: "two-sided, every 2nd", 3: "two-sided, every 3rd"}.get(EVERY, "two-sided only")
APART = (1, 2, 4)
LIGHT = 6.0


@dataclass(frozen=True)
class Row:
    """What was measured of one way on one clip."""

    clip: str
    way: str
    warped: float
    cdc: float
    colors: float
    psnr: float | None
    milliseconds: float
    at_our_colors: float | None = None


def measured(clip: Clip, way: str, chroma: Sequence[FloatImage], seconds: float) -> Row:
    pictures = [render(*pair) for pair in zip(clip.lightness, chroma, strict=True)]
    psnr = None
    if clip.truth is not None and way != "truth":
        truths = [render(*pair) for pair in zip(clip.lightness, clip.truth, strict=True)]
        psnr = float(np.mean([metrics.psnr(*pair) for pair in zip(pictures, truths, strict=True)]))
    return Row(
        clip=clip.name,
        way=way,
        warped=warped(clip.lightness, chroma),
        cdc=1000 * cdc(pictures),
        colors=float(np.mean([metrics.colorfulness(picture) for picture in pictures])),
        psnr=psnr,
        milliseconds=1000 * seconds / len(chroma),
    )


def warped(frames: Sequence[FloatImage], chroma: Sequence[FloatImage]) -> float:
    """Mean |a*b* difference| along flow."""
    cv2 = opencv.cv2()
    search = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    rows, columns = np.mgrid[: frames[0].shape[0], : frames[0].shape[1]].astype(np.float32)
    total = weight = 0.0
    for before, frame, old, new in zip(frames, frames[1:], chroma, chroma[1:], strict=False):
        codes = [np.clip(one * 2.55, 0, 255).astype(np.uint8) for one in (frame, before)]
        shift: Any = search.calc(codes[0], codes[1], None)
        place = (columns + shift[..., 0], rows + shift[..., 1])
        moved = [cv2.remap(one, *place, cv2.INTER_LINEAR) for one in (before, *old)]
        agree = np.exp(-(((moved[0] - frame) / LIGHT) ** 2) / 2)
        total += float((agree * np.abs(new - np.stack(moved[1:])).mean(0)).sum())
        weight += float(agree.sum())
    return total / weight


def cdc(pictures: Sequence[Any]) -> float:
    shares = np.array([[np.bincount(one[..., band].ravel(), minlength=256) / one[..., 0].size
                        for band in range(3)] for one in pictures])  # fmt: skip
    return float(np.mean([_divergence(shares[:-d], shares[d:]).mean() for d in APART]))


def _divergence(first: Any, second: Any) -> Any:
    middle = (first + second) / 2

    def relative(one: Any) -> Any:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(one > 0, one * np.log(one / middle), 0).sum(-1)

    return (relative(first) + relative(second)) / 2


def run(clip: Clip, ask: Ask) -> list[Row]:
    rows = [] if clip.truth is None else [measured(clip, "truth", clip.truth, 0)]
    found: dict[str, list[FloatImage]] = {}
    for name, way in WAYS.items():
        began = time.perf_counter()
        small = way(ask, clip.lightness)
        seconds = time.perf_counter() - began
        found[name] = [enlarged(one, clip.lightness[0].shape) for one in small]
        rows.append(measured(clip, name, found[name], seconds))
        print(f"{clip.name:>20}  {name}", file=sys.stderr)
    ours = next(row.colors for row in rows if row.way == OURS)
    return [
        row if row.way == "truth" else equalled(clip, row, found[row.way], ours) for row in rows
    ]


def equalled(clip: Clip, row: Row, chroma: Sequence[FloatImage], colors: float) -> Row:
    """With the warped error that it has once it is as colourful as another."""
    factor = 1.0
    for _ in range(4):  # colourfulness grows a little less than chroma, for want of gamut
        scaled = [one * np.float32(factor) for one in chroma]
        pictures = [render(*pair) for pair in zip(clip.lightness, scaled, strict=True)]
        factor *= colors / float(np.mean([metrics.colorfulness(one) for one in pictures]))
    scaled = [one * np.float32(factor) for one in chroma]
    return Row(**{**asdict(row), "at_our_colors": warped(clip.lightness, scaled)})


def table(rows: Sequence[Row]) -> str:
    clips = dict.fromkeys(row.clip for row in rows)
    return "\n\n".join(_table([row for row in rows if row.clip == clip]) for clip in clips)


def _table(rows: Sequence[Row]) -> str:
    own = {row.way: row for row in rows}
    truth, alone = own.get("truth"), own["per frame"]
    floor = truth.warped if truth else 0.0
    lines = [
        f"{rows[0].clip}\n",
        "| way | warped error | excess | at our colours | CDC | colourfulness | PSNR | ms |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        excess = (row.warped - floor) / (alone.warped - floor)
        share = f" ({100 * row.colors / alone.colors:.0f} %)" if row.way != "truth" else ""
        cells = (
            f"{row.warped:.3f}",
            "-" if row.way == "truth" else f"{100 * excess:.0f} %",
            "-" if row.at_our_colors is None else f"{row.at_our_colors:.3f}",
            f"{row.cdc:.3f}",
            f"{row.colors:.1f}{share}",
            "-" if row.psnr is None else f"{row.psnr:.2f}",
            "-" if row.way == "truth" else f"{row.milliseconds:.0f}",
        )
        lines.append(f"| {row.way} | {' | '.join(cells)} |")
    return "\n".join(lines)


def plot(rows: Sequence[Row], path: Path) -> None:
    from matplotlib import pyplot

    clips = list(dict.fromkeys(row.clip for row in rows))
    figure, axes = pyplot.subplots(
        1, len(clips), figsize=(4.2 * len(clips), 4.2), squeeze=False, layout="constrained"
    )
    ways = [row.way for row in rows if row.clip == clips[0]]
    colors = dict(zip(WAYS, pyplot.get_cmap("tab20").colors, strict=False))  # type: ignore[attr-defined]
    for axis, clip in zip(axes[0], clips, strict=True):
        for row in (row for row in rows if row.clip == clip):
            if row.way == "truth":
                axis.axvline(row.warped, color="grey", linestyle=":", label="truth's own")
                continue
            mark = "*" if row.way == OURS else "o"
            size = 220 if row.way == OURS else 60
            axis.scatter(
                row.warped, row.colors, size, marker=mark, color=colors[row.way], label=row.way
            )
        axis.set_title(clip)
        axis.set_xlabel("warped error (less is stiller)")
    axes[0][0].set_ylabel("colourfulness")
    handles, labels = axes[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=min(5, len(ways)), fontsize=8)
    figure.savefig(path, dpi=110)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("films", nargs="*", type=Path)
    parser.add_argument("--frames", type=int, default=72)
    parser.add_argument("--model", default=DEFAULT_MODEL)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--plot", type=Path)
    given = parser.parse_args()
    manifest, session = open_model(given.model, "cpu", spinning=False)

    def ask(lightness: FloatImage, hints: FloatImage) -> FloatImage:
        return predict.predict(manifest, session, lightness, hints)

    films = [from_film(film, given.frames) for film in given.films] or made(given.frames)
    rows = [row for clip in films for row in run(clip, ask)]
    print(table(rows))
    if given.json:
        given.json.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n")
    if given.plot:
        plot(rows, given.plot)


if __name__ == "__main__":
    main()
