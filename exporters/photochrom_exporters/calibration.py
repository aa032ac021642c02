"""Photographs that an int8 export is calibrated on, and others that its loss is measured on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from photochrom.color.arrays import FloatImage
from photochrom.errors import InputError
from photochrom.models.manifest import Manifest
from photochrom.models.native import mirrored
from photochrom_trainer.data.layouts import list_pictures
from photochrom_trainer.evaluation.protocol import random_points, read_truth
from photochrom_trainer.evaluation.sheets import spread

MOST_CALIBRATED = 32
"""Pictures that ranges are taken from; each is seen without hints and with `POINTS`."""
MOST_VALIDATED = 60
"""Pictures that the loss is measured on."""
FEWEST = 2
"""Fewer can't be parted into pictures to calibrate on and pictures to measure on."""
POINTS = (0, 10)
"""Random points of true colour: none is the usual case, some must stay visible."""


@dataclass(frozen=True)
class Photographs:
    """Two lists of colour pictures."""

    calibrate: tuple[Path, ...]
    """Activations get their ranges from these."""
    validate: tuple[Path, ...]
    """The loss against float32 is measured on these."""


def choose(calibrate: Path, validate: Path | None) -> Photographs:
    """Pictures spread evenly over their folders; without `validate` every second is held out.

    Raises:
        InputError: if a folder is missing or holds too few pictures.
    """
    known = list_pictures(calibrate)
    if validate is not None:
        unseen = list_pictures(validate)
    else:
        if len(known) < FEWEST:
            raise InputError(f"{calibrate} holds one picture; int8 needs at least {FEWEST}")
        known, unseen = known[::2], known[1::2]
    return Photographs(_spread(known, MOST_CALIBRATED), _spread(unseen, MOST_VALIDATED))


def _spread(paths: Sequence[Path], most: int) -> tuple[Path, ...]:
    return tuple(paths[place] for place in spread(len(paths), most))


def inputs(paths: Sequence[Path], manifest: Manifest) -> Iterator[dict[str, FloatImage]]:
    """What the network is given for each picture, by input name, once for each of `POINTS`.

    Central crops as in measuring: luminance 1 x 1 x 224 x 224, hints 1 x 3 x 224 x 224, mirrored
    at the lower and right borders where the network needs other sides.

    Raises:
        InputError: if a picture can't be decoded.
    """
    for index, path in enumerate(paths):
        truth = read_truth(path, manifest.scale, manifest.color_space)
        for count in POINTS:
            hints = random_points(truth, count, index)
            yield {
                "luminance": mirrored(truth.luminance[None, None], manifest.multiple),
                "hints": mirrored(hints[None], manifest.multiple),
            }
