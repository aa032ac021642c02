"""How well a previous frame's colours are carried through a model.

A film's next frame is coloured with the one before it as a hint everywhere, confidence 1. Here that
frame is made from each picture: in its true colours, in other colours (every hue turned by `TURN`,
so that only the hint can tell), and as either of them, 2 pixels away. It is a real picture: turned
colours are brought into the gamut and rounded to 8 bits before they become a hint.

What is measured on the rendered 224 x 224 picture:

- *carried chroma*: mean C*ab of the output over mean C*ab of the hinted colours; both means over
  all pixels of all pictures. Above 1, colours grow from frame to frame; below 1, they fade.
- *difference*: mean ΔE2000 from the hinted colour, where the luminance under it agrees with the
  luminance at the pixel within `AGREES`. Unshifted, that is everywhere.

The hinted colour is the previous frame's chroma under the picture's own light. A model of output
stride 2 can't be finer than that, so both numbers stand beside their *floor*: those of the hint
itself, averaged over stride x stride pixels and enlarged bilinearly.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from photochrom.color import srgb
from photochrom.color.arrays import FloatImage
from photochrom.color.difference import ciede2000
from photochrom_trainer.data.layouts import list_pictures
from photochrom_trainer.data.pictures import split
from photochrom_trainer.evaluation import intervals
from photochrom_trainer.evaluation.intervals import Draws, Interval, interval
from photochrom_trainer.evaluation.measure import ProgressCallback, colored, read_batches
from photochrom_trainer.evaluation.predictors import Model
from photochrom_trainer.evaluation.protocol import SEED, Truth, predict
from photochrom_trainer.evaluation.scores import to_lab
from photochrom_trainer.evaluation.tables import number, table

TURN = 120.0
"""Degrees by which hues are turned in the model's own space."""
AGREES = 0.02
"""Largest difference of L*/100 at which a shifted frame still shows the same thing."""
CASES = (
    ("true colours", False, 0),
    ("turned hues", True, 0),
    ("true colours, 2 pixels away", False, 2),
    ("turned hues, 2 pixels away", True, 2),
)
"""Name, whether hues are turned, and shift down and to the right in pixels."""


@dataclass(frozen=True)
class Carried:
    """What is left of one kind of previous frame."""

    case: str
    """Name in `CASES`."""
    chroma: Interval
    """Mean C*ab of the output over that of the hinted colours."""
    delta_e: Interval
    """CIEDE2000 from the hinted colours where luminance agrees."""
    chroma_floor: float
    """`chroma` of the hint itself at the model's output size."""
    delta_e_floor: float
    """`delta_e` of the hint itself at the model's output size."""


@dataclass(frozen=True)
class _Frame:
    """A previous frame and the picture that it is to colour."""

    truth: Truth
    hints: FloatImage
    agrees: NDArray[np.bool_]
    """224 x 224: where the frame's luminance is the picture's."""


def previous_frame(
    model: Model,
    folder: Path,
    paths: Sequence[Path] | None = None,
    progress: ProgressCallback | None = None,
) -> tuple[Carried, ...]:
    """Measure what a model makes of each of `CASES`; arguments as `measure.evaluate` has them.

    Raises:
        InputError: if the folder holds no picture, or one that can't be read.
    """
    chosen = list_pictures(folder) if paths is None else list(paths)
    sums: list[list[list[float]]] = [[] for _ in CASES]
    for start, truths in read_batches(model, chosen):
        for place, (_, turned, shift) in enumerate(CASES):
            frames = [_frame(model, truth, turned, shift) for truth in truths]
            answers = predict(model, truths, [frame.hints for frame in frames])
            sums[place] += [
                _sums(model, frame, answer) for frame, answer in zip(frames, answers, strict=True)
            ]
        if progress:
            progress(start + len(truths), len(chosen))
    draws = intervals.draw(len(chosen), SEED)
    return tuple(
        _carried(name, np.array(found), draws)
        for (name, _, _), found in zip(CASES, sums, strict=True)
    )


def _frame(model: Model, truth: Truth, turned: bool, shift: int) -> _Frame:
    chroma = _turned(truth.chroma) if turned else truth.chroma
    picture = colored(model, truth, chroma)
    luminance, chroma = split(srgb.to_float(picture), model.scale, model.color_space)
    luminance, chroma = (_moved(plane, shift) for plane in (luminance, chroma))
    hints = np.concatenate((chroma, np.ones((1, *luminance.shape), np.float32)))
    return _Frame(truth, hints, np.abs(luminance - truth.luminance) <= AGREES)


def _turned(chroma: FloatImage) -> FloatImage:
    """Chroma (2 x H x W) with every hue turned by `TURN`."""
    sine, cosine = np.sin(np.deg2rad(TURN)), np.cos(np.deg2rad(TURN))
    a, b = chroma
    return np.stack((cosine * a - sine * b, sine * a + cosine * b)).astype(np.float32)


def _moved(plane: FloatImage, shift: int) -> FloatImage:
    """Moved down and to the right by `shift` pixels; the border is mirrored."""
    margins = [(0, 0)] * (plane.ndim - 2) + [(shift, 0), (shift, 0)]
    height, width = plane.shape[-2:]
    return np.pad(plane, margins, mode="symmetric")[..., :height, :width]


def _sums(model: Model, frame: _Frame, answer: FloatImage) -> list[float]:
    """Of one picture: chroma of hint, output and floor; differences of both; agreeing pixels."""
    stride = frame.hints.shape[1] // answer.shape[1]
    floor = _shrunk(frame.hints[:2], stride)
    hinted, *others = (
        to_lab(colored(model, frame.truth, chroma)) for chroma in (frame.hints[:2], answer, floor)
    )
    chroma = [float(np.hypot(lab[..., 1], lab[..., 2]).sum()) for lab in (hinted, *others)]
    differences = [float(ciede2000(lab, hinted)[frame.agrees].sum()) for lab in others]
    return [*chroma, *differences, float(frame.agrees.sum())]


def _shrunk(chroma: FloatImage, stride: int) -> FloatImage:
    """Averaged over squares of `stride` x `stride` pixels."""
    channels, height, width = chroma.shape
    cells = chroma.reshape(channels, height // stride, stride, width // stride, stride)
    return cells.mean((2, 4))


def _carried(case: str, sums: FloatImage, draws: Draws) -> Carried:
    """Ratios of sums over pictures, for each draw."""
    hinted, output, floor, difference, floor_difference, pixels = (
        intervals.means(column, draws) for column in sums.T
    )
    with np.errstate(invalid="ignore", divide="ignore"):  # pictures without any chroma
        return Carried(
            case,
            interval(output / hinted),
            interval(difference / pixels),
            float((floor / hinted)[0]),
            float((floor_difference / pixels)[0]),
        )


def to_markdown(carried: Sequence[Carried]) -> str:
    """The section of an evaluation's tables."""
    head = ["previous frame", "carried chroma (%)", "its floor", "ΔE2000", "its floor"]
    lines = [
        [
            each.case,
            number(each.chroma, 1, 100),
            f"{100 * each.chroma_floor:.1f}",
            number(each.delta_e, 2),
            f"{each.delta_e_floor:.2f}",
        ]
        for each in carried
    ]
    caption = (
        "The frame before as a hint everywhere, confidence 1. The floor is the hint itself at the "
        "model's output size."
    )
    return f"## Previous frame carried through\n\n{caption}\n\n{table(head, lines)}"
