"""How far a corrected frame of a film helps those around it.

Run: python benchmarks/corrections.py FILM... [--frames 73]

The frame in the middle gets its true colours. PSNR (dB, 8-bit sRGB at working size) against the
truth, by distance from it, mean of both sides: automatic, told to the network as hints, carried
along flow and mixed in, and both as photochrom does it. FILM is a colour film; one shot is read.
"""

import argparse
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from photochrom import metrics
from photochrom.color.arrays import FloatImage
from photochrom.hints.variants import render
from photochrom.models import predict
from photochrom.models.names import DEFAULT_MODEL
from photochrom.models.store import open_model
from photochrom.video import flow
from photochrom.video.carry import Carrier, Correction, kept
from photochrom.video.painting import enlarged
from photochrom.video.repair import TRUST
from photochrom.video.steady import Ask, Steadier
from stability_clips import Sequence as Clip
from stability_clips import from_film

APART = (0, 1, 5, 10, 20, 36)
WAYS = {
    "automatic": (0.0, False),
    "told to the network (confidence 0.5)": (0.5, False),
    "carried along flow and mixed in": (0.0, True),
    "both": (TRUST, True),
}
"""Confidence of hints, and whether what is carried is mixed in."""


def carried(clip: Clip, ask: Ask) -> list[FloatImage]:
    """What is known of every frame from the one in the middle."""
    assert clip.truth is not None
    first, middle = clip.lightness[0], len(clip.lightness) // 2
    size = ask(first, np.zeros((3, *first.shape), np.float32)).shape[1:]
    small = np.stack([kept(flow.shrunk(light, *size)) for light in clip.lightness])
    truth = [flow.shrunk(plane, *size) for plane in clip.truth[middle]]
    planes = np.stack([*truth, np.ones(size, np.float32)])
    return Carrier(small, [Correction(middle, planes)]).carried(0, len(small))


def colored(
    clip: Clip, ask: Ask, known: Sequence[FloatImage], trust: float, mixed: bool
) -> list[FloatImage]:
    steadier, done = Steadier(ask), []
    for light, planes in zip(clip.lightness, known, strict=True):
        hints = enlarged(planes, light.shape)
        hints[2] *= trust
        done += steadier.push(light, hints)
    done += steadier.finish()
    if not mixed:
        return done
    return [ab + one[2] * (one[:2] - ab) for ab, one in zip(done, known, strict=True)]


def scores(clip: Clip, chroma: Sequence[FloatImage]) -> list[float]:
    assert clip.truth is not None
    full = [enlarged(ab, clip.lightness[0].shape) for ab in chroma]
    psnr = [
        metrics.psnr(render(light, ab), render(light, truth))
        for light, ab, truth in zip(clip.lightness, full, clip.truth, strict=True)
    ]
    middle = len(psnr) // 2
    near = [(psnr[middle - far] + psnr[middle + far]) / 2 for far in APART if far <= middle]
    return [*near, float(np.mean(psnr))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("films", nargs="+", type=Path)
    parser.add_argument("--frames", type=int, default=73)
    parser.add_argument("--model", default=DEFAULT_MODEL)
    given = parser.parse_args()
    ask = partial(predict.predict, *open_model(given.model, "cpu"))
    print(f"{'frames away':38}{''.join(f'{far:8}' for far in APART)}     all")
    for path in given.films:
        clip = from_film(path, given.frames)
        known = carried(clip, ask)
        print(path.stem)
        for way, (trust, mixed) in WAYS.items():
            psnr = scores(clip, colored(clip, ask, known, trust, mixed))
            print(f"  {way:36}{''.join(f'{one:8.1f}' for one in psnr)}")


if __name__ == "__main__":
    main()
