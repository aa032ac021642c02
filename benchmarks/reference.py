"""How well colours carry over from a reference: pairs cut from one photograph, frames of one clip.

Run: python benchmarks/reference.py [FOLDER] [CLIP ...] [--pictures 60] [--model NAME]
     [--sheet FILE.png]

Each picture is the central 224 x 224 of a colour photograph. What is coloured is its upper left
part of 168 x 168, turned grey. The reference is

- shifted: the part that lies 56 further right and down, so that 4/9 of the picture are in it;
- smaller: the lower right part of 210 x 210 at 0.8 of its size;
- mirrored: `shifted`, mirrored;
- other tones: `shifted`, with lightness to the power of 1.5 and grain of 3 in L*;
- half another: `shifted`, its right half replaced by another photograph;
- far apart: of parts of 135 x 135, the one 89 further right and down, which shares 1/9;
- unrelated: the whole of another photograph.

Of a clip, 8 frames are coloured, each with the frame N before it as reference.

Rows: the network without a reference; with it; with the truth's colour at the same places and
confidence (what better matches could reach at most there); the network's chroma moved and scaled to
the reference's means and standard deviations of a* and b* (Reinhard et al., "Color Transfer between
Images", IEEE Computer Graphics and Applications 21, 2001). PSNR: mean over pictures, 8-bit sRGB.
dE: mean CIEDE2000. Share: of the picture that was found. Worst: lowest PSNR over that without.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from hint_cases import Truth, files, read
from hints import render
from photochrom.color import lab, srgb
from photochrom.color.arrays import FloatImage, PictureArray
from photochrom.color.difference import ciede2000
from photochrom.errors import InputError
from photochrom.files import scaling
from photochrom.hints import reference
from photochrom.hints.reference import Carried, ColorPicture
from photochrom.metrics import psnr
from photochrom.models import native, predict
from photochrom.models.names import DEFAULT_MODEL
from photochrom.models.store import open_model

PART, SHIFT = 168, 56
FAR_PART, FAR_SHIFT = 135, 89
APART = (1, 10, 50)
"""Frames between a frame of a clip and its reference."""
FRAMES = 8


@dataclass(frozen=True, eq=False)
class Pair:
    """A picture whose colours are known, and a reference; uint8 sRGB, H x W x 3."""

    kind: str
    truth: PictureArray
    reference: PictureArray


class Ways:
    """Ways to colour a picture, at the model's own working size and back."""

    def __init__(self, name: str) -> None:
        self.manifest, self.session = open_model(name, "cpu")

    def answers(self, pair: Pair) -> tuple[dict[str, FloatImage], Carried]:
        """Chroma (2 x H x W) by each way, and what the reference said."""
        planes = to_planes(pair.truth)
        height, width = planes.shape[1:]
        size = native.working_size(width, height, self.manifest.native_size)
        small = scaling.fit_planes(planes, *size)
        picture = _picture(pair.reference)
        copies = reference.describe(self.manifest, self.session, picture)
        carried = reference.carry(self.manifest, self.session, small[0], copies)
        nothing = self._told(small, np.zeros_like(carried.hints))
        found = {
            "no reference": nothing,
            "reference": self._told(small, carried.hints),
            "truth there": self._told(small, _truth_at(carried.hints, small[1:])),
            "mean and deviation": _transferred(nothing, picture.planes[1:]),
        }
        return {way: scaling.fit_planes(c, width, height) for way, c in found.items()}, carried

    def _told(self, small: FloatImage, hints: FloatImage) -> FloatImage:
        return predict.predict(self.manifest, self.session, small[0], hints)


def to_planes(rgb: PictureArray) -> FloatImage:
    """uint8 sRGB as L*, a*, b*: 3 x H x W."""
    return np.moveaxis(lab.from_srgb(srgb.to_float(np.ascontiguousarray(rgb))), -1, 0)


def pairs(rgb: PictureArray, other: PictureArray, index: int) -> Iterator[Pair]:
    """A photograph's parts; `rgb` and `other` are `SIDE` square."""
    truth, shifted = rgb[:PART, :PART], rgb[SHIFT:, SHIFT:]
    large = Image.fromarray(rgb[-round(PART / 0.8) :, -round(PART / 0.8) :])
    half = shifted.copy()
    half[:, PART // 2 :] = other[:PART, PART // 2 : PART]
    yield Pair("shifted", truth, shifted)
    yield Pair("smaller", truth, np.asarray(large.resize((PART, PART), Image.Resampling.BICUBIC)))
    yield Pair("mirrored", truth, shifted[:, ::-1])
    yield Pair("other tones", truth, _other_tones(shifted, index))
    yield Pair("half another", truth, half)
    far = FAR_PART + FAR_SHIFT
    yield Pair("far apart", rgb[:FAR_PART, :FAR_PART], rgb[FAR_SHIFT:far, FAR_SHIFT:far])
    yield Pair("unrelated", truth, other)


def frames(clip: Path) -> Iterator[Pair]:
    """Frames of a clip, spread over it, each with earlier ones as reference."""
    import av

    with av.open(str(clip)) as container:
        count = sum(1 for _ in container.decode(video=0))
    wanted = {apart: np.linspace(apart, count - 1, FRAMES).astype(int) for apart in APART}
    kept = {int(at) for apart, ats in wanted.items() for at in (*ats, *(ats - apart))}
    with av.open(str(clip)) as container:
        decoded = enumerate(container.decode(video=0))
        every = {at: frame.to_ndarray(format="rgb24") for at, frame in decoded if at in kept}
    for apart, ats in wanted.items():
        kind = f"{clip.stem}, {apart} frame{'s' * (apart > 1)} before"
        for at in ats:
            yield Pair(kind, every[at], every[at - apart])


def measure(ways: Ways, cases: Iterator[Pair], rows: dict[str, list[dict[str, float]]]) -> None:
    """Add each pair's numbers to the rows of its kind."""
    for pair in cases:
        try:
            answers, carried = ways.answers(pair)
        except InputError:  # a part without colour
            continue
        truth = to_planes(pair.truth)
        scores = {"share": carried.share}
        for way, chroma in answers.items():
            planes = np.stack((truth[0], *chroma), axis=-1)
            scores[f"PSNR {way}"] = psnr(render_like(truth, chroma), pair.truth)
            scores[f"dE {way}"] = float(ciede2000(planes, np.moveaxis(truth, 0, -1)).mean())
        rows.setdefault(pair.kind, []).append(scores)


def render_like(truth: FloatImage, chroma: FloatImage) -> PictureArray:
    """The truth's light (of 3 x H x W) under some chroma: uint8 sRGB."""
    return render(Truth(np.zeros(0, np.uint8), truth[0], truth[1:]), chroma)


def report(rows: dict[str, list[dict[str, float]]]) -> None:
    """The table, as Markdown."""
    ways = ("no reference", "reference", "truth there", "mean and deviation")
    out = sys.stdout.write
    out("| PSNR / dE | share | " + " | ".join(ways) + " | worst |\n|" + "---|" * 7 + "\n")
    for kind, scores in rows.items():
        mean = {key: float(np.mean([score[key] for score in scores])) for key in scores[0]}
        cells = [f"{mean[f'PSNR {way}']:.2f} / {mean[f'dE {way}']:.1f}" for way in ways]
        worst = min(score["PSNR reference"] - score["PSNR no reference"] for score in scores)
        out(f"| {kind} | {100 * mean['share']:.0f} % | {' | '.join(cells)} | {worst:+.2f} |\n")


def sheet(ways: Ways, cases: Sequence[Pair], path: Path) -> None:
    """Reference, confident hints, the ways, truth: a row for each pair."""
    rows = []
    for pair in cases:
        answers, carried = ways.answers(pair)
        truth, (height, width) = to_planes(pair.truth), pair.truth.shape[:2]
        told = scaling.fit_planes(carried.hints, width, height)
        shown = [told[:2] * (told[2] >= reference.FOUND), *answers.values()]
        seen = Image.fromarray(pair.reference).resize((width, height))
        parts = [np.asarray(seen), *(render_like(truth, chroma) for chroma in shown), pair.truth]
        small = Image.fromarray(np.concatenate(parts, axis=1))
        factor = PART / height
        rows.append(np.asarray(small.resize((round(small.width * factor), PART))))
    widest = max(row.shape[1] for row in rows)
    filled = [np.pad(row, ((0, 0), (0, widest - row.shape[1]), (0, 0))) for row in rows]
    Image.fromarray(np.concatenate(filled)).save(path)


def _picture(rgb: PictureArray) -> ColorPicture:
    return reference.from_array(np.ascontiguousarray(rgb))


def _truth_at(hints: FloatImage, truth: FloatImage) -> FloatImage:
    """The truth's mean chroma at the same places, as sure; places are 8 pixels wide."""
    height, width = truth.shape[1:]
    rows, columns = -(-height // 8), -(-width // 8)
    padded = native.mirrored(truth, 8).reshape(2, rows, 8, columns, 8)
    large = padded.mean(axis=(2, 4)).repeat(8, axis=1).repeat(8, axis=2)
    return np.concatenate((large[:, :height, :width] * (hints[2] > 0), hints[2:]))


def _transferred(chroma: FloatImage, other: FloatImage) -> FloatImage:
    """Chroma with the means and standard deviations of another picture's."""
    own, theirs = chroma.reshape(2, -1), other.reshape(2, -1)
    scale = theirs.std(axis=1) / np.maximum(own.std(axis=1), 1e-3)
    moved = (own.T - own.mean(axis=1)) * scale + theirs.mean(axis=1)
    return moved.T.reshape(chroma.shape).astype(np.float32)


def _other_tones(rgb: PictureArray, index: int) -> PictureArray:
    planes = to_planes(rgb)
    grain = np.random.default_rng((0, index)).normal(0, 3, planes[0].shape)
    light = np.clip(100 * (planes[0] / 100) ** 1.5 + grain, 0, 100).astype(np.float32)
    return render_like(np.stack((light, *planes[1:])), planes[1:])


def cut(folder: Path | None, count: int) -> Iterator[Pair]:
    """Pairs of all pictures; the next but six is another photograph."""
    paths = files(folder, count)
    for index, path in enumerate(paths):
        other = read(paths[(index + 7) % len(paths)]).rgb
        yield from pairs(read(path).rgb, other, index)


def main() -> None:
    """Parse, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", nargs="?", type=Path, help="colour photographs")
    parser.add_argument("clips", nargs="*", type=Path, help="colour films")
    parser.add_argument("--pictures", type=int, default=60)
    parser.add_argument("--model", default=DEFAULT_MODEL)
    parser.add_argument("--sheet", type=Path, help="what became of two pictures and each clip")
    arguments = parser.parse_args()
    ways = Ways(arguments.model)
    rows: dict[str, list[dict[str, float]]] = {}
    measure(ways, cut(arguments.folder, arguments.pictures), rows)
    for clip in arguments.clips:
        measure(ways, frames(clip), rows)
    report(rows)
    if arguments.sheet:
        shown = list(cut(arguments.folder, 2))
        shown += [pair for clip in arguments.clips for pair in list(frames(clip))[:: FRAMES - 1]]
        sheet(ways, shown, arguments.sheet)


if __name__ == "__main__":
    main()
